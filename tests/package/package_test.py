"""Installs Downhill into an empty prefix, builds a user's small project against it and runs it."""

import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "rules"))
import house  # noqa: E402


def run(*command):
    print("$", *map(str, command), flush=True)
    ran = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True, check=False)
    if ran.returncode != 0:
        print(ran.stdout)
        house.finish([f"{command[0]} ended with {ran.returncode}"], "")


def has_avx2():
    try:
        return " avx2 " in pathlib.Path("/proc/cpuinfo").read_text(encoding="ascii")
    except OSError:
        return False


def main():
    with tempfile.TemporaryDirectory(prefix="downhill-package-") as name:
        scratch = pathlib.Path(name)
        run("cmake", "--install", house.BUILD, "--prefix", scratch / "prefix")
        v3 = has_avx2()
        run("cmake", "-S", house.ROOT / "tests/package", "-B", scratch / "build", "-G", "Ninja",
            f"-DCMAKE_PREFIX_PATH={scratch / 'prefix'}", f"-DCMAKE_CXX_COMPILER={house.CXX}",
            "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Werror")
        run("cmake", "--build", scratch / "build", "--parallel", min(2, os.cpu_count() or 1))
        run(scratch / "build/custom_loss")
        for program in ("plain_first", "fast_first"):
            run(scratch / "build" / program, *(["v3"] if v3 else []))
        command = scratch / "prefix/bin/downhill"
        if command.exists():
            run(command, "--help")


if __name__ == "__main__":
    main()
