"""Parts D and E of what is trained: data, models, losses and optimizers that parts A to C do not have."""
import math

import numpy as np
import torch
from torch import nn
import torch.nn.functional as F

from recipes import CE, Recipe, standard

ACTIVATIONS = {"gelu": nn.GELU, "relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "elu": nn.ELU}


def of_sklearn(name):
    def load(rng):
        import sklearn.datasets
        x, y = getattr(sklearn.datasets, "load_" + name)(return_X_y=True)
        return standard(x), y.astype(np.int64)
    load.__name__ = name
    return load


def tones(rng):
    """Six wave forms in noise."""
    label, t = rng.integers(0, 6, 1200), np.linspace(0, 1, 48)
    phase, pitch = rng.uniform(0, 1, (1200, 1)), rng.uniform(2, 4, (1200, 1))
    turn = (pitch * t + phase) % 1
    forms = [np.sin(2 * math.pi * turn), np.sign(turn - 0.5), 2 * turn - 1, np.abs(4 * turn - 2) - 1,
             np.sin(2 * math.pi * turn) ** 3, np.where(turn < 0.2, 1.0, -0.25)]
    x = np.choose(label[:, None], forms) + rng.normal(0, 0.5, (1200, 48))
    return x.astype(np.float32)[:, None, :], label.astype(np.int64)


def ratings(rng):
    """Of 40 people and 30 things: what four hidden tastes give."""
    a, b = rng.normal(0, 1, (40, 4)), rng.normal(0, 1, (30, 4))
    pairs = np.stack([rng.integers(0, 40, 2400), rng.integers(0, 30, 2400)], 1)
    y = (a[pairs[:, 0]] * b[pairs[:, 1]]).sum(1) / 2 + rng.normal(0, 0.4, 2400) + 3
    return pairs.astype(np.int64), y.astype(np.float32)[:, None]


def tags(rng):
    """Six labels at once, each of its own halfspace bent by a product."""
    x = rng.normal(0, 1, (1000, 14))
    w = rng.normal(0, 1, (14, 6))
    y = x @ w + 2 * x[:, :6] * x[:, 6:12] + rng.normal(0, 1, (1000, 6)) > 1
    return x.astype(np.float32), y.astype(np.float32)


def walk(rng):
    """The next value of a damped oscillation with noise."""
    s = np.zeros((700, 21))
    s[:, :2] = rng.normal(0, 1, (700, 2))
    for t in range(2, 21):
        s[:, t] = 1.6 * s[:, t - 1] - 0.9 * s[:, t - 2] + rng.normal(0, 0.2, 700)
    return (s[:, :-1, None] / 2).astype(np.float32), (s[:, 1:, None] / 2).astype(np.float32)


def headings(rng):
    """A direction in space, turned by two angles."""
    x = rng.uniform(-1, 1, (900, 4))
    y = np.stack([np.cos(3 * x[:, 0]) * np.cos(x[:, 1]), np.sin(3 * x[:, 0]) * np.cos(x[:, 1]),
                  np.sin(x[:, 1]) + x[:, 2] * x[:, 3]], 1)
    return x.astype(np.float32), (y + rng.normal(0, 0.1, y.shape)).astype(np.float32)


def brackets(rng):
    """Whether more of a sequence's signs open than close, by which kind most do: four classes."""
    x = rng.integers(0, 8, (1100, 16))
    counts = np.stack([(x == a).sum(1) - 0.5 * (x == a + 4).sum(1) for a in range(4)], 1)
    return x.astype(np.int64), (counts + rng.normal(0, 0.1, counts.shape)).argmax(1).astype(np.int64)


def delays(rng):
    """Skewed waiting times."""
    x = rng.normal(0, 1, (900, 7))
    y = np.exp(0.6 * x[:, :1] + 0.3 * x[:, 1:2] * x[:, 2:3]) * rng.gamma(2, 0.5, (900, 1))
    return x.astype(np.float32), y.astype(np.float32)


def tiles(rng):
    """A board of 3 x 3 squares in two colours."""
    x = rng.uniform(-1.5, 1.5, (800, 2))
    y = (np.floor(x + 1.5).sum(1) % 2 == 0) ^ (rng.uniform(size=800) < 0.03)
    return x.astype(np.float32), y.astype(np.float32)[:, None]


def rents(rng):
    """Numbers around 50, as they come."""
    x = rng.normal(0, 1, (800, 8))
    y = 50 + 6 * x[:, 0] - 4 * x[:, 1] + 3 * x[:, 2] * x[:, 3] + rng.normal(0, 2, 800)
    return x.astype(np.float32), y.astype(np.float32)[:, None]


def mixture(rng):
    """Shares of four parts that add up to one."""
    x = rng.normal(0, 1, (900, 6))
    e = np.exp(np.stack([x[:, 0], x[:, 1] * x[:, 2], -x[:, 3], np.sin(2 * x[:, 4])], 1) + rng.normal(0, 0.2, (900, 4)))
    return x.astype(np.float32), (e / e.sum(1, keepdims=True)).astype(np.float32)


def dense(sizes, activation="gelu", norm=None, activations=ACTIVATIONS):
    """A network of these widths; `norm` is the class of what stands behind its layers."""
    def build(dropout=0.0, act=None, depth=None):
        widths = [sizes[0]] + [sizes[1]] * depth + [sizes[-1]] if depth else list(sizes)
        layers = []
        for i, (a, b) in enumerate(zip(widths, widths[1:])):
            layers.append(nn.Linear(a, b))
            if i + 2 < len(widths):
                layers += [norm(b)] if norm and not act else []
                layers.append(activations[act or activation]())
                layers += [nn.Dropout(dropout)] if dropout else []
        return nn.Sequential(*layers)
    return build


def wave_net(dropout=0.0, act=None, depth=None, width=12):
    a = ACTIVATIONS[act or "relu"]
    layers = [nn.Conv1d(1, width, 5, padding=2), nn.BatchNorm1d(width), a(), nn.MaxPool1d(2)]
    for _ in range((depth or 2) - 1):
        layers += [nn.Conv1d(width, width, 5, padding=2), nn.BatchNorm1d(width), a()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool1d(4), nn.Flatten(), nn.Dropout(dropout), nn.Linear(4 * width, 6))


class Factors(nn.Module):
    def __init__(self, dropout=0.0, act=None, depth=None, rank=6):
        super().__init__()
        self.people, self.things = nn.Embedding(40, rank), nn.Embedding(30, rank)
        self.drop, self.head = nn.Dropout(dropout), nn.Linear(rank, 1)
        for e in (self.people, self.things):
            nn.init.normal_(e.weight, 0, 0.3)

    def forward(self, x):
        return self.head(self.drop(self.people(x[:, 0]) * self.things(x[:, 1])))


class Memory(nn.Module):
    def __init__(self, dropout=0.0, act=None, depth=None, width=24):
        super().__init__()
        self.cells, self.drop, self.head = nn.LSTM(1, width, batch_first=True), nn.Dropout(dropout), nn.Linear(width, 1)

    def forward(self, x):
        return self.head(self.drop(self.cells(x)[0]))


class Attention(nn.Module):
    def __init__(self, dropout=0.0, act=None, depth=None, width=24):
        super().__init__()
        self.embed, self.place = nn.Embedding(8, width), nn.Parameter(0.1 * torch.randn(16, width))
        self.layer = nn.TransformerEncoderLayer(width, 2, 2 * width, dropout, batch_first=True)
        self.head = nn.Linear(width, 4)

    def forward(self, x):
        return self.head(self.layer(self.embed(x) + self.place).mean(1))


def many_labels(p, y):
    return F.binary_cross_entropy_with_logits(p, y)


def margin(p, y):
    return F.multi_margin_loss(p, y)


def against(p, y):
    """Minus the cosine of the angle."""
    return -F.cosine_similarity(p, y, dim=1).mean()


def quantile(p, y):
    e = y - p
    return torch.maximum(0.8 * e, -0.2 * e).mean()


def log_cosh(p, y):
    e = p - y
    return (e.abs() + F.softplus(-2 * e.abs()) - math.log(2)).mean()


def divergence(p, y):
    return F.kl_div(F.log_softmax(p, 1), y, reduction="batchmean")


WIDE = {"iris": dense([4, 160, 160, 3]), "tiles": dense([2, 160, 160, 1]), "rents": dense([8, 160, 160, 1]),
        "mixture": dense([6, 160, 160, 4]), "wine": dense([13, 160, 160, 3]), "breast_cancer": dense([30, 160, 160, 2]), "tags": dense([14, 200, 200, 6]),
        "tones": lambda: wave_net(width=48), "brackets": lambda: Attention(width=64),
        "walk": lambda: Memory(width=96), "headings": dense([4, 160, 160, 3]), "delays": dense([7, 160, 160, 1]),
        "ratings": lambda: Factors(rank=40)}
SMALL = {"iris": dense([4, 1, 3]), "tiles": dense([2, 1, 1]), "rents": dense([8, 1, 1]), "mixture": dense([6, 1, 4]),
         "wine": dense([13, 1, 3]), "breast_cancer": dense([30, 1, 2]), "tags": dense([14, 1, 6]),
         "tones": lambda: wave_net(width=1), "brackets": lambda: Attention(width=2),
         "walk": lambda: Memory(width=1), "headings": dense([4, 1, 3]), "delays": dense([7, 1, 1]),
         "ratings": lambda: Factors(rank=1)}

FRESH = [
    Recipe("wine-norm", "D", of_sklearn("wine"), dense([13, 32, 32, 3], norm=nn.LayerNorm), CE, "nadam", 2e-3, 16, 30, 3),
    Recipe("tumours-margin", "D", of_sklearn("breast_cancer"), dense([30, 24, 2], "elu"), margin, "sgd_plain", 0.03, 32, 30, 2),
    Recipe("tones-conv", "D", tones, wave_net, CE, "nesterov", 0.03, 32, 12, 6),
    Recipe("ratings-factors", "D", ratings, Factors, F.mse_loss, "adagrad", 0.1, 32, 30),
    Recipe("tags-many", "D", tags, dense([14, 48, 6], "relu"), many_labels, "adam", 5e-3, 32, 30),
    Recipe("walk-memory", "D", walk, Memory, F.l1_loss, "adam", 1e-2, 32, 14),
    Recipe("headings-cosine", "D", headings, dense([4, 32, 32, 3], "tanh"), against, "adam", 3e-3, 32, 40),
    Recipe("brackets-attention", "D", brackets, Attention, CE, "adamw", 4e-3, 64, 14, 4),
    Recipe("delays-quantile", "D", delays, dense([7, 32, 1], "elu"), quantile, "rmsprop", 2e-3, 32, 30),
    Recipe("iris-radam", "E", of_sklearn("iris"), dense([4, 16, 3], "tanh"), CE, "radam", 4e-2, 10, 40, 3),
    Recipe("tiles-gelu", "E", tiles, dense([2, 40, 40, 1], "gelu"), F.binary_cross_entropy_with_logits, "adamax", 3e-2, 32,
           50, 2),
    Recipe("rents-logcosh", "E", rents, dense([8, 32, 1], "relu"), log_cosh, "adam", 2e-2, 32, 40),
    Recipe("mixture-kl", "E", mixture, dense([6, 32, 4], "elu"), divergence, "nesterov", 0.03, 32, 30),
]
