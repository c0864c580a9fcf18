"""A loss that is written wrongly is told so: one message for each mistake that can be recognised,
before the errors that follow from it."""
import os
import shlex
import subprocess
import sys
import tempfile

HEAD = """#include "downhill/losses/loss.h"
using namespace downhill;
"""

CASES = {
    "row without row_weight": (
        """struct Nll {
  auto row(const auto& x, const auto& y, auto& slope) const {
    slope.fill(x, [](auto v) { return 0.0 * v; });
    return -x[y.label()];
  }
};
Loss loss() { return Nll{}; }""",
        "has `row` but not `row_weight(target)`",
    ),
    "row_weight without row": (
        "struct Nll { double row_weight(const auto&) const { return 1; } };\n"
        "Loss loss() { return Nll{}; }",
        "has `row_weight` but not `row(x, target, slope)`",
    ),
    "more numbers than predictions": (
        "struct Two { auto operator()(auto m, auto v, auto y) const { return (m - y) * v; } };\n"
        "Loss loss() { return Two{}; }",
        "declare `static constexpr int predictions`",
    ),
    "columns that the formula does not take": (
        "struct Box { static constexpr int columns = 4;\n"
        "  auto operator()(auto p, auto y, auto z) const { return p[0] - y[0] + z[0]; } };\n"
        "Loss loss() { return Box{}; }",
        "a loss with `columns` must be callable as",
    ),
    "statistics without a value": (
        "struct Region { auto statistics(auto p, auto y) const { return std::tuple{p * y, p}; }\n"
        "  auto value(auto a) const { return a; } };\n"
        "Loss loss() { return Region{}; }",
        "`statistics` but no `value` that takes as many sums",
    ),
    "names that the function does not take": (
        "struct Pair { static constexpr std::array<const char*, 2> predictions = {\"a\", \"b\"};\n"
        "  Tensor operator()(const Tensor& a) const { return a; } };\n"
        "Loss loss() { return Pair{}; }",
        "one const Tensor& for each name in `predictions`",
    ),
    "nothing that a loss has": (
        "struct Empty {};\nLoss loss() { return Empty{}; }",
        "a loss needs one of: operator()",
    ),
}
RIGHT = {
    "a region without a name": (
        "struct Region { auto statistics(auto p, auto y) const { return std::tuple{p * y, p}; }\n"
        "  auto value(auto a, auto b) const { return a / b; } };\n"
        "Loss loss() { return Region{}; }"
    ),
}


def compile(text):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "loss.cpp")
        with open(path, "w") as file:
            file.write(HEAD + text + "\n")
        command = [os.environ["DOWNHILL_CXX"], *shlex.split(os.environ["DOWNHILL_CXX_FLAGS"]),
                   "-I", os.environ["DOWNHILL_SOURCE_DIR"], "-fsyntax-only", path]
        return subprocess.run(command, capture_output=True, text=True)


def main():
    failures = []
    for name, (text, expected) in CASES.items():
        run = compile(text)
        errors = [line for line in run.stderr.splitlines() if "error:" in line]
        if run.returncode == 0 or not errors or expected not in errors[0]:
            failures.append(f"{name}: expected '{expected}' first, got:\n" + "\n".join(errors[:3]))
    for name, text in RIGHT.items():
        run = compile(text)
        if run.returncode != 0:
            failures.append(f"{name} does not compile:\n{run.stderr[:2000]}")
    print("\n\n".join(failures) or f"{len(CASES)} mistakes are told by their name")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
