"""Every public header compiles alone, with all warnings as errors."""

import concurrent.futures
import os
import subprocess

import house

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror"]


def compile_alone(header):
    """What the compiler says about a file that includes only `header`."""
    command = [house.CXX, *house.CXX_FLAGS, *WARNINGS, "-fsyntax-only", f"-I{house.ROOT}", "-x", "c++", "-"]
    source = f'#include "{header}"\n'
    run = subprocess.run(command, input=source, capture_output=True, text=True, check=False)
    return "" if run.returncode == 0 else f"{header} does not compile alone:\n{run.stderr}"


def main():
    headers = [path for path in house.files("*.h") if "detail" not in path.parts]
    jobs = min(2, os.cpu_count() or 1)
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        problems = [said for said in pool.map(compile_alone, headers) if said]
    house.finish(problems, f"{len(headers)} public headers compile alone")


if __name__ == "__main__":
    main()
