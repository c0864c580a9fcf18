#!/usr/bin/python3
"""Writes tests/golden/torch_run.json: one whole training run in PyTorch, to be repeated here.

    tools/make_torch_run.py            needs Debian's python3-torch (1.13.1)

The digits (data/digits.csv, pixels divided by 16), an MLP 64-32-10 with relu, float64, cross
entropy, batches of 48 rows of the first 1,117 rows, so that the last of an epoch has 13:
50 steps of SGD with momentum 0.9 at 0.05 and of AdamW at 0.01 with decay 0.1.

Rules that the test repeats, so that no batch has to be stored:
  first weights  by a linear congruential generator (below), the same on every machine
  rows           step s of an epoch takes rows (7 i + 3 epoch) mod 1117 for i in its range
"""
import csv
import json
import pathlib

import numpy
import torch

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROWS, BATCH, STEPS = 1117, 48, 50


def first_weights(shape, state, bound):
    """Numbers in [-bound, bound) from x = (1103515245 x + 12345) mod 2^31."""
    values = []
    for _ in range(int(numpy.prod(shape))):
        state = (1103515245 * state + 12345) % 2**31
        values.append((state / 2**30 - 1) * bound)
    return torch.tensor(values, dtype=torch.float64).reshape(shape), state


def make_model():
    model = torch.nn.Sequential(torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10)).double()
    state = 1
    with torch.no_grad():
        for parameter in model.parameters():
            values, state = first_weights(parameter.shape, state, 0.125)
            parameter.copy_(values)
    return model


def run(make_optimizer, x, y):
    model = make_model()
    optimizer = make_optimizer(model.parameters())
    losses, step, epoch = [], 0, 0
    while step < STEPS:
        order = [(7 * i + 3 * epoch) % ROWS for i in range(ROWS)]
        for begin in range(0, ROWS, BATCH):
            if step == STEPS:
                break
            rows = order[begin : begin + BATCH]
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(x[rows]), y[rows])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            step += 1
        epoch += 1
    return {"losses": losses,
            "weights": {k: v.flatten().tolist() for k, v in model.state_dict().items()}}


def main():
    torch.set_num_threads(1)
    with open(ROOT / "data" / "digits.csv", newline="") as file:
        rows = list(csv.reader(file))[1:]
    table = numpy.array(rows, dtype=numpy.float64)
    x = torch.tensor(table[:ROWS, :-1]) / 16
    y = torch.tensor(table[:ROWS, -1]).long()
    result = {
        "made_by": f"tools/make_torch_run.py with torch {torch.__version__}",
        "rows": ROWS, "batch": BATCH, "steps": STEPS,
        "sgd:lr=0.05,momentum=0.9":
            run(lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9), x, y),
        "adamw:lr=0.01,weight_decay=0.1":
            run(lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.1), x, y),
    }
    path = ROOT / "tests" / "golden" / "torch_run.json"
    path.write_text(json.dumps(result, separators=(",", ":")).replace('"weights"', '\n"weights"') + "\n")
    print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
