"""Ten published questions why a network does not train, retold as real trainings, each with its mended run.

    /usr/bin/python3 questions.py OUT DOWNHILL     (Debian's python3-torch; DOWNHILL is the program)

Writes OUT/question-NUMBER-broken.EXT and OUT/question-NUMBER-mended.EXT. What was asked, where, and what the
cause was stands in docs/doctor.md; QUESTIONS in evaluate.py names the findings that tell it.
"""
import csv
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile

import numpy as np
import torch
from torch import nn
import torch.nn.functional as F

from recipes import digits


def tensors(*arrays):
    return [torch.tensor(a) for a in arrays]


def norm(grads):
    return math.sqrt(sum(float(g.norm()) ** 2 for g in grads if g is not None))


def fit(model, optimizer, loss_of, x, y, epochs, batch, seed, shuffle=True, zero=True, watched=None, held_out=None,
        schedule=None):
    """Trains and returns a row per step and one per epoch: losses, norms of gradient and update per tensor."""
    rng, steps, ends = np.random.default_rng(seed), [], []
    watched = dict(watched or model.named_parameters())
    total = epochs * max(1, len(x) // batch)
    for epoch in range(epochs):
        order = rng.permutation(len(x)) if shuffle else np.arange(len(x))
        for b in range(max(1, len(x) // batch)):
            rows = torch.tensor(order[b * batch:(b + 1) * batch])
            if schedule:
                for group in optimizer.param_groups:
                    group["lr"] = schedule(len(steps) / total)
            if zero:
                optimizer.zero_grad()
            loss = loss_of(model(x[rows]), y[rows])
            loss.backward()
            before = {n: p.detach().clone() for n, p in watched.items()}
            layers = [{"layer": n, "gradient": 0.0 if p.grad is None else float(p.grad.norm())}
                      for n, p in watched.items() if p.dim() > 1]
            row = {"step": len(steps) + 1, "epoch": epoch + 1, "loss": float(loss),
                   "lr": optimizer.param_groups[0]["lr"], "gradient_norm": norm(p.grad for p in watched.values()),
                   "layers": layers}
            optimizer.step()
            for layer in layers:
                layer["update"] = float((watched[layer["layer"]].detach() - before[layer["layer"]]).norm())
            steps.append(row)
        last = steps[-max(1, len(x) // batch):]
        end = {"step": len(steps), "epoch": epoch + 1, "loss": sum(r["loss"] for r in last) / len(last),
               "lr": last[-1]["lr"], "gradient_norm": sum(r["gradient_norm"] for r in last) / len(last)}
        if held_out:
            model.eval()
            with torch.no_grad():
                p = model(held_out[0])
                end["val_loss"] = float(loss_of(p, held_out[1]))
                if held_out[1].dtype == torch.int64:
                    end["val_accuracy"] = float((p.argmax(1) == held_out[1]).float().mean())
            model.train()
        ends.append(end)
    return steps, ends


def flat(row):
    out = {k: v for k, v in row.items() if k != "layers"}
    out.update({"grad_norm/" + layer["layer"]: layer["gradient"] for layer in row.get("layers", ())})
    return out


def write_csv(path, rows):
    rows = [flat(r) for r in rows]
    with open(path + ".csv", "w", newline="") as f:
        writer = csv.DictWriter(f, list(rows[-1]))
        writer.writeheader()
        writer.writerows({k: v for k, v in r.items()} for r in rows)


def write_lines(path, rows):
    with open(path + ".jsonl", "w") as f:
        f.writelines(json.dumps(flat(r)) + "\n" for r in rows)


def write_history(path, rows):
    with open(path + ".json", "w") as f:
        json.dump({k: [flat(r)[k] for r in rows] for k in flat(rows[0]) if k not in ("step", "epoch")}, f)


def write_run(path, rows):
    with open(path + ".run.jsonl", "w") as f:
        f.write('{"record":"start","schema":1}\n')
        f.writelines(json.dumps({"record": "step", **r}) + "\n" for r in rows)


def sequential(*widths, act=nn.ReLU, out=None):
    layers = []
    for i, (a, b) in enumerate(zip(widths, widths[1:])):
        layers += [nn.Linear(a, b)] + ([act()] if i + 2 < len(widths) else [])
    return nn.Sequential(*layers, *([out()] if out else []))


def cosine(lr):
    return lambda t: lr * 0.5 * (1 + math.cos(math.pi * t))


STUCK = 1  # a start that stays where it is, as one in two do


def line(path, mended):
    """1: seven points of a line, half of them negative, and a ReLU on the output."""
    torch.manual_seed(STUCK)
    x = torch.arange(-1.0, 6.0)[:, None]
    y = 2 * x - 1
    model = sequential(1, 4, 2, 1, act=nn.LeakyReLU) if mended else sequential(1, 4, 2, 1, out=nn.ReLU)
    write_lines(path, fit(model, torch.optim.Adam(model.parameters()), F.mse_loss, x, y, 500, 7, 2,
                          schedule=cosine(0.05 if mended else 0.001))[0])


def skyrocket(path, mended):
    """2: a rate of 0.001 where the inputs are not scaled."""
    torch.manual_seed(3)
    rng = np.random.default_rng(3)
    x = rng.uniform(0, 40, (600, 6))
    y = (x @ rng.normal(0, 1, 6) + rng.normal(0, 1, 600))[:, None]
    y = (y - y.mean()) / y.std()
    if mended:
        x = (x - x.mean(0)) / x.std(0)
    x, y = tensors(x.astype(np.float32), y.astype(np.float32))
    model = sequential(6, 1)
    optimizer = torch.optim.SGD(model.parameters(), 0.01)
    write_csv(path, fit(model, optimizer, F.mse_loss, x, y, 20, 30, 3, schedule=cosine(0.01))[0])


def unbalanced(path, mended, program):
    """3: one row in nine is of the second class, and the network answers with the first. This library."""
    rng = np.random.default_rng(4)
    x = rng.normal(0, 1, (1800, 6))
    score = x[:, 0] + x[:, 1] * x[:, 2] + rng.normal(0, 0.4, 1800)
    y = score > np.quantile(score, 0.884)
    options = ["--epochs", "40", "--class-weight", "balanced"] if mended else [
        "--epochs", "20", "--optimizer", "sgd:lr=0.0003", "--schedule", "none"]
    own_run(path, program, np.column_stack([x, y]), "mlp:8,8,8", options, "classes")


def sigmoids(path, mended, program):
    """4: real numbers from binary vectors, by sigmoids one behind the other. This library."""
    rng = np.random.default_rng(5)
    x = rng.integers(0, 2, (1200, 12))
    y = x @ rng.normal(0, 1, 12) + 2 * x[:, 0] * x[:, 1] + rng.normal(0, 0.1, 1200)
    model = "mlp:64,64,activation=silu" if mended else "mlp:64,64,64,64,64,64,64,64,activation=sigmoid"
    own_run(path, program, np.column_stack([x, y]), model, ["--epochs", "40"], "numbers")


def own_run(path, program, table, model, options, task):
    with tempfile.TemporaryDirectory() as scratch:
        data = os.path.join(scratch, "data.csv")
        names = ",".join([f"x{i}" for i in range(table.shape[1] - 1)] + ["y"])
        np.savetxt(data, table, delimiter=",", header=names, comments="", fmt="%.6g")
        run = os.path.join(scratch, "run")
        subprocess.run([program, "train", data, "--target", "y", "--task", task, "--model", model, "--out", run,
                        "--quiet", "--threads", "1", *options], check=True, capture_output=True)
        shutil.copy(os.path.join(run, "run.jsonl"), path + ".run.jsonl")


def no_zero_grad(path, mended):
    """5: an example that never sets its gradients to zero: the loss falls and rises in turn."""
    torch.manual_seed(6)
    rng = np.random.default_rng(6)
    x = rng.uniform(0, 1, (3, 4))
    y = x @ rng.uniform(-1, 1, (4, 2))
    x, y = tensors(x.astype(np.float32), y.astype(np.float32))
    model = sequential(4, 2)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    rate = cosine(0.5) if mended else None
    write_csv(path, fit(model, optimizer, F.mse_loss, x, y, 200, 3, 6, zero=mended, schedule=rate)[0])


class Listed(nn.Module):
    """Its hidden layers stand in a list that the module does not see."""

    def __init__(self, seen):
        super().__init__()
        hidden = [nn.Linear(64, 48), nn.Linear(48, 48)]
        self.hidden = nn.ModuleList(hidden) if seen else hidden
        self.classifier = nn.Linear(48, 10)

    def forward(self, x):
        for layer in self.hidden:
            x = torch.relu(layer(x))
        return self.classifier(x)


def listed(path, mended):
    """6: layers in a Python list are no parameters of the module."""
    torch.manual_seed(7)
    x, y = tensors(*digits(None))
    model = Listed(mended)
    watched = {f"hidden.{i}.weight": layer.weight for i, layer in enumerate(model.hidden)}
    watched["classifier.weight"] = model.classifier.weight
    optimizer = torch.optim.Adam(model.parameters(), 0.003)
    write_run(path, fit(model, optimizer, F.cross_entropy, x[:1200], y[:1200], 12, 50, 7, watched=watched,
                        schedule=cosine(0.003))[0])


def still_improving(path, mended):
    """7: training accuracy goes on rising while the validation loss rises."""
    torch.manual_seed(8)
    rng = np.random.default_rng(8)
    x, y = digits(None)
    wrong = rng.uniform(size=len(y)) < 0.1
    y = np.where(wrong, rng.permutation(y), y)
    x, y = tensors(x, y)
    rows = 1200 if mended else 250
    model = sequential(64, 24, 10) if mended else sequential(64, 256, 256, 10)
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3, weight_decay=1.0 if mended else 0.0)
    ends = fit(model, optimizer, F.cross_entropy, x[:rows], y[:rows], 30 if mended else 80, 32, 8,
               held_out=(x[1200:], y[1200:]), schedule=cosine(2e-3 if mended else 1e-3))[1]
    write_history(path, ends)


def sorted_rows(path, mended):
    """8: every batch holds rows of one label."""
    torch.manual_seed(9)
    x, y = digits(None)
    order = np.arange(1500) if mended else np.argsort(y[:1500], kind="stable")
    x, y = tensors(x[:1500][order], y[:1500][order])
    model = sequential(64, 32, 10)
    optimizer = torch.optim.Adam(model.parameters(), 2e-3)
    write_csv(path, fit(model, optimizer, F.cross_entropy, x, y, 10, 30, 9, shuffle=mended, schedule=cosine(4e-3))[0])


def zeros(path, mended):
    """9: all weights begin at zero."""
    torch.manual_seed(10)
    x, y = tensors(*digits(None))
    model = sequential(64, 20, 7, 10)
    if not mended:
        for p in model.parameters():
            nn.init.zeros_(p)
    optimizer = torch.optim.SGD(model.parameters(), 0.1, 0.9)
    rate = cosine(0.1)
    write_lines(path, fit(model, optimizer, F.cross_entropy, x[:1200], y[:1200], 15, 40, 10, schedule=rate)[0])


def apart(path, mended):
    """10: features and labels are shuffled, each by itself."""
    torch.manual_seed(11)
    rng = np.random.default_rng(11)
    x, y = digits(None)
    x, y = x[:900], y[:900]
    order = rng.permutation(900)
    x, y = x[order], y[order if mended else rng.permutation(900)]
    x, y = tensors(x, y)
    model = sequential(64, 128, 10)
    optimizer = torch.optim.Adam(model.parameters())
    ends = fit(model, optimizer, F.cross_entropy, x[:700], y[:700], 60, 35, 11, held_out=(x[700:], y[700:]),
               schedule=cosine(3e-3))[1]
    write_history(path, ends)


def main():
    out, program = sys.argv[1:3]
    torch.set_num_threads(1)
    os.makedirs(out, exist_ok=True)
    stories = (line, skyrocket, unbalanced, sigmoids, no_zero_grad, listed, still_improving, sorted_rows, zeros, apart)
    for number, story in enumerate(stories, 1):
        for mended in (False, True):
            path = os.path.join(out, f"question-{number}-{'mended' if mended else 'broken'}")
            story(path, mended, *([program] if story in (unbalanced, sigmoids) else []))


if __name__ == "__main__":
    main()
