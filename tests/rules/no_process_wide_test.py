"""The library is a guest in the process: it neither prints, nor exits, nor sets what is global."""

import re

import house

FORBIDDEN = [
    (r"(?<![\w.>])(?:std::)?(?:exit|_exit|_Exit|quick_exit|abort|terminate)\s*\(", "ends the process"),
    (r"std::(?:cout|cerr|clog|wcout|wcerr)\b", "writes to a stream"),
    (r"(?<![\w.>])(?:std::|fmt::)?(?:printf|vprintf|puts|putchar|perror)\s*\(", "prints"),
    (r"\bfprintf\s*\(\s*std(?:err|out)\b|\bfputs?\s*\([^;]*\bstd(?:err|out)\b", "prints"),
    (r"(?<![\w.>])(?:std::)?(?:signal|sigaction|atexit|at_quick_exit)\s*\(", "installs a handler"),
    (r"(?<![\w.>])(?:std::)?(?:setlocale|setenv|putenv|unsetenv|chdir|srand|umask)\s*\(",
     "changes what the process shares"),
    (r"\blocale::global\b|\bfeenableexcept\b|\bfesetround\b|\bfesetenv\b|\bset_terminate\b",
     "changes what the process shares"),
    (r"\bomp_set_num_threads\s*\(", "changes the threads of the program's own OpenMP"),
    (r"\bassert\s*\(", "may end the process"),
]

# File -> (what it may call, why).
EXCEPTIONS = {
    "downhill/tensor/detail/blas.cpp":
        ("omp_set_num_threads", "restores the calling thread's number after the product"),
}


def main():
    problems, count = [], 0
    for path in house.files("*.h", "*.cpp"):
        if path.parts[1] == "cli":
            continue
        count += 1
        for number, line in enumerate(house.code_of(house.read(path)).splitlines(), 1):
            for pattern, what in FORBIDDEN:
                found = re.search(pattern, line)
                excused = EXCEPTIONS.get(str(path), ("", ""))[0]
                if found and not (excused and excused in found.group(0)):
                    problems.append(f"{path}:{number}: {found.group(0).strip()} {what}")
    house.finish(problems, f"{count} files leave the process alone")


if __name__ == "__main__":
    main()
