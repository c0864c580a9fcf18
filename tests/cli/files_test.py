"""A run loses nothing, whenever it is killed and whichever of its file calls fails.

A small run with a checkpoint after every epoch is killed before each of its file calls, in the middle
of each write and at random moments; single file calls fail, or one and all later ones. Afterwards it
must go on (or begin again, where there is no checkpoint yet) and end with the model of the run that
nothing happened to. A failure that the command cannot do without is exit code 5, with a message and
without a temporary file left. At most 2 minutes: the random kills stop at a deadline.
"""

import concurrent.futures
import errno
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(os.environ["DOWNHILL_SOURCE_DIR"])
BUILD = pathlib.Path(os.environ["DOWNHILL_BINARY_DIR"])
CXX = os.environ["DOWNHILL_CXX"]
DOWNHILL = BUILD / "downhill"
RANDOM_KILLS, LEAST_KILLS = 400, 40
FAILING_PLACES = 40
SECONDS = 90  # for all of it; what is under way then is finished
SKIPPED = 77
KILLED = -9


class Runs:
    def __init__(self, scratch, library):
        self.scratch, self.library = scratch, library
        data = scratch / "data.csv"
        rows = [f"{i % 7},{i * 31 % 17},{(i % 7) * 2 + i * 31 % 17 + i % 3}" for i in range(80)]
        data.write_text("a,b,target\n" + "\n".join(rows) + "\n", encoding="ascii")
        self.words = [DOWNHILL, "train", data, "--target", "target", "--model", "mlp:8", "--epochs",
                      "4", "--batch", "16", "--quiet", "--threads", "1", "--out"]
        self.reference = scratch / "reference"
        end, text = self.run(self.reference)
        assert end == 0, text
        self.model = (self.reference / "model.safetensors").read_bytes()

    def run(self, out, *more, kill_after=None, **setting):
        """Exit code and standard error."""
        environment = dict(os.environ, LD_PRELOAD=str(self.library), WATCH=str(out), FAST_CLOCK="1",
                           **{name: str(value) for name, value in setting.items()})
        process = subprocess.Popen(list(map(str, [*self.words, out, *more])), env=environment,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if kill_after is not None:
            time.sleep(kill_after)
            process.kill()
        try:
            text = process.communicate(timeout=60)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            return "hangs", ""
        return process.returncode, text.decode("utf-8", "replace").strip()

    def calls(self, out, *more):
        counted = self.scratch / "count"
        end, text = self.run(out, *more, COUNT_TO=counted)
        assert end == 0, text
        return int(counted.read_text(encoding="ascii"))

    def recovered(self, out):
        """What is wrong after the run went on or began again; nothing is."""
        begun = (out / "checkpoint.safetensors").exists()
        end, text = self.run(out, *(["--resume"] if begun else []))
        if end != 0:
            return f"{'resumes' if begun else 'begins again'} with {end}: {text}"
        if (out / "model.safetensors").read_bytes() != self.model:
            return "ends with another model"
        left = [f for f in os.listdir(out) if f.startswith(".downhill") or f == "run.lock"]
        if left:
            return f"leaves {left}"
        last = (out / "run.jsonl").read_text(encoding="utf-8").splitlines()[-1]
        return "" if json.loads(last)["record"] == "end" else "has a log without end"


def fresh(runs, name, begun):
    out = runs.scratch / name
    shutil.rmtree(out, ignore_errors=True)
    if begun is not None:
        shutil.copytree(begun, out)
    return out


def killed_at_call(runs, begun, more, place, half):
    out = fresh(runs, f"kill-{len(more)}-{place}-{half}", begun)
    end, text = runs.run(out, *more, KILL_AT=place, **({"HALF": 1} if half else {}))
    wrong = runs.recovered(out) if end == KILLED else f"ends with {end}: {text}"
    shutil.rmtree(out, ignore_errors=True)
    return wrong and f"killed at call {place}{' by half' if half else ''} {more}: {wrong}"


def killed_at_random(runs, number, seconds):
    out = fresh(runs, f"random-{number}", None)
    chance = random.Random(number)
    end, _ = runs.run(out, kill_after=chance.uniform(0, seconds))
    for _ in range(chance.choice([0, 0, 1])):  # the recovery is killed as well
        if end == KILLED and (out / "checkpoint.safetensors").exists():
            end, _ = runs.run(out, "--resume", kill_after=chance.uniform(0, seconds))
    wrong = "" if end == 0 else runs.recovered(out)
    shutil.rmtree(out, ignore_errors=True)
    return wrong and f"killed at random, number {number}: {wrong}"


def failing(runs, begun, more, place, error, for_ever):
    out = fresh(runs, f"fail-{len(more)}-{place}-{error}-{for_ever}", begun)
    end, text = runs.run(out, *more, FAIL_AT=place, ERROR=error, **({"FAIL_ON": 1} if for_ever else {}))
    wrong = ""
    if end not in (0, 5):
        wrong = f"ends with {end}: {text}"
    elif end == 5 and not text:
        wrong = "ends with 5 and no message"
    elif end == 0 and (out / "model.safetensors").read_bytes() != runs.model:
        wrong = "ends with 0 and another model"
    elif begun and not (out / "checkpoint.safetensors").exists():
        wrong = "has lost its checkpoint"
    left = [f for f in os.listdir(out) if f.startswith(".downhill")] if out.exists() else []
    if left and not for_ever:  # where removing fails for ever, too, it stays
        wrong = wrong or f"leaves {left}"
    wrong = wrong or runs.recovered(out)
    shutil.rmtree(out, ignore_errors=True)
    kind = f"{errno.errorcode[error]} {'from' if for_ever else 'at'} call {place} {more}"
    return wrong and f"{kind}: {wrong}"


def work(runs, begun):
    """All deterministic cases as calls, then the random kills until the deadline."""
    cases = []
    for state, more in ((None, ()), (begun, ("--resume",))):
        total = runs.calls(fresh(runs, "count-run", state), *more)
        print(f"{total} file calls {'of a resumed run' if more else ''}", flush=True)
        for place in range(1, total + 1):
            cases.append((killed_at_call, state, more, place, False))
            cases.append((killed_at_call, state, more, place, True))
        for place in sorted({1 + total * i // FAILING_PLACES for i in range(FAILING_PLACES)}):
            cases.append((failing, state, more, place, errno.ENOSPC, False))
            cases.append((failing, state, more, place, errno.EIO, True))
    return cases


def main():
    if "-fsanitize" in os.environ.get("DOWNHILL_CXX_FLAGS", ""):
        print("skipped: a sanitizer's run takes too long to be killed so often")
        return SKIPPED
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="downhill-files-") as name:
        scratch = pathlib.Path(name)
        library = scratch / "failing_files.so"
        subprocess.run([CXX, "-x", "c", "-O1", "-shared", "-fPIC", "-o", library,
                        ROOT / "tests/support/failing_files.c", "-ldl"], check=True)
        runs = Runs(scratch, library)
        started = time.monotonic()
        runs.run(fresh(runs, "timed", None))
        seconds = time.monotonic() - started
        begun = scratch / "begun"
        middle = runs.calls(fresh(runs, "count-run", None)) // 2
        end, _ = runs.run(begun, KILL_AT=middle)
        assert end == KILLED and (begun / "checkpoint.safetensors").exists()
        cases = work(runs, begun)
        random.Random(1).shuffle(cases)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            def deterministic(case):
                return None if time.monotonic() - begin > 0.7 * SECONDS else case[0](runs, *case[1:])

            def at_random(number):
                late = time.monotonic() - begin > SECONDS
                return None if late else killed_at_random(runs, number, 1.1 * seconds)

            first = list(pool.map(deterministic, cases))
            second = list(pool.map(at_random, range(RANDOM_KILLS)))
    problems = [text for text in first + second if text]
    done, kills = (sum(text is not None for text in some) for some in (first, second))
    print(f"{done} of {len(cases)} kills and failures at calls, {kills} kills at random, "
          f"{time.monotonic() - begin:.0f} s, {len(problems)} problems")
    print("\n".join(problems[:20]))
    return 1 if problems or kills < LEAST_KILLS else 0


if __name__ == "__main__":
    sys.exit(main())
