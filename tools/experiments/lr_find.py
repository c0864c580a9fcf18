"""Judges `downhill lr-find` on 30 recipes of tables, models and optimizers.

    python3 tools/experiments/lr_find.py DOWNHILL [OUT.json]

For each recipe a grid of 12 rates is trained with three seeds each, then the rates that lr-find suggests.
A suggestion is good if its mean training loss ends within 5 % of (the constant's loss minus the best)
of the best rate of the grid. A run that fails counts as the constant's loss. docs/instruments.md has
the result.
"""
import json
import math
import random
import subprocess
import sys
import tempfile
from pathlib import Path

RATES = [10 ** (-5 + 5.5 * i / 11) for i in range(12)]
SEEDS = (11, 12, 13)
ROOT = Path(__file__).resolve().parents[2]


def write_table(path, rows, target):
    generator = random.Random(7)
    with open(path, "w") as file:
        file.write("a,b,c,d,y\n")
        for _ in range(rows):
            x = [generator.gauss(0, 1) for _ in range(4)]
            file.write(",".join(f"{v:.5f}" for v in x) + f",{target(x, generator)}\n")
    return path


def waves(x, g):
    return f"{math.sin(2 * x[0]) + x[1] * x[2] + 0.1 * g.gauss(0, 1):.5f}"


def heavy(x, g):
    return f"{x[0] - 2 * x[1] + (8 if g.random() < 0.05 else 0.3) * g.gauss(0, 1):.5f}"


def counts(x, g):
    rate, n, p = math.exp(0.6 * x[0] - 0.4 * x[1] + 1), 0, g.random()
    while p > math.exp(-rate):
        p *= g.random()
        n += 1
    return str(n)


def rings(x, _):
    return "in" if x[0] ** 2 + x[1] ** 2 < 1.4 else "out"


def recipes(folder):
    t = {name: write_table(f"{folder}/{name}.csv", rows, f) for name, rows, f in
         (("waves", 600, waves), ("heavy", 400, heavy), ("counts", 500, counts),
          ("rings", 500, rings))}
    digits, diabetes = ROOT / "data/digits.csv", ROOT / "data/diabetes.csv"
    mlp, deep, linear = "mlp:64", "mlp:64,32,16", "linear"
    sgd, mom, nest = "sgd", "sgd:momentum=0.9", "sgd:momentum=0.9,nesterov=true"
    adam, adamw, lamb = "adam", "adamw:weight_decay=0.1", "lamb"
    table = [
        (digits, "digit", "", mlp, sgd), (digits, "digit", "", mlp, mom),
        (digits, "digit", "", deep, adam), (digits, "digit", "", deep, adamw),
        (digits, "digit", "", linear, sgd), (digits, "digit", "", linear, adam),
        (diabetes, "target", "", mlp, adam), (diabetes, "target", "", linear, sgd),
        (diabetes, "target", "huber", mlp, mom), (diabetes, "target", "mae", mlp, adamw),
        (t["waves"], "y", "", mlp, adam), (t["waves"], "y", "", mlp, mom),
        (t["waves"], "y", "", deep, adamw), (t["waves"], "y", "", deep, nest),
        (t["waves"], "y", "log_cosh", "mlp:32,activation=tanh", sgd),
        (t["heavy"], "y", "huber", linear, sgd), (t["heavy"], "y", "mae", linear, adam),
        (t["heavy"], "y", "cauchy", mlp, adamw), (t["heavy"], "y", "", mlp, mom),
        (t["counts"], "y", "poisson_nll", linear, sgd),
        (t["counts"], "y", "poisson_nll", mlp, adam),
        (t["counts"], "y", "negative_binomial_nll", mlp, adamw),
        (t["rings"], "y", "", mlp, adam), (t["rings"], "y", "", mlp, mom),
        (t["rings"], "y", "", "mlp:32,activation=tanh", adamw),
        (t["rings"], "y", "focal", mlp, adam), (t["rings"], "y", "hinge", mlp, nest),
        (digits, "digit", "", mlp, lamb), (t["waves"], "y", "gaussian_nll", mlp, adam),
        (digits, "digit", "cross_entropy:label_smoothing=0.1", "mlp:64,dropout=0.2", adamw),
    ]
    return table


def arguments(recipe):
    data, target, loss, model, _ = recipe
    return [str(data), "--target", target, "--model", model] + (["--loss", loss] if loss else [])


def call(words):
    done = subprocess.run([sys.argv[1], *words, "--json", "--quiet", "--threads", "1"],
                          capture_output=True, text=True)
    return json.loads(done.stdout) if done.stdout.startswith("{") else {}


def mean_loss(recipe, lr, folder):
    losses, constant = [], None
    for seed in SEEDS:
        spec = recipe[4] + (":" if ":" not in recipe[4] else ",") + f"lr={lr:.6g}"
        result = call(["train", *arguments(recipe), "--optimizer", spec, "--epochs", "25", "--seed",
                       str(seed), "--out", f"{folder}/run", "--overwrite"])
        train = result.get("train") or {}
        constant = (train.get("baseline") or {}).get("loss", constant)
        losses.append(train.get("loss"))
    if constant is not None:  # what failed is as good as the constant
        losses = [min(v, constant) if isinstance(v, float) and math.isfinite(v) else constant
                  for v in losses]
    return (sum(losses) / len(losses) if None not in losses else math.inf), constant


def judge(recipe, folder):
    grid = [mean_loss(recipe, lr, folder) for lr in RATES]
    constant = next(c for _, c in grid if c is not None)
    best = min(loss for loss, _ in grid)
    found = call(["lr-find", *arguments(recipe), "--optimizer", recipe[4]])
    row = {"recipe": [str(Path(recipe[0]).name), *recipe[1:]], "constant": constant, "best": best,
           "grid": [[lr, loss] for lr, (loss, _) in zip(RATES, grid)], "suggestions": {}}
    for name in ("lr", "valley", "steepest", "minimum"):
        lr = found.get(name)
        loss = mean_loss(recipe, lr, folder)[0] if lr else constant
        row["suggestions"][name] = {"lr": lr, "loss": loss,
                                    "behind": (loss - best) / (constant - best)}
    return row


def main():
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for recipe in recipes(folder):
            row = judge(recipe, folder)
            rows.append(row)
            best_lr = min(row["grid"], key=lambda p: p[1])[0]
            print(" ".join(map(str, row["recipe"])), f"best {best_lr:.2g}",
                  " ".join(f"{name} {s['lr'] and format(s['lr'], '.2g')}:{100 * s['behind']:.1f}%"
                           for name, s in row["suggestions"].items()), flush=True)
    for name in ("lr", "valley", "steepest", "minimum"):
        good = sum(row["suggestions"][name]["behind"] <= 0.05 for row in rows)
        print(f"{name}: {good} of {len(rows)} within 5 %")
    if len(sys.argv) > 2:
        Path(sys.argv[2]).write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
