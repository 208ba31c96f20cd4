"""A calm sea in long exposure."""

import math

from PIL import Image

from payments.demo.painting import canvas, solids
from payments.demo.painting.canvas import BLACK, WHITE, Job, Point, Sheet, mix


def coast(job: Job) -> Image.Image:
    """Calm sea in long exposure; motifs: lighthouse, rocks, sail, pier."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("lighthouse", "rocks", "sail", "pier"))
    horizon = round(h * rng.uniform(0.5, 0.58))
    sky = canvas.gain(canvas.falling(job.size), 0, horizon / h)
    sheet = Sheet(
        job,
        canvas.tint(
            sky,
            (
                mix(colours.deep, colours.middle, 0.4),
                mix(colours.middle, colours.soft, 0.5),
                colours.soft,
                colours.paper,
            ),
        ),
        scale=1,
    )
    streaks = canvas.clouds(rng, (max(8, w // 10), h), u * 5, 4).resize(job.size, Image.Resampling.BICUBIC)
    veil = Image.new("L", job.size)
    veil.paste(canvas.gain(streaks, 0.5, 0.95), (0, 0, w, h))
    veil.paste(0, (0, horizon, w, h))
    sheet.lay(mix(colours.paper, colours.accent, 0.2), veil, 0.7)
    sun = (w * rng.uniform(0.25, 0.75), horizon - h * rng.uniform(0.03, 0.12))
    sheet.light(canvas.warm(colours), canvas.shining(job.size, *sun, h * 0.6), 0.55)
    with sheet.stencil(mix(canvas.warm(colours), WHITE, 0.6)) as pen:
        pen.disc(*sun, u * 4, 255)
    _sea(sheet, horizon, sun[0])
    {"lighthouse": _lighthouse, "rocks": _rocks, "sail": _sail, "pier": _pier}[motif](sheet, horizon)
    return sheet.finish(grain=5, vignette=0.25)


def _sea(sheet: Sheet, horizon: int, sun: float) -> None:
    job = sheet.job
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    field = canvas.gain(canvas.falling(job.size), horizon / h, 1)
    water = canvas.tint(
        field,
        (mix(colours.soft, colours.middle, 0.4), colours.middle, colours.deep, mix(colours.deep, colours.night, 0.7)),
    )
    with sheet.stencil(water) as pen:
        pen.block(0, horizon, w, h, 255)
    for tone, count, spread, strength in (
        (colours.night, 190, w, 0.22),
        (colours.paper, 110, w, 0.16),
        (mix(canvas.warm(colours), WHITE, 0.3), 230, 0.0, 0.55),
    ):
        with sheet.soft(tone, 2, strength) as pen:
            for _ in range(count):
                near = rng.random() ** 1.6
                y = horizon + u * 0.4 + (h - horizon) * near
                x = rng.gauss(sun, u * (3 + 13 * near)) if not spread else rng.random() * w
                pen.disc(
                    x,
                    y,
                    u * (1 + 6 * near) * rng.uniform(0.4, 1.4),
                    rng.randint(120, 255),
                    max(1.0, u * (0.1 + 0.38 * near)),
                )


def _cliff(sheet: Sheet, left: float, right: float, foot: float, tall: float) -> None:
    job = sheet.job
    colours = job.palette
    height_at = canvas.ridge(job.rng, right - left, 0.6, knots=4)
    steps = [left + (right - left) * t / 60 for t in range(61)]
    top = [
        (
            x,
            foot
            - tall
            * max(0.01, math.sin(math.pi * (x - left) / (right - left))) ** 0.6
            * (0.8 + 0.2 * height_at(x - left)),
        )
        for x in steps
    ]
    field = canvas.gain(canvas.falling(job.size), (foot - tall) / job.height, foot / job.height)
    with sheet.stencil(
        canvas.tint(field, (mix(colours.deep, colours.night, 0.4), mix(colours.night, BLACK, 0.3)))
    ) as pen:
        pen.shape([*top, (right, foot), (left, foot)], 255)
    with sheet.soft(colours.paper, job.unit * 0.7, 0.5) as pen:
        pen.line([(left - job.unit, foot), (right + job.unit, foot)], 255, job.unit * 0.8)


def _lighthouse(sheet: Sheet, horizon: int) -> None:
    job = sheet.job
    u, colours, w, h = job.unit, job.palette, job.width, job.height
    side = job.rng.choice((-1, 1))
    x, foot = w * (0.5 + side * 0.3), horizon + h * 0.05
    _cliff(sheet, x - u * 26, x + u * 26, foot, u * 11)
    base, top = foot - u * 10, foot - u * 36
    lamp = (x, top - u * 2.4)
    with sheet.soft(mix(canvas.warm(colours), WHITE, 0.4), u * 1.5, 0.5, lit=True) as pen:
        for turn in (-0.06, math.pi + 0.06):
            reach = w * 0.8
            pen.shape(
                [
                    lamp,
                    (x + math.cos(turn - 0.06) * reach, lamp[1] + math.sin(turn - 0.06) * reach),
                    (x + math.cos(turn + 0.06) * reach, lamp[1] + math.sin(turn + 0.06) * reach),
                ],
                150,
            )
    solids.lathe(sheet, x, [(top, u * 2.4), (base, u * 3.8)], mix(colours.paper, WHITE, 0.3))
    for index in range(3):
        y = top + (base - top) * (0.14 + 0.3 * index)
        solids.lathe(sheet, x, [(y, u * (2.6 + 0.42 * index)), (y + u * 3, u * (2.8 + 0.42 * index))], colours.accent)
    sheet.pen.block(x - u * 3.2, top - u * 0.5, x + u * 3.2, top + u * 0.4, colours.night)
    sheet.pen.block(x - u * 1.7, top - u * 4.2, x + u * 1.7, top - u * 0.5, mix(canvas.warm(colours), WHITE, 0.5))
    with sheet.stencil(colours.night) as pen:
        pen.slice(x, top - u * 4.1, u * 2.2, 180, 360, 255)
        for left in (-1.7, -0.1, 1.5):
            pen.block(x + u * left, top - u * 4.2, x + u * (left + 0.25), top, 255)


def _rocks(sheet: Sheet, horizon: int) -> None:
    rng, w, h, u = sheet.job.rng, sheet.job.width, sheet.job.height, sheet.job.unit
    for index in range(6):
        x, foot = w * rng.uniform(0.05, 0.95), horizon + h * (0.05 + 0.07 * index)
        half = u * rng.uniform(4, 8) * (0.8 + 0.3 * index)
        _cliff(sheet, x - half, x + half, foot, half * rng.uniform(0.7, 1.9))


def _sail(sheet: Sheet, horizon: int) -> None:
    job = sheet.job
    u, colours = job.unit, job.palette
    for index, size in enumerate((1.0, 0.45, 0.3)):
        x, y = job.width * job.rng.uniform(0.15 + 0.25 * index, 0.35 + 0.25 * index), horizon + u * 13 * size
        s = u * size
        with sheet.soft(colours.night, max(2.0, s), 0.4) as pen:
            pen.disc(x, y + s * 2, s * 9, 255, s * 1.2)
        sheet.pen.shape(
            canvas.smooth(
                [(x - s * 9, y - s * 2), (x - s * 6, y + s * 0.8), (x + s * 6, y + s * 0.8), (x + s * 9, y - s * 2.4)],
                steps=6,
            ),
            mix(colours.night, colours.deep, 0.3),
        )
        sheet.pen.line([(x, y - s * 2), (x, y - s * 25)], colours.night, s * 0.4)
        sheet.pen.shape(
            canvas.smooth(
                [
                    (x + s * 0.6, y - s * 24),
                    (x + s * 8, y - s * 9),
                    (x + s * 8.6, y - s * 3.4),
                    (x + s * 0.6, y - s * 3.4),
                ],
                steps=6,
            ),
            colours.paper,
        )
        sheet.pen.shape(
            [(x - s * 0.6, y - s * 23), (x - s * 7, y - s * 3.4), (x - s * 0.6, y - s * 3.4)],
            mix(colours.paper, colours.accent, 0.55),
        )


def _pier(sheet: Sheet, horizon: int) -> None:
    """Planks that run out to a vanishing point on the horizon."""
    job = sheet.job
    rng, w, h, u, colours = job.rng, job.width, job.height, job.unit, job.palette
    vx = w * rng.uniform(0.44, 0.56)

    def at(side: float, z: float) -> Point:
        return vx + side * w * 0.34 / z, horizon + (h - horizon) * 1.05 / z

    for index in range(34, 0, -1):
        z0, z1 = 1 + index * 0.11, 1 + (index + 0.85) * 0.11
        tone = mix(mix(colours.deep, colours.soft, 0.25 + rng.uniform(-0.1, 0.1)), colours.soft, index / 70)
        sheet.pen.shape([at(-1, z0), at(1, z0), at(1, z1), at(-1, z1)], tone)
    for index in range(9, -1, -1):
        for side in (-1.06, 1.06):
            x, y = at(side, 1.05 + index * 0.4)
            size = u * 5.5 / (1.05 + index * 0.4)
            sheet.pen.block(
                x - size * 0.22,
                y - size * 1.9,
                x + size * 0.22,
                y + size,
                mix(colours.night, colours.middle, index / 25),
            )
            sheet.pen.disc(x, y - size * 1.9, size * 0.22, mix(colours.deep, colours.paper, 0.3), size * 0.09)


STYLES = {"coast": coast}
