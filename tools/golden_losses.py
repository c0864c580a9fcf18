"""Published cases of losses whose form is simple: one table of peers' names, options and reductions."""
from golden_regions import monai, regions
from golden_values import REDUCTIONS, Skip, each, expand_weight, flat, logarithm, logit, shape, tensor, text

def signs(y):
    """Targets 0 and 1 as -1 and 1, as Keras and mlpack make them."""
    return each(lambda v: 2.0 * v - 1, y) if set(flat(y)) <= {0, 1} else y


def probabilities_as(logs, x):
    return each(logarithm if logs else logit, x)


def one_hot(y, classes):
    return [[1.0 if c == label else 0.0 for c in range(classes)] for label in y]


def keras_elements(case, loss, x, y, options=None, factor=1, note=""):
    """Keras averages the last axis, weighs, and divides by the number of what is left."""
    weight, reduction = case["inputs"].get("sample_weight"), case["params"]["reduction"]
    out = {"loss": loss, "options": options or {}, "predictions": [tensor(x)], "target": tensor(each(float, y)),
           "expected": flat(case["expected"]), "note": "Keras averages the last axis, then weighs" + note}
    if weight is not None:
        out["weight"] = tensor(expand_weight(weight, x))
    width, count = shape(x)[-1], len(flat(x))
    if reduction == "none":
        return {**out, "reduction": "each", "average_last_axis": True, "scale": factor}
    if reduction not in ("sum", "sum_over_batch_size"):
        raise Skip(f"reduction {reduction} divides by something else")
    return {**out, "reduction": "sum", "scale": factor / (count if reduction == "sum_over_batch_size" else width)}


def keras_rows(case, loss, x, target, options=None, factor=1, note=""):
    weight, reduction = case["inputs"].get("sample_weight"), case["params"]["reduction"]
    if len(shape(x)) != 2:
        raise Skip("rows on other axes than the last of two")
    rows = shape(x)[0]
    out = {"loss": loss, "options": options or {}, "predictions": [tensor(x)], "target": target,
           "expected": flat(case["expected"]), "note": "one value per row" + note}
    if weight is not None:
        values = flat(weight)
        out["weight"] = tensor(values if len(values) == rows else values * rows)
    if reduction == "none":
        return {**out, "reduction": "each", "scale": factor}
    return {**out, "reduction": "sum", "scale": factor / (rows if reduction == "sum_over_batch_size" else 1)}


def keras(case):
    name, params = case["id"].split(".")[1], case["params"]
    x, y = case["inputs"]["y_pred"], case["inputs"]["y_true"]
    if params.get("label_smoothing") or params.get("axis", -1) not in (-1, 1) or params.get("dtype"):
        raise Skip("label smoothing or axes that ours has not")
    plain = {"MeanAbsolutePercentageError": "mape", "LogCosh": "log_cosh", "Hinge": "hinge", "SquaredHinge": "squared_hinge"}
    if name in plain:
        return keras_elements(case, plain[name], each(float, x), signs(y) if "Hinge" in name else y)
    if name == "MeanSquaredLogarithmicError":
        x, y = (each(lambda v: max(float(v), 1e-7), a) for a in (x, y))
        return keras_elements(case, "msle", x, y, note="; both raised to 1e-7 as Keras does")
    if name == "Poisson":
        return keras_elements(case, "poisson_nll", x, y, {"log_input": "false", "eps": "1e-07"})
    if name == "BinaryFocalCrossentropy":
        if params.get("apply_class_balancing"):
            raise Skip("class balancing by alpha")
        x = x if params.get("from_logits") else probabilities_as(False, x)
        return keras_elements(case, "focal", x, y, {"gamma": text(params.get("gamma", 2.0)), "alpha": "0.5"}, 2,
                              "; without alpha is twice alpha = 0.5")
    if name == "KLDivergence":
        return keras_rows(case, "kl_div", probabilities_as(True, x), tensor(y), note="; of logarithms")
    if name == "CosineSimilarity":
        if "sample_weight" in case["inputs"] or params["reduction"] != "sum_over_batch_size":
            raise Skip("minus the cosine, weighted: ours is the cosine distance, 1 more")
        return {**keras_rows(case, "cosine_similarity", x, tensor(y), note="; ours is 1 more"),
                "expected": [case["expected"] + 1]}
    if name == "CategoricalFocalCrossentropy":
        x = x if params.get("from_logits") else probabilities_as(True, x)
        return keras_rows(case, "focal_cross_entropy", x, tensor(each(float, y)), {"gamma": text(params.get("gamma", 2.0))},
                          params.get("alpha", 0.25), "; Keras multiplies by alpha")
    if name == "CategoricalGeneralizedCrossEntropy":
        target = tensor(y, "int64") if len(shape(y)) == 1 else tensor(each(float, y))
        return keras_rows(case, "generalized_cross_entropy", probabilities_as(True, x), target,
                          {"q": text(params.get("q", 0.5))}, note="; logarithms of probabilities are logits")
    if name == "Circle":
        options = {k: text(params[k]) for k in ("margin", "gamma")}
        rows = [r for r in y if y.count(r) > 1]  # the others cost 0 and are not counted
        none = params["reduction"] == "none"
        return {"loss": "circle", "options": options, "predictions": [tensor(x)], "target": tensor(y, "int64"),
                "expected": flat(case["expected"]), "reduction": "each" if none else "sum",
                "scale": 1 if none else 1 / len(rows), "note": "rows without a like one cost 0 and are not counted"}
    if name == "CategoricalHinge":
        raise Skip("the label's own place is a candidate of score 0 there")
    if name == "CTC":
        raise Skip("its sequences have the padding 0 between labels")
    if name == "Tversky":
        raise Skip("targets outside [0, 1], or smoothing below only")
    raise Skip("another formula than one of ours, or no loss of ours")


def torch(case):
    params, inputs, expected = case["params"], case["inputs"], case["expected"]
    fn = params["fn"].split(".")[0].removesuffix("_loss")
    word = params.get("reduction", "mean")
    out = {"options": {k: text(params[k]) for k in ("margin", "beta", "log_input", "full", "log_target", "ignore_index")
                       if k in params}, "reduction": REDUCTIONS.get(word, "mean"), "note": "PyTorch's formula is ours"}
    x, y = inputs.get("input"), inputs.get("target")
    if fn in ("soft_margin", "hinge_embedding", "smooth_l1", "poisson_nll", "quantile", "sigmoid_focal"):
        if fn == "hinge_embedding" and not set(flat(y)) <= {-1, 1}:
            raise Skip("targets other than -1 and 1 are refused")
        if params.get("alpha", 0) < 0:
            out["scale"], params = 2, {**params, "alpha": 0.5}
            expected = {"loss": expected["loss"]}
        out["options"].update({o: text(params[k]) for k, o in (("tau", "quantile"), ("alpha", "alpha"), ("gamma", "gamma"))
                               if k in params})
        out.update(loss="focal" if fn == "sigmoid_focal" else fn, predictions=[tensor(x)], target=tensor(y))
    elif fn == "multilabel_soft_margin":
        out.update(loss=fn, predictions=[tensor(x)], target=tensor(y), average_last_axis=word == "none")
        if "weight" in params:
            out["options"]["weight"] = ";".join(map(text, params["weight"]))
    elif fn in ("multi_margin", "nll"):
        out.update(loss=fn, predictions=[tensor(x)], target=tensor(y, "int64"))
        out["options"].update({"p": text(params["p"])} if "p" in params else {})
        if "weight" in params:
            out["options"]["weight"] = ";".join(map(text, params["weight"]))
            if fn == "multi_margin" and word == "mean":
                out.update(reduction="sum", scale=1 / len(y), note="PyTorch divides by the number of rows")
    elif fn == "kl_div":
        out.update(loss=fn, predictions=[tensor(x)], target=tensor(y))
        if word not in ("batchmean", "sum"):
            raise Skip("one value per class; ours is one per row")
    elif fn == "multilabel_margin":
        hot = []
        for row in y:
            labels = row[:row.index(-1)] if -1 in row else row
            hot.append([1.0 if c in labels else 0.0 for c in range(len(row))])
        out.update(loss=fn, predictions=[tensor(x)], target=tensor(hot), note="the list of labels became 0 and 1")
    elif fn in ("margin_ranking", "cosine_embedding"):
        out.update(loss=fn, predictions=[tensor(inputs["input1"]), tensor(inputs["input2"])], target=tensor(y))
        expected = {"loss": expected["loss"], "grad_input": expected["grad_input1"]}
    elif fn == "box" or fn.endswith("_box_iou"):
        kind = params.get("kind") or {"g": "giou", "d": "diou", "c": "ciou"}[fn[0]]
        out.update(loss=kind, predictions=[tensor(inputs["boxes1"])], target=tensor(each(float, inputs["boxes2"])),
                   options={"eps": text(params["eps"])})
        if isinstance(expected, dict):
            expected = {"loss": expected["loss"], "grad_input": expected["grad_boxes1"]}
    else:
        raise Skip("no loss of ours, or options that ours has not")
    return with_expected(out, expected)


def with_expected(out, expected):
    if isinstance(expected, dict):
        if "loss" in expected:
            out["expected"] = flat(expected["loss"]) if isinstance(expected["loss"], list) else [expected["loss"]]
        if "grad_input" in expected:
            out["gradient"] = flat(expected["grad_input"])
    else:
        out["expected"] = flat([expected])
    return out


def mlpack(case):
    params, inputs, expected = case["params"], case["inputs"], case["expected"]
    names = {"PoissonNLLLoss": "poisson_nll", "KLDivergence": "kl_div", "MeanSquaredLogarithmicError": "msle",
             "SigmoidCrossEntropyError": "bce_with_logits", "LogCoshLoss": "log_cosh", "HingeEmbeddingLoss": "hinge_embedding",
             "MarginRankingLoss": "margin_ranking", "SoftMarginLoss": "soft_margin", "HingeLoss": "hinge",
             "MultiLabelSoftMarginLoss": "multilabel_soft_margin", "NegativeLogLikelihood": "nll"}
    loss = names.get(params["loss"])
    if params["loss"] == "DiceLoss":
        return {"loss": "dice", "options": {"smooth": text(params["smooth"]), "squared": "true", "over": "pooled"},
                "predictions": [tensor(inputs["input"])], "target": tensor(inputs["target"]), "reduction": "mean",
                "expected": [expected["loss"]], "gradient": flat(expected["grad"]), "note": "squares below"}
    if loss is None or params.get("input_is", "log") != "log":
        raise Skip("no loss of ours, or another form of it")
    out = {"loss": loss, "reduction": params["reduction"].split()[0], "note": "mlpack's formula is ours",
           "options": {k: text(params[k]) for k in ("log_input", "full", "eps", "margin") if k in params}}
    if params.get("a", 1) != 1:  # log(cosh(a r)) / a
        a = params["a"]
        inputs = {k: each(lambda v: a * v, v) for k, v in inputs.items()}
        out.update(scale=1 / a, note="of a r, over a")
    if loss == "margin_ranking":
        out.update(predictions=[tensor(inputs["x1"]), tensor(inputs["x2"])], target=tensor(inputs["y"]))
    else:
        x, y = inputs["input"], inputs["target"]
        if loss == "hinge":
            y = signs(y)
        if loss == "kl_div":
            x, y = [flat(x)], [flat(y)]
            out.update(reduction="sum", scale=1 / (len(x[0]) if out["reduction"] == "mean" else 1))
        if "weight" in params:
            out["options"]["weight"] = ";".join(map(text, params["weight"]))
        if loss == "multilabel_soft_margin" and out["reduction"] == "sum":
            out["scale"] = 1 / shape(x)[-1]
        out.update(predictions=[tensor(each(float, x))], target=tensor(y, "int64" if loss == "nll" else "float64"))
    out["expected"] = [expected["loss"]]
    if "grad" in expected and "scale" not in out:
        out["gradient"], out["gradient_atol"] = flat(expected["grad"]), 6e-5  # printed with four decimals
    return out


def optax(case):
    params, inputs = case["params"], case["inputs"]
    name, expected = params["loss"], flat([case["expected"]])
    out = {"options": {}, "expected": expected, "note": "Optax's formula is ours", "reduction": "each"}
    if name == "poly_loss_cross_entropy":
        x, y = inputs["logits"], inputs["labels"]
        x, y = ([x], [y]) if len(shape(x)) == 1 else (x, y)
        out.update(loss="poly1", options={"epsilon": text(params.get("epsilon", 2))}, target=tensor(y))
    elif name == "kl_divergence_with_log_targets":
        x = inputs["log_predictions"]
        out.update(loss="kl_div", options={"log_target": "true"}, target=tensor(inputs["log_targets"]))
    elif name == "multiclass_hinge_loss":
        x = inputs["scores"]
        out.update(loss="crammer_singer", target=tensor(inputs["labels"], "int64"))
    elif name == "log_cosh":
        x = inputs["predictions"]
        out.update(loss="log_cosh", target=tensor(inputs.get("targets", [0.0] * len(x))))
    elif name == "sparsemax_loss":
        x = [[v, 0.0] for v in inputs["logits"]]
        out.update(loss="sparsemax", target=tensor([1 - y for y in inputs["labels"]], "int64"),
                   note="a logit is that of the first of two classes, the other's 0")
    elif name == "ranking_softmax_loss" and set(inputs) == {"logits", "labels"}:
        x, y = inputs["logits"], inputs["labels"]
        x, y = ([x], [y]) if len(shape(x)) == 1 else (x, y)
        out.update(loss="listnet", target=tensor(y), reduction=REDUCTIONS.get(params.get("reduce", "mean"), "mean"))
    else:
        raise Skip("no loss of ours, or another form of it")
    return {**out, "predictions": [tensor(each(float, x))]}


def pytopt(case):
    params, inputs = case["params"], case["inputs"]
    if params["loss_name"] != "bi_tempered_logistic_loss":
        return regions(case)
    if params.get("label_smooth") or not isinstance(flat(inputs["labels"])[0], int):
        raise Skip("label smoothing")
    return {"loss": "bi_tempered", "options": {k: text(params[k]) for k in ("t1", "t2")},
            "predictions": [tensor(inputs["activations"])], "target": tensor(inputs["labels"], "int64"),
            "reduction": REDUCTIONS[params["reduction"]], "expected": flat([case["expected"]]), "note": "the authors' formula"}


MAKERS = {"keras": keras, "torch": torch, "torch_ref": torch, "torchvision": torch, "optax": optax, "mlpack": mlpack,
          "monai": monai, "smp": regions, "pytopt": pytopt}


def convert(case):
    make = MAKERS.get(case["id"].split(".")[0])
    if make is None:
        raise Skip("a peer whose form is not known here")
    return make(case)
