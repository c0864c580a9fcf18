#!/usr/bin/env python3
"""Writes sklearn_figures.json: small inputs and scikit-learn's metrics of them.

    python3 tests/metrics/sklearn_figures.py > tests/metrics/sklearn_figures.json

Made with Debian 12's python3-sklearn (1.2.1) and numpy. scikit-learn has no expected calibration
error: it is worked out here from its definition, bin by bin.
"""

import json
import random
import sys

import numpy as np
import sklearn
from sklearn import metrics
from sklearn.calibration import calibration_curve


def macro_f1(labels, predicted, weights):
    return metrics.f1_score(labels, predicted, average="macro", sample_weight=weights, zero_division=0)


def ece(labels, probabilities, weights):
    top = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    total = 0.0
    for b in range(15):
        inside = (top > b / 15) & (top <= (b + 1) / 15)
        if b == 0:
            inside |= top == 0
        if weights[inside].sum() > 0:
            share = weights[inside].sum() / weights.sum()
            accuracy = np.average(right[inside], weights=weights[inside])
            confidence = np.average(top[inside], weights=weights[inside])
            total += share * abs(accuracy - confidence)
    return total


def class_case(name, probabilities, labels, weights=None, threshold=None):
    probabilities, labels = np.array(probabilities, float), np.array(labels)
    classes = probabilities.shape[1]
    given = weights
    weights = np.ones(len(labels)) if weights is None else np.array(weights, float)
    if threshold is None:
        predicted = probabilities.argmax(axis=1)
    else:
        predicted = (probabilities[:, 1] > threshold).astype(int)
    every = list(range(classes))
    found = {
        "accuracy": metrics.accuracy_score(labels, predicted, sample_weight=weights),
        "balanced_accuracy": metrics.balanced_accuracy_score(labels, predicted, sample_weight=weights),
        "macro_f1": macro_f1(labels, predicted, weights),
        "log_loss": metrics.log_loss(labels, probabilities, labels=every, sample_weight=weights),
    }
    if classes == 2:
        p = probabilities[:, 1]
        if len(set(labels)) == 2:
            found["auc"] = metrics.roc_auc_score(labels, p, sample_weight=weights)
            found["average_precision"] = metrics.average_precision_score(labels, p, sample_weight=weights)
        found["brier"] = metrics.brier_score_loss(labels, p, sample_weight=weights, pos_label=1)
        found["ece"] = ece(labels, probabilities, weights)
    precision, recall, _, support = metrics.precision_recall_fscore_support(
        labels, predicted, labels=every, sample_weight=weights, zero_division=0
    )
    case = {
        "name": name,
        "classes": classes,
        "probabilities": probabilities.ravel().tolist(),
        "labels": labels.tolist(),
        "weights": [] if given is None else list(given),
        "threshold": threshold,
        "metrics": found,
        "confusion": metrics.confusion_matrix(labels, predicted, labels=every, sample_weight=weights).ravel().tolist(),
        "recall": [r if s > 0 else None for r, s in zip(recall, support)],
        "precision": [q if (weights[predicted == k]).sum() > 0 else None for k, q in enumerate(precision)],
    }
    if classes == 2 and given is None and len(set(labels)) == 2:
        observed, mean = calibration_curve(labels, probabilities[:, 1], n_bins=15)
        case["observed"], case["predicted"] = observed.tolist(), mean.tolist()
    return case


def number_case(name, predictions, targets, weights=None):
    given = {} if weights is None else {"sample_weight": weights}
    found = {
        "rmse": metrics.mean_squared_error(targets, predictions, squared=False, **given),
        "mae": metrics.mean_absolute_error(targets, predictions, **given),
        "median_absolute_error": metrics.median_absolute_error(targets, predictions, **given),
    }
    if len(set(targets)) > 1:
        found["r2"] = metrics.r2_score(targets, predictions, **given)
    return {"name": name, "predictions": predictions, "targets": targets, "weights": weights or [], "metrics": found}


def main():
    r = random.Random(20230211)
    two = lambda n, steps: [[1 - k / steps, k / steps] for k in (r.randint(0, steps) for _ in range(n))]
    labels_of = lambda rows: [int(r.random() < 0.2 + 0.6 * p[1]) for p in rows]
    weights_of = lambda n: [round(r.expovariate(1), 3) + 0.001 for _ in range(n)]

    def shares(n, k):
        rows = [[r.expovariate(1) for _ in range(k)] for _ in range(n)]
        return [[x / sum(row) for x in row] for row in rows]

    cases = []
    few, fine = two(60, 8), two(83, 1 << 30)
    cases.append(class_case("two classes with ties, 0 and 1 included", few, labels_of(few)))
    cases.append(class_case("two classes with ties and weights", few, labels_of(few), weights_of(60)))
    cases.append(class_case("two classes without ties", fine, labels_of(fine)))
    cases.append(class_case("a threshold of 1/11, weights", fine, labels_of(fine), weights_of(83), 1 / 11))
    cases.append(class_case("rare positives", fine, [int(p[1] > 0.97) for p in fine]))
    cases.append(class_case("all probabilities equal", [[0.75, 0.25]] * 20, [int(i % 4 == 0) for i in range(20)]))
    cases.append(class_case("one class only", two(12, 16), [1] * 12))
    cases.append(class_case("some weights are 0", few, labels_of(few), [float(i % 3) for i in range(60)]))
    four = shares(70, 4)
    cases.append(class_case("four classes, two of them never there", four, [r.randint(0, 1) for _ in range(70)]))
    three = [[a, b, c, 0.0] for a, b, c in shares(40, 3)]
    cases.append(class_case("a class that is neither there nor predicted", three, [r.randint(0, 2) for _ in range(40)]))
    cases.append(class_case("ten classes with weights", shares(90, 10), [r.randint(0, 9) for _ in range(90)], weights_of(90)))

    numbers = []
    y = [r.gauss(50, 10) for _ in range(41)]
    p = [v + r.gauss(0, 3) for v in y]
    numbers.append(number_case("an odd count", p, y))
    numbers.append(number_case("an even count", p[:40], y[:40]))
    numbers.append(number_case("weights", p, y, weights_of(41)))
    numbers.append(number_case("equal errors", [1.0, 2, 3, 4, 5, 6], [2.0, 3, 2, 3, 7, 6]))
    numbers.append(number_case("a constant target", [1.0, 2, 3], [0.1, 0.1, 0.1]))
    numbers.append(number_case("far from 0", [1e9 + v for v in p], [1e9 + v for v in y]))
    version = f"scikit-learn {sklearn.__version__}, numpy {np.__version__}"
    json.dump({"made_with": version, "classes": cases, "numbers": numbers}, sys.stdout, indent=1)
    print()


main()
