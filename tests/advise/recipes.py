"""Data sets whose right loss is known: 14 recipes of each family in accepted.py.

A recipe has its own number of rows, inputs, useless inputs, shape of the mean, size of the noise and
unit. Even recipes are half A, on which the rules of `downhill advise` were chosen; odd ones are
half B, for the figure only.
"""
import math
import random

from accepted import ACCEPTED

PER_FAMILY = 14
ROWS = (250, 400, 600, 1000, 1600)
SHAPES = ("linear", "curved", "wave", "step", "product")
WORDS = (["low", "medium", "high"], ["poor", "fair", "good", "excellent"],
         ["never", "rarely", "sometimes", "often", "always"],
         ["strongly disagree", "disagree", "neutral", "agree", "strongly agree"],
         ["small", "medium", "large"], ["mild", "moderate", "severe"])


class Recipe:
    """One data set: header and rows of text, and further arguments of `advise`."""

    def __init__(self, family, number):
        self.family, self.number = family, number
        self.half = "A" if number % 2 == 0 else "B"
        self.g = random.Random(f"{family} {number}")
        self.arguments = []
        self.n = self.g.choice(ROWS)
        self.useful = self.g.choice((1, 2, 3, 5))
        self.useless = self.g.choice((0, 1, 3))
        self.shape = self.g.choice(SHAPES)
        if self.shape == "product":
            self.useful = max(self.useful, 2)
        self.slopes = [self.g.choice((-1, 1)) * self.g.uniform(0.5, 1) for _ in range(self.useful)]

    @property
    def name(self):
        return f"{self.family}_{self.number}"

    def inputs(self):
        return [self.g.gauss(0, 1) for _ in range(self.useful + self.useless)]

    def signal(self, x):
        """The inputs' effect, of size about 1."""
        total = sum(s * v for s, v in zip(self.slopes, x)) / math.sqrt(self.useful)
        if self.shape == "curved":
            total += 0.4 * (x[0] ** 2 - 1)
        elif self.shape == "wave":
            total += 0.8 * math.sin(2 * x[0])
        elif self.shape == "step":
            total += 0.8 if x[0] > 0.3 else -0.5
        elif self.shape == "product":
            total += 0.7 * x[0] * x[1]
        return total

    def write(self, path):
        rows = [self.inputs() for _ in range(self.n)]
        target = MAKERS[self.family](self, rows)
        names = [f"x{i + 1}" for i in range(self.useful + self.useless)] + ["y"]
        with open(path, "w") as file:
            file.write(",".join(names) + "\n")
            for x, y in zip(rows, target):
                text = y if isinstance(y, str) else f"{y:.7g}"
                file.write(",".join(f"{v:.5f}" for v in x) + "," + text + "\n")


def poisson(g, rate):
    count = 0
    while rate > 20:  # sums of Poisson counts are Poisson's
        count += poisson(g, 20)
        rate -= 20
    end, product = math.exp(-rate), g.random()
    while product > end:
        product *= g.random()
        count += 1
    return count


def laplace(g):
    return g.choice((-1, 1)) * g.expovariate(1)


def student(g, df):
    return g.gauss(0, 1) / math.sqrt(g.gammavariate(df / 2, 2) / df)


def in_units(r, rows, noise):
    """unit (offset + signal + size noise): noise is a function of the row."""
    unit, offset = r.g.choice((0.01, 1, 1, 250)), r.g.choice((0, 0, 5, 40))
    size = r.g.uniform(0.3, 1.2)
    return [unit * (offset + r.signal(x) + size * noise(x)) for x in rows]


def gaussian(r, rows):
    return in_units(r, rows, lambda x: r.g.gauss(0, 1))


def laplacian(r, rows):
    return in_units(r, rows, lambda x: laplace(r.g))


def students(r, rows):
    df = r.g.choice((1.5, 2, 3))
    return in_units(r, rows, lambda x: student(r.g, df))


def outliers(r, rows):
    share, size = r.g.uniform(0.03, 0.1), r.g.uniform(8, 25)
    one_sided = r.g.random() < 0.4

    def noise(x):
        if r.g.random() >= share:
            return r.g.gauss(0, 1)
        far = size * r.g.uniform(0.7, 1.3)
        return far if one_sided or r.g.random() < 0.5 else -far
    return in_units(r, rows, noise)


def spread(r, rows):
    steep = r.g.uniform(0.5, 1)
    return in_units(r, rows, lambda x: math.exp(steep * x[0]) * r.g.gauss(0, 1))


def means(r, rows, level):
    """exp(level + 0.6 signal), within what tables hold."""
    return [math.exp(min(level + 0.6 * r.signal(x), level + 3)) for x in rows]


def gamma(r, rows):
    shape, level = r.g.choice((0.7, 1, 1.5, 2, 3)), r.g.uniform(-1, 6)
    return [r.g.gammavariate(shape, m / shape) for m in means(r, rows, level)]


def log_normal(r, rows):
    s, level = r.g.uniform(0.5, 1.2), r.g.uniform(-1, 6)
    return [m * math.exp(s * r.g.gauss(0, 1)) for m in means(r, rows, level)]


def tweedie(r, rows):
    power, spread_of, level = r.g.uniform(1.25, 1.7), r.g.uniform(1, 2), r.g.uniform(-0.5, 1.5)
    target = []
    for m in means(r, rows, level):
        events = poisson(r.g, m ** (2 - power) / (spread_of * (2 - power)))
        shape = (2 - power) / (power - 1)
        scale = spread_of * (power - 1) * m ** (power - 1)
        target.append(r.g.gammavariate(shape * events, scale) if events else 0.0)
    return target


def counts(r, rows):
    level = r.g.uniform(-0.5, 2.5)
    return [str(poisson(r.g, m)) for m in means(r, rows, level)]


def overdispersed(r, rows):
    a, level = r.g.uniform(0.3, 1.5), r.g.uniform(0.5, 2.5)
    return [str(poisson(r.g, m * r.g.gammavariate(1 / a, a))) for m in means(r, rows, level)]


def zero_inflated(r, rows):
    share, level = r.g.uniform(0.2, 0.6), r.g.uniform(1, 2)
    return ["0" if r.g.random() < share else str(poisson(r.g, m)) for m in means(r, rows, level)]


def asymmetric_cost(r, rows):
    under, over = r.g.choice(((9, 1), (4, 1), (3, 1), (1, 5), (1, 3), (1, 19)))
    r.arguments = ["--cost-under", str(under), "--cost-over", str(over)]
    noise = r.g.choice((lambda x: r.g.gauss(0, 1), lambda x: laplace(r.g),
                        lambda x: r.g.expovariate(1)))
    return in_units(r, rows, noise)


def two_classes(r, rows, share, steep):
    """Logistic, with an intercept that gives the second class about that share."""
    logits = [steep * r.signal(x) for x in rows]
    low, high = -40.0, 40.0
    for _ in range(60):
        middle = (low + high) / 2
        mean = sum(1 / (1 + math.exp(-middle - z)) for z in logits) / len(logits)
        low, high = (middle, high) if mean < share else (low, middle)
    names = r.g.choice((("no", "yes"), ("0", "1"), ("fine", "wrong")))
    return [names[r.g.random() < 1 / (1 + math.exp(-low - z))] for z in logits]


def imbalanced(r, rows):
    r.n = 1600
    while len(rows) < r.n:
        rows.append(r.inputs())
    return two_classes(r, rows, r.g.uniform(0.015, 0.07), r.g.uniform(1, 2.5))


def cost_of_classes(r, rows):
    r.arguments = ["--cost-missed", str(r.g.choice((3, 10, 50)))]
    if r.g.random() < 0.5:
        r.arguments += ["--cost-false-alarm", "2"]
    return two_classes(r, rows, r.g.uniform(0.1, 0.5), r.g.uniform(1, 2.5))


def ordinal(r, rows):
    words = r.g.choice(WORDS + ([str(i) for i in range(1, 6)], [str(i) for i in range(4)]))
    steep = r.g.uniform(1, 2.5)
    logits = [steep * r.signal(x) for x in rows]
    middle = sorted(logits)
    cuts = [middle[int(len(middle) * (k + 1) / len(words))] for k in range(len(words) - 1)]
    target = []
    for z in logits:
        u = r.g.random()
        noisy = z + math.log(u / (1 - u))
        target.append(words[sum(noisy > cut for cut in cuts)])
    return target


def classes(r, rows, count, steep):
    """Softmax of `count` directions that are spread evenly over two of the inputs (or over one)."""
    turn = r.g.uniform(0, 6)
    target = []
    for x in rows:
        other = x[1] if len(x) > 1 else math.sin(2 * x[0])
        logits = [steep * (math.cos(turn + 2 * math.pi * k / count) * x[0] +
                           math.sin(turn + 2 * math.pi * k / count) * other)
                  for k in range(count)]
        top = max(logits)
        weights = [math.exp(z - top) for z in logits]
        target.append(r.g.choices(range(count), weights)[0])
    return target


def label_noise(r, rows):
    count, share = r.g.choice((2, 3, 4)), r.g.uniform(0.15, 0.35)
    clean = classes(r, rows, count, r.g.uniform(6, 12))
    names = ["cat", "dog", "owl", "fox"][:count]
    return [names[(c + r.g.randrange(1, count)) % count] if r.g.random() < share else names[c]
            for c in clean]


def plain_classes(r, rows):
    count = r.g.choice((2, 3, 4))
    names = r.g.choice((["ash", "elm", "fir", "oak"], ["0", "1", "2", "3"]))
    return [names[c] for c in classes(r, rows, count, r.g.uniform(1.5, 4))]


MAKERS = {"gaussian": gaussian, "laplace": laplacian, "student": students, "outliers": outliers,
          "spread": spread, "gamma": gamma, "log_normal": log_normal, "tweedie": tweedie,
          "poisson": counts, "overdispersed": overdispersed, "zero_inflated": zero_inflated,
          "asymmetric_cost": asymmetric_cost, "imbalanced": imbalanced,
          "cost_of_classes": cost_of_classes, "ordinal": ordinal, "label_noise": label_noise,
          "plain_classes": plain_classes}


def recipes(half=None):
    for family in ACCEPTED:
        for number in range(PER_FAMILY):
            recipe = Recipe(family, number)
            if half is None or recipe.half == half:
                yield recipe
