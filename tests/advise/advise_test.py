"""`downhill advise` on a few of the data sets whose right loss is known, and what its JSON holds.

tools/experiments/advise.py runs them all.
"""
import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from accepted import is_named
from recipes import Recipe

PROGRAM = str(Path(os.environ["DOWNHILL_BINARY_DIR"]) / "downhill")
CHOSEN = (("gaussian", 0), ("laplace", 2), ("outliers", 4), ("poisson", 0), ("overdispersed", 2),
          ("gamma", 0), ("zero_inflated", 2), ("tweedie", 0), ("imbalanced", 0), ("ordinal", 2),
          ("label_noise", 0), ("plain_classes", 0), ("asymmetric_cost", 0),
          ("cost_of_classes", 0))


def run(*words):
    return subprocess.run([PROGRAM, *words], capture_output=True, text=True)


def check(truth, message):
    if not truth:
        sys.exit(f"advise: {message}")


def check_form(answer, name):
    check(set(answer) >= {"task", "measure", "target", "proposals"}, f"{name}: {set(answer)}")
    for place, proposal in enumerate(answer["proposals"]):
        check(proposal["reasons"], f"{name}: {proposal['loss']} has no reason")
        if proposal["score"] is not None:
            low, high = proposal["interval"]
            check(low <= proposal["score"] <= high, f"{name}: {proposal}")
        if place > 0 and proposal["score"] is not None:
            difference = proposal["difference"]
            check(difference["from"] == answer["proposals"][0]["loss"], f"{name}: {difference}")
            said = any("no difference shown" in r for r in proposal["reasons"])
            check(said != difference["shown"], f"{name}: {proposal}")


def train(command, folder):
    """The proposed command runs as it stands; one epoch will do."""
    words = shlex.split(command)
    check(words[:2] == ["downhill", "train"], command)
    done = run(*words[1:], "--epochs", "1", "--model", "linear", "--quiet", "--overwrite",
               "--out", f"{folder}/run", "--json")
    check(done.returncode == 0, f"{command}: {done.stderr}")
    return json.loads(done.stdout)


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/data.csv"
        for family, number in CHOSEN:
            recipe = Recipe(family, number)
            recipe.write(path)
            done = run("advise", path, "--target", "y", "--json", *recipe.arguments)
            check(done.returncode == 0, f"{recipe.name}: {done.stderr}")
            answer = json.loads(done.stdout)
            check_form(answer, recipe.name)
            losses = [p["loss"] for p in answer["proposals"]]
            check(is_named(family, answer["proposals"]), f"{recipe.name}: {losses}")
            trained = train(answer["proposals"][0]["command"], folder)
            check(trained["task"] == answer["task"], f"{recipe.name}: {trained['task']}")
        orders_are_trained(path, folder)
        refusals(path)
    print(f"named on {len(CHOSEN)} data sets")


def orders_are_trained(path, folder):
    with open(path, "w") as file:
        file.write("x,y\n")
        for i in range(120):
            file.write(f"{i % 40},{('low', 'medium', 'high')[(i % 40) // 14]}\n")
    proposals = json.loads(run("advise", path, "--target", "y", "--json").stdout)["proposals"]
    ordinal = next(p for p in proposals if p["loss"] == "ordinal_logit")
    check("--class-order low,medium,high" in ordinal["command"], ordinal["command"])
    train(ordinal["command"], folder)
    done = run("predict", f"{folder}/run/model.safetensors", path, "--out", f"{folder}/p.csv",
               "--quiet")
    check(done.returncode == 0, done.stderr)
    header = Path(f"{folder}/p.csv").read_text().splitlines()[0]
    check(header == "prediction,p_low,p_medium,p_high", header)


def refusals(path):
    for words, code in ((["--metric", "beauty"], 2), (["--metric", "rmse", "--cost-over", "2"], 2),
                        (["--task", "numbers", "--metric", "accuracy"], 2),
                        (["--cost-missed", "2"], 3), (["--metric", "rmse"], 3),
                        (["--class-order", "low,high"], 3)):
        done = run("advise", path, "--target", "y", *words)
        check(done.returncode == code and done.stderr.startswith("downhill: error: "),
              f"{words}: {done.returncode} {done.stderr}")


main()
