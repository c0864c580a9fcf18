"""What the converters of published cases share: nested lists as tensors, and reasons to skip a case."""
import math


REDUCTIONS = {"none": "each", "mean": "mean", "sum": "sum"}


class Skip(Exception):
    """A case that has no exact counterpart here; the text is the reason."""


def text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def shape(x):
    return [len(x)] + shape(x[0]) if isinstance(x, list) and x else [0] if isinstance(x, list) else []


def flat(x):
    return [v for part in x for v in flat(part)] if isinstance(x, list) else [x]


def each(f, x):
    return [each(f, v) for v in x] if isinstance(x, list) else f(x)


def tensor(x, kind="float64"):
    return {"shape": shape(x), "values": flat(x), "type": kind}


def tolerance(tol):
    if tol.get("exact"):
        return {"rtol": 0, "atol": 0}
    if "decimal" in tol:  # NumPy's assert_almost_equal
        return {"rtol": 0, "atol": 1.5 * 10 ** -tol["decimal"]}
    return {"rtol": tol.get("rtol", tol.get("rel", 0)) or 0, "atol": max(tol.get("atol", tol.get("abs", 0)) or 0, 1e-12)}


def expand_weight(weight, like):
    """A weight of fewer or broadcast axes as one per element of `like`, as Keras applies it."""
    if not isinstance(like, list):
        return weight if not isinstance(weight, list) else flat(weight)[0]
    if not isinstance(weight, list):
        return [expand_weight(weight, v) for v in like]
    if len(weight) == 1 and len(like) != 1:
        weight = weight * len(like)
    return [expand_weight(w, v) for w, v in zip(weight, like)]


def logit(p):
    if not 0 < p < 1:
        raise Skip("a probability of 0 or 1 has no finite logit; the published figure is of a clamp")
    return math.log(p / (1 - p))


def logarithm(p):
    if p <= 0:
        raise Skip("a probability of 0 has no finite logit; the published figure is of a clamp")
    return math.log(p)
