"""Published cases of losses of regions (Dice, Jaccard, Tversky) and of MONAI's other losses."""
import math

from golden_values import REDUCTIONS, Skip, each, flat, shape, tensor, text


def softmax_channels(x):
    """Softmax over axis 1 of (N, C, P)."""
    if len(shape(x)) != 3:
        raise Skip("a softmax over the channels of images")

    def softmax(channels):
        powers = [math.exp(v) for v in channels]
        return [p / sum(powers) for p in powers]
    return [[list(r) for r in zip(*[softmax(p) for p in zip(*image)])] for image in x]


def one_hot_channels(y, classes):
    return [[each(lambda v, c=c: 1.0 if int(v) == c else 0.0, image[0]) for c in range(classes)] for image in y]


def times(a, b):
    return [times(x, y) for x, y in zip(a, b)] if isinstance(a, list) else a * b


def masked(x, mask):
    """Every channel times the mask of (N, 1, ...), or of (1, 1, ...) for all."""
    return [[times(channel, m[0]) for channel in image] for image, m in zip(x, mask * len(x) if len(mask) == 1 else mask)]


def activated(x, params):
    act = params.get("other_act", "")
    if params.get("sigmoid"):
        return each(lambda v: 1 / (1 + math.exp(-v)), x)
    if params.get("softmax"):
        return softmax_channels(x)
    if act == "callable:tanh":
        return each(math.tanh, x)
    if act:
        raise Skip("the activation gives numbers that are no probabilities")
    return x


def monai_regions(case, loss, options, scale_of_smooth=1):
    """Input and target with activation, one-hot labels and mask done; MONAI's smoothing as ours."""
    params, inputs = case["params"], case["inputs"]
    smooth = params.get("smooth_nr", 1e-5)
    if smooth != params.get("smooth_dr", 1e-5) or not params.get("include_background", True):
        raise Skip("smoothing that differs above and below, or a class left out")
    if params.get("weight"):
        raise Skip("weights of classes over probabilities that are none")
    x, y = inputs["input"], inputs["target"]
    if "mask" in inputs:  # before the activation, and labels become 0
        x, y = masked(x, inputs["mask"]), masked(y, inputs["mask"])
    if params.get("to_onehot_y"):
        y = one_hot_channels(y, len(x[0]))
    x = activated(x, params)
    options = {"smooth": text(smooth * scale_of_smooth), **options, **({"over": "class"} if params.get("batch") else {})}
    return {"loss": loss, "options": options, "predictions": [tensor(each(float, x))], "target": tensor(each(float, y)),
            "reduction": REDUCTIONS[params.get("reduction", "mean")], "expected": flat([case["expected"]]),
            "note": "MONAI's smooth_nr = smooth_dr is our smooth; activation, one-hot labels and mask were applied"}


def monai_dice(case):
    params = case["params"]
    if params["loss_name"] not in ("DiceLoss", "MaskedDiceLoss"):
        raise Skip("another loss than dice: generalized with smoothing above, or a sum with cross-entropy of other inputs")
    if params.get("jaccard"):
        if params.get("squared_pred"):
            raise Skip("the squared jaccard")
        return monai_regions(case, "jaccard", {"axis": "1"}, 0.5)
    return monai_regions(case, "dice", {"squared": "true"} if params.get("squared_pred") else {})


def monai_focal(case, params, inputs):
    if params.get("weight"):
        raise Skip("weights of channels")
    x, y = inputs["input"], inputs["target"]
    if params.get("to_onehot_y"):
        y = one_hot_channels(y, len(x[0]))
    if not params.get("include_background", True):
        x, y = ([image[1:] for image in a] for a in (x, y))
    out = {"predictions": [tensor(each(float, x))], "target": tensor(each(float, y)),
           "reduction": REDUCTIONS[params.get("reduction", "mean")], "expected": flat([case["expected"]])}
    gamma, alpha = text(params.get("gamma", 2.0)), params.get("alpha")
    if params.get("use_softmax"):
        if alpha is not None or out["reduction"] != "mean":
            raise Skip("an alpha of the classes, or one value per class")
        return {**out, "loss": "focal_cross_entropy", "options": {"gamma": gamma, "axis": "1"}, "scale": 1 / len(x[0]),
                "note": "MONAI's mean is over the classes too"}
    if alpha is not None:
        return {**out, "loss": "focal", "options": {"gamma": gamma, "alpha": text(alpha)}, "note": "MONAI's alpha is ours"}
    return {**out, "loss": "focal", "options": {"gamma": gamma, "alpha": "0.5"}, "scale": 2,
            "note": "without alpha is twice alpha = 0.5"}


def monai(case):
    params, inputs = case["params"], case["inputs"]
    if params["loss_name"] == "ContrastiveLoss":
        return {"loss": "nt_xent", "options": {"temperature": text(params["temperature"])}, "reduction": "mean",
                "predictions": [tensor(inputs["input"]), tensor(inputs["target"])], "expected": [case["expected"]],
                "note": "MONAI's contrastive loss is SimCLR's"}
    if params["loss_name"] == "FocalLoss":
        return monai_focal(case, params, inputs)
    if params["loss_name"] == "BarlowTwinsLoss":
        raise Skip("unbiased deviations, of two rows twice the others")
    if params["loss_name"] != "TverskyLoss" or params.get("soft_label"):
        raise Skip("no loss of ours, or another form of it")
    return monai_regions(case, "tversky", {"axis": "1", **{k: text(params[k]) for k in ("alpha", "beta") if k in params}})


def by_class(x, y, params):
    """Inputs of `mode` multiclass and multilabel: (N, C, P), and labels (N, P) or (N, C, P)."""
    if params.get("classes"):
        raise Skip("chosen classes")
    if params["mode"] == "multiclass":
        return tensor(each(float, x)), tensor(y, "int64")
    return tensor(each(float, x)), tensor(each(float, y))


def of_dims(x, dims):
    """Rows whose sums `dims` are: the others' product, each a list."""
    if len(shape(x)) == 2 and dims == [1]:
        return x
    if len(shape(x)) == 4 and dims == [1, 2]:
        return [[line[k] for plane in image for line in plane] for image in x for k in range(shape(x)[3])]
    raise Skip("regions over other axes")


def regions(case):
    params, inputs = case["params"], case["inputs"]
    name = params["loss_name"]
    x, y = inputs.get("output", inputs.get("y_pred")), inputs.get("target", inputs.get("y_true"))
    loss = next((ours for word, ours in (("FocalTversky", "focal_tversky"), ("ersky", "tversky"), ("accard", "jaccard"),
                                         ("ice", "dice")) if word in name), None)
    if loss is None or params.get("from_logits") or params.get("label_smooth"):
        raise Skip("no loss of ours, or label smoothing")
    smooth = "0" if not case["id"].startswith("pytopt") else "1e-06"
    if params.get("mode", "binary") != "binary":
        if case["id"].startswith("pytopt"):
            raise Skip("a softmax over the channels, chosen classes")
        prediction, target = by_class(x, y, params)
        return {"loss": loss, "options": {"smooth": smooth, "over": "class", "axis": "1"}, "predictions": [prediction],
                "target": target, "reduction": "mean", "expected": flat([case["expected"]]), "note": "a region per class"}
    if len(flat(x)) != len(flat(y)) or sum(flat(y)) == 0:
        raise Skip("an empty region, which theirs leaves out")
    if case["id"].startswith("pytopt") and "from_logits" not in params and not name.startswith("soft_"):
        options_of_logits = {"from": "logit"}
    else:
        options_of_logits = {}
    score, expected = name.startswith("soft_"), flat([case["expected"]])
    options = {"smooth": smooth, "over": "pooled", **options_of_logits}
    options.update({k: text(params[k]) for k in ("alpha", "beta", "gamma") if k in params and not (k == "gamma" and loss == "tversky")})
    x, y = flat(x), flat(y)
    if params.get("dims"):
        x, y = (of_dims(inputs[k], params["dims"]) for k in ("output", "target"))
        options["over"] = "image"
    return {"loss": loss, "options": options, "predictions": [tensor(each(float, x))],
            "target": tensor(each(float, y)), "reduction": "mean",
            "expected": [1 - v for v in expected] if score else expected,
            "note": ("rows are regions" if params.get("dims") else "all pixels are one region") +
                    ("; one minus the score" if score else "")}
