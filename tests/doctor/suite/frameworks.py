"""Rows of a log as other programs write them: a Hugging Face trainer's state, Keras' history, Lightning's
metrics, fastai's table, an export of W&B, a table with semicolons and words of its own."""
import csv
import json
import math
import os

KINDS = ("trainer_state", "keras", "lightning", "fastai", "wandb", "semicolons")


def table(path, rows, columns, separator=","):
    with open(path, "w", newline="") as f:
        writer = csv.DictWriter(f, columns, delimiter=separator, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def renamed(rows, names, new):
    """The rows with the names of another framework; what it does not log is left out."""
    of = dict(zip(names[:7], new))
    out = []
    for row in rows:
        line = {}
        for name, value in row.items():
            if name in of:
                if of[name]:
                    line[of[name]] = value
            elif name == names[8] or name == "val_f1" or name not in names:
                line[name] = value
        out.append(line)
    return out


def parted(rows, marks):
    """Rows that have training and validation figures as two, as these two write them."""
    out = []
    for row in rows:
        validation = {k: v for k, v in row.items() if any(m in k for m in marks)}
        if validation and len([k for k in row if k not in validation]) > 2:
            shared = {k: v for k, v in row.items() if k in ("step", "epoch")}
            out.append({k: v for k, v in row.items() if k not in validation})
            out.append({**shared, **validation})
        else:
            out.append(row)
    return out


def columns_of(rows):
    columns = []
    for row in rows:
        columns += [c for c in row if c not in columns]
    return columns


def write(out, base, kind, rows, names, by_step):
    """Rows with `names` (step, epoch, train, validation, accuracy, rate, norm, ...) as a file of `kind`."""
    if kind == "trainer_state":
        lines = renamed(rows, names, ("step", "epoch", "loss", "eval_loss", "eval_accuracy", "learning_rate", "grad_norm"))
        lines = parted(lines, ("eval_",))
        path = base + ".json"
        with open(os.path.join(out, path), "w") as f:
            json.dump({"best_metric": None, "global_step": len(lines), "log_history": lines}, f)
    elif kind == "keras":
        lines = renamed(rows, names, (None, None, "loss", "val_loss", "val_accuracy", "learning_rate", "grad_norm"))
        path = base + ".json"
        with open(os.path.join(out, path), "w") as f:
            json.dump({c: [row.get(c, math.nan) for row in lines] for c in columns_of(lines)}, f)
    elif kind == "lightning":
        train = "train_loss_step" if by_step else "train_loss_epoch"
        lines = renamed(rows, names, ("step", "epoch", train, "val_loss", "val_acc", "lr-Adam", "grad_2.0_norm_total"))
        for line in lines:
            if "epoch" in line:
                line["epoch"] -= 1  # counted from 0
        lines = parted(lines, ("val_",))
        path = base + ".csv"
        table(os.path.join(out, path), lines, sorted(columns_of(lines)))
    elif kind == "fastai":
        lines = renamed(rows, names, ("step", "epoch", "train_loss", "valid_loss", "accuracy", "lr_0", "grad_norm"))
        for i, line in enumerate(lines):
            line["time"] = f"00:{i % 60:02d}"
        path = base + ".csv"
        table(os.path.join(out, path), lines, columns_of(lines))
    elif kind == "wandb":
        run = "rosy-dew-17 - "
        lines = renamed(rows, names, ("Step", None, run + "train/loss", run + "eval/loss", run + "eval/accuracy",
                                      run + "train/learning_rate", run + "train/grad_norm"))
        for i, line in enumerate(lines):
            line.setdefault("Step", i)
        path = base + ".csv"
        table(os.path.join(out, path), lines, ["Step"] + [c for c in columns_of(lines) if c != "Step"])
    else:
        lines = renamed(rows, names, ("Iteration", "Epoch", "Training Loss", "Validation Loss", "Validation Accuracy",
                                      "Learning Rate", "Gradient Norm"))
        path = base + ".csv"
        table(os.path.join(out, path), lines, columns_of(lines), ";")
    return path
