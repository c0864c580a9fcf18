"""The doctor on the committed suite of real runs: every log is read, and on the parts on which no
threshold was chosen no more healthy runs are flagged and no fewer faults named than docs/doctor.md says;
also of logs that are cut off after a fifth, as the live doctor sees them. Of ten published questions the cause
is among the first two findings in eight, and the mended run has none in nine."""

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

# Part, share of its rows: most healthy runs flagged, least faults named.
BOUNDS = {("B", 1.0): (0.03, 0.91), ("C", 1.0): (0.02, 0.88), ("D", 1.0): (0.02, 0.83), ("E", 1.0): (0.02, 0.89),
          ("F", 1.0): (0.03, 0.84), ("G", 1.0): (0.05, 0.82), ("B", 0.2): (0.01, 0.5), ("D", 0.2): (0.01, 0.38)}


def main():
    with tempfile.TemporaryDirectory() as scratch:
        with tarfile.open(SUITE / "logs.tar.xz") as archive:
            archive.extractall(scratch)
        told, clean = evaluate.questions(scratch, str(DOWNHILL))
        if sum(told) < 8 or sum(clean) < 9:
            sys.exit(f"of ten published questions {sum(told)} are told, {sum(clean)} mended runs have no finding")
        for (half, share), (most_flagged, least_named) in BOUNDS.items():
            result = evaluate.evaluate(scratch, str(DOWNHILL), half, False, share)
            if result["errors"]:
                sys.exit(f"{half}: {result['errors']} logs were not read")
            flagged, healthy = result["flagged"]
            named, able = result["named"]
            if flagged > most_flagged * healthy:
                sys.exit(f"{half} {share}: {flagged} of {healthy} healthy runs are flagged")
            if named < least_named * able:
                sys.exit(f"{half} {share}: only {named} of {able} faults are named")


if __name__ == "__main__":
    main()
