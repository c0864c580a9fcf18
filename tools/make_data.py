#!/usr/bin/env python3
"""Writes data/digits.csv and data/diabetes.csv from Debian's python3-sklearn package.

    apt-get download python3-sklearn
    dpkg -x python3-sklearn_*.deb unpacked
    tools/make_data.py unpacked data
"""

import gzip
import pathlib
import sys

DIABETES_COLUMNS = ["age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"]


def number(text):
    """The number as it is shortest: integers as integers, "101.0" as "101"."""
    value = float(text)
    return str(int(value)) if value == int(value) else repr(value)


def rows(path, separator=None):
    with gzip.open(path, "rt", encoding="ascii") as file:
        return [[number(field) for field in line.split(separator)] for line in file if line.strip()]


def write(path, header, table, expected_rows):
    if len(table) != expected_rows or any(len(row) != len(header) for row in table):
        sys.exit(f"{path}: expected {expected_rows} rows of {len(header)} columns")
    lines = [",".join(header)] + [",".join(row) for row in table]
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    print(f"{path}: {len(table)} rows of {len(header)} columns")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    unpacked, out = map(pathlib.Path, sys.argv[1:])
    source = unpacked / "usr/lib/python3/dist-packages/sklearn/datasets/data"
    if not source.is_dir():
        sys.exit(f"{source} is missing; unpack the package with dpkg -x first")

    pixels = [f"pixel_{row}_{column}" for row in range(8) for column in range(8)]
    digits = rows(source / "digits.csv.gz", ",")
    write(out / "digits.csv", pixels + ["digit"], digits, 1797)

    inputs = rows(source / "diabetes_data_raw.csv.gz")
    targets = rows(source / "diabetes_target.csv.gz")
    diabetes = [row + target for row, target in zip(inputs, targets, strict=True)]
    write(out / "diabetes.csv", DIABETES_COLUMNS + ["target"], diabetes, 442)


if __name__ == "__main__":
    main()
