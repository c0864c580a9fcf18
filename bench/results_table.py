#!/usr/bin/env python3
"""Prints the table of bench/README.md from the JSON of a run: bench/results_table.py run/bench.json"""
import json
import sys


def time_of(seconds):
    for unit, name in ((1e-3, "ms"), (1e-6, "us"), (1e-9, "ns")):
        if seconds >= unit or name == "ns":
            return f"{seconds / unit:.3g} {name}"


def cells(row):
    medians = {name: one["median"] for name, one in row["seconds"].items()}
    torch = [time_of(medians[name]) for name in sorted(medians) if name.startswith("libtorch")]
    own = sorted((name for name in medians if not name.startswith("libtorch")), key=lambda n: (n != "ours", n))
    times = [time_of(medians[name]) if name == "ours" else f"{name} {time_of(medians[name])}" for name in own]
    return [row["row"], "; ".join(times), ", ".join(torch)]


def goal(claim):
    if claim["goal"] == 0 and claim["at_least"]:
        return ""
    return f"at {'least' if claim['at_least'] else 'most'} {claim['goal']:g}"


def losses(rows):
    """A line for every loss: rows named "every loss: NAME"."""
    print("| loss | ours | of the triad's bandwidth | times libtorch | H u, gradients |")
    print("|---|---|---|---|---|")
    for row in rows:
        values = {claim["text"]: claim for claim in row["claims"]}

        def figure(begin):
            for text, claim in values.items():
                if text.startswith(begin):
                    missed = "" if claim["reached"] else f" (goal {claim['goal']:g})"
                    kind = " its own" if text.endswith("'s own") else ""
                    return f"{claim['value']:.3g}{kind}{missed}"
            return ""

        name = row["row"].split(": ")[1]
        print("| " + " | ".join([name, time_of(row["seconds"]["ours"]["median"]), figure("of the triad"),
                                 figure("times libtorch"), figure("H u")]) + " |")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        rows = json.load(file)["rows"]
    every = [row for row in rows if row["row"].startswith("every loss: ")]
    if every:
        losses(every)
        print()
    rows = [row for row in rows if row not in every]
    print("| work | ours | libtorch at 1/1, 1/2, 2/1, 2/2 threads (its own / OpenBLAS) | figure | goal | |")
    print("|---|---|---|---|---|---|")
    for row in rows:
        first = cells(row)
        for claim in row["claims"]:
            figure = f"{claim['value']:.3g} {claim['text']}"
            missed = "" if claim["reached"] else "**missed**"
            print("| " + " | ".join([*first, figure, goal(claim), missed]) + " |")
            first = ["", "", ""]


main()
