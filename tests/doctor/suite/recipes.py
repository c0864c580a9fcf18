"""What is trained: data, model, loss and optimizer. The halves of the suite are split here, by recipe."""
import math
import os
from dataclasses import dataclass
from typing import Callable

import numpy as np
import torch
from torch import nn
import torch.nn.functional as F

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")


def parts(x, y, rng, train=0.6, validation=0.2):
    order = rng.permutation(len(x))
    a, b = int(train * len(x)), int((train + validation) * len(x))
    x, y = x[order], y[order]
    return [(torch.tensor(x[i]), torch.tensor(y[i])) for i in (slice(0, a), slice(a, b), slice(b, None))]


def standard(x):
    return ((x - x.mean(0)) / (x.std(0) + 1e-8)).astype(np.float32)


def table(name):
    return np.loadtxt(os.path.join(ROOT, "data", name), delimiter=",", skiprows=1)


def digits(rng, image=False):
    rows = table("digits.csv")
    x = (rows[:, :-1] / 16).astype(np.float32)
    return (x.reshape(-1, 1, 8, 8) if image else x), rows[:, -1].astype(np.int64)


def moons(rng):
    t = rng.uniform(0, math.pi, 700)
    side = rng.integers(0, 2, 700)
    x = np.stack([np.where(side, 1 - np.cos(t), np.cos(t)), np.where(side, 0.5 - np.sin(t), np.sin(t))], 1)
    return standard(x + rng.normal(0, 0.2, x.shape)), side.astype(np.float32)[:, None]


def spirals(rng):
    label = rng.integers(0, 3, 900)
    t = rng.uniform(0.2, 1, 900)
    angle = 5 * t + label * 2 * math.pi / 3 + rng.normal(0, 0.15, 900)
    return standard(np.stack([t * np.cos(angle), t * np.sin(angle)], 1)), label.astype(np.int64)


def blobs(rng):
    centers = rng.normal(0, 1.2, (5, 8))
    label = rng.integers(0, 5, 1000)
    return standard(centers[label] + rng.normal(0, 1, (1000, 8))), label.astype(np.int64)


def binary(rng):
    x = rng.normal(0, 1, (1200, 12))
    score = 1.5 * x[:, 0] * x[:, 1] + x[:, 2] - x[:, 3] + 0.5 * x[:, 4] ** 2 - 0.5
    y = (score > 0) ^ (rng.uniform(size=1200) < 0.1)
    return x.astype(np.float32), y.astype(np.float32)[:, None]


def friedman(rng):
    x = rng.uniform(size=(900, 10))
    y = 10 * np.sin(math.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5) ** 2 + 10 * x[:, 3] + 5 * x[:, 4]
    return standard(x), standard(y + rng.normal(0, 1, 900))[:, None]


def sine(rng):
    x = rng.uniform(-3, 3, (600, 1))
    return (x / 3).astype(np.float32), (np.sin(2 * x) + rng.normal(0, 0.1, x.shape)).astype(np.float32)


def spread(rng):
    x = rng.uniform(-2, 2, (800, 2))
    y = 0.3 * np.sin(2 * x[:, :1]) + rng.normal(0, 1, (800, 1)) * 0.05 * (1 + np.abs(x[:, 1:]))
    return x.astype(np.float32), y.astype(np.float32)


def diabetes(rng):
    rows = table("diabetes.csv")
    return standard(rows[:, :-1]), standard(rows[:, -1:])


def encoded(rng):
    x, _ = digits(rng)
    return x, x.copy()


def chain(rng, length=12, symbols=8):
    p = rng.dirichlet(np.full(symbols, 0.15), symbols)
    s = np.zeros((900, length + 1), np.int64)
    s[:, 0] = rng.integers(0, symbols, 900)
    for t in range(length):
        s[:, t + 1] = [rng.choice(symbols, p=p[a]) for a in s[:, t]]
    return s[:, :-1], s[:, 1:]


def rings(rng):
    label = rng.integers(0, 3, 800)
    angle, r = rng.uniform(0, 2 * math.pi, 800), label + 1 + rng.normal(0, 0.2, 800)
    return standard(np.stack([r * np.cos(angle), r * np.sin(angle)], 1)), label.astype(np.int64)


def bent(rng):
    x = rng.normal(0, 1, (800, 6))
    y = x[:, 0] + 2 * np.abs(x[:, 1]) + x[:, 2] * x[:, 3]
    return x.astype(np.float32), standard(y + rng.normal(0, 0.5, 800))[:, None]


def topics(rng):
    words = rng.dirichlet(np.full(40, 0.4), 12)
    label = rng.integers(0, 12, 1500)
    return np.sqrt([rng.multinomial(15, words[c]) for c in label]).astype(np.float32), label.astype(np.int64)


def counts(rng):
    x = rng.normal(0, 1, (900, 5))
    return x.astype(np.float32), rng.poisson(np.exp(0.5 + 0.6 * x[:, :1] - 0.4 * x[:, 1:2] * x[:, 2:3])).clip(
        0, 20).astype(np.float32)


def quarter(rng):
    x = rng.normal(0, 1, (1000, 10))
    y = x[:, 0] + x[:, 1] ** 2 - x[:, 2] + rng.normal(0, 0.7, 1000) > 2
    return x.astype(np.float32), y.astype(np.float32)[:, None]


ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "silu": nn.SiLU}


def mlp(sizes, activation="relu"):
    def build(dropout=0.0, act=None, depth=None):
        widths = list(sizes)
        if depth:
            widths = [sizes[0]] + [sizes[1]] * depth + [sizes[-1]]
        layers = []
        for i, (a, b) in enumerate(zip(widths, widths[1:])):
            layers.append(nn.Linear(a, b))
            if i + 2 < len(widths):
                layers.append(ACTIVATIONS[act or activation]())
                if dropout:
                    layers.append(nn.Dropout(dropout))
        return nn.Sequential(*layers)
    return build


def cnn(dropout=0.0, act=None, depth=None):
    a = ACTIVATIONS[act or "relu"]
    layers = [nn.Conv2d(1, 8, 3, padding=1), a(), nn.MaxPool2d(2)]
    for _ in range((depth or 2) - 1):
        layers += [nn.Conv2d(8, 8, 3, padding=1), a()]
    return nn.Sequential(*layers, nn.Flatten(), nn.Dropout(dropout), nn.Linear(128, 10))


class Recurrent(nn.Module):
    def __init__(self, dropout=0.0, act=None, depth=None):
        super().__init__()
        self.embed, self.gru = nn.Embedding(8, 12), nn.GRU(12, 24, batch_first=True)
        self.drop, self.head = nn.Dropout(dropout), nn.Linear(24, 8)

    def forward(self, x):
        return self.head(self.drop(self.gru(self.embed(x))[0])).transpose(1, 2)


def gaussian(p, y):
    return (0.5 * (p[:, 1:] + (y - p[:, :1]) ** 2 * torch.exp(-p[:, 1:]))).mean()


def poisson(p, y):
    return F.poisson_nll_loss(p.clamp(max=20), y)


@dataclass
class Recipe:
    name: str
    half: str
    data: Callable
    model: Callable
    loss: Callable
    optimizer: str
    lr: float
    batch: int
    epochs: int
    classes: int = 0  # 0: numbers


def image_digits(rng):
    return digits(rng, True)


CE, BCE = F.cross_entropy, F.binary_cross_entropy_with_logits
RECIPES = [
    Recipe("digits-mlp", "A", digits, mlp([64, 48, 10]), CE, "adam", 3e-3, 32, 20, 10),
    Recipe("moons-tanh", "A", moons, mlp([2, 24, 24, 1], "tanh"), BCE, "sgd", 0.1, 32, 60, 2),
    Recipe("friedman-mlp", "A", friedman, mlp([10, 48, 24, 1]), F.mse_loss, "adamw", 3e-3, 32, 40),
    Recipe("chain-gru", "A", chain, Recurrent, CE, "adam", 1e-2, 32, 15, 8),
    Recipe("spread-nll", "A", spread, mlp([2, 32, 2], "tanh"), gaussian, "adam", 5e-3, 32, 50),
    Recipe("blobs-linear", "A", blobs, mlp([8, 5]), CE, "sgd", 0.05, 16, 25, 5),
    Recipe("digits-cnn", "B", image_digits, cnn, CE, "sgd", 0.03, 32, 12, 10),
    Recipe("spirals-mlp", "B", spirals, mlp([2, 32, 32, 3]), CE, "adam", 5e-3, 32, 60, 3),
    Recipe("diabetes-huber", "B", diabetes, mlp([10, 24, 1], "silu"), F.huber_loss, "rmsprop", 1e-3, 16, 30),
    Recipe("digits-encoder", "B", encoded, mlp([64, 24, 64], "silu"), F.mse_loss, "adam", 3e-3, 32, 25),
    Recipe("binary-mlp", "B", binary, mlp([12, 24, 1]), BCE, "adamw", 3e-3, 32, 25, 2),
    Recipe("sine-mlp", "B", sine, mlp([1, 32, 32, 1], "tanh"), F.mse_loss, "sgd", 0.1, 16, 60),
    Recipe("rings-silu", "C", rings, mlp([2, 24, 24, 3], "silu"), CE, "adamw", 1e-2, 32, 40, 3),
    Recipe("bent-mlp", "C", bent, mlp([6, 32, 1]), F.mse_loss, "sgd", 0.02, 16, 30),
    Recipe("topics-linear", "C", topics, mlp([40, 12]), CE, "adam", 2e-2, 32, 20, 12),
    Recipe("counts-poisson", "C", counts, mlp([5, 24, 1], "tanh"), poisson, "adam", 1e-2, 32, 30),
    Recipe("digits-deep", "C", digits, mlp([64, 32, 32, 10], "tanh"), CE, "sgd", 0.05, 16, 20, 10),
    Recipe("quarter-mlp", "C", quarter, mlp([10, 24, 1]), BCE, "rmsprop", 3e-3, 16, 40, 2),
]
