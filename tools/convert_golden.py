#!/usr/bin/env python3
"""Converts published cases of other projects' tests into this project's conventions.

    python3 tools/convert_golden.py published_cases.json tests/golden

Writes losses.json, schedules.json and optimizers.json. Each case keeps its id, source and tolerance and
says in `note` what was converted; a case that cannot be converted exactly is kept as its id and the
reason in `skipped`.
"""
import json
import math
import pathlib
import re
import sys

import golden_losses
import golden_regions
import golden_optimizers
import golden_schedules
from golden_values import Skip, each, expand_weight, flat, logarithm, logit, shape, tensor, text, tolerance


def keras(case):
    name = case["id"].split(".")[1]
    x, y = case["inputs"]["y_pred"], case["inputs"]["y_true"]
    params, weight = case["params"], case["inputs"].get("sample_weight")
    out = {"options": {}, "note": "Keras averages the last axis, then multiplies by the weight and divides by the number"}
    if name in ("CategoricalCrossentropy", "SparseCategoricalCrossentropy"):
        return keras_classes(case, x, y, params, weight, out)
    if name == "Dice":
        return {"loss": "dice", "options": {"smooth": "1e-07", "over": "image"}, "predictions": [tensor(x)],
                "target": tensor(y), "reduction": "each", "expected": flat(case["expected"]),
                "note": "axis [1, 2, 3] is a region per image; Keras' epsilon 1e-7 is our smooth"}
    out["loss"] = {"MeanSquaredError": "mse", "MeanAbsoluteError": "mae", "Huber": "huber",
                   "BinaryCrossentropy": "bce_with_logits"}[name]
    if "delta" in params:
        out["options"]["delta"] = str(params["delta"])
    if name == "BinaryCrossentropy":
        if not params.get("from_logits"):
            x = each(logit, x)
            out["note"] += "; probabilities became logits"
        s = params.get("label_smoothing", 0)
        y = each(lambda v: v * (1 - s) + s / 2, y)
    out.update(predictions=[tensor(x)], target=tensor(y), expected=flat(case["expected"]))
    if weight is not None:
        out["weight"] = tensor(expand_weight(weight, x))
    width, count = shape(x)[-1], len(flat(x))
    reduction = params["reduction"]
    if reduction == "none":
        out.update(reduction="each", average_last_axis=True)
    elif reduction == "mean_with_sample_weight":
        out.update(reduction="mean")
    else:
        out.update(reduction="sum", scale=1 / (count if reduction == "sum_over_batch_size" else width))
    return out


def keras_classes(case, x, y, params, weight, out):
    note = ["Keras divides by the number of rows"]
    if params.get("axis") == 1:
        x, y = ([[list(r) for r in zip(*image)] for image in a] for a in (x, y))
        note.append("the class axis was moved to the end")
    if not params.get("from_logits"):
        x = each(logarithm, x)
        note.append("logarithms of probabilities became logits, so that softmax renormalises them as Keras does")
    if case["id"].split(".")[1].startswith("Sparse"):
        y = each(int, y)
        rows = shape(x)[:-1]
        out["target"] = {"shape": rows, "values": flat(y), "type": "int64"}
        if "ignore_class" in params:
            out["options"]["ignore_index"] = str(params["ignore_class"])
    else:
        out["target"] = tensor(each(float, y))
    if "label_smoothing" in params:
        out["options"]["label_smoothing"] = str(params["label_smoothing"])
    rows = 1
    for size in shape(x)[:-1]:
        rows *= size
    if weight is not None:
        values = flat(weight)
        out["weight"] = {"shape": shape(x)[:-1], "values": values if len(values) == rows else values * rows, "type": "float64"}
    none = params["reduction"] == "none"
    out.update(loss="cross_entropy", predictions=[tensor(x)], expected=flat(case["expected"]), note="; ".join(note),
               reduction="each" if none else "sum", scale=1 if none else 1 / rows)
    return out


def torch(case):
    fn, params, inputs = case["params"]["fn"], case["params"], case["inputs"]
    expected = case["expected"]
    out = {"options": {}, "reduction": {"mean": "mean", "sum": "sum", "none": "each"}[params.get("reduction", "mean")],
           "note": "PyTorch's conventions are ours here"}
    if fn == "triplet_margin_loss":
        out.update(loss="triplet", predictions=[tensor(inputs[k]) for k in ("anchor", "positive", "negative")],
                   options={k: text(params[k]) for k in ("margin", "eps", "p", "swap") if k in params})
        if isinstance(expected, dict) and "grad_anchor" in expected:
            expected = {"loss": expected["loss"], "grad_input": expected["grad_anchor"]}
    else:
        names = {"mse_loss": "mse", "l1_loss": "mae", "huber_loss": "huber", "binary_cross_entropy_with_logits": "bce_with_logits",
                 "binary_cross_entropy": "bce_with_logits", "cross_entropy": "cross_entropy"}
        x, y = inputs["input"], inputs["target"]
        if fn == "binary_cross_entropy":
            x = each(logit, x)
            out["note"] = "probabilities became logits; the published gradient is by probability and is left out"
            expected = {"loss": expected["loss"]}
        pos = set(flat(params.get("pos_weight", [1.0])))
        if pos != {1.0}:
            raise Skip("our pos_weight is one number")
        labels = fn == "cross_entropy" and isinstance(flat(y)[0], int)
        out.update(loss=names[fn], predictions=[tensor(x)], target=tensor(y, "int64" if labels else "float64"))
        for option in ("delta", "label_smoothing", "ignore_index"):
            if option in params:
                out["options"][option] = str(params[option])
    if isinstance(expected, dict):
        if "loss" in expected:
            out["expected"] = flat(expected["loss"]) if isinstance(expected["loss"], list) else [expected["loss"]]
        if "grad_input" in expected:
            out["gradient"] = flat(expected["grad_input"])
    elif expected == "finite":  # a property there; the exact value stands in its note
        out["expected"] = [(math.log(2) + 120) / 2]
        out["note"] += "; published as 'finite', here by value"
    else:
        out["expected"] = [expected] if not isinstance(expected, list) else flat(expected)
    return out


def optax(case):
    name, inputs, params = case["params"]["loss"], case["inputs"], case["params"]
    reduction = {"none": "each", "mean": "mean", "sum": "sum"}[params["reduction"]]
    out = {"options": {}, "reduction": reduction, "expected": flat([case["expected"]]), "note": "Optax's formula is ours"}
    if name == "triplet_margin_loss":
        out.update(loss="triplet", predictions=[tensor(inputs[k]) for k in ("anchors", "positives", "negatives")],
                   note="Optax adds eps under the root, we to the differences; the tolerance covers it")
        return out
    names = {"squared_error": "mse", "huber_loss": "huber", "sigmoid_binary_cross_entropy": "bce_with_logits",
             "softmax_cross_entropy_with_integer_labels": "cross_entropy", "softmax_cross_entropy": "cross_entropy"}
    x = inputs.get("predictions", inputs.get("logits"))
    y = inputs.get("targets", inputs.get("labels"))
    labels = name.endswith("integer_labels")
    out.update(loss=names[name], predictions=[tensor(x)], target=tensor(y, "int64" if labels else "float64"))
    if "delta" in params:
        out["options"]["delta"] = str(params["delta"])
    return out


def mlpack(case):
    name, params, expected = case["params"]["loss"], case["params"], case["expected"]
    if name == "TripletMarginLoss":
        return {"loss": "triplet", "options": {"margin": text(params["margin"]), "distance": "squared"},
                "predictions": [tensor(case["inputs"][k]) for k in ("anchor", "positive", "negative")],
                "reduction": "sum", "scale": 1 / len(case["inputs"]["anchor"][0]), "expected": [expected["loss"]],
                "note": "squared distances, divided by the number of columns there"}
    x = case["inputs"]["input"]
    out = {"options": {}, "reduction": params["reduction"], "expected": [expected["loss"]], "note": "mlpack's formula is ours"}
    if name == "BCELoss":
        x = each(logit, x)
        out["note"] = "probabilities became logits; the published gradient is by probability and is left out"
    elif "grad" in expected:
        out["gradient"] = flat(expected["grad"])
        out["gradient_atol"] = 6e-5  # printed with four decimals
    if "delta" in params:
        out["options"]["delta"] = str(params["delta"])
    out.update(loss={"HuberLoss": "huber", "MeanSquaredError": "mse", "BCELoss": "bce_with_logits"}[name],
               predictions=[tensor(x)], target=tensor(case["inputs"]["target"]))
    return out


LOSSES = re.compile(r"^(keras\.(MeanSquaredError|MeanAbsoluteError|Huber|BinaryCrossentropy|CategoricalCrossentropy|"
                    r"SparseCategoricalCrossentropy|Dice)\.|torch\.(huber|triplet|cross_entropy|bce|mse|l1)|"
                    r"torch_ref\.(mse|l1|cross_entropy|bce|triplet|huber)|mlpack\.(huber|mse|bce|triplet)|"
                    r"optax\.(squared_error|huber|sigmoid_bce|softmax_cross_entropy|triplet)|monai\..*[Dd]ice|"
                    r"smp\..*[Dd]ice|pytopt\..*[Dd]ice)")
MAKERS = {"keras": keras, "torch": torch, "torch_ref": torch, "optax": optax, "mlpack": mlpack, "monai": golden_regions.monai_dice,
          "smp": golden_regions.regions, "pytopt": golden_regions.regions}


def losses(cases):
    """What is not known is skipped with its reason, also what has another form than was expected."""
    for case in cases:
        known = LOSSES.match(case["id"])
        if not known and (not str(case.get("kind", "")).startswith("loss") or case["kind"] == "loss_scale"):
            continue
        try:
            converted = MAKERS[case["id"].split(".")[0]](case) if known else golden_losses.convert(case)
        except Skip as reason:
            yield {"id": case["id"], "skipped": str(reason)}
            continue
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            yield {"id": case["id"], "skipped": f"not of the form that is known here: {type(error).__name__} {error}"}
            continue
        yield {"id": case["id"], "source": case.get("source", ""), **converted, "tolerance": tolerance(case.get("tol") or {})}


def write(path, cases):
    lines = ",\n".join(json.dumps(case) for case in cases)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    skipped = sum("skipped" in case for case in cases)
    print(f"{path}: {len(cases) - skipped} cases, {skipped} skipped with their reason")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    cases = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    out = pathlib.Path(sys.argv[2])
    write(out / "losses.json", list(losses(cases)))
    write(out / "schedules.json", list(golden_schedules.convert(cases, tolerance)))
    write(out / "optimizers.json", list(golden_optimizers.convert(cases, tolerance)))


if __name__ == "__main__":
    main()
