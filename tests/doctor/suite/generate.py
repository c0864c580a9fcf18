"""Makes the suite: real trainings, healthy ones and ones with a fault on purpose, as logs people have.

    /usr/bin/python3 generate.py OUT [part/parts [seeds [halves [names]]]]     (Debian's python3-torch; one thread)

A label says how a run was made. It is kept only if figures that are not in the log bear it out
(`holds`); runs whose fault did no harm, and healthy ones that came out worse than their like, are
left out.
"""
import json
import os
import sys
import zlib

import torch

import formats
from recipes import RECIPES
from recipes_fresh import FRESH
from recipes_last import LAST, LAST_FAULTS, LAST_HEALTHY, last_fits, last_healthy_fits
from training import Plan, train

torch.set_num_threads(1)

HEALTHY = {
    "plain_drops": Plan(schedule="drops"),
    "cosine": Plan(schedule="cosine"),
    "one_cycle": Plan(schedule="one_cycle", lr=1.5),
    "restarts": Plan(schedule="restarts"),
    "warm": Plan(schedule="warm"),
    "dropout": Plan(schedule="cosine", dropout=0.3),
    "smoothing": Plan(schedule="cosine", smoothing=0.1),
    "noisy_validation": Plan(schedule="cosine", validation_rows=24),
    "decay": Plan(schedule="linear", decay=1e-3),
    "stopped_early": Plan(schedule="constant", lr=0.5, epochs=2, patience=5),
    "tiny": Plan(schedule="cosine", scale=0.01),
    "large_batch": Plan(schedule="cosine", batch=128, epochs=2.5, lr=1.5),
}

FAULTS = {
    "diverging": [Plan(lr=60, optimizer="sgd"), Plan(lr=30, optimizer="sgd", schedule="warm"),
                  Plan(lr=150, optimizer="sgd"), Plan(lr=1000, optimizer="sgd"),
                  Plan(lr=400, optimizer="sgd", schedule="warm")],
    "lr_too_large": [Plan(lr=40), Plan(lr=15), Plan(lr=100, schedule="cosine"), Plan(lr=120),
                     Plan(lr=60, schedule="linear")],
    "lr_too_small": [Plan(lr=0.004), Plan(lr=0.01, schedule="cosine"), Plan(lr=0.001)],
    "noise_floor": [Plan(batch=2, lr=2.0, epochs=0.5), Plan(batch=1, lr=1.0, epochs=0.4),
                    Plan(batch=2, lr=4.0, epochs=0.5)],
    "saddle": [Plan(init="zero"), Plan(init="zero", schedule="cosine")],
    "overfitting": [Plan(wide=True, rows=120, epochs=4, noise=0.15), Plan(wide=True, rows=60, epochs=6, noise=0.3)],
    "memorised": [Plan(wide=True, rows=160, permuted=True, epochs=8, lr=1.0),
                  Plan(wide=True, rows=100, permuted=True, epochs=12, lr=0.7)],
    "no_better_than_constant": [Plan(permuted=True, epochs=0.6), Plan(permuted=True, lr=0.3, epochs=0.5)],
    "underfitting": [Plan(epochs=0.12), Plan(epochs=0.25, lr=0.3), Plan(epochs=0.3, lr=0.15)],
    "vanishing_gradients": [Plan(act="sigmoid", depth=8), Plan(act="sigmoid", depth=10, schedule="cosine")],
    "exploding_gradients": [Plan(init="large", depth=5), Plan(init="large", depth=6, schedule="cosine")],
    "dead_units": [Plan(init="dead", act="relu"), Plan(init="dead", act="relu", schedule="cosine")],
    "init_loss_off": [Plan(init="head"), Plan(init="head", schedule="cosine")],
    "frozen_parameters": [Plan(freeze="grad"), Plan(freeze="grad", schedule="cosine")],
    "swapped_splits": [Plan(rows=200, wide=True, epochs=3), Plan(rows=100, epochs=3, wide=True)],
    "class_collapse": [Plan(imbalance=True, lr=0.05, epochs=0.7), Plan(imbalance=True, epochs=0.3, lr=0.1)],
    "accumulating_gradients": [Plan(zero_grad=False), Plan(zero_grad=False, lr=0.5)],
    "data_not_shuffled": [Plan(sort=True), Plan(sort=True, lr=0.5)],
    "data_fault": [Plan(input_fault="nan"), Plan(input_fault="scale", optimizer="sgd", lr=0.3)],
    "spike": [Plan(input_fault="spike")],
}

MORE = {  # of part A alone, made for the rules of its third version
    "lr_too_large": [Plan(lr=25), Plan(lr=60), Plan(lr=30, schedule="cosine"), Plan(lr=80, schedule="warm"),
                     Plan(lr=90), Plan(lr=180, schedule="cosine"), Plan(lr=300, schedule="warm")],
    "model_too_small": [Plan(small=True), Plan(small=True, schedule="cosine")],
    "no_better_than_constant": [Plan(permuted=True, schedule="cosine")],
}

FRESH_HEALTHY = dict(HEALTHY, averaged=Plan(schedule="cosine", lr=0.7, epochs=1.3), warm_long=Plan(schedule="warm", epochs=1.5))
FRESH_FAULTS = {
    "diverging": [Plan(lr=300, optimizer="nesterov"), Plan(lr=1500, optimizer="sgd_plain"),
                  Plan(lr=80, optimizer="sgd", schedule="warm"), Plan(lr=20000, optimizer="nesterov")],
    "lr_too_large": [Plan(lr=25), Plan(lr=60, schedule="cosine"), Plan(lr=100), Plan(lr=250),
                     Plan(lr=400, schedule="cosine")],
    "lr_too_small": [Plan(lr=0.006), Plan(lr=0.002, schedule="warm")],
    "noise_floor": [Plan(batch=2, lr=3, epochs=0.4), Plan(batch=4, lr=4, epochs=0.6)],
    "saddle": [Plan(init="zero", epochs=0.7)],
    "overfitting": [Plan(wide=True, rows=100, epochs=3, noise=0.2)],
    "memorised": [Plan(wide=True, rows=120, permuted=True, epochs=8)],
    "no_better_than_constant": [Plan(permuted=True, epochs=0.6)],
    "underfitting": [Plan(epochs=0.15), Plan(epochs=0.3, lr=0.25)],
    "model_too_small": [Plan(small=True)],
    "vanishing_gradients": [Plan(act="sigmoid", depth=9)],
    "exploding_gradients": [Plan(init="large", depth=5)],
    "dead_units": [Plan(init="dead", act="relu")],
    "init_loss_off": [Plan(init="head")],
    "frozen_parameters": [Plan(freeze="grad"), Plan(freeze="optimizer", schedule="cosine")],
    "swapped_splits": [Plan(rows=150, wide=True, epochs=3)],
    "class_collapse": [Plan(imbalance=True, lr=0.05, epochs=0.7)],
    "accumulating_gradients": [Plan(zero_grad=False), Plan(zero_grad=False, lr=0.3)],
    "data_not_shuffled": [Plan(sort=True)],
    "data_fault": [Plan(input_fault="nan"), Plan(input_fault="scale")],
    "spike": [Plan(input_fault="spike")],
}
FRESH_MLP = ("wine-norm", "tumours-margin", "tags-many", "headings-cosine", "delays-quantile",
             "iris-radam", "tiles-gelu", "rents-logcosh", "mixture-kl")

CLASSES_ONLY = {"init_loss_off", "class_collapse", "memorised", "no_better_than_constant", "data_not_shuffled"}
NEEDS_MLP = {"vanishing_gradients", "exploding_gradients", "dead_units", "saddle", "frozen_parameters"}


def fits(recipe, fault, plan):
    if recipe.half in "FG":
        return (fault not in CLASSES_ONLY or bool(recipe.classes)) and last_fits(recipe, fault, plan)
    if recipe.half in "DE":
        if fault in NEEDS_MLP - {"frozen_parameters"} and recipe.name not in FRESH_MLP:
            return False
        if plan.input_fault and recipe.name in ("ratings-factors", "brackets-attention"):
            return False
    if fault in CLASSES_ONLY and not recipe.classes:
        return False
    if fault in NEEDS_MLP and recipe.name in ("chain-gru", "blobs-linear", "topics-linear"):
        return False
    if (plan.wide or plan.small) and recipe.name in ("chain-gru", "digits-cnn", "digits-encoder", "blobs-linear"):
        return False
    if plan.depth and recipe.name == "digits-cnn" and plan.init == "large":
        return False
    if fault == "dead_units" and recipe.name == "digits-encoder":
        return False
    if fault == "data_not_shuffled" and recipe.name == "chain-gru":
        return False
    if plan.input_fault and recipe.name == "chain-gru":
        return False
    return True


def healthy_fits(recipe, name):
    if recipe.half in "FG":
        return last_healthy_fits(recipe, name)
    if recipe.name in ("tumours-margin", "headings-cosine", "mixture-kl") and name in ("smoothing", "tiny"):
        return False
    if name == "tiny":
        return not recipe.classes and recipe.name != "spread-nll"
    if name == "smoothing":
        return recipe.classes > 0
    if name == "dropout":
        return recipe.name not in ("blobs-linear", "sine-mlp", "spirals-mlp")
    return True


def holds(recipe, fault, r, good):
    """Whether figures outside of the log bear the label out. `good`: of a healthy run of the recipe."""
    import math
    h, end = r.hidden, r.hidden["train"]
    start, finite = r.steps[0][0], math.isfinite(r.hidden["train"])
    whole = good["first"] - good["train"]
    left = (end - good["train"]) / whole if finite else math.inf
    if fault == "diverging":
        return not finite or end > 3 * abs(start)
    if fault in ("lr_too_large", "noise_floor"):
        return finite and end < start and left > (0.25 if fault == "lr_too_large" else 0.04)
    if fault == "model_too_small":
        return left > 0.15
    if fault in ("lr_too_small", "saddle", "dead_units", "vanishing_gradients"):
        return left > 0.3
    if fault == "underfitting":
        return 0.08 < left < 0.9
    if fault == "overfitting":
        lowest = min(e[1] for e in r.epochs)
        return r.epochs[-1][1] > 1.25 * lowest if lowest > 0 else r.epochs[-1][1] - lowest > 0.3
    if fault == "memorised":
        return h["train_accuracy"] > 0.97 and h["test_accuracy"] < 0.3 + 0.3 * (recipe.classes == 2)
    if fault == "no_better_than_constant":
        return h["test_accuracy"] < 1.6 / recipe.classes if recipe.classes > 2 else h["test_accuracy"] < 0.6
    if fault == "class_collapse":
        return h["test_accuracy"] > 0.8 and h["test_f1"] < 0.62
    if fault == "accumulating_gradients":
        return not finite or left > 0.15
    if fault == "data_not_shuffled":
        return left > 0.05 or h["test_accuracy"] < good["test_accuracy"] - 0.03
    if fault == "exploding_gradients":
        return r.steps[0][2] > 50
    if fault == "init_loss_off":
        return start > 2 * math.log(recipe.classes)
    if fault == "spike":
        losses = [step[0] for step in r.steps]
        at = (len(losses) // 2, 2 * len(losses) // 3)
        around = [sorted(losses[i - 10:i + 11])[10] for i in at]
        return any(not losses[i] < level + abs(level) for i, level in zip(at, around))
    if fault == "data_fault":
        return not finite or left > 0.1
    if fault == "swapped_splits":
        return r.epochs[-1][1] > 1.25 * r.epochs[-1][0] > 0
    return True


def main():
    out = sys.argv[1]
    part, of = (int(n) for n in sys.argv[2].split("/")) if len(sys.argv) > 2 else (0, 1)
    seeds = int(sys.argv[3]) if len(sys.argv) > 3 else 2
    halves = sys.argv[4] if len(sys.argv) > 4 else "ABCDEFG"
    only = set(sys.argv[5].split(",")) if len(sys.argv) > 5 else set()
    os.makedirs(out, exist_ok=True)
    labels = open(os.path.join(out, f"labels-{part}.csv"), "w")
    counts = {}
    goods = {}
    for seed in range(seeds):
        for i, recipe in enumerate(RECIPES + FRESH + LAST):
            if i % of != part or recipe.half not in halves:
                continue
            if recipe.name not in goods:
                goods[recipe.name] = train(recipe, Plan(schedule="cosine"), 900).hidden
            for fault, name, plan in work_of(recipe):
                if only and name not in only:
                    continue
                file = one(out, recipe, fault, name, plan, seed, goods[recipe.name])
                tally = counts.setdefault(fault, [0, 0])
                tally[0 if file else 1] += 1
                if file:
                    if plan.freeze == "optimizer":  # it has gradients; its updates would tell
                        file = (*file[:2], file[2].replace("layers", "gradients"))
                    labels.write(f"{file[0]},{fault},{recipe.half},{recipe.name},{name},{file[1]},{file[2]}\n")
                    labels.flush()
            print(recipe.name, json.dumps(counts), flush=True)


def work_of(recipe):
    healthy, faulty = {"D": (FRESH_HEALTHY, FRESH_FAULTS), "E": (FRESH_HEALTHY, FRESH_FAULTS),
                       "F": (LAST_HEALTHY, LAST_FAULTS), "G": (LAST_HEALTHY, LAST_FAULTS)}.get(recipe.half, (HEALTHY, FAULTS))
    work = [("healthy", n, p) for n, p in healthy.items() if healthy_fits(recipe, n)]
    faults = [(f, f"{f}-{k}", p) for f, ps in faulty.items() for k, p in enumerate(ps)]
    if recipe.half == "A":
        faults += [(f, f"{f}-more{k}", p) for f, ps in MORE.items() for k, p in enumerate(ps)]
    return work + [(f, n, p) for f, n, p in faults if fits(recipe, f, p)]


def one(out, recipe, fault, name, plan, seed, good):
    key = f"{recipe.name}/{name}/{seed}"
    number = zlib.crc32(key.encode())
    r = train(recipe, plan, number % 100000)
    if fault == "healthy":
        whole = (good["first"] - good["train"]) * plan.scale ** 2
        ok = name in ("smoothing", "tiny", "dropout") or r.hidden["train"] - good["train"] < 0.12 * abs(whole)
        ok = ok and (not recipe.classes or r.hidden["test_accuracy"] > good["test_accuracy"] - 0.06)
    else:
        ok = holds(recipe, fault, r, good)
    return formats.write(out, key, number, r, fault, recipe) if ok else None


if __name__ == "__main__":
    main()
