"""A striped sun over a glowing grid."""

import itertools
import math

from PIL import Image

from payments.demo.painting import canvas, landscapes
from payments.demo.painting.canvas import BLACK, WHITE, Job, Sheet, mix
from payments.demo.painting.palettes import Colour


def synthwave(job: Job) -> Image.Image:
    """A striped sun over a glowing grid; motifs: peaks, palms, road."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("peaks", "palms", "road"))
    horizon = h * 0.62
    pink, cyan = mix((255, 62, 160), colours.soft, 0.35), mix((40, 230, 240), colours.second, 0.35)
    sky = canvas.gain(canvas.falling(job.size), 0, 0.62)
    sheet = Sheet(
        job,
        canvas.tint(
            sky,
            (
                mix(colours.night, BLACK, 0.4),
                colours.night,
                mix(colours.deep, pink, 0.3),
                mix(pink, colours.deep, 0.35),
            ),
        ),
        scale=2,
    )
    landscapes.stars(sheet, 160, horizon * 0.7)
    x, y, radius = w / 2, horizon - u * 14, u * 25
    sheet.light(pink, canvas.shining(job.size, x, y, radius * 3), 0.55)
    disc = canvas.tint(
        canvas.gain(canvas.falling(job.size), (y - radius) / h, (y + radius) / h),
        ((255, 236, 130), (255, 160, 90), pink, mix(pink, colours.deep, 0.3)),
    )
    with sheet.stencil(disc) as pen:
        pen.disc(x, y, radius, 255)
        for index in range(7):
            top = y + radius * (-0.05 + index * 0.15)
            pen.block(x - radius, top, x + radius, top + radius * (0.025 + 0.012 * index), 0)
    if motif == "peaks":
        _wire_peaks(sheet, horizon, cyan)
    _grid(sheet, horizon, pink)
    if motif == "palms":
        for side in (0.08, 0.2, 0.82, 0.93):
            _palm_tree(sheet, w * side, h * rng.uniform(0.86, 1.0), u * rng.uniform(40, 56))
    elif motif == "road":
        _road(sheet, horizon, cyan)
    lines = Image.new("L", (1, h))
    lines.putdata([46 if row % 3 == 0 else 0 for row in range(h)])
    sheet.lay(BLACK, lines.resize(job.size))
    return sheet.finish(grain=6, vignette=0.3)


def _grid(sheet: Sheet, horizon: float, glow: Colour) -> None:
    job = sheet.job
    w, h, u = job.width, job.height, job.unit
    field = canvas.gain(canvas.falling(job.size), horizon / h, 1)
    with sheet.stencil(
        canvas.tint(field, (mix(job.palette.deep, glow, 0.3), mix(job.palette.night, BLACK, 0.45)))
    ) as pen:
        pen.block(0, horizon, w, h, 255)
    lines = [[(w / 2 + index * u * 2.4, horizon), (w / 2 + index * u * 19, h)] for index in range(-26, 27)]
    for index in range(14):
        y = horizon + (h - horizon) * (index / 13) ** 2.3
        lines.append([(0, y), (w, y)])
    with sheet.soft(glow, u * 0.8, 0.8, lit=True) as pen:
        for line in lines:
            pen.line(line, 255, u * 0.7)
    for line in lines:
        sheet.pen.line(line, mix(glow, WHITE, 0.35), u * 0.2)


def _wire_peaks(sheet: Sheet, horizon: float, glow: Colour) -> None:
    job = sheet.job
    w, u, rng = job.width, job.unit, job.rng
    for start, end in ((0, 0.36), (0.64, 1.0)):
        edges = {0 if start else None, 7 if end < 1 else None}  # ends that come down to the horizon
        rise = [0 if t in edges else u * rng.uniform(7, 24) for t in range(8)]
        knots = [(w * (start + (end - start) * t / 7), horizon - rise[t]) for t in range(8)]
        sheet.pen.shape([*knots, (w * end, horizon), (w * start, horizon)], mix(job.palette.night, BLACK, 0.35))
        for (ax, ay), (bx, by) in itertools.pairwise(knots):
            low = ((ax + bx) / 2, horizon)
            for line in ([(ax, ay), (bx, by)], [(ax, ay), low], [(bx, by), low], [(ax, ay), (ax, horizon)]):
                sheet.pen.line(line, mix(glow, WHITE, 0.2), u * 0.2)


def _palm_tree(sheet: Sheet, x: float, foot: float, tall: float) -> None:
    rng, ink = sheet.job.rng, mix(sheet.job.palette.night, BLACK, 0.6)
    lean = rng.uniform(-0.16, 0.16)
    trunk = canvas.smooth([(x, foot), (x + lean * tall * 0.3, foot - tall * 0.5), (x + lean * tall, foot - tall)])
    sheet.pen.line(trunk, ink, tall * 0.028)
    tx, ty = trunk[-1]
    for index in range(9):
        a = math.pi + math.pi * (index + rng.uniform(-0.2, 0.2)) / 8
        reach = tall * rng.uniform(0.28, 0.38)
        tip = (tx + math.cos(a) * reach, ty + math.sin(a) * reach * 0.55 + reach * 0.34)
        spine = canvas.smooth([(tx, ty), (tx + math.cos(a) * reach * 0.55, ty + math.sin(a) * reach * 0.5), tip])
        for px, py in spine[2:]:
            for side in (-1, 1):
                sheet.pen.line(
                    [(px, py), (px + side * reach * 0.06 + math.cos(a) * reach * 0.08, py + reach * 0.17)],
                    ink,
                    tall * 0.009,
                )
        sheet.pen.line(spine, ink, tall * 0.012)


def _road(sheet: Sheet, horizon: float, glow: Colour) -> None:
    job = sheet.job
    w, h, u = job.width, job.height, job.unit
    sheet.pen.shape(
        [(w / 2 - u * 1.2, horizon), (w / 2 + u * 1.2, horizon), (w / 2 + u * 34, h), (w / 2 - u * 34, h)],
        mix(job.palette.night, BLACK, 0.6),
    )
    for side in (-1, 1):
        with sheet.soft(glow, u * 0.9, 0.9, lit=True) as pen:
            pen.line([(w / 2 + side * u * 1.2, horizon), (w / 2 + side * u * 34, h)], 255, u)
        sheet.pen.line([(w / 2 + side * u * 1.2, horizon), (w / 2 + side * u * 34, h)], mix(glow, WHITE, 0.5), u * 0.4)
    for index in range(7):
        z0, z1 = (index / 7) ** 2, ((index + 0.45) / 7) ** 2
        y0, y1 = horizon + (h - horizon) * z0, horizon + (h - horizon) * z1
        sheet.pen.shape(
            [
                (w / 2 - u * 1.1 * z0, y0),
                (w / 2 + u * 1.1 * z0, y0),
                (w / 2 + u * 1.1 * z1, y1),
                (w / 2 - u * 1.1 * z1, y1),
            ],
            mix(glow, WHITE, 0.7),
        )


STYLES = {"synthwave": synthwave}
