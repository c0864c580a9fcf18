"""A method that is written wrongly is told so: one message for each mistake that can be recognised,
before the errors that follow from it."""
import os
import shlex
import subprocess
import sys
import tempfile

USING = "using namespace downhill;\n"
LOSS = '#include "downhill/losses/loss.h"\n' + USING
LINK = '#include "downhill/optim/chain.h"\n' + USING
OPTIMIZER = '#include "downhill/optim/method.h"\n' + USING
SCHEDULE = '#include "downhill/schedules/schedule.h"\n' + USING
SYMPTOM = '#include "downhill/doctor/symptom.h"\n' + USING
LIST = '#include "downhill/core/method_list.h"\n' + USING

LOSSES = {
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
NAME = 'static constexpr const char* name = "mine";\n'
OPTIONS = "static constexpr auto options() { return no_options(); }\n"
FORMULA = "struct F { constexpr auto operator()(auto g, auto, auto&...) const { return g; } };\n"
LINKS = {
    "neither at nor run": (
        "struct Mine { " + NAME + "};\nLinkPtr link() { return make_link(Mine{}); }",
        "a link has `at(const Step&)`",
    ),
    "State without states": (
        "struct Mine { " + NAME + FORMULA + "template <class N> struct State { N m; };\n"
        "F at(const Step&) const { return {}; } };\n"
        "LinkPtr link() { return make_link(Mine{}); }",
        "a link with `State` names its numbers",
    ),
    "Numbers without numbers": (
        "struct Mine { " + NAME + FORMULA + "struct Numbers { double a = 1; };\n"
        "F at(const Step&, const Numbers&) const { return {}; } };\n"
        "LinkPtr link() { return make_link(Mine{}); }",
        "a link with `Numbers` names them",
    ),
}
OPTIMIZERS = {
    "no chain_of": (
        "struct Mine { " + NAME + OPTIONS + "};\nMethod method() { return Mine{}; }",
        "`Chain chain_of(const M&)`",
    ),
}
SCHEDULES = {
    "a misnamed at": (
        "struct Mine { " + NAME + OPTIONS + "double value(std::int64_t) const { return 1; } };\n"
        "Schedule schedule() { return Mine{}; }",
        "`double at(std::int64_t step) const`",
    ),
    "an at that is not const": (
        "struct Mine { " + NAME + OPTIONS + "double at(std::int64_t) { return 1; } };\n"
        "Schedule schedule() { return Mine{}; }",
        "`double at(std::int64_t step) const`",
    ),
    "no options": (
        "struct Mine { " + NAME + "double at(std::int64_t) const { return 1; } };\n"
        "Schedule schedule() { return Mine{}; }",
        "`options()`, which may be no_options()",
    ),
}
WORDS = NAME + 'static constexpr const char *rule = "", *source = "";\n'
EXAMINE = "std::optional<Finding> examine(const Examination&) const { return {}; }\n"
NEEDS = "static const char* needs(const Examination&) { return nullptr; }\n"
ASKED = "static_assert(detail::is_symptom<Mine>());"
SYMPTOMS = {
    "no needs": (
        "struct Mine { " + WORDS + OPTIONS + EXAMINE + "};\n" + ASKED,
        "`static const char* needs(const Examination&)`",
    ),
    "no examine": (
        "struct Mine { " + WORDS + OPTIONS + NEEDS + "};\n" + ASKED,
        "`std::optional<Finding> examine(const Examination&) const`",
    ),
    "a threshold that is no number": (
        "struct Mine { bool on = true;\n" + WORDS + EXAMINE + NEEDS +
        "static constexpr auto options() {\n"
        '  return std::array{option<&Mine::on>("on", "whether")}; } };\n' + ASKED,
        "the options of a symptom are numbers",
    ),
}
LISTS = {
    "a name that is not BuiltIn": (
        "struct Mine { " + NAME + "};\nstatic_assert(MethodList<Mine>::built_in());",
        "`static constexpr BuiltIn name",
    ),
}
CASES = {LOSS: LOSSES, LINK: LINKS, OPTIMIZER: OPTIMIZERS, SCHEDULE: SCHEDULES,
         SYMPTOM: SYMPTOMS, LIST: LISTS}
RIGHT = {
    "a region without a name": (
        "struct Region { auto statistics(auto p, auto y) const { return std::tuple{p * y, p}; }\n"
        "  auto value(auto a, auto b) const { return a / b; } };\n"
        "Loss loss() { return Region{}; }"
    ),
}


def compile(head, text):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "loss.cpp")
        with open(path, "w") as file:
            file.write(head + text + "\n")
        command = [os.environ["DOWNHILL_CXX"], *shlex.split(os.environ["DOWNHILL_CXX_FLAGS"]),
                   "-I", os.environ["DOWNHILL_SOURCE_DIR"], "-fsyntax-only", path]
        return subprocess.run(command, capture_output=True, text=True)


def main():
    failures = []
    mistakes = [(head, *one) for head, cases in CASES.items() for one in cases.items()]
    for head, name, (text, expected) in mistakes:
        run = compile(head, text)
        errors = [line for line in run.stderr.splitlines() if "error:" in line]
        if run.returncode == 0 or not errors or expected not in errors[0]:
            failures.append(f"{name}: expected '{expected}' first, got:\n" + "\n".join(errors[:3]))
    for name, text in RIGHT.items():
        run = compile(LOSS, text)
        if run.returncode != 0:
            failures.append(f"{name} does not compile:\n{run.stderr[:2000]}")
    print("\n\n".join(failures) or f"{len(mistakes)} mistakes are told by their name")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
