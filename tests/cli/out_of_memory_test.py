"""Memory that cannot be had ends a command with exit code 7 (or it can do without): no abort, no
fault, no hang. One allocation fails, or one and all after it, at places spread over the whole run.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(os.environ["DOWNHILL_SOURCE_DIR"])
BUILD = pathlib.Path(os.environ["DOWNHILL_BINARY_DIR"])
CXX = os.environ["DOWNHILL_CXX"]
DOWNHILL = BUILD / "downhill"
PLACES = 24  # per command and kind
SECONDS = 20
MEMORY = 7
SKIPPED = 77


def table(path):
    rows = [f"{i % 7},{i * 31 % 17},{(i % 7) * 2 + i * 31 % 17}" for i in range(80)]
    path.write_text("a,b,target\n" + "\n".join(rows) + "\n", encoding="ascii")
    return path


def commands(scratch):
    data, run = table(scratch / "data.csv"), scratch / "run"
    train = [DOWNHILL, "train", data, "--target", "target", "--model", "mlp:8", "--epochs", "2",
             "--quiet", "--overwrite", "--out"]
    subprocess.run([*train, run], check=True, timeout=60)
    return {
        "train": [*train, scratch / "again"],
        "predict": [DOWNHILL, "predict", run, data, "--quiet", "--out", scratch / "p.csv"],
        "loss": [DOWNHILL, "loss", "huber:delta=2", "--prediction", "[1,2]", "--target", "[0,0]",
                 "--gradient"],
        "minimize": [DOWNHILL, "minimize", "x^2+y^2", "--start", "x=1,y=2", "--quiet"],
        "doctor": [DOWNHILL, "doctor", run],
    }


def end_of(command, library, **more):
    environment = dict(os.environ, LD_PRELOAD=str(library), OMP_NUM_THREADS="2", **more)
    try:
        ran = subprocess.run(list(map(str, command)), env=environment, timeout=SECONDS, check=False,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    except subprocess.TimeoutExpired:
        return "hangs", b""
    return ran.returncode, ran.stderr


def walk(name, command, library, scratch):
    counted = scratch / "count"
    end, text = end_of(command, library, COUNT_TO=str(counted))
    if end != 0:
        return [f"{name}: ends with {end} without any failure: {text}"]
    total = int(counted.read_text(encoding="ascii"))
    places = sorted({round(total ** (i / (PLACES - 1))) for i in range(PLACES)} |
                    {1 + total * i // PLACES for i in range(PLACES)})
    problems, ends = [], {}
    for place in places:
        for kind in ({}, {"FAIL_ON": "1"}):
            end, text = end_of(command, library, FAIL_AT=str(place), **kind)
            ends[end] = ends.get(end, 0) + 1
            if end not in (0, MEMORY):
                later = " and all later ones" if kind else ""
                problems.append(f"{name}: allocation {place}{later} of {total}: {end} {text[-160:]}")
    print(f"{name}: {total} allocations, {len(places)} places, ends {ends}", flush=True)
    return problems


def main():
    if "-fsanitize" in os.environ.get("DOWNHILL_CXX_FLAGS", ""):
        print("skipped: sanitizers have an allocator of their own")
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="downhill-memory-") as name:
        scratch = pathlib.Path(name)
        library = scratch / "failing_malloc.so"
        subprocess.run([CXX, "-x", "c", "-O1", "-shared", "-fPIC", "-o", library,
                        ROOT / "tests/support/failing_malloc.c", "-ldl"], check=True)
        problems = []
        for name, command in commands(scratch).items():
            problems += walk(name, command, library, scratch)
    print("\n".join(problems[:20]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
