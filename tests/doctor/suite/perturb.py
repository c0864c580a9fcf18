"""How firmly the doctor's verdicts stand: the suite's logs as other people would have written them.

    python3 perturb.py LOGS DOWNHILL [PARTS] [--flips WAY]

Ways: every second row (`half`), every third (`third`), without the last tenth of the rows (`cut`); and, which must
change nothing, as CSV (`csv`), JSON lines (`jsonl`), an event file (`events`) and with other names (`names`). Of each the
share of runs that are judged as before: a fault named or not, a healthy run flagged or not. `formats` takes each run
in its worst of the last four. `--flips WAY` lists the runs that are not.
"""
import csv
import json
import math
import os
import struct
import sys
import tempfile
from collections import Counter

import evaluate
import formats

OTHER = {  # names that mean the same
    "loss": ["train_loss", "train/loss", "Training Loss", "Loss/train"],
    "val_loss": ["valid_loss", "eval_loss", "Validation Loss", "test_loss", "dev/loss"],
    "val_acc": ["val_accuracy", "eval_accuracy", "Accuracy/validation", "valid_acc"],
    "lr": ["learning_rate", "train/lr", "Learning Rate", "lr-SGD"],
    "grad_norm": ["gradient_norm", "train/grad_norm", "gnorm", "grad_2.0_norm_total"],
}
ROLES = {
    "loss": ("loss", "train_loss", "train/loss", "Loss/train", "train_loss_step", "train_loss_epoch", "Training Loss"),
    "val_loss": ("val_loss", "eval_loss", "valid_loss", "val/loss", "eval/loss", "Loss/validation", "Validation Loss"),
    "val_acc": ("val_accuracy", "val_acc", "eval_accuracy", "accuracy", "val/acc", "eval/accuracy", "Accuracy/validation",
                "Validation Accuracy"),
    "lr": ("learning_rate", "lr-Adam", "lr", "train/lr", "train/learning_rate", "lr_0", "Learning Rate"),
    "grad_norm": ("grad_norm", "grad_2.0_norm_total", "gnorm", "train/grad_norm", "gradient_norm", "Gradient Norm"),
    "step": ("step", "iteration", "_step", "global_step", "Iteration", "Step"), "epoch": ("epoch", "Epoch"),
}
ROLE_OF = {name: role for role, names in ROLES.items() for name in names}
ROLE_OF.update({"rosy-dew-17 - " + name: role for name, role in ROLE_OF.items()})  # an export of W&B
FORMATS = ("csv", "jsonl", "events", "names")
WAYS = ("half", "third", "cut", *FORMATS)


def number(text):
    try:
        return int(text) if text.lstrip("-").isdigit() else float(text)
    except ValueError:
        return text


def events(path):
    rows, data, at = {}, open(path, "rb").read(), 0
    while at < len(data):
        size = struct.unpack_from("<Q", data, at)[0]
        record, at = data[at + 12:at + 12 + size], at + 16 + size
        fields = dict(parts(record))
        if 5 not in fields:
            continue
        value = dict(parts(dict(parts(fields[5]))[1]))
        row = rows.setdefault(fields.get(2, 0), {"step": fields.get(2, 0)})
        row[value[1].decode()] = float(f"{struct.unpack('<f', value[2])[0]:.7g}")
    return list(rows.values())


def parts(data):
    """Number and value of each field of a message."""
    def varint():
        nonlocal at
        n = shift = 0
        while True:
            byte, at = data[at], at + 1
            n, shift = n | (byte & 127) << shift, shift + 7
            if byte < 128:
                return n
    at = 0
    while at < len(data):
        key = varint()
        size = {0: None, 1: 8, 5: 4}.get(key & 7, -1)
        if size is None:
            yield key >> 3, varint()
            continue
        size = varint() if size < 0 else size
        yield key >> 3, data[at:at + size]
        at += size


def rows_of(path):
    """The rows of a log, or the lines of a run.jsonl."""
    if ".tfevents." in path:
        return events(path)
    with open(path) as f:
        if path.endswith(".jsonl"):
            return [json.loads(line) for line in f]
        if path.endswith(".json"):
            log = json.load(f)
            if "log_history" in log:
                return log["log_history"]
            return [dict(zip(log, row)) for row in zip(*log.values())]
        head = f.readline()
        f.seek(0)
        return [{k: number(v) for k, v in row.items() if v != ""}
                for row in csv.DictReader(f, delimiter=";" if ";" in head else ",")]


def plain(lines):
    """A run.jsonl as rows."""
    rows = {}
    places = [k for k in ("step", "epoch") if all(k in o for o in lines[1:])]
    for o in lines[1:]:
        row = rows.setdefault(tuple(o[k] for k in places), {})
        row.update({k: o[k] for k in places})
        row["loss" if o["split"] == "train" else "val_loss"] = o["loss"]
        row.update({to: o[k] for k, to in (("lr", "lr"), ("gradient_norm", "grad_norm")) if k in o})
        row.update({"val_acc": o["metrics"]["accuracy"]} if "accuracy" in o.get("metrics", {}) else {})
    return [{k: float(v) if isinstance(v, str) else v for k, v in row.items()} for row in rows.values()]


def kind_of(row):
    """Rows of one kind have the same columns, or the same record and split."""
    return (row.get("record"), row.get("split"), *sorted(k for k in row if k not in ("time", "step", "epoch")))


def thinned(rows, stride):
    seen, kept = Counter(), []
    for row in rows:
        kind = kind_of(row)
        if kind[0] == "start" or seen[kind] % stride == 0:
            kept.append(row)
        seen[kind] += 1
    return kept


def renamed(rows, salt):
    def other(name):
        role = ROLE_OF.get(name)
        return OTHER[role][salt % len(OTHER[role])] if role in OTHER else name
    return [{other(k): v for k, v in row.items()} for row in rows]


def lines_of(rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


def columns_of(rows):
    columns = []
    for row in rows:
        columns += [c for c in row if c not in columns]
    return columns


def table(path, rows):
    with open(path, "w", newline="") as f:
        writer = csv.DictWriter(f, columns_of(rows))
        writer.writeheader()
        writer.writerows(rows)


def written(path, way, out, salt):
    """The log perturbed, as a file in `out`."""
    ours = ".run." in path
    rows = rows_of(path)
    if way in ("half", "third", "cut"):
        if way == "cut":
            rows = rows[:math.ceil(0.9 * len(rows))]
        else:
            rows = thinned(rows, 2 if way == "half" else 3)
        if ours:
            to = os.path.join(out, os.path.basename(path))
            open(to, "w").write(lines_of(rows))
            return to
    elif ours:
        rows = plain(rows)
    name = os.path.join(out, os.path.basename(path).split(".")[0] + f"-{salt}")
    if way == "jsonl":
        open(name + ".jsonl", "w").write(lines_of(rows))
        return name + ".jsonl"
    if way == "events":
        columns = columns_of(rows)
        step = next((k for role in ("step", "epoch") for k in columns if ROLE_OF.get(k) == role), "step")
        rows = [{k: v for k, v in row.items() if not isinstance(v, str)} for row in rows]
        formats.tensorboard(name + ".tfevents.1600000000", rows, step)
        return name + ".tfevents.1600000000"
    table(name + ".csv", renamed(rows, salt) if way == "names" else rows)
    return name + ".csv"


def judged(logs, program, runs, way):
    """Of each run whether its verdict is right: the fault is named, or the healthy run is not flagged."""
    with tempfile.TemporaryDirectory() as out:
        files = {r[0]: written(os.path.join(logs, r[0]), way, out, i) if way else os.path.join(logs, r[0])
                 for i, r in enumerate(runs)}
        found = evaluate.verdicts(program, list(files.values()), False)
        said = {}
        for file, fault, *_ in runs:
            verdict = found[files[file]]
            if "error" in verdict:
                print("ERROR", way, file, verdict["error"].strip())
            said[file] = [f["symptom"] for f in verdict["findings"]]
        return {f: not said[f] if fault == "healthy" else bool(set(said[f]) & evaluate.COUNTS[fault])
                for f, fault, *_ in runs}, said


def able(run):
    needs = evaluate.NEEDS.get(run[1])
    return run[1] == "healthy" or not needs or set(run[6].split("+")) & set(needs)


def main():
    logs, program = sys.argv[1:3]
    wanted = sys.argv[3] if len(sys.argv) > 3 and not sys.argv[3].startswith("--") else "ABCDEFG"
    flips = sys.argv[sys.argv.index("--flips") + 1] if "--flips" in sys.argv else None
    runs = [r for r in evaluate.labels(logs) if r[2] in wanted and able(r)]
    before, said = judged(logs, program, runs, None)
    faults = [f for f in evaluate.COUNTS if any(r[1] == f for r in runs)]
    results = {}
    for way in WAYS:
        results[way], now = judged(logs, program, runs, way)
        if way == flips:
            for r in runs:
                if results[way][r[0]] != before[r[0]]:
                    print(f"{r[0]:55} {r[1]:24} {said[r[0]]} -> {now[r[0]]} [{r[6]}]")
    results["formats"] = {r[0]: before[r[0]] and all(results[w][r[0]] for w in FORMATS) for r in runs}
    print("| | as they are | " + " | ".join(results) + " |\n|---|---|" + "---|" * len(results))

    def shares(text, of):
        cells = [f"{sum(before[r[0]] for r in of)}/{len(of)}"]
        for now in results.values():
            cells.append(f"{sum(now[r[0]] for r in of)} ({100 * sum(now[r[0]] == before[r[0]] for r in of) / len(of):.0f} %)")
        print(f"| {text} | " + " | ".join(cells) + " |")
    shares("healthy, not flagged", [r for r in runs if r[1] == "healthy"])
    shares("faults named", [r for r in runs if r[1] != "healthy"])
    for fault in faults:
        shares(fault, [r for r in runs if r[1] == fault])


if __name__ == "__main__":
    main()
