"""What the rule scripts share: where the project is, and how a rule reports."""

import os
import pathlib
import re
import sys

ROOT = pathlib.Path(
    os.environ.get("DOWNHILL_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
BUILD = pathlib.Path(os.environ.get("DOWNHILL_BINARY_DIR", ROOT / "build/release"))
CXX = os.environ.get("DOWNHILL_CXX", "g++")
CXX_FLAGS = os.environ.get(
    "DOWNHILL_CXX_FLAGS", "-std=c++20 -fno-math-errno -ffp-contract=off").split()
FORMULA_FLAGS = os.environ.get("DOWNHILL_FORMULA_FLAGS", "").split()
SKIPPED = 77


def files(*patterns, under="downhill"):
    """The project's files, sorted, as paths from the root."""
    found = (path for pattern in patterns for path in (ROOT / under).rglob(pattern))
    return sorted(path.relative_to(ROOT) for path in found)


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def code_of(text):
    """The text with comments and the contents of string literals blanked, lines kept."""

    def blank(match):
        found = match.group(0)
        if found.startswith(('"', "'", "R")):
            return '""' + "\n" * found.count("\n")
        return "\n" * found.count("\n")

    pattern = r'R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'|//[^\n]*|/\*.*?\*/'
    # A digit separator (1'000) is no character literal.
    text = re.sub(r"(?<=\d)'(?=\d)", "", text)
    return re.sub(pattern, blank, text, flags=re.S)


def finish(problems, fine):
    """Ends the script: one line per problem, or what was found to be fine."""
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems" if problems else fine)
    sys.exit(1 if problems else 0)


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)
