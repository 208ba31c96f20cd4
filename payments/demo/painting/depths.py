"""Creatures that glow in dark water."""

import math

from PIL import Image

from payments.demo.painting import canvas
from payments.demo.painting.canvas import BLACK, WHITE, Job, Sheet, fade, mix
from payments.demo.painting.palettes import Colour


def deep_sea(job: Job) -> Image.Image:
    """Creatures that glow in dark water; motifs: jellyfish, whale, reef."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("jellyfish", "whale", "reef"))
    dark = mix(colours.night, BLACK, 0.3)
    sheet = Sheet(
        job,
        canvas.tint(
            canvas.falling(job.size), (mix(colours.second, colours.middle, 0.5), colours.deep, colours.night, dark)
        ),
        scale=1,
    )
    with sheet.soft(colours.paper, u * 3, 0.3, lit=True) as pen:
        for _ in range(6):
            x, wide = w * rng.random(), u * rng.uniform(2, 6)
            lean = rng.uniform(-0.2, 0.2) * w
            pen.shape(
                [(x - wide, -9), (x + wide, -9), (x + lean + wide * 4, h * 0.8), (x + lean - wide * 4, h * 0.8)],
                rng.randint(50, 130),
            )
    if motif == "jellyfish":
        for index in range(5):
            size = u * (7 + 4.4 * index) * rng.uniform(0.85, 1.1)
            _jelly(
                sheet,
                w * (0.12 + 0.76 * ((index * 2 + 1) % 5) / 4.4),
                h * rng.uniform(0.16, 0.5),
                size,
                rng.choice((colours.accent, colours.soft, colours.second)),
            )
    elif motif == "whale":
        _whale(sheet, w * 0.45, h * 0.46, min(w * 0.8, h) / 118)
    else:
        _reef(sheet)
    with sheet.stencil(mix(colours.paper, WHITE, 0.4), 0.6) as pen:
        for _ in range(130):
            pen.disc(rng.random() * w, rng.random() * h, u * rng.choice((0.1, 0.14, 0.26)), rng.randint(60, 230))
    return sheet.finish(grain=6, vignette=0.35)


def _threads(sheet: Sheet, x: float, y: float, size: float, bright: Colour) -> None:
    """The long threads and the ruffled arms below a jellyfish."""
    rng = sheet.job.rng
    for index in range(13):
        root = x + size * (index - 6) * 0.14
        sway = rng.uniform(-0.35, 0.35) * size
        line = canvas.smooth(
            [
                (root, y),
                (root + sway, y + size * 0.9),
                (root - sway * 0.7, y + size * 1.8),
                (root + sway, y + size * rng.uniform(2.2, 3.3)),
            ]
        )
        sheet.pen.line(line, fade(bright, 0.35), max(1, size * 0.025))
    for index in range(4):
        root = x + size * (index - 1.5) * 0.2
        ribbon = canvas.smooth(
            [
                (root, y),
                (root + size * 0.14, y + size * 0.6),
                (root - size * 0.12, y + size * 1.1),
                (root + size * 0.08, y + size * 1.7),
            ]
        )
        for step, (px, py) in enumerate(ribbon):
            sheet.pen.disc(px, py, size * 0.1 * (1 - step / len(ribbon)) + 1, fade(bright, 0.3))


def _jelly(sheet: Sheet, x: float, y: float, size: float, tone: Colour) -> None:
    sheet.light(tone, canvas.shining(sheet.job.size, x, y, size * 3.6), 0.5)
    _threads(sheet, x, y, size, mix(tone, WHITE, 0.45))
    dome = canvas.smooth(
        [
            (-1, 0.1),
            (-0.92, -0.45),
            (-0.5, -0.86),
            (0, -0.98),
            (0.5, -0.86),
            (0.92, -0.45),
            (1, 0.1),
            (0.66, 0.02),
            (0.33, 0.16),
            (0, 0.04),
            (-0.33, 0.16),
            (-0.66, 0.02),
        ],
        closed=True,
    )
    field = canvas.shining(sheet.job.size, x - size * 0.2, y - size * 0.5, size * 1.9)
    with sheet.stencil(
        canvas.tint(field, (mix(tone, sheet.job.palette.deep, 0.3), tone, mix(tone, WHITE, 0.7))), 0.82
    ) as pen:
        pen.shape(canvas.turned(dome, x, y, 0, size), 255)
    for index in range(-3, 4):
        rib = canvas.smooth(
            [(x, y - size * 0.95), (x + index * size * 0.24, y - size * 0.5), (x + index * size * 0.28, y)]
        )
        sheet.pen.line(rib, fade(WHITE, 0.28), max(1, size * 0.02))
    with sheet.stencil(WHITE, 0.5) as pen:
        pen.shape(
            canvas.turned(
                canvas.smooth([(-0.7, -0.4), (-0.4, -0.75), (-0.1, -0.84), (-0.45, -0.55)], closed=True), x, y, 0, size
            ),
            200,
        )


def _whale(sheet: Sheet, x: float, y: float, s: float) -> None:
    job = sheet.job
    colours = job.palette
    back = [
        (-58, 4),
        (-54, -9),
        (-36, -19),
        (-8, -20),
        (20, -12),
        (42, -4),
        (58, -3),
        (72, -18),
        (80, -20),
        (76, -6),
        (80, 10),
        (70, 6),
        (58, 5),
        (34, 12),
        (4, 20),
        (-30, 21),
        (-52, 14),
    ]
    body = canvas.turned(canvas.smooth(back, closed=True), x, y, 0.06, s)
    field = canvas.gain(canvas.falling(job.size), (y - 20 * s) / job.height, (y + 22 * s) / job.height)
    blue = mix(colours.second, colours.middle, 0.4)
    with sheet.stencil(
        canvas.tint(field, (mix(blue, WHITE, 0.35), mix(blue, colours.deep, 0.5), mix(colours.night, blue, 0.25)))
    ) as pen:
        pen.shape(body, 255)
    belly = canvas.turned(
        canvas.smooth([(-56, 6), (-40, 9), (-12, 11), (6, 18), (-28, 20.6), (-51, 14)], closed=True), x, y, 0.06, s
    )
    with sheet.stencil(mix(colours.paper, blue, 0.35)) as pen:
        pen.shape(belly, 255)
    for index in range(7):
        groove = canvas.smooth(
            [(-52 + index, 9 + index * 1.5), (-28, 12 + index * 1.25), (-4 + index, 13 + index * 0.8)]
        )
        sheet.pen.line(canvas.turned(groove, x, y, 0.06, s), fade(colours.deep, 0.5), s * 0.35)
    fin = canvas.smooth([(-18, 12), (-8, 30), (6, 42), (4, 26), (-6, 12)], closed=True)
    with sheet.stencil(mix(blue, colours.deep, 0.55)) as pen:
        pen.shape(canvas.turned(fin, x, y, 0.06, s), 255)
        pen.shape(canvas.turned(canvas.smooth([(22, -12), (30, -18), (33, -8)], closed=True), x, y, 0.06, s), 255)
    _whale_marks(sheet, x, y, s)


def _whale_marks(sheet: Sheet, x: float, y: float, s: float) -> None:
    """Eye, spots and breath."""
    rng, colours = sheet.job.rng, sheet.job.palette
    sheet.pen.disc(*canvas.turned([(-44, 2)], x, y, 0.06, s)[0], s * 1.2, mix(colours.night, BLACK, 0.4))
    for _ in range(46):
        px, py = rng.uniform(-46, 40), rng.uniform(-14, 2)
        sheet.pen.disc(
            *canvas.turned([(px, py + abs(px) * 0.1)], x, y, 0.06, s)[0], s * rng.uniform(0.2, 0.7), fade(WHITE, 0.35)
        )
    for index in range(9):
        sheet.pen.ring(
            x - s * (60 + index * 1.5), y - s * (6 + index * 5), s * rng.uniform(0.6, 1.8), fade(WHITE, 0.6), s * 0.3
        )


def _reef(sheet: Sheet) -> None:
    job = sheet.job
    rng, w, h, u, colours = job.rng, job.width, job.height, job.unit, job.palette
    tones = [colours.accent, colours.soft, colours.second, colours.middle]
    for layer in range(3):
        base = h * (0.82 + 0.09 * layer)
        for _ in range(11):
            x, tone = rng.random() * w, mix(rng.choice(tones), colours.night, 0.6 - 0.28 * layer)
            _coral(sheet, x, base + u * 4, u * rng.uniform(9, 20) * (0.8 + 0.25 * layer), -math.pi / 2, tone, 5)
        height_at = canvas.ridge(rng, w, 0.3, knots=6)
        with sheet.stencil(mix(mix(colours.deep, colours.night, 0.5), BLACK, 0.2 + 0.2 * layer)) as pen:
            pen.shape([*((x, base + u * 3 - height_at(x) * u * 3) for x in range(0, w + 8, 8)), (w, h), (0, h)], 255)
    for _ in range(4):
        x, y, tone = w * rng.uniform(0.1, 0.9), h * rng.uniform(0.15, 0.6), rng.choice(tones[:3])
        for _ in range(7):
            fx, fy, s = x + rng.gauss(0, 9) * u, y + rng.gauss(0, 4) * u, u * rng.uniform(0.9, 1.7)
            fish = canvas.smooth(
                [(-2.4, 0), (-0.6, -1.1), (1, -0.5), (2.6, -1.2), (2.2, 0), (2.6, 1.2), (1, 0.5), (-0.6, 1.1)],
                closed=True,
            )
            sheet.pen.shape(
                canvas.turned(fish, fx, fy, rng.uniform(-0.15, 0.15), s), mix(tone, WHITE, rng.uniform(0.1, 0.4))
            )
            sheet.pen.disc(fx - s * 1.4, fy - s * 0.2, s * 0.2, colours.night)


def _coral(sheet: Sheet, x: float, y: float, size: float, turn: float, tone: Colour, depth: int) -> None:
    rng = sheet.job.rng
    tip = (x + math.cos(turn) * size * 0.4, y + math.sin(turn) * size * 0.4)
    sheet.pen.stroke([(x, y), tip], tone, max(1.2, size * 0.13))
    if depth:
        for side in (-1, 1):
            _coral(sheet, *tip, size * rng.uniform(0.66, 0.84), turn + side * rng.uniform(0.25, 0.6), tone, depth - 1)


STYLES = {"deep_sea": deep_sea}
