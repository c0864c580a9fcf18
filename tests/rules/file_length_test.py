"""A file has one idea and at most 300 lines; a longer one says why in its first five lines."""

import re

import house

LIMIT = 300
REASON = re.compile(r"Longer than 300 lines: \w+")
FOLDERS = ("downhill", "tests", "examples", "bench", "tools", "cmake")
PATTERNS = ("*.h", "*.cpp", "*.py", "*.sh", "*.cmake", "*.js", "*.html", "CMakeLists.txt")


def main():
    problems, count = [], 0
    for path in (p for folder in FOLDERS for p in house.files(*PATTERNS, under=folder)):
        if "vendor" in path.parts:
            continue
        count += 1
        lines = house.read(path).splitlines()
        if len(lines) > LIMIT and not REASON.search("\n".join(lines[:5])):
            problems.append(f"{path}: {len(lines)} lines; split it, or say in the first five lines "
                            "'Longer than 300 lines: why'")
    house.finish(problems, f"{count} files have at most {LIMIT} lines or say why not")


if __name__ == "__main__":
    main()
