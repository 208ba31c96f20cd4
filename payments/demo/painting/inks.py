"""Ink on rice paper."""

import math
from collections.abc import Sequence

from PIL import Image, ImageChops

from payments.demo.painting import canvas
from payments.demo.painting.canvas import BLACK, WHITE, Job, Pen, Point, Sheet, fade, mix
from payments.demo.painting.palettes import Colour


def ink_wash(job: Job) -> Image.Image:
    """Ink on rice paper with one red seal; motifs: bamboo, peaks, plum, reeds."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("bamboo", "peaks", "plum", "reeds"))
    paper = mix((244, 238, 222), colours.paper, 0.35)
    sheet = Sheet(job, canvas.tint(canvas.clouds(rng, job.size, w / 2), (mix(paper, (205, 190, 160), 0.3), paper)))
    {"bamboo": _bamboo, "peaks": _peaks, "plum": _plum, "reeds": _reeds}[motif](sheet, mix(colours.night, BLACK, 0.45))
    fibre = canvas.gain(canvas.clouds(rng, job.size, u * 0.8, 2), 0.62, 0.9)
    sheet.lay(paper, fibre, 0.3)
    x, y, s = w * rng.choice((0.1, 0.88)), h * 0.84, u * 3.2
    red = mix((178, 38, 30), colours.accent, 0.2)
    sheet.pen.block(x - s, y - s, x + s, y + s, red, s * 0.25)
    for index in range(3):
        sheet.pen.line(
            [(x - s * 0.6, y + s * (index - 1) * 0.55), (x + s * 0.6, y + s * (index - 1) * 0.5)], paper, s * 0.16
        )
    sheet.pen.line([(x, y - s * 0.75), (x - s * 0.1, y + s * 0.75)], paper, s * 0.16)
    return sheet.finish(grain=6)


def _stroke(pen: Pen, points: Sequence[Point], ink: Colour, width: float, opacity: float = 0.85) -> None:
    """A brush stroke that swells and thins, with hairs running dry."""
    curve = canvas.smooth(points, steps=10)
    last = len(curve) - 1
    left, right = [], []
    for index, (x, y) in enumerate(curve):
        ahead = curve[min(last, index + 1)]
        behind = curve[max(0, index - 1)]
        dx, dy = ahead[0] - behind[0], ahead[1] - behind[1]
        length = math.hypot(dx, dy) or 1
        half = width / 2 * math.sin(math.pi * (0.12 + 0.86 * index / last)) ** 0.7
        left.append((x - dy / length * half, y + dx / length * half))
        right.append((x + dy / length * half, y - dx / length * half))
    pen.shape([*left, *reversed(right)], fade(ink, opacity))


def _bamboo(sheet: Sheet, ink: Colour) -> None:
    job, pen = sheet.job, sheet.pen
    rng, w, h, u = job.rng, job.width, job.height, job.unit
    for index in range(5):
        near = index / 4
        x, lean = w * rng.uniform(0.15, 0.85), rng.uniform(-0.08, 0.08)
        half, tone = (
            u * (1.2 + 2.2 * near),
            mix(mix(ink, sheet.job.palette.deep, 0.4), (200, 196, 184), 0.75 - 0.6 * near),
        )
        y, piece = h * 1.02, h * rng.uniform(0.16, 0.24)
        while y > -piece:
            top, cx, tx = y - piece, x + lean * (h - y), x + lean * (h - y + piece)
            pen.shape(
                [
                    (cx - half, y),
                    (cx - half * 0.86, y - piece * 0.5),
                    (tx - half, top + u),
                    (tx + half, top + u),
                    (cx + half * 0.86, y - piece * 0.5),
                    (cx + half, y),
                ],
                fade(tone, 0.8),
            )
            pen.line(
                [(tx - half * 0.4, top + u * 2), (cx - half * 0.4, y - u * 2)],
                fade(mix(tone, WHITE, 0.5), 0.5),
                half * 0.3,
            )
            _stroke(
                pen,
                [(tx - half * 1.2, top + u * 0.5), (tx, top + u * 0.1), (tx + half * 1.2, top + u * 0.6)],
                mix(ink, tone, 0.4),
                u * 0.7,
            )
            if rng.random() < 0.55 and near > 0.2:
                _bamboo_leaves(pen, job, tx, top, u * (8 + 9 * near), mix(ink, tone, 0.35))
            y = top
            piece *= 0.97


def _bamboo_leaves(pen: Pen, job: Job, x: float, y: float, size: float, tone: Colour) -> None:
    side = job.rng.choice((-1, 1))
    twig = canvas.smooth([(x, y), (x + side * size * 0.5, y - size * 0.25), (x + side * size * 1.1, y - size * 0.2)])
    pen.line(twig, fade(tone, 0.9), size * 0.03)
    for _ in range(job.rng.randint(4, 7)):
        px, py = job.rng.choice(twig[3:])
        turn = (0.5 if side > 0 else math.pi - 0.5) + job.rng.uniform(-0.7, 0.8)
        reach = size * job.rng.uniform(0.7, 1.2)
        _stroke(
            pen,
            [
                (px, py),
                (px + math.cos(turn) * reach * 0.5, py + math.sin(turn) * reach * 0.42),
                (px + math.cos(turn) * reach, py + math.sin(turn) * reach),
            ],
            tone,
            size * 0.15,
        )


def _peaks(sheet: Sheet, ink: Colour) -> None:
    job = sheet.job
    rng, w, h, u = job.rng, job.width, job.height, job.unit
    for index in range(5):
        share = index / 4
        tone = mix(mix(ink, job.palette.deep, 0.5), (222, 218, 206), 0.8 - 0.7 * share)
        base = h * (0.38 + 0.13 * index)
        centre, spread = w * rng.uniform(0.1, 0.9), w * rng.uniform(0.22, 0.4)
        height_at = canvas.ridge(rng, w, 0.85, knots=5)
        line = [
            (x, base - h * 0.32 * (1 - 0.5 * share) * math.exp(-(((x - centre) / spread) ** 2)) - height_at(x) * u * 3)
            for x in range(0, w + 6, 6)
        ]
        field = canvas.gain(canvas.falling(job.size), max(0, base / h - 0.3), base / h + 0.08)
        mask = Image.new("L", job.size)
        Pen(mask, 1).shape([*line, (w, base + h * 0.1), (0, base + h * 0.1)], 255)
        sheet.lay(tone, ImageChops.multiply(mask, ImageChops.invert(field)), 0.9)
        for _ in range(16):
            px = rng.gauss(centre, spread * 0.6)
            if 0 < px < w:
                py = line[int(px / 6)][1]
                _stroke(
                    sheet.pen,
                    [
                        (px, py),
                        (px + rng.uniform(-3, 3) * u, py + u * 4),
                        (px + rng.uniform(-6, 6) * u, py + u * rng.uniform(6, 13)),
                    ],
                    mix(ink, tone, 0.6),
                    u * rng.uniform(0.3, 0.9),
                    0.3,
                )
    y = h * 0.86
    for place, size in ((0.3, 1.0), (0.42, 0.6)):
        x = w * place
        _stroke(
            sheet.pen,
            [(x - u * 7 * size, y - u), (x, y + u * 1.4 * size), (x + u * 7 * size, y - u * 1.2)],
            ink,
            u * 1.6 * size,
        )
        _stroke(sheet.pen, [(x, y), (x + u * 0.4, y - u * 4 * size), (x, y - u * 7 * size)], ink, u * 0.6 * size)


def _plum(sheet: Sheet, ink: Colour) -> None:
    job, pen = sheet.job, sheet.pen
    rng, w, h, u = job.rng, job.width, job.height, job.unit
    pink = mix(mix((214, 72, 96), job.palette.accent, 0.35), WHITE, 0.15)
    side = rng.choice((-1, 1))

    def at(x: float, y: float) -> Point:
        return (w / 2 + side * (x - 0.5) * w, y * h)

    limb = [at(-0.05, 0.95), at(0.18, 0.72), at(0.3, 0.62), at(0.52, 0.5), at(0.7, 0.3), at(0.97, 0.16)]
    branches = [(limb, 4.6)]
    for start, reach, aim in ((1, 34, -1.5), (2, 26, -0.2), (3, 30, -1.7), (3, 26, 0.35), (4, 24, -1.4), (4, 22, 0.1)):
        x, y = limb[start]
        turn = aim + rng.uniform(-0.25, 0.25)
        ends = [
            (x + side * math.cos(turn) * u * reach * t, y + math.sin(turn) * u * reach * t + rng.uniform(-2, 2) * u * t)
            for t in (0, 0.5, 1)
        ]
        branches.append((ends, 1.6))
    for points, width in branches:
        for _ in range(3):
            _stroke(
                pen,
                [(x + rng.uniform(-0.4, 0.4) * u, y + rng.uniform(-0.4, 0.4) * u) for x, y in points],
                ink,
                u * width * rng.uniform(0.6, 1),
                0.5,
            )
    for points, _ in branches:
        for x, y in canvas.smooth(points, steps=6)[4:]:
            if rng.random() < 0.7:
                _blossom(
                    pen,
                    job,
                    x + rng.uniform(-4, 4) * u,
                    y + rng.uniform(-4.5, 2) * u,
                    u * rng.uniform(1.4, 4.4),
                    mix(pink, WHITE, rng.uniform(0, 0.5)),
                    ink,
                )


def _blossom(pen: Pen, job: Job, x: float, y: float, size: float, pink: Colour, ink: Colour) -> None:
    if size < job.unit * 1.8:
        pen.disc(x, y, size * 0.5, fade(pink, 0.9))
        return
    turn = job.rng.uniform(0, 1)
    for index in range(5):
        a = turn + math.tau * index / 5
        pen.disc(
            x + math.cos(a) * size * 0.55,
            y + math.sin(a) * size * 0.5,
            size * 0.5,
            fade(mix(pink, WHITE, 0.08 * index), 0.8),
        )
    for index in range(9):
        a = turn + math.tau * index / 9
        tip = (x + math.cos(a) * size * 0.5, y + math.sin(a) * size * 0.45)
        pen.line([(x, y), tip], fade(ink, 0.7), size * 0.04)
        pen.disc(*tip, size * 0.07, ink)


def _reeds(sheet: Sheet, ink: Colour) -> None:
    job, pen = sheet.job, sheet.pen
    rng, w, h, u = job.rng, job.width, job.height, job.unit
    red = mix((196, 58, 40), job.palette.accent, 0.3)
    x, y = w * rng.uniform(0.35, 0.7), h * 0.3
    pen.disc(x, y, u * 15, fade(red, 0.85))
    for index in range(34):
        foot = w * rng.gauss(0.45, 0.2)
        tall, lean = h * rng.uniform(0.3, 0.85), rng.uniform(-0.25, 0.35) * w * 0.4
        tone = mix(ink, (170, 166, 154), rng.uniform(0, 0.7))
        tip = (foot + lean, h - tall)
        _stroke(
            pen, [(foot, h * 1.02), (foot + lean * 0.2, h - tall * 0.6), tip], tone, u * rng.uniform(0.5, 1.7), 0.75
        )
        if index % 5 == 0:
            _stroke(pen, [(tip[0] - u, tip[1] + u * 4), tip, (tip[0] + u * 2, tip[1] - u * 6)], ink, u * 2.2)
    for index in range(3):
        y = h * (0.86 + 0.045 * index)
        _stroke(pen, [(w * 0.05, y), (w * 0.4, y + u), (w * 0.95, y - u)], mix(ink, WHITE, 0.45), u * 0.7, 0.4)


STYLES = {"ink_wash": ink_wash}
