"""Published learning-rate schedules as our schedule texts; used by convert_golden.py."""


def constant(value):
    return f"(constant:value={value!r})"


def linear(start, end, steps):
    return f"(linear:start={start!r},end={end!r},steps={steps})"


def cosine(start, end, steps):
    return f"(cosine:start={start!r},end={end!r},steps={steps})"


def warmup(start, steps, then):
    return f"(warmup:start={start!r},steps={steps},then={then})"


def join(parts, boundaries):
    """Schedules one after the other; each sees its own step 0 at its boundary."""
    text = parts[0]
    for part, boundary in zip(parts[1:], boundaries):
        text = f"(join:first={text},boundary={boundary},second={part})"
    return text


def torch(p, base):
    name = p.get("scheduler")
    if name == "CosineAnnealingLR":
        return cosine(base, p["eta_min"], p["T_max"])
    if name == "ConstantLR":
        return join([constant(base * p["factor"]), constant(base)], [p["total_iters"]])
    if name == "LinearLR":
        return linear(base * p["start_factor"], base * p["end_factor"], p["total_iters"])
    if name == "CosineAnnealingWarmRestarts":
        parts, at, boundaries = [], 0, []
        length = p["T_0"]
        for _ in range(4):
            parts.append(cosine(base, p["eta_min"], length))
            at += length
            boundaries.append(at)
            length *= p["T_mult"]
        return join(parts, boundaries)
    if name == "OneCycleLR" and p.get("anneal_strategy") == "linear":
        top, steps = p["max_lr"], p["total_steps"]
        start = top / p.get("div_factor", 25)
        end = start / p["final_div_factor"]
        up = int(p.get("pct_start", 0.3) * steps) - 1
        if p.get("three_phase"):
            return join([linear(start, top, up), linear(top, start, up), linear(start, end, steps - 1 - 2 * up)], [up, 2 * up])
        return join([linear(start, top, up), linear(top, end, steps - 1 - up)], [up])
    return None


def other(p):
    name = p.get("schedule")
    if name == "polynomial_schedule" and p["power"] == 1 and p["transition_begin"] == 0:
        return linear(p["init_value"], p["end_value"], p["transition_steps"])
    if name == "cosine_decay_schedule" and p.get("exponent", 1) == 1:
        return cosine(p["init_value"], p["init_value"] * p["alpha"], p["decay_steps"])
    if name == "sgdr_schedule":
        parts, boundaries, at = [], [], 0
        for part in p["cosine_kwargs"]:
            share = part["init_value"] / part["peak_value"]
            after = part["decay_steps"] - part["warmup_steps"]
            parts.append(warmup(share, part["warmup_steps"], cosine(part["peak_value"], part["end_value"], after)))
            at += part["decay_steps"]
            boundaries.append(at)
        return join(parts, boundaries)
    if name == "linear_onecycle_schedule":
        n, top = p["transition_steps"], p["peak_value"]
        start = top / p["div_factor"]
        a, b = int(p["pct_start"] * n), int(p["pct_final"] * n)
        return join([linear(start, top, a), linear(top, start, b - a), linear(start, start / p["final_div_factor"], n - b)], [a, b])
    if name == "join_schedules":
        return join([constant(float(s.split()[1])) for s in p["schedules"]], p["boundaries"])
    if name == "PiecewiseConstantDecay":
        return join([constant(v) for v in p["values"]], [b + 1 for b in p["boundaries"]])
    if name == "PolynomialDecay" and p["power"] == 1 and not p["cycle"]:
        return linear(p["initial_learning_rate"], p["end_learning_rate"], p["decay_steps"])
    if name == "CosineDecay" and "warmup_target" in p:
        top = p["warmup_target"]
        return warmup(p["initial_learning_rate"] / top, p["warmup_steps"], cosine(top, 0.0, p["decay_steps"]))
    if name == "CosineDecayRestarts":
        first, start = p["first_decay_steps"], p["initial_learning_rate"]
        second = int(first * p["t_mul"])
        return join([cosine(start, 0.0, first), cosine(start * p["m_mul"], 0.0, second)], [first])
    if name == "CosineScheduler":
        top, steps = p["max_lr"], p["warmup_steps"]
        return warmup(p["init_lr"] / top, steps, cosine(top, p["min_lr"], p["t_max"] - steps))
    return None


def convert(cases, tolerance):
    for case in cases:
        if case["kind"] != "lr_schedule":
            continue
        params, steps = case["params"], case["inputs"].get("steps")
        pairs = []
        if case["id"].startswith("torch_lr"):
            for base, values in zip(case["inputs"]["base_lr"], case["expected"].get("lr", [])):
                pairs.append((torch(params, base), values))
            steps = list(range(steps))
        else:
            pairs.append((other(params), case["expected"]))
        if not pairs or pairs[0][0] is None:
            yield {"id": case["id"], "skipped": "needs a schedule that is not among constant, linear, cosine, warmup and join"}
            continue
        for group, (text, values) in enumerate(pairs):
            yield {"id": case["id"] + (f"#group{group}" if len(pairs) > 1 else ""), "source": case["source"],
                   "schedule": text, "steps": steps, "expected": values, "tolerance": tolerance(case.get("tol") or {})}
