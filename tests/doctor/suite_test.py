"""The doctor on the committed suite of real runs: every log is read, and on the half on which no
threshold was chosen no more healthy runs are flagged and no fewer faults named than docs/doctor.md says."""

import os
import pathlib
import sys
import tarfile
import tempfile

ROOT = pathlib.Path(os.environ["DOWNHILL_SOURCE_DIR"])
DOWNHILL = pathlib.Path(os.environ["DOWNHILL_BINARY_DIR"]) / "downhill"
SUITE = ROOT / "tests" / "doctor" / "suite"
sys.path.insert(0, str(SUITE))
import evaluate  # noqa: E402

MOST_FLAGGED, LEAST_NAMED = 0.06, 0.70


def main():
    with tempfile.TemporaryDirectory() as scratch:
        with tarfile.open(SUITE / "logs.tar.xz") as archive:
            archive.extractall(scratch)
        result = evaluate.evaluate(scratch, str(DOWNHILL), "B", False)
    if result["errors"]:
        sys.exit(f"{result['errors']} logs were not read")
    flagged, healthy = result["flagged"]
    named, able = result["named"]
    if flagged > MOST_FLAGGED * healthy:
        sys.exit(f"{flagged} of {healthy} healthy runs are flagged")
    if named < LEAST_NAMED * able:
        sys.exit(f"only {named} of {able} faults are named")


if __name__ == "__main__":
    main()
