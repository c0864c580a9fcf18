"""Published optimizer runs with our names of optimizers and options; used by convert_golden.py."""
import re

NAMES = {"SGD": "sgd", "sgd": "sgd", "Adam": "adam", "adam": "adam", "AdamW": "adamw", "adamw": "adamw",
         "LBFGS": "lbfgs", "L_BFGS": "lbfgs", "lbfgs": "lbfgs"}
OPTIONS = {"lr": "lr", "learning_rate": "lr", "step_size": "lr", "beta1": "beta1", "beta2": "beta2", "momentum": "momentum", "dampening": "dampening", "nesterov": "nesterov",
           "weight_decay": "weight_decay", "beta_1": "beta1", "beta_2": "beta2", "epsilon": "eps", "eps": "eps",
           "history_size": "history"}
KINDS = ("optimizer_trajectory", "optimizer_objective", "optimizer_peer_run", "convergence", "clip", "training_run")


NOT_OURS = {
    "torch_cpp.LBFGS_with_line_search": "its closure is a constant and its gradients stand still, so that no search is made",
    "peer_run.torch.lbfgs.None": "our lbfgs always searches; this one takes fixed steps",
}


def spec(name, params):
    """"adam:lr=0.5,beta1=0.9", or None and the reason where the case needs something else."""
    if params.get("amsgrad"):
        return None, "amsgrad is not among the first options"
    options = []
    printed = re.search(r"learning_rate=([0-9.e-]+)", str(params.get("solver", "")))  # a doctest's own text
    if printed:
        options.append(f"lr={printed[1]}")
    for theirs, ours in OPTIONS.items():
        value = params.get(theirs)
        if isinstance(value, bool):
            value = "true" if value else None
        if value is not None:
            options.append(f"{ours}={value}")
    if "betas" in params:
        options += [f"beta1={params['betas'][0]}", f"beta2={params['betas'][1]}"]
    return name + (":" + ",".join(options) if options else ""), ""


def convert(cases, tolerance):
    for case in cases:
        params = case["params"] if isinstance(case["params"], dict) else {}
        name = NAMES.get(str(params.get("optimizer", params.get("solver", ""))))
        if case["kind"] not in KINDS or (name is None and case["kind"] != "clip"):
            continue
        kept = {k: case[k] for k in ("id", "kind", "source", "inputs", "params", "expected", "note") if k in case}
        if case["kind"] == "clip":
            if params["transform"] != "clip_by_global_norm":
                yield {"id": case["id"], "skipped": "our first clipping is by the global norm"}
                continue
        else:
            kept["optimizer"], reason = spec(name, params)
            reason = NOT_OURS.get(case["id"], reason)
            if reason:
                kept["optimizer"] = None
            if kept["optimizer"] is None:
                yield {"id": case["id"], "skipped": reason}
                continue
        tol = case.get("tol") or {}
        kept["tolerance"] = tolerance(tol) if {"rtol", "atol", "decimal", "rel", "abs"} & set(tol) else tol
        yield kept
