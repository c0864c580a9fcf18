"""Code for a faster processor is reached only through the names of its level.

Inline functions outside the namespaces of the levels are compiled at both levels under one name,
and the linker keeps one for all, the baseline's. So, in the finished library, no function whose name
is shared may hold an AVX instruction; and no such function may refer to what depends on the level,
or the faster code would silently end in the slower one. (Remedy: an inline namespace DOWNHILL_LEVEL
around it.)
"""

import re
import subprocess

import house

LEVEL = "level_v3"


def weak_symbols(objects):
    """Names of the functions that the linker may merge, in these object files."""
    listed = subprocess.run(["nm", "--defined-only", *map(str, objects)], capture_output=True,
                            text=True, check=True).stdout
    return set(re.findall(r"^[0-9a-f]+ W (\S+)$", listed, re.M))


def functions_with(pattern, files):
    """Names of the functions whose disassembly has a line that matches; relocations are shown."""
    found, name = set(), ""
    with subprocess.Popen(["objdump", "-dr", "--no-show-raw-insn", *map(str, files)], text=True,
                          stdout=subprocess.PIPE) as listing:
        for line in listing.stdout:
            if line.endswith(">:\n"):
                name = line[line.index("<") + 1:-3]
            elif pattern.search(line):
                found.add(name)
    return found


def demangled(names):
    run = subprocess.run(["c++filt"], input="\n".join(sorted(names)), capture_output=True,
                         text=True, check=True)
    return run.stdout.splitlines()


def main():
    objects = {part: sorted((house.BUILD / f"CMakeFiles/{part}.dir").rglob("*.o"))
               for part in ("downhill", "downhill_level_base", "downhill_level_v3")}
    if not objects["downhill_level_v3"]:
        house.skip("this build has one level only")
    fast = weak_symbols(objects["downhill_level_v3"])
    shared = fast & weak_symbols(objects["downhill"] + objects["downhill_level_base"])

    avx = functions_with(re.compile(r"^\s+[0-9a-f]+:\t(?!verr|verw)v"),
                         [house.BUILD / "libdownhill.so"])
    problems = [f"for all processors, but holds AVX instructions: {name}"
                for name in demangled(shared & avx)]
    if not avx:
        problems.append("no function of the library holds an AVX instruction: is v3 compiled?")

    refers = functions_with(re.compile(r"\bR_X86_64_\w+\s+\S*" + LEVEL), objects["downhill_level_v3"])
    problems += [f"one name for all levels, but its code depends on the level: {name}"
                 for name in demangled(n for n in refers & fast if LEVEL not in n)]
    house.finish(problems, f"{len(shared)} shared functions run everywhere, {len(avx)} use AVX")


if __name__ == "__main__":
    main()
