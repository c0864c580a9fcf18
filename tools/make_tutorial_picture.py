#!/usr/bin/env python3
"""Draws docs/tutorial.svg: the tutorial's loss over the epochs, from its closed form.

    python3 tools/make_tutorial_picture.py > docs/tutorial.svg
"""

import math

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 400, 64, 24, 44, 48
EPOCHS, LOW, HIGH = 100, 1e-4, 10.0
PRINTED = {20: 0.0521, 40: 0.0124, 60: 0.0030, 80: 0.0007, 100: 0.0002}
LARGE, SMALL = (17 + math.sqrt(269)) / 2, (17 - math.sqrt(269)) / 2


def shrink(rate, eigenvalue):
    """What one update does to the part of the loss along an eigenvector."""
    return (1 - rate * eigenvalue) ** 2


def loss(a, b, rate, epoch):
    """The loss printed at an epoch: that after epoch - 1 updates."""
    t = epoch - 1
    return a * shrink(rate, LARGE) ** t + b * shrink(rate, SMALL) ** t


def start_through(first, second):
    """a and b of a run at rate 0.01 with these losses at epochs 20 and 40."""
    r, s = shrink(0.01, LARGE), shrink(0.01, SMALL)
    b = (second - first * r**20) / (s**39 - s**19 * r**20)
    return (first - b * s**19) / r**19, b


def x(epoch):
    return LEFT + (WIDTH - LEFT - RIGHT) * (epoch - 1) / (EPOCHS - 1)


def y(value):
    share = (math.log(value) - math.log(LOW)) / (math.log(HIGH) - math.log(LOW))
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(max(share, 0), 1)


def curve(a, b, rate, colour, dash=""):
    points = " ".join(f"{x(e):.1f},{y(loss(a, b, rate, e)):.1f}" for e in range(1, EPOCHS + 1)
                      if LOW <= loss(a, b, rate, e) <= HIGH)
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>'


def text(at, line, content, anchor="start", colour="#333"):
    return (f'<text x="{at:.1f}" y="{line:.1f}" text-anchor="{anchor}" fill="{colour}">'
            f"{content}</text>")


def main():
    a, b = start_through(PRINTED[20], PRINTED[40])
    both = PRINTED[20] / shrink(2 / 17, SMALL) ** 19
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="system-ui, sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        text(LEFT, 20, "The tutorial's loss: printed figures and what each rate allows"),
    ]
    for power in range(-4, 2):
        line = y(10.0**power)
        out.append(f'<path d="M{LEFT} {line:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        out.append(text(LEFT - 8, line + 4, f"{10.0**power:g}", "end"))
    for epoch in (1, 20, 40, 60, 80, 100):
        out.append(text(x(epoch), HEIGHT - BOTTOM + 18, epoch, "middle"))
    out.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, "epoch", "middle"))
    out.append(curve(a, b, 0.01, "#0072b2"))
    out.append(curve(0, both, 2 / 17, "#d55e00"))
    for epoch, value in PRINTED.items():
        out.append(f'<circle cx="{x(epoch):.1f}" cy="{y(value):.1f}" r="4" fill="#000"/>')
    out.append(text(x(72), y(0.018), "rate 0.01 through the first two figures", "middle", "#0072b2"))
    out.append(text(x(44), y(0.0016), "rate 2/17", "middle", "#d55e00"))
    out.append(text(x(22), y(0.095), "as printed"))
    out.append("</svg>")
    print("\n".join(out))


if __name__ == "__main__":
    main()
