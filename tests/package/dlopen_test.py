"""A program that is running can load the library, use its threads, and close it again.

Storage of threads (TLS) that is addressed directly must come out of what the program has left, some
hundred bytes: the library must need little of it.
"""

import ctypes
import os
import pathlib
import re
import subprocess
import sys

LIBRARY = pathlib.Path(os.environ["DOWNHILL_BINARY_DIR"]) / "libdownhill.so"
MOST_BYTES = 256
INDICES = 2000
TASK = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64)


def loads_and_runs():
    """In a child: a fault would take this process with it."""
    library = ctypes.CDLL(str(LIBRARY))
    set_threads = library._ZN8downhill11set_threadsEi
    run = library._ZN8downhill6detail12run_parallelElPFvPvlES1_
    run.argtypes = [ctypes.c_int64, TASK, ctypes.c_void_p]
    set_threads(3)
    seen = []
    task = TASK(lambda _, index: seen.append(index))
    run(INDICES, task, None)
    if sorted(seen) != list(range(INDICES)):
        sys.exit(f"{len(seen)} of {INDICES} indices were run")
    closing = ctypes.CDLL(None).dlclose
    closing.argtypes = [ctypes.c_void_p]
    closing(library._handle)  # its threads sleep on in it
    set_threads(1)


def main():
    if sys.argv[1:] == ["child"]:
        return loads_and_runs()
    child = subprocess.run([sys.executable, "-B", __file__, "child"], timeout=60, text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    print(child.stdout, end="")
    if child.returncode != 0:
        return f"loading failed: {child.returncode}"
    headers = subprocess.run(["readelf", "-lW", LIBRARY], text=True, capture_output=True, check=True)
    size = int(re.search(r"^\s+TLS\s+(?:0x\w+\s+){4}(0x\w+)", headers.stdout, re.M).group(1), 16)
    print(f"loaded, used and closed; {size} bytes of storage per thread")
    return 0 if size <= MOST_BYTES else f"more than {MOST_BYTES} bytes"


if __name__ == "__main__":
    sys.exit(main())
