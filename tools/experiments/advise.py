"""Holds `downhill advise` against data sets whose right loss is known (tests/advise/recipes.py).

    python3 tools/experiments/advise.py DOWNHILL A|B [OUT.json] [FAMILY ...]

Half A is for choosing rules, half B for the figure. Prints what was named per family with the
Clopper-Pearson interval of all, and what stood first (the confusion table). docs/advise.md has the result.
"""
import json
import math
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/advise"))
from accepted import ACCEPTED, is_named  # noqa: E402
from recipes import recipes  # noqa: E402


def binomial_cdf(k, n, p):
    return sum(math.comb(n, i) * p ** i * (1 - p) ** (n - i) for i in range(k + 1))


def clopper_pearson(k, n):
    """The 95 % interval of a share from k of n."""
    def solve(f):
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if f(middle) else (low, middle)
        return low
    lower = 0.0 if k == 0 else solve(lambda p: 1 - binomial_cdf(k - 1, n, p) < 0.025)
    upper = 1.0 if k == n else solve(lambda p: binomial_cdf(k, n, p) > 0.025)
    return lower, upper


def ask(program, recipe):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.csv"
        recipe.write(path)
        begin = time.monotonic()
        done = subprocess.run([program, "advise", str(path), "--target", "y", "--json", "--quiet",
                               "--threads", "1", *recipe.arguments], capture_output=True, text=True)
        seconds = time.monotonic() - begin
    answer = json.loads(done.stdout) if done.returncode == 0 else {"proposals": []}
    named = is_named(recipe.family, answer["proposals"]) if answer["proposals"] else False
    return {"recipe": recipe.name, "family": recipe.family, "rows": recipe.n,
            "shape": recipe.shape, "named": named, "seconds": round(seconds, 2),
            "proposals": [p["loss"] for p in answer["proposals"]],
            "answer": answer, "error": done.stderr.strip()}


def show(results):
    named = sum(r["named"] for r in results)
    low, high = clopper_pearson(named, len(results))
    for r in results:
        if not r["named"]:
            print(f"  missed {r['recipe']} ({r['rows']} rows, {r['shape']}): "
                  f"{r['proposals'][:4] or r['error']}")
    print("| family | named | first |\n|---|---|---|")
    for family in ACCEPTED:
        of = [r for r in results if r["family"] == family]
        if not of:
            continue
        first = {}
        for r in of:
            name = r["proposals"][0].split(":")[0] if r["proposals"] else "error"
            first[name] = first.get(name, 0) + 1
        text = ", ".join(f"{k} {v}" for k, v in sorted(first.items(), key=lambda e: -e[1]))
        print(f"| {family} | {sum(r['named'] for r in of)} of {len(of)} | {text} |")
    seconds = sorted(r["seconds"] for r in results)
    print(f"named {named} of {len(results)}: {100 * named / len(results):.1f} % "
          f"({100 * low:.1f} to {100 * high:.1f}); seconds: median {seconds[len(seconds) // 2]}, "
          f"most {seconds[-1]}")


def main():
    program, half = sys.argv[1:3]
    families = sys.argv[4:]
    chosen = [r for r in recipes(half) if not families or r.family in families]
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda r: ask(program, r), chosen))
    show(results)
    if len(sys.argv) > 3 and sys.argv[3] != "-":
        Path(sys.argv[3]).write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
