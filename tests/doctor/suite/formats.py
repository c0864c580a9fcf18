"""A run as a log that people have: column names, granularity and file format follow from a number."""
import csv
import json
import math
import os
import struct

import frameworks

NAMES = [  # step, epoch, train loss, validation loss, validation accuracy, rate, gradient norm, layer, dead
    ("step", "epoch", "loss", "val_loss", "val_accuracy", "learning_rate", "grad_norm", "grad_norm/{}", "dead_units"),
    ("step", "epoch", "train_loss", "val_loss", "val_acc", "lr-Adam", "grad_2.0_norm_total", "grad_2.0_norm/{}", "dead_share"),
    ("step", "epoch", "loss", "eval_loss", "eval_accuracy", "learning_rate", "grad_norm", "{}_grad_norm", "dead_relu"),
    ("iteration", "epoch", "train_loss", "valid_loss", "accuracy", "lr", "gnorm", "gnorm_{}", "dead_fraction"),
    ("_step", "epoch", "train/loss", "val/loss", "val/acc", "train/lr", "train/grad_norm", "gradients/{}", "dead/share"),
    ("global_step", "epoch", "Loss/train", "Loss/validation", "Accuracy/validation", "lr", "gradient_norm", "gradient_norm/{}", "dead_neurons"),
]
MOST = 300


def thinned(rows, kept=()):
    if len(rows) <= MOST:
        return rows
    stride = math.ceil(len(rows) / MOST)
    return [r for i, r in enumerate(rows) if i % stride == 0 or i in kept]


def short(v):
    return v if not isinstance(v, float) or not math.isfinite(v) else float(f"{v:.5g}")


def rows_of(record, fault, recipe, names, by_step, choose):
    """Rows of a log, and which columns it has."""
    n_step, n_epoch, n_train, n_val, n_acc, n_lr, n_norm, n_layer, n_dead = names
    swap = fault == "swapped_splits"
    want_layers = fault in ("vanishing_gradients", "frozen_parameters", "dead_units") or choose(7) == 0
    want_norm = fault in ("exploding_gradients", "accumulating_gradients") or choose(2) == 0 or want_layers
    want_val = fault in ("overfitting", "memorised", "swapped_splits", "class_collapse") or choose(8) != 1
    want_acc = recipe.classes and want_val and (
        fault in ("class_collapse", "no_better_than_constant", "init_loss_off") or choose(3) != 0)
    want_lr = choose(4) != 0
    want_f1 = want_acc and fault == "class_collapse" and choose(2) == 0
    epoch_rows = []
    for e, (train, val, acc, f1, train_acc, step, dead) in enumerate(record.epochs):
        row = {n_step: step, n_epoch: e + 1, "_keep": True}
        if not by_step:
            row[n_train] = train
        if want_val:
            row[n_val] = val
        if swap:
            row[n_train], row[n_val] = val, train
        if want_acc:
            row[n_acc] = acc
        if want_f1:
            row["val_f1"] = f1
        if want_lr and not by_step:
            row[n_lr] = record.steps[step - 1][1]
        at = range(record.epochs[e - 1][5] if e else 0, step)
        if want_norm and not by_step:
            row[n_norm] = sum(record.steps[i][2] for i in at) / len(at)
        if want_layers and not by_step:
            for k, name in enumerate(record.layers):
                row[n_layer.format(name)] = sum(record.steps[i][3][k] for i in at) / len(at)
        if dead is not None and (fault == "dead_units" or choose(9) == 0):
            row[n_dead] = dead
        epoch_rows.append(row)
    if not by_step:
        if choose(2):
            for row in epoch_rows:
                row.pop(n_step)
        return epoch_rows
    rows, ends = [], {e[5]: i for i, e in enumerate(record.epochs)}
    epoch = 0
    for i, (loss, lr, norm, layers) in enumerate(record.steps):
        row = {n_step: i + 1, n_train: loss}
        if want_lr:
            row[n_lr] = lr
        if want_norm:
            row[n_norm] = norm
        if want_layers:
            for k, name in enumerate(record.layers):
                row[n_layer.format(name)] = layers[k]
        rows.append(row)
    rows = thinned(rows, {len(rows) // 2, 2 * len(rows) // 3} if fault == "spike" else ()) if fault != "data_not_shuffled" else rows
    steps = [e[5] for e in record.epochs]
    out, e = [], 0
    for row in rows:
        while e < len(steps) and steps[e] < row[n_step]:
            out.append({k: v for k, v in epoch_rows[e].items() if k != n_epoch or n_epoch != n_step})
            e += 1
        row[n_epoch] = sum(1 for s in steps if s < row[n_step]) + 1 if len(steps) < 80 else e + 1
        out.append(row)
    out += epoch_rows[e:]
    return out


def crc32c(data, table=[]):
    if not table:
        for n in range(256):
            c = n
            for _ in range(8):
                c = c >> 1 ^ (0x82F63B78 if c & 1 else 0)
            table.append(c)
    c = 0xFFFFFFFF
    for b in data:
        c = c >> 8 ^ table[(c ^ b) & 255]
    c ^= 0xFFFFFFFF
    return ((c >> 15 | c << 17) + 0xA282EAD8) & 0xFFFFFFFF


def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def piece(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def tensorboard(path, rows, step_name):
    with open(path, "wb") as f:
        def record(data):
            head = struct.pack("<Q", len(data))
            f.write(head + struct.pack("<I", crc32c(head)) + data + struct.pack("<I", crc32c(data)))
        record(b"\x09" + struct.pack("<d", 1.6e9) + piece(3, b"brain.Event:2"))
        for i, row in enumerate(rows):
            step = int(row.get(step_name, i + 1))
            for name, value in row.items():
                if name in (step_name, "epoch", "_keep") or value is None:
                    continue
                scalar = piece(1, name.encode()) + b"\x15" + struct.pack("<f", value)
                record(b"\x09" + struct.pack("<d", 1.6e9 + i) + b"\x10" + varint(step) + piece(5, piece(1, scalar)))


def write(out, key, number, record, fault, recipe):
    state = [number]

    def choose(n):
        state[0] = (state[0] * 1103515245 + 12345) % 2**31
        return (state[0] >> 8) % n

    names = NAMES[choose(len(NAMES))]
    enough = len(record.epochs) >= 10
    by_step = fault in ("data_not_shuffled", "spike", "init_loss_off") or not enough or choose(5) < 2
    if fault in ("swapped_splits", "overfitting", "memorised"):
        by_step = False if fault == "swapped_splits" else by_step
    rows = rows_of(record, fault, recipe, names, by_step, choose)
    kind = ("csv", "csv", "jsonl", "tensorboard", "run")[choose(5)]
    base = key.replace("/", "_")
    columns = []
    for row in rows:
        columns += [c for c in row if c not in columns and c != "_keep"]
    rows = [{k: short(v) for k, v in r.items() if k != "_keep" and v is not None} for r in rows]
    if kind == "run" and any("/" in c or "{" in c for c in columns[5:]):
        kind = "csv"
    if recipe.half in "DEFG" and choose(3):
        kind = frameworks.KINDS[choose(len(frameworks.KINDS))]
        kind = "wandb" if kind == "keras" and by_step else kind
        file = frameworks.write(out, base, kind, rows, names, by_step)
    elif kind == "csv":
        file = base + ".csv"
        with open(os.path.join(out, file), "w", newline="") as f:
            w = csv.DictWriter(f, columns)
            w.writeheader()
            w.writerows(rows)
    elif kind == "jsonl":
        file = base + ".jsonl"
        with open(os.path.join(out, file), "w") as f:
            f.writelines(json.dumps(r) + "\n" for r in rows)
    elif kind == "tensorboard":
        file = base + ".tfevents.1600000000"
        tensorboard(os.path.join(out, file), rows, names[0])
    else:
        file = base + ".run.jsonl"
        text = {"inf": "inf"}
        def number_of(v):
            return v if math.isfinite(v) else ("nan" if math.isnan(v) else "inf" if v > 0 else "-inf")
        with open(os.path.join(out, file), "w") as f:
            f.write('{"record":"start","schema":1}\n')
            for i, r in enumerate(rows):
                for split, name in (("train", names[2]), ("validation", names[3])):
                    if name not in r:
                        continue
                    o = {"record": "step" if by_step and split == "train" else "epoch"}
                    if o["record"] == "step":
                        o["step"] = r[names[0]]
                    o["epoch"] = r.get(names[1], 0)
                    if o["record"] == "epoch" and names[0] in r:
                        o["step"] = r[names[0]]
                    o.update(split=split, loss=number_of(r[name]))
                    if split == "train" and names[5] in r:
                        o["lr"] = r[names[5]]
                    if split == "train" and names[6] in r:
                        o["gradient_norm"] = number_of(r[names[6]])
                    if split == "validation" and names[4] in r:
                        o["metrics"] = {"accuracy": r[names[4]]}
                    f.write(json.dumps(o) + "\n")
        columns = [c for c in columns if c in names[:7]]
    roles = dict(zip(names, ("step", "epoch", "train", "val", "acc", "lr", "norm")))
    has = sorted({roles[c] for c in columns if c in roles} |
                 ({"layers"} if any(c.startswith(names[7].split("{")[0]) and c.endswith(names[7].split("}")[1]) and
                                    c not in names for c in columns) else set()) |
                 ({"dead"} if names[8] in columns else set()))
    return file, kind, "+".join(has)
