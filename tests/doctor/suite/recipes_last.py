"""Parts F and G of what is trained: kinds of losses, optimizers and batches that parts A to E do not have, and what is
done to them."""
import math

import numpy as np
import torch
from torch import nn
import torch.nn.functional as F

from recipes import CE, Recipe, digits, image_digits, standard
from recipes_fresh import dense
from training import Plan


def letters(rng):
    """26 classes around prototypes."""
    prototypes, label = rng.normal(0, 1, (26, 24)), rng.integers(0, 26, 1500)
    return standard(prototypes[label] + rng.normal(0, 0.9, (1500, 24))), label.astype(np.int64)


def rare(rng):
    """One row of nine belongs to the class that is looked for."""
    x = rng.normal(0, 1, (1200, 9))
    y = x[:, 0] * x[:, 1] + x[:, 2] + rng.normal(0, 0.4, 1200) > 1.7
    return x.astype(np.float32), y.astype(np.float32)[:, None]


def pictures(rng):
    x = digits(rng)[0][:900]
    return x, x.copy()


def triplets(rng):
    """Two rows of one kind and one of another, the kinds apart by a bent surface."""
    centers = rng.normal(0, 1, (7, 10))
    a = rng.integers(0, 7, 900)
    b = (a + rng.integers(1, 7, 900)) % 7
    x = np.stack([centers[a], centers[a], centers[b]], 1) + rng.normal(0, 0.7, (900, 3, 10))
    return np.tanh(x).astype(np.float32), a.astype(np.float32)[:, None]


def lifetimes(rng):
    """Times to failure in months, of a rate that four columns give."""
    x = rng.normal(0, 1, (800, 6))
    scale = np.exp(-1.5 + 0.7 * x[:, :1] - 0.5 * np.abs(x[:, 1:2]) + 0.4 * x[:, 2:3] * x[:, 3:4])
    return x.astype(np.float32), (scale * rng.weibull(1.8, (800, 1))).astype(np.float32)


def pendulum(rng):
    """The angle's change over a second, without noise."""
    x = rng.uniform(-1, 1, (256, 2))
    angle, speed = 3 * x[:, 0], 2 * x[:, 1]
    for _ in range(50):
        speed = speed - 0.02 * 4 * np.sin(angle)
        angle = angle + 0.02 * speed
    return x.astype(np.float32), (0.3 * (angle - 3 * x[:, 0]))[:, None].astype(np.float32)


def phrases(rng, length=10):
    """Every sign follows from the two before it, two in three times."""
    table = rng.integers(0, 10, (10, 10))
    s = rng.integers(0, 10, (700, length + 1))
    for t in range(2, length + 1):
        follow = rng.uniform(size=700) < 0.67
        s[:, t] = np.where(follow, table[s[:, t - 2], s[:, t - 1]], s[:, t])
    return s[:, :-1].astype(np.int64), s[:, 1:].astype(np.int64)


def faint(rng):
    """A straight line that explains a third."""
    x = rng.normal(0, 1, (900, 12))
    y = x @ rng.normal(0, 0.2, (12, 1)) + rng.normal(0, 1, (900, 1))
    return x.astype(np.float32), standard(y)


def clicks(rng):
    """Which of eight things out of 60 were seen together, and whether one was taken."""
    taste = rng.normal(0, 0.9, 60)
    x = np.stack([rng.permutation(60)[:8] for _ in range(1300)])
    y = taste[x].sum(1) + rng.normal(0, 0.8, 1300) > 0.5
    return x.astype(np.int64), y.astype(np.float32)[:, None]


def specks(rng):
    """How many bright specks a small picture has."""
    count = rng.integers(0, 8, 700)
    x = rng.normal(0, 0.15, (700, 1, 10, 10))
    for i, n in enumerate(count):
        x[i, 0].ravel()[rng.permutation(100)[:n]] += 1
    return x.astype(np.float32), count.astype(np.float32)[:, None]


def signs(rng):
    """Of a sequence of numbers, each place's kind: up, down or turning, by its neighbours."""
    s = np.cumsum(rng.normal(0, 1, (500, 14)), 1)
    up = np.diff(s, axis=1) > 0
    kind = np.where(up[:, :-1] != up[:, 1:], 2, up[:, 1:].astype(int))
    return (s[:, 1:-1, None] / 3).astype(np.float32), kind.astype(np.int64)


def sides(rng):
    """Two sides of a bent plane, a gap of doubt between them."""
    x = rng.normal(0, 1, (900, 16))
    score = x[:, 0] + x[:, 1] - 0.6 * x[:, 2] ** 2 + 0.5 * x[:, 3] * x[:, 4] + 0.6 + rng.normal(0, 0.4, 900)
    return x.astype(np.float32), (score > 0).astype(np.float32)[:, None]


def returns(rng):
    """Small numbers with heavy tails and a scale that two columns give."""
    x = rng.normal(0, 1, (900, 5))
    y = 0.02 * x[:, :1] + 0.03 * np.exp(0.5 * x[:, 1:2]) * rng.standard_t(4, (900, 1))
    return x.astype(np.float32), y.astype(np.float32)


ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "mish": nn.Mish, "softplus": nn.Softplus}


class Jitter(nn.Module):
    """Noise on what comes in, while training."""

    def forward(self, x):
        return x + 0.4 * torch.randn_like(x) if self.training else x


def stack(sizes, activation="relu", norm=None):
    return dense(sizes, activation, norm, ACTIVATIONS)


def jittered(dropout=0.0, act=None, depth=None, width=8):
    a = ACTIVATIONS[act or "relu"]
    return nn.Sequential(Jitter(), nn.Conv2d(1, width, 3, stride=2, padding=1), a(),
                         nn.Conv2d(width, 2 * width, 3, stride=2, padding=1), a(), nn.Flatten(),
                         nn.Dropout(dropout or 0.15), nn.Linear(8 * width, 10))


class Variational(nn.Module):
    def __init__(self, dropout=0.0, act=None, depth=None, width=48, code=6):
        super().__init__()
        self.code = code
        self.encode = nn.Sequential(nn.Linear(64, width), nn.Tanh(), nn.Dropout(dropout), nn.Linear(width, 2 * code))
        self.decode = nn.Sequential(nn.Linear(code, width), nn.Tanh(), nn.Linear(width, 64))

    def forward(self, x):
        m, s = self.encode(x).split(self.code, 1)
        z = m + torch.exp(0.5 * s) * torch.randn_like(m) if self.training else m
        return torch.cat([self.decode(z), m, s], 1)


class Phrases(nn.Module):
    def __init__(self, dropout=0.0, act=None, depth=None, width=32):
        super().__init__()
        self.embed, self.cells = nn.Embedding(10, 10), nn.GRU(10, width, batch_first=True)
        self.drop, self.head = nn.Dropout(dropout), nn.Linear(width, 10)

    def forward(self, x):
        return self.head(self.drop(self.cells(self.embed(x))[0])).transpose(1, 2)


class Bag(nn.Module):
    def __init__(self, dropout=0.0, act=None, depth=None, width=8):
        super().__init__()
        self.bag, self.drop, self.head = nn.EmbeddingBag(60, width), nn.Dropout(dropout), nn.Linear(width, 1)

    def forward(self, x):
        return self.head(self.drop(self.bag(x)))


def counting(dropout=0.0, act=None, depth=None, width=6):
    a = ACTIVATIONS[act or "relu"]
    return nn.Sequential(nn.Conv2d(1, width, 3, padding=1), a(), nn.Conv2d(width, width, 3, padding=1), a(),
                         nn.AvgPool2d(5), nn.Flatten(), nn.Dropout(dropout), nn.Linear(4 * width, 1))


class Tagger(nn.Module):
    def __init__(self, dropout=0.0, act=None, depth=None, width=12):
        super().__init__()
        self.cells = nn.LSTM(1, width, batch_first=True, bidirectional=True)
        self.drop, self.head = nn.Dropout(dropout), nn.Linear(2 * width, 3)

    def forward(self, x):
        return self.head(self.drop(self.cells(x)[0])).transpose(1, 2)


def squared_hinge(p, y):
    return (F.relu(1 - (2 * y - 1) * p) ** 2).mean()


def student(p, y):
    """Minus the log likelihood of Student's t with four degrees of freedom."""
    scale = F.softplus(p[:, 1:]) + 1e-3
    return (2.5 * torch.log1p(((y - p[:, :1]) / scale) ** 2 / 4) + torch.log(scale) + 0.98).mean()


def focal(p, y):
    q = F.binary_cross_entropy_with_logits(p, y, reduction="none")
    return ((1 - torch.exp(-q)) ** 2 * q).mean()


def evidence(p, y):
    """Minus the lower bound of the likelihood, summed over the picture's dots."""
    code = (p.shape[1] - 64) // 2
    m, s = p[:, 64:64 + code], p[:, 64 + code:]
    dots = F.binary_cross_entropy_with_logits(p[:, :64], y, reduction="sum")
    return (dots - 0.5 * (1 + s - m ** 2 - s.exp()).sum()) / len(p)


def weibull(p, y):
    k, s = F.softplus(p[:, :1]) + 0.1, p[:, 1:]
    t = torch.log(y.clamp(min=1e-4)) - s
    return (torch.exp((k * t).clamp(max=30)) - k * t - torch.log(k) + torch.log(y.clamp(min=1e-4))).mean()


LAST_WIDE = {"letters": stack([24, 160, 160, 26]), "rare": stack([9, 160, 160, 1]),
             "pictures": lambda: Variational(width=200, code=24), "triplets": stack([10, 160, 160, 6]),
             "lifetimes": stack([6, 160, 160, 2]), "pendulum": stack([2, 160, 160, 1], "tanh"),
             "phrases": lambda: Phrases(width=96), "image_digits": lambda: jittered(width=32),
             "faint": stack([12, 160, 160, 1]), "clicks": lambda: Bag(width=64), "specks": lambda: counting(width=24),
             "signs": lambda: Tagger(width=64), "sides": stack([16, 160, 160, 1]), "returns": stack([5, 160, 160, 2])}
LAST_SMALL = {"letters": stack([24, 1, 26]), "rare": stack([9, 1, 1]), "pictures": lambda: Variational(width=2, code=1),
              "triplets": stack([10, 1, 6]), "lifetimes": stack([6, 1, 2]), "pendulum": stack([2, 1, 1]),
              "phrases": lambda: Phrases(width=1), "image_digits": lambda: jittered(width=1),
              "faint": stack([12, 1, 1]), "clicks": lambda: Bag(width=1), "specks": lambda: counting(width=1),
              "signs": lambda: Tagger(width=1), "sides": stack([16, 1, 1]), "returns": stack([5, 1, 2])}

LAST = [
    Recipe("letters-norm", "F", letters, stack([24, 48, 26], norm=nn.BatchNorm1d), CE, "nesterov", 0.05, 50, 14, 26),
    Recipe("rare-focal", "F", rare, stack([9, 32, 1], "mish"), focal, "adam", 1e-2, 48, 30, 2),
    Recipe("pictures-bound", "F", pictures, Variational, evidence, "adamw", 4e-3, 30, 24),
    Recipe("triplets-margin", "F", triplets, stack([10, 32, 6], "relu"),
           lambda p, y: F.triplet_margin_loss(p[:, 0], p[:, 1], p[:, 2]), "adam", 4e-3, 45, 30),
    Recipe("lifetimes-weibull", "F", lifetimes, stack([6, 24, 2], "softplus"), weibull, "rmsprop", 4e-3, 32, 30),
    Recipe("pendulum-whole", "F", pendulum, stack([2, 32, 32, 1], "tanh"), F.mse_loss, "adam", 1e-2, 153, 250),
    Recipe("phrases-adadelta", "F", phrases, Phrases, CE, "adadelta", 2.0, 30, 45, 10),
    Recipe("digits-jitter", "F", image_digits, jittered, CE, "adam", 4e-3, 48, 14, 10),
    Recipe("faint-linear", "F", faint, stack([12, 1]), F.l1_loss, "sgd_plain", 0.1, 27, 24),
    Recipe("clicks-bag", "G", clicks, Bag, F.binary_cross_entropy_with_logits, "adagrad", 0.15, 40, 22, 2),
    Recipe("specks-count", "G", specks, counting, F.smooth_l1_loss, "adamw", 8e-3, 30, 26),
    Recipe("signs-tagger", "G", signs, Tagger, CE, "nadam", 2e-2, 30, 50, 3),
    Recipe("sides-hinge", "G", sides, stack([16, 24, 1], "relu"), squared_hinge, "nesterov", 0.01, 36, 14, 2),
    Recipe("returns-student", "G", returns, stack([5, 20, 2], "tanh"), student, "adamax", 5e-3, 36, 20),
]
LAST_MLP = ("sides-hinge", "returns-student", "letters-norm", "rare-focal", "triplets-margin", "lifetimes-weibull", "pendulum-whole")

LAST_HEALTHY = {
    "plain_drops": Plan(schedule="drops"), "cosine": Plan(schedule="cosine"), "restarts": Plan(schedule="restarts"),
    "one_cycle": Plan(schedule="one_cycle", lr=1.5), "warm": Plan(schedule="warm"),
    "dropout": Plan(schedule="linear", dropout=0.25), "smoothing": Plan(schedule="cosine", smoothing=0.15),
    "noisy_validation": Plan(schedule="linear", validation_rows=16), "tiny": Plan(schedule="cosine", scale=0.02),
    "stopped_early": Plan(epochs=2, patience=6, lr=0.6), "long": Plan(schedule="cosine", epochs=2.5),
}
LAST_FAULTS = {
    "diverging": [Plan(lr=100, optimizer="sgd"), Plan(lr=50, optimizer="sgd", schedule="cosine")],
    "lr_too_large": [Plan(lr=30), Plan(lr=80), Plan(lr=50, schedule="linear")],
    "lr_too_small": [Plan(lr=0.005), Plan(lr=0.01, schedule="warm")],
    "noise_floor": [Plan(batch=2, lr=2, epochs=0.4)],
    "saddle": [Plan(init="zero")],
    "overfitting": [Plan(wide=True, rows=90, epochs=3, noise=0.2)],
    "memorised": [Plan(wide=True, rows=110, permuted=True, epochs=8)],
    "no_better_than_constant": [Plan(permuted=True, epochs=0.7)],
    "underfitting": [Plan(epochs=0.15), Plan(epochs=0.25, lr=0.25)],
    "model_too_small": [Plan(small=True)],
    "vanishing_gradients": [Plan(act="sigmoid", depth=8), Plan(act="tanh", depth=6, init="faint")],
    "exploding_gradients": [Plan(init="large", depth=5, act="relu")],
    "dead_units": [Plan(init="dead", act="relu")],
    "init_loss_off": [Plan(init="head")],
    "frozen_parameters": [Plan(freeze="grad", schedule="cosine")],
    "swapped_splits": [Plan(rows=120, wide=True, epochs=3)],
    "class_collapse": [Plan(imbalance=True, lr=0.05, epochs=0.7)],
    "accumulating_gradients": [Plan(zero_grad=False), Plan(zero_grad=False, schedule="cosine")],
    "data_not_shuffled": [Plan(sort=True)],
    "data_fault": [Plan(input_fault="nan"), Plan(input_fault="scale")],
    "spike": [Plan(input_fault="spike")],
}


def last_fits(recipe, fault, plan):
    if (fault in ("vanishing_gradients", "exploding_gradients", "dead_units", "saddle") and recipe.name not in LAST_MLP
            or plan.input_fault and recipe.name in ("phrases-adadelta", "clicks-bag")):
        return False
    without = {"data_not_shuffled": ("phrases-adadelta", "pendulum-whole", "signs-tagger"),
               "noise_floor": ("pendulum-whole",), "frozen_parameters": ("faint-linear",)}
    return recipe.name not in without.get(fault, ())


def last_healthy_fits(recipe, name):
    only = {"tiny": ("pendulum-whole", "faint-linear"),
            "smoothing": ("letters-norm", "digits-jitter", "phrases-adadelta", "clicks-bag", "signs-tagger")}
    if name in only:
        return recipe.name in only[name]
    return name != "dropout" or recipe.name not in ("faint-linear", "pendulum-whole")
