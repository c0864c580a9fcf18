"""Every public header compiles alone, with all warnings as errors.

A header that its own source includes first was compiled alone by the build. The others are compiled
here; what a header was compiled from is kept in the build folder, and while none of it is newer,
the header is not compiled again.
"""

import concurrent.futures
import os
import re
import shlex
import subprocess

import house

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror"]
FLAGS = [*house.CXX_FLAGS, *WARNINGS, "-fsyntax-only", f"-I{house.ROOT}"]
KEPT = house.BUILD / "headers_alone"


def is_first_of_its_source(header):
    """The build compiles it alone: a source of its name includes it before anything else."""
    for ending in (".cpp", ".level.cpp"):
        source = header.with_suffix(ending)
        if (house.ROOT / source).is_file():
            first = re.search(r'^#include ["<]([^">]+)[">]', house.read(source), re.M)
            if first and first.group(1) == str(header):
                return True
    return False


def is_unchanged(made_from):
    """The command is the same, and no file that the compiler read then is newer."""
    if not made_from.is_file():
        return False
    command, _, rule = made_from.read_text(encoding="utf-8").partition("\n")
    files = shlex.split(rule.replace("\\\n", " "))[1:]
    made = made_from.stat().st_mtime
    return command == " ".join(FLAGS) and all(
        os.path.isfile(name) and os.path.getmtime(name) < made for name in files if name != "-")


def compile_alone(header):
    """What the compiler says about a file that includes only `header`."""
    made_from = KEPT / (str(header).replace("/", "_") + ".d")
    if is_unchanged(made_from):
        return ""
    command = [house.CXX, *FLAGS, "-MD", "-MF", str(made_from), "-x", "c++", "-"]
    run = subprocess.run(command, input=f'#include "{header}"\n', capture_output=True, text=True,
                         check=False)
    if run.returncode != 0:
        made_from.unlink(missing_ok=True)
        return f"{header} does not compile alone:\n{run.stderr}"
    rule = made_from.read_text(encoding="utf-8")
    made_from.write_text(" ".join(FLAGS) + "\n" + rule, encoding="utf-8")
    return ""


def main():
    headers = [path for path in house.files("*.h") if "detail" not in path.parts]
    rest = [header for header in headers if not is_first_of_its_source(header)]
    KEPT.mkdir(exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        problems = [said for said in pool.map(compile_alone, rest) if said]
    house.finish(problems, f"{len(headers)} public headers compile alone, {len(headers) - len(rest)} "
                           "of them as the first of their sources")


if __name__ == "__main__":
    main()
