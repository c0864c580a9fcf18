"""A long table takes little more than its numbers: a whole training of a million rows stays within
3 times their bytes in float32, beside what the process needs without any; of two classes, whose
metrics keep more for each row, within 3.4 (docs/tables.md, Cost)."""

import os
import pathlib
import random
import subprocess
import sys
import tempfile

DOWNHILL = pathlib.Path(os.environ["DOWNHILL_BINARY_DIR"]) / "downhill"
ROWS, INPUTS, PIECE = 1_000_000, 4, 1000
SKIPPED = 77


def table(path, rows, target):
    """Rows that repeat after a while: making different ones would take longer than the training."""
    draw = random.Random(1)
    lines = []
    for _ in range(min(rows, PIECE)):
        x = [draw.gauss(0, 1) for _ in range(INPUTS)]
        lines.append(",".join(f"{v:.5f}" for v in x) + "," + target(sum(x) + draw.gauss(0, 1)) + "\n")
    with path.open("w", encoding="ascii") as file:
        file.write(",".join(f"x{i}" for i in range(INPUTS)) + ",y\n")
        for _ in range(max(rows // PIECE, 1)):
            file.writelines(lines)
    return path


def peak(path, scratch):
    """The most bytes that a training had in memory at once."""
    command = [DOWNHILL, "train", path, "--target", "y", "--model", "linear", "--epochs", "1",
               "--batch", "4096", "--quiet", "--out", scratch / "run", "--overwrite"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"train ended with status {status}")
    return usage.ru_maxrss * 1024


def main():
    if b"libasan" in subprocess.run(["ldd", DOWNHILL], check=True, stdout=subprocess.PIPE).stdout:
        print("skipped: a sanitizer keeps what is freed")
        return SKIPPED
    numbers = ROWS * (INPUTS + 1) * 4
    with tempfile.TemporaryDirectory(prefix="downhill-memory-") as name:
        scratch = pathlib.Path(name)
        too_much = False
        for kind, most, target in (("numbers", 3, "{:.5f}".format),
                                   ("two classes", 3.4, lambda y: str(int(y > 0)))):
            few = peak(table(scratch / "few.csv", 100, target), scratch)
            many = peak(table(scratch / "many.csv", ROWS, target), scratch)
            times = (many - few) / numbers
            print(f"{kind}: {times:.2f} times the bytes of {ROWS} rows in float32, at most {most}")
            too_much |= times > most
    return int(too_much)


if __name__ == "__main__":
    sys.exit(main())
