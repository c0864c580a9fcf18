"""What a user's file costs when the lists are as long as they are meant to become.

The headers are copied and the lists of losses, optimizers, links and schedules filled to 150 entries
with renamed copies of those that ship; a file that includes downhill.h may take at most 3 s of
processor time then, and little more than with the lists as they are.
"""

import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "rules"))
import house  # noqa: E402

GOAL_SECONDS = 3.0
MOST_GROWTH = 1.35  # of the time with the lists as they are: a light entry costs a few milliseconds
WANTED = {"losses": 80, "optim": 40, "optim/links": 20, "schedules": 10}
USER = "#include <downhill/downhill.h>\n"


def entries(text):
    return re.findall(r"^\s*(\w+)[,>]", text[text.index("MethodList<"):], flags=re.M)


def multiply(root, folder, wanted):
    """Appends renamed copies to the folder's list until it has `wanted` entries; their number."""
    path = root / "downhill" / folder / "list.h"
    text = path.read_text(encoding="utf-8")
    known = entries(text)
    models = []  # headers that hold one struct of the list and nothing else that a copy would repeat
    for header in sorted((root / "downhill" / folder).glob("*.h")):
        source = header.read_text(encoding="utf-8")
        own = [name for name in known if re.search(rf"^struct {name}\b", source, flags=re.M)]
        if len(own) == 1 and not re.search(r"^(enum|class|constexpr|template|using)\b", source,
                                           flags=re.M):
            models.append((header, own[0], source))
    if not models:
        house.finish([f"no header of {folder} can be copied"], "")
    added = []
    while len(known) + len(added) < wanted:
        header, name, source = models[len(added) % len(models)]
        copy = f"{name}{len(added)}"
        source = re.sub(rf"\b{name}\b", copy, source)
        source = re.sub(r'(BuiltIn name = "\w+)"', rf'\g<1>_{len(added)}"', source)
        (header.parent / f"copy_{len(added)}.h").write_text(source, encoding="utf-8")
        added.append((f'#include "downhill/{folder}/copy_{len(added)}.h"', copy))
    includes = "\n".join(line for line, _ in added)
    text = text.replace("#pragma once\n", f"#pragma once\n{includes}\n", 1)
    text = re.sub(r"MethodList<\s*(//.*)?\n",
                  "MethodList<\n" + "".join(f"    {copy},\n" for _, copy in added), text, count=1)
    path.write_text(text, encoding="utf-8")
    return len(entries(text))


def seconds(root):
    """The least processor time of three compilations of a user's file."""
    command = [house.CXX, *house.CXX_FLAGS, *house.FORMULA_FLAGS, "-O2", f"-I{root}", "-c", "-x",
               "c++", "-", "-o", os.devnull]
    times = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        ran = subprocess.run(command, input=USER, capture_output=True, text=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if ran.returncode != 0:
            house.finish([f"the user's file does not compile:\n{ran.stderr[:4000]}"], "")
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(times)


def main():
    if "-fsanitize" in " ".join(house.CXX_FLAGS):
        house.skip("compile time under sanitizers is nobody's")
    with tempfile.TemporaryDirectory(prefix="downhill-methods-") as name:
        root = pathlib.Path(name)
        shutil.copytree(house.ROOT / "downhill", root / "downhill",
                        ignore=lambda _, names: [n for n in names if n.endswith(".cpp")])
        today = seconds(root)
        counts = {folder: multiply(root, folder, wanted) for folder, wanted in WANTED.items()}
        full = seconds(root)
    total = sum(counts.values())
    said = f"downhill.h: {today:.2f} s as it is, {full:.2f} s with {total} methods {counts}"
    print(said)
    problems = []
    if total < 150:
        problems.append(f"the lists hold {total} methods; 150 were wanted")
    # Processor time stretches on a busy or slow machine; the growth does not.
    if full > GOAL_SECONDS and full > MOST_GROWTH * today:
        problems.append(f"more than {GOAL_SECONDS} s and than {MOST_GROWTH} times as it is")
    house.finish(problems, said)


if __name__ == "__main__":
    main()
