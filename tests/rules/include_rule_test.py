"""Includes point down only: a folder includes what the table in docs/design.md allows it."""

import pathlib
import re

import house

INCLUDE = re.compile(r'^\s*#\s*include\s*["<]downhill/([^">]+)[">]', re.M)


def allowed_includes():
    """Folder -> the set of folders that it may include, from the table of docs/design.md."""
    table = {}
    for line in house.read("docs/design.md").splitlines():
        row = re.fullmatch(r"\| `downhill/(\w+)/` \|[^|]*\|([^|]*)\|", line)
        if not row:
            continue
        folder, words = row.group(1), re.findall(r"\w+", row.group(2))
        if words == ["nothing"]:
            table[folder] = set()
        elif words == ["all", "above"]:
            table[folder] = set(table)
        else:
            table[folder] = set(words)
    return table


def folder_of(path):
    parts = pathlib.PurePath(path).parts
    return parts[0] if len(parts) > 1 else ""


def main():
    table = allowed_includes()
    problems = []
    if len(table) < 10:
        problems.append(f"docs/design.md: expected the table of folders, found {sorted(table)}")
    for folder, included in table.items():
        problems += [f"docs/design.md: {folder} includes {name}, which no row describes"
                     for name in sorted(included - set(table))]

    count = 0
    for path in house.files("*.h", "*.cpp"):
        inside = folder_of(path.relative_to("downhill"))
        # downhill/downhill.h stands above all folders but the command line.
        allowed = table.get(inside, set()) | {inside} if inside else set(table) - {"cli"}
        if inside and inside not in table:
            problems.append(f"{path}: docs/design.md has no row for downhill/{inside}/")
            continue
        for target in INCLUDE.findall(house.read(path)):
            count += 1
            to = folder_of(target)
            if to not in allowed:
                problems.append(f"{path}: includes downhill/{target}, but downhill/{inside}/ may "
                                f"include only {' '.join(sorted(allowed)) or 'nothing of ours'}")
            if not (house.ROOT / "downhill" / target).is_file():
                problems.append(f"{path}: includes downhill/{target}, which does not exist")
        for target in re.findall(r'^\s*#\s*include\s*"([^"]+)"', house.read(path), re.M):
            if not target.startswith("downhill/"):
                problems.append(f'{path}: includes "{target}"; write it from the root or in <>')
    house.finish(problems, f"{count} includes point down")


if __name__ == "__main__":
    main()
