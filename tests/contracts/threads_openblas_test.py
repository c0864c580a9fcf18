"""The thread contracts with Debian's OpenMP build of OpenBLAS, which sets its own threads back."""
import os
import pathlib
import subprocess
import sys

LIBRARY = pathlib.Path("/usr/lib/x86_64-linux-gnu/openblas-openmp")
FILTER = "ThreadedBlas.*:*SameBits*"


def main():
    if not (LIBRARY / "libopenblas.so.0").exists():
        print(f"skipped: {LIBRARY} is not there; install Debian's libopenblas0-openmp")
        return 77
    program = pathlib.Path(os.environ["DOWNHILL_BINARY_DIR"]) / "downhill_tests"
    for threads in ("1", "3"):
        environment = dict(os.environ, LD_LIBRARY_PATH=str(LIBRARY), OMP_NUM_THREADS=threads,
                           DOWNHILL_TEST_OPENBLAS=LIBRARY.name)
        run = subprocess.run([program, f"--gtest_filter={FILTER}"], env=environment, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        print(f"OMP_NUM_THREADS={threads}:", run.stdout.splitlines()[-1] if run.stdout else "no output")
        if run.returncode != 0:
            print(run.stdout)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
