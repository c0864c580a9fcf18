"""One training run with everything that a log could hold, and the figures that it does not hold."""
import math
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import nn
import torch.nn.functional as F

from recipes import Recipe, parts

WARM = 0.1


@dataclass
class Plan:
    """How a run departs from its recipe."""
    lr: float = 1.0           # factor on the recipe's
    epochs: float = 1.0
    batch: int = 0
    schedule: str = "constant"
    dropout: float = 0.0
    smoothing: float = 0.0
    decay: float = 0.0
    act: str = None
    depth: int = None
    wide: bool = False        # a model that can memorise
    small: bool = False       # one that cannot learn it
    rows: int = 0             # training rows kept
    validation_rows: int = 0
    noise: float = 0.0        # share of labels replaced, or noise on numbers
    permuted: bool = False
    scale: float = 1.0        # of the targets
    sort: bool = False
    patience: int = 0
    init: str = None
    freeze: str = None
    zero_grad: bool = True
    imbalance: bool = False
    input_fault: str = None
    optimizer: str = None
    momentum: float = 0.9


@dataclass
class Record:
    steps: list = field(default_factory=list)   # loss, lr, norm, layer norms
    epochs: list = field(default_factory=list)  # train, validation, accuracies, f1, step, dead
    layers: list = field(default_factory=list)
    hidden: dict = field(default_factory=dict)


def factor(name, t):
    if name == "constant":
        return 1.0
    if name == "cosine":
        return 0.5 * (1 + math.cos(math.pi * t))
    if name == "linear":
        return 1 - t
    if name == "warm":
        return min(1, t / WARM) * (1 - max(0, t - WARM) / (1 - WARM))
    if name == "one_cycle":
        return 0.04 + 0.96 * (0.5 * (1 - math.cos(math.pi * t / 0.3)) if t < 0.3 else
                              0.5 * (1 + math.cos(math.pi * (t - 0.3) / 0.7)))
    if name == "restarts":
        return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * ((2.999 * t) % 1)))
    if name == "drops":
        return 0.1 ** int(3 * t)
    raise ValueError(name)


def loss_of(recipe, plan, p, y):
    if plan.smoothing and recipe.classes > 2:
        return F.cross_entropy(p, y, label_smoothing=plan.smoothing)
    if plan.smoothing and recipe.classes == 2:
        return recipe.loss(p, y * (1 - plan.smoothing) + 0.5 * plan.smoothing)
    return recipe.loss(p, y)


def prepared(recipe, plan, rng):
    x, y = recipe.data(rng)
    (xt, yt), (xv, yv), (xs, ys) = parts(x, y, rng)
    if plan.imbalance:
        def few(x, y):
            rare = (y.reshape(len(y), -1)[:, 0] != 0).nonzero()[:, 0]
            keep = torch.cat([(y.reshape(len(y), -1)[:, 0] == 0).nonzero()[:, 0], rare[:max(2, len(rare) // 60)]])
            keep = keep[torch.tensor(rng.permutation(len(keep)))]
            return x[keep], y[keep]
        (xt, yt), (xv, yv), (xs, ys) = few(xt, yt), few(xv, yv), few(xs, ys)
    if plan.rows:
        xt, yt = xt[:plan.rows], yt[:plan.rows]
    if plan.validation_rows:
        xv, yv = xv[:plan.validation_rows], yv[:plan.validation_rows]
    if plan.permuted:
        xt, yt = xt, yt[torch.tensor(rng.permutation(len(yt)))]
    if plan.noise:
        if recipe.classes:
            flip = torch.tensor(rng.uniform(size=len(yt)) < plan.noise)
            yt = torch.where(flip.reshape(-1, *[1] * (yt.dim() - 1)), yt[torch.tensor(rng.permutation(len(yt)))], yt)
        else:
            yt = yt + plan.noise * yt.std() * torch.tensor(rng.normal(size=yt.shape), dtype=yt.dtype)
    if plan.scale != 1:
        yt, yv, ys = (y * plan.scale for y in (yt, yv, ys))
    if plan.sort:
        order = torch.argsort(yt.reshape(len(yt), -1)[:, 0].float())
        xt, yt = xt[order], yt[order]
    if plan.input_fault == "scale":
        xt, xv, xs = (x * (1 + 300 * (torch.arange(x[0].numel()).reshape(x[0].shape) % 3 == 0)) for x in (xt, xv, xs))
    if plan.input_fault == "nan":
        xt = xt.clone()
        xt.reshape(len(xt), -1)[len(xt) // 2, 0] = float("nan")
    return (xt, yt), (xv, yv), (xs, ys)


def built(recipe, plan):
    if recipe.half in "DEFG" and (plan.wide or plan.small):
        from recipes_fresh import SMALL, WIDE
        from recipes_last import LAST_SMALL, LAST_WIDE
        WIDE, SMALL = {**WIDE, **LAST_WIDE}, {**SMALL, **LAST_SMALL}
        model = (WIDE if plan.wide else SMALL)[recipe.data.__name__]()
    elif plan.small:
        from recipes import mlp
        linear = [m for m in recipe.model() if isinstance(m, nn.Linear)]
        model = mlp([linear[0].in_features, 1, linear[-1].out_features], plan.act or "tanh")()
    elif plan.wide and recipe.data.__name__ != "chain" and recipe.name != "digits-cnn":
        from recipes import mlp
        x = recipe.model()[0].in_features
        out = [m for m in recipe.model() if isinstance(m, nn.Linear)][-1].out_features
        model = mlp([x, 160, 160, out], plan.act or "relu")()
    else:
        model = recipe.model(dropout=plan.dropout, act=plan.act, depth=plan.depth)
    weights = [p for p in model.parameters() if p.dim() > 1]
    with torch.no_grad():
        if plan.init == "zero":
            for p in model.parameters():
                p.zero_()
        if plan.init == "large":
            for p in weights:
                p.mul_(6)
        if plan.init == "faint":
            for p in weights:
                p.mul_(0.15)
        if plan.init == "head":
            weights[-1].mul_(60)
        if plan.init == "dead":
            for m in list(model.modules()):
                if isinstance(m, (nn.Linear, nn.Conv2d)) and m.weight is not weights[-1]:
                    m.bias.fill_(-15.0)
    return model


def evaluated(recipe, plan, model, x, y):
    model.eval()
    with torch.no_grad():
        p = model(x)
        loss = float(loss_of(recipe, plan, p, y))
        accuracy = f1 = None
        if recipe.classes:
            guess = (p > 0).long() if recipe.classes == 2 and p.shape[1] == 1 else p.argmax(1)
            true = y.long()
            accuracy = float((guess == true).float().mean())
            scores = []
            for c in true.unique():
                hit = float(((guess == c) & (true == c)).sum())
                scores.append(2 * hit / max(1.0, float((guess == c).sum() + (true == c).sum())))
            f1 = float(np.mean(scores))
    model.train()
    return loss, accuracy, f1


def train(recipe: Recipe, plan: Plan, seed: int) -> Record:
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    (xt, yt), (xv, yv), (xs, ys) = prepared(recipe, plan, rng)
    model = built(recipe, plan)
    everything = list(model.parameters())
    named = [(n, p) for n, p in model.named_parameters() if p.dim() > 1]
    held = list(model.parameters())
    if plan.freeze:
        chosen = [p for n, p in model.named_parameters()][: -2]
        for p in chosen:
            p.requires_grad_(plan.freeze != "grad")
        if plan.freeze == "optimizer":
            held = list(model.parameters())[-2:]
        else:
            held = [p for p in held if p.requires_grad]
    lr = recipe.lr * plan.lr
    kind = plan.optimizer or recipe.optimizer
    optimizer = {"sgd": lambda: torch.optim.SGD(held, lr, plan.momentum, weight_decay=plan.decay, foreach=True),
                 "adam": lambda: torch.optim.Adam(held, lr, weight_decay=plan.decay, foreach=True),
                 "adamw": lambda: torch.optim.AdamW(held, lr, weight_decay=plan.decay or 1e-2, foreach=True),
                 "nadam": lambda: torch.optim.NAdam(held, lr, weight_decay=plan.decay),
                 "radam": lambda: torch.optim.RAdam(held, lr, weight_decay=plan.decay),
                 "adamax": lambda: torch.optim.Adamax(held, lr, weight_decay=plan.decay),
                 "adagrad": lambda: torch.optim.Adagrad(held, lr, weight_decay=plan.decay),
                 "adadelta": lambda: torch.optim.Adadelta(held, lr, weight_decay=plan.decay),
                 "sgd_plain": lambda: torch.optim.SGD(held, lr, weight_decay=plan.decay),
                 "nesterov": lambda: torch.optim.SGD(held, lr, 0.9, weight_decay=plan.decay, nesterov=True),
                 "rmsprop": lambda: torch.optim.RMSprop(held, lr, weight_decay=plan.decay, foreach=True)}[kind]()
    hooks, zeros = [], {}
    for name, m in model.named_modules():
        if isinstance(m, nn.ReLU):
            m.register_forward_hook(lambda m, i, o, name=name: zeros.__setitem__(
                name, (o.detach() > 0).reshape(len(o), -1).any(0)))
    batch = plan.batch or recipe.batch
    epochs = max(2, round(recipe.epochs * plan.epochs))
    per_epoch = max(1, len(xt) // batch)
    record = Record(layers=[n for n, _ in named])
    best, waited = math.inf, 0
    step = 0
    for epoch in range(epochs):
        order = np.arange(len(xt)) if plan.sort else rng.permutation(len(xt))
        losses, alive = [], {}
        for b in range(per_epoch):
            rows = torch.tensor(order[b * batch:(b + 1) * batch])
            now = lr * factor(plan.schedule, step / max(1, per_epoch * epochs - 1))
            for group in optimizer.param_groups:
                group["lr"] = now
            if plan.zero_grad:
                optimizer.zero_grad()
            x = xt[rows]
            if plan.input_fault == "spike" and step in (per_epoch * epochs // 2, 2 * per_epoch * epochs // 3):
                x = x * 100
            loss = loss_of(recipe, plan, model(x), yt[rows])
            loss.backward()
            have = [p for p in everything if p.grad is not None]
            sizes = dict(zip(map(id, have), torch.stack(torch._foreach_norm([p.grad for p in have])).tolist()))
            norms = [sizes.get(id(p), 0.0) for _, p in named]
            total = math.sqrt(sum(v * v for v in sizes.values())) if all(map(math.isfinite, sizes.values())) else math.nan
            optimizer.step()
            if plan.freeze == "optimizer" and plan.zero_grad:
                model.zero_grad()
            record.steps.append((float(loss), now, total, norms))
            losses.append(float(loss))
            for k, v in zeros.items():
                alive[k] = alive.get(k, torch.zeros_like(v)) | v if k in alive else v
            step += 1
        dead = None
        if alive:
            dead = float(np.mean([1 - float(v.float().mean()) for v in alive.values()]))
        validation = evaluated(recipe, plan, model, xv, yv)
        accuracy = evaluated(recipe, plan, model, xt, yt)[1]
        record.epochs.append((float(np.mean(losses)), *validation, accuracy, step, dead))
        if plan.patience:
            best, waited = (validation[0], 0) if validation[0] < best else (best, waited + 1)
            if waited >= plan.patience:
                break
    full, test = evaluated(recipe, plan, model, xt, yt), evaluated(recipe, plan, model, xs, ys)
    clean = evaluated(recipe, Plan(), model, xs, ys)
    record.hidden = {"train": full[0], "train_accuracy": full[1], "test": test[0], "test_accuracy": test[1],
                     "test_f1": test[2], "clean": clean[0], "first": record.steps[0][0]}
    return record
