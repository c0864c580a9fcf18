"""Runs the doctor over the suite and counts.

    python3 evaluate.py LOGS DOWNHILL [A to G] [--wrong] [--until SHARE]

With --until the logs are cut off after that share of their rows, and judged as those of running runs.

A fault is named if one of the findings is among those that count for it (COUNTS: what a log can show
of the fault, as the columns allow); a log without the needed columns is counted apart. Intervals are
Clopper-Pearson, 95 %.
"""
import json
import math
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor

COUNTS = {
    "not_finite": {"not_finite", "diverging"},
    "diverging": {"diverging", "not_finite", "exploding_gradients"},
    "lr_too_large": {"lr_too_large", "dead_units", "noise_floor", "diverging", "plateau", "exploding_gradients"},
    "lr_too_small": {"lr_too_small", "underfitting"},
    "noise_floor": {"noise_floor", "lr_too_large"},
    "saddle": {"saddle", "plateau", "no_better_than_constant", "dead_units", "class_collapse"},
    "overfitting": {"overfitting", "memorised"},
    "memorised": {"memorised", "overfitting"},
    "no_better_than_constant": {"no_better_than_constant", "memorised", "overfitting", "plateau"},
    "underfitting": {"underfitting", "lr_too_small"},
    "vanishing_gradients": {"vanishing_gradients"},
    "exploding_gradients": {"exploding_gradients", "init_loss_off"},
    "dead_units": {"dead_units"},
    "init_loss_off": {"init_loss_off", "exploding_gradients"},
    "frozen_parameters": {"frozen_parameters", "dead_units"},
    "swapped_splits": {"swapped_splits"},
    "class_collapse": {"class_collapse", "no_better_than_constant"},
    "accumulating_gradients": {"accumulating_gradients", "diverging", "not_finite", "exploding_gradients",
                               "lr_too_large"},
    "data_not_shuffled": {"data_not_shuffled"},
    "data_fault": {"not_finite", "diverging", "exploding_gradients", "plateau", "lr_too_large", "noise_floor",
                   "init_loss_off"},
    "spike": {"spike"},
    "model_too_small": {"underfitting", "plateau", "no_better_than_constant", "lr_too_small", "noise_floor"},
}
# Of questions.py: the findings that tell the cause.
QUESTIONS = {
    1: {"dead_units"},
    2: {"diverging"},
    3: {"class_collapse", "no_better_than_constant"},
    4: {"vanishing_gradients"},
    5: {"accumulating_gradients"},
    6: {"frozen_parameters"},
    7: {"overfitting"},
    8: {"data_not_shuffled"},
    9: {"saddle", "dead_units"},
    10: {"memorised", "no_better_than_constant"},
}
NEEDS = {  # any of these sets of columns
    "overfitting": ["val"], "memorised": ["val"], "swapped_splits": ["val"], "class_collapse": ["acc"],
    "vanishing_gradients": ["layers"], "frozen_parameters": ["layers"], "dead_units": ["layers", "dead"],
    "exploding_gradients": ["norm"], "accumulating_gradients": ["norm"],
    "no_better_than_constant": ["val"],
}


def questions(logs, program):
    """Of each question whether the cause is among the first two findings, and whether the mended run has none."""
    told, clean = [], []
    files = {name.rsplit(".", 2)[0] if ".run." in name else name.rsplit(".", 1)[0]: os.path.join(logs, name)
             for name in os.listdir(logs) if name.startswith("question-")}
    found = verdicts(program, list(files.values()), False)
    for number, causes in QUESTIONS.items():
        broken, mended = (found[files[f"question-{number}-{kind}"]]["findings"] for kind in ("broken", "mended"))
        told.append(bool({f["symptom"] for f in broken[:2]} & causes))
        clean.append(not mended)
    return told, clean


def tail(n, k, p):
    """P(X >= k) for X binomial."""
    return sum(math.comb(n, i) * p**i * (1 - p)**(n - i) for i in range(k, n + 1))


def interval(k, n):
    def solve(f):
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if f(middle) else (low, middle)
        return low
    if n == 0:
        return 0.0, 1.0
    return (solve(lambda p: tail(n, k, p) < 0.025) if k else 0.0,
            solve(lambda p: 1 - tail(n, k + 1, p) > 0.025) if k < n else 1.0)


def rate(k, n):
    low, high = interval(k, n)
    return f"{k}/{n} = {100 * k / max(n, 1):.1f} % [{100 * low:.1f}, {100 * high:.1f}]"


def cut(file, share, out):
    """The first rows of a log, header and all."""
    to = os.path.join(out, os.path.basename(file))
    if ".tfevents." in file:
        data, ends = open(file, "rb").read(), [0]
        while ends[-1] < len(data):
            ends.append(ends[-1] + 16 + struct.unpack_from("<Q", data, ends[-1])[0])
        with open(to, "wb") as f:
            f.write(data[:ends[max(2, math.ceil(share * (len(ends) - 1)))]])
        return to
    if file.endswith(".json"):
        def part(rows):
            return rows[:max(2, math.ceil(share * len(rows)))]
        log = json.load(open(file))
        log = {k: part(v) if isinstance(v, list) else v for k, v in log.items()}
        json.dump(log, open(to, "w"))
        return to
    with open(file) as source, open(to, "w") as f:
        lines = source.readlines()
        f.writelines(lines[:1 + math.ceil(share * (len(lines) - 1))])
    return to


def verdicts(program, files, running):
    def one(file):
        words = [program, "doctor", file, "--json"] + (["--running"] if running else [])
        out = subprocess.run(words, capture_output=True, text=True)
        return json.loads(out.stdout) if out.returncode == 0 else {"error": out.stderr, "findings": []}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(files, pool.map(one, files)))


def evaluate(logs, program, half, wrong, share=1.0):
    if share < 1:
        with tempfile.TemporaryDirectory() as scratch:
            for name in os.listdir(logs):
                if name.startswith("labels"):
                    shutil.copy(os.path.join(logs, name), scratch)
                else:
                    cut(os.path.join(logs, name), share, scratch)
            return counted(scratch, program, half, wrong, True)
    return counted(logs, program, half, wrong, False)


def labels(logs):
    """Of each run its file, fault, part, recipe, variant, format and columns."""
    runs = []
    for name in sorted(os.listdir(logs)):
        if name.startswith("labels"):
            runs += [line.strip().split(",") for line in open(os.path.join(logs, name)) if line.count(",") == 6]
    return runs


def counted(logs, program, half, wrong, running):
    runs = [r for r in labels(logs) if r[2] in half]
    found = verdicts(program, [os.path.join(logs, r[0]) for r in runs], running)
    errors = 0
    named, able, own, first, confusion = Counter(), Counter(), Counter(), Counter(), defaultdict(Counter)
    all_named, total, by_format, flagged_by = Counter(), Counter(), defaultdict(lambda: [0, 0]), Counter()
    for file, fault, _, recipe, variant, kind, columns in runs:
        said = found[os.path.join(logs, file)]
        if "error" in said:
            errors += 1
            print("ERROR", file, said["error"])
        names = [f["symptom"] for f in said["findings"]]
        verdict = names[0] if names else "healthy"
        confusion[fault][verdict] += 1
        total[fault] += 1
        if fault == "healthy":
            if names:
                flagged_by[verdict] += 1
            ok = not names
        else:
            has = set(columns.split("+"))
            ok = bool(set(names) & COUNTS[fault])
            all_named[fault] += ok
            own[fault] += fault in names
            first[fault] += fault == verdict
            if fault not in NEEDS or has & set(NEEDS[fault]):
                able[fault] += 1
                named[fault] += ok
                by_format[kind][0] += ok
                by_format[kind][1] += 1
        if not ok and wrong:
            print(f"{file:55} {fault:24} -> {names} [{columns}]")
    faults = [f for f in COUNTS if total[f]]
    healthy = total["healthy"]
    print("healthy flagged:", rate(healthy - confusion["healthy"]["healthy"], healthy), dict(flagged_by))
    print("faults whose columns are there, named:", rate(sum(named.values()), sum(able.values())))
    print("all faults named:", rate(sum(all_named.values()), sum(total[f] for f in faults)))
    print("by its own name:", rate(sum(own.values()), sum(total[f] for f in faults)))
    print("own name first:", rate(sum(first.values()), sum(total[f] for f in faults)))
    print("by format:", {k: f"{a}/{b}" for k, (a, b) in sorted(by_format.items())})
    seen = sorted({v for c in confusion.values() for v in c})
    print("\n| fault | named | own name | " + " | ".join(seen) + " |\n|---|---|---|" + "---|" * len(seen))
    for fault in ["healthy"] + faults:
        cells = " | ".join(str(confusion[fault][v] or "") for v in seen)
        print(f"| {fault} | {'' if fault == 'healthy' else f'{named[fault]}/{able[fault]}'} | "
              f"{own[fault] if fault != 'healthy' else ''} | {cells} |")
    return {"errors": errors, "flagged": (healthy - confusion["healthy"]["healthy"], healthy),
            "named": (sum(named.values()), sum(able.values()))}


def main():
    half = next((a for a in sys.argv[3:] if a in ("A", "B", "C", "D", "E", "F", "G")), "ABCDEFG")
    share = float(sys.argv[sys.argv.index("--until") + 1]) if "--until" in sys.argv else 1.0
    evaluate(sys.argv[1], sys.argv[2], half, "--wrong" in sys.argv, share)


if __name__ == "__main__":
    main()
