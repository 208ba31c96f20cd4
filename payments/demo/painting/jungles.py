"""A printed cloth of big leaves."""

import math

from PIL import Image

from payments.demo.painting import canvas
from payments.demo.painting.canvas import WHITE, Job, Pen, Point, Sheet, fade, mix
from payments.demo.painting.palettes import Colour


def jungle(job: Job) -> Image.Image:
    """A printed cloth of big leaves; motifs: monstera, palm, mixed."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("monstera", "palm", "mixed"))
    dark = rng.random() < 0.6
    ground = mix(colours.night, colours.deep, 0.3) if dark else mix(colours.paper, colours.soft, 0.25)
    sheet = Sheet(job, ground)
    tones = [colours.deep, colours.middle, colours.second, mix(colours.middle, colours.soft, 0.5), colours.soft]
    for layer, count in enumerate((20, 16, 11)):
        for _ in range(count):
            x, y, turn = rng.uniform(-0.05, 1.05) * w, rng.uniform(-0.05, 1.05) * h, rng.uniform(0, math.tau)
            tone = mix(rng.choice(tones), ground, 0.55 - 0.27 * layer)
            size = u * rng.uniform(20, 32) * (0.8 + layer * 0.14)
            kind = motif if motif != "mixed" else rng.choice(("monstera", "palm"))
            (_monstera if kind == "monstera" else _palm)(sheet.pen, (x, y), turn, size, tone, ground)
        if layer == 1:
            for _ in range(7):
                _bloom(sheet.pen, job, rng.random() * w, rng.random() * h, u * rng.uniform(6, 9))
    return sheet.finish(grain=6)


def _monstera(pen: Pen, at: Point, turn: float, size: float, tone: Colour, ground: Colour) -> None:
    outline = [
        (-0.12, 0),
        (-0.2, -0.3),
        (0.05, -0.52),
        (0.4, -0.5),
        (0.75, -0.3),
        (1, 0),
        (0.75, 0.3),
        (0.4, 0.5),
        (0.05, 0.52),
        (-0.2, 0.3),
    ]
    pen.shape(canvas.turned(canvas.smooth(outline, closed=True), *at, turn, size), tone)
    for index in range(4):
        for side in (-1, 1):
            root = 0.12 + index * 0.19
            cut = [
                (root, side * 0.16),
                (root + 0.26 - index * 0.02, side * 0.62),
                (root + 0.15, side * 0.66),
                (root - 0.03, side * 0.2),
            ]
            pen.shape(canvas.turned(canvas.smooth(cut, closed=True, steps=4), *at, turn, size), ground)
            hole = [(root + 0.06, side * 0.07), (root + 0.14, side * 0.13), (root + 0.06, side * 0.12)]
            pen.shape(canvas.turned(canvas.smooth(hole, closed=True, steps=4), *at, turn, size), ground)
    pen.line(canvas.turned([(-0.5, 0.1), (0, 0), (0.95, 0)], *at, turn, size), mix(tone, WHITE, 0.3), size * 0.022)


def _palm(pen: Pen, at: Point, turn: float, size: float, tone: Colour, ground: Colour) -> None:
    for index in range(13):
        angle = turn + (index - 6) * 0.24
        reach = size * (1 - 0.028 * (index - 6) ** 2 * 0.5)
        blade = canvas.smooth([(0, 0), (0.4, -0.06), (1, 0), (0.4, 0.06)], closed=True, steps=5)
        pen.shape(canvas.turned(blade, *at, angle, reach), mix(tone, WHITE, 0.05 * (index % 3)))
        pen.line(
            [at, (at[0] + math.cos(angle) * reach * 0.9, at[1] + math.sin(angle) * reach * 0.9)],
            fade(ground, 0.35),
            size * 0.008,
        )
    pen.line([at, (at[0] - math.cos(turn) * size * 0.5, at[1] - math.sin(turn) * size * 0.5)], tone, size * 0.03)


def _bloom(pen: Pen, job: Job, x: float, y: float, size: float) -> None:
    colours = job.palette
    start = job.rng.uniform(0, 1)
    for ring, (many, reach) in enumerate(((8, 1.0), (8, 0.72))):
        for index in range(many):
            petal = canvas.smooth([(0, 0), (0.5, -0.3), (1, 0), (0.5, 0.3)], closed=True, steps=5)
            tone = mix(colours.accent, colours.paper, 0.12 + 0.22 * ring + 0.06 * (index % 2))
            pen.shape(canvas.turned(petal, x, y, start + ring * 0.4 + math.tau * index / many, size * reach), tone)
    pen.disc(x, y, size * 0.24, mix(canvas.warm(colours), colours.accent, 0.3))
    pen.disc(x, y, size * 0.12, colours.deep)


STYLES = {"jungle": jungle}
