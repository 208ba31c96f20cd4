"""A narrow street of neon signs after rain."""

from PIL import Image

from payments.demo.painting import canvas
from payments.demo.painting.canvas import BLACK, WHITE, Job, Pen, Sheet, fade, mix
from payments.demo.painting.palettes import Colour

SIGNS = ("RAMEN", "HOTEL", "BAR", "OPEN", "NOODLE", "24H", "JAZZ", "CAFE", "VINYL", "TEA", "SUSHI", "ARCADE")


def neon_alley(job: Job) -> Image.Image:
    """A narrow street of signs after rain, in one-point perspective."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    dark = mix(colours.night, BLACK, 0.35)
    vx, vy, floor = w * rng.uniform(0.42, 0.58), h * 0.5, round(h * 0.7)
    sheet = Sheet(
        job,
        canvas.tint(
            canvas.shining(job.size, vx, vy, max(w, h) * 0.7),
            (dark, colours.deep, mix(colours.middle, colours.accent, 0.4)),
        ),
        scale=1,
    )
    for side in (-1, 1):
        _facade(sheet, vx, vy, side)
    for index in range(20):
        depth = 5.2 - index * 0.21
        side = (-1) ** index
        x = vx + side * w * rng.uniform(0.44, 0.62) / depth
        y = vy - h * rng.uniform(-0.1, 0.62) / depth
        _sign(sheet, x, y, u * 22 / depth, rng.choice((colours.accent, colours.second, colours.soft, colours.middle)))
    _wires(sheet, vx)
    wet = sheet.image.crop((0, 2 * floor - h, w, floor)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    wet = wet.resize((w, max(1, (h - floor) // 12)), Image.Resampling.BOX).resize(
        (w, h - floor), Image.Resampling.BICUBIC
    )
    wet = canvas.warp(wet, rng, u * 1.2, 30)
    sheet.image.paste(Image.blend(wet, Image.new("RGB", wet.size, dark), 0.25), (0, floor))
    with sheet.soft(dark, u * 1.5, 0.8) as pen:
        pen.block(0, floor - u, w, floor + u, 200)
    with sheet.stencil(mix(dark, BLACK, 0.5)) as pen:
        _walker(pen, vx + u * rng.uniform(-6, 6), floor + u * 7, u * 15)
    sheet.light(colours.accent, canvas.clouds(rng, job.size, w / 2), 0.1)
    return sheet.finish(grain=7, vignette=0.4)


def _facade(sheet: Sheet, vx: float, vy: float, side: int) -> None:
    """One wall: floors that run to the vanishing point, with some lit windows."""
    job = sheet.job
    rng, w, h, colours = job.rng, job.width, job.height, job.palette
    near, far = w * 0.75, w * 0.1
    field = canvas.gain(canvas.slanting(job.size, 0 if side > 0 else 180), 0.5, 1)
    tone = canvas.tint(field, (mix(colours.deep, colours.middle, 0.35), mix(colours.night, BLACK, 0.45)))
    with sheet.stencil(tone) as pen:
        pen.shape(
            [
                (vx + side * far, vy - h * 0.16),
                (vx + side * near, vy - h * 1.2),
                (vx + side * near, h),
                (vx + side * far, vy + h * 0.07),
            ],
            255,
        )
    pen = sheet.pen
    for column in range(9):
        z0, z1 = 1.25 * 1.24**column, 1.25 * 1.24 ** (column + 0.7)
        for row in range(-1, 4):
            if rng.random() < 0.45:
                continue
            top, low = row * 0.3 + 0.08, row * 0.3 - 0.12
            xs = (vx + side * near / z0, vx + side * near / z1)
            pane = [
                (xs[0], vy - h * top / z0),
                (xs[1], vy - h * top / z1),
                (xs[1], vy - h * low / z1),
                (xs[0], vy - h * low / z0),
            ]
            lit = rng.random() < 0.35
            tint = (
                mix(canvas.warm(colours), colours.accent, rng.random())
                if lit
                else mix(colours.night, colours.deep, 0.5)
            )
            pen.shape(pane, fade(tint, 0.55 if lit else 0.7))


def _sign(sheet: Sheet, x: float, y: float, size: float, colour: Colour) -> None:
    job = sheet.job
    rng, dark = job.rng, mix(job.palette.night, BLACK, 0.4)
    bright = mix(colour, WHITE, 0.45)
    text, upright = rng.choice(SIGNS), rng.random() < 0.6
    wide, high = (size * 0.3, size * 0.19 * len(text)) if upright else (size * 0.13 * len(text), size * 0.26)
    with sheet.soft(colour, size * 0.22, 0.85, lit=True) as pen:
        pen.block(x - wide * 1.2, y - high * 1.1, x + wide * 1.2, y + high * 1.1, 190)
    pen, line = sheet.pen, max(1.0, size * 0.035)
    pen.block(x - wide, y - high, x + wide, y + high, mix(dark, colour, 0.18), size * 0.08)
    edge = [
        (x - wide * 0.88, y - high * 0.93),
        (x + wide * 0.88, y - high * 0.93),
        (x + wide * 0.88, y + high * 0.93),
        (x - wide * 0.88, y + high * 0.93),
    ]
    pen.line([*edge, edge[0]], bright, line)
    if upright:
        for index, letter in enumerate(text):
            pen.words(x, y + (index - (len(text) - 1) / 2) * size * 0.34, letter, size * 0.36, bright)
    else:
        pen.words(x, y, text, size * 0.34, bright)


def _wires(sheet: Sheet, vx: float) -> None:
    job = sheet.job
    w, h, u = job.width, job.height, job.unit
    with sheet.stencil(mix(job.palette.night, BLACK, 0.6)) as pen:
        for _ in range(6):
            left, right, sag = h * job.rng.uniform(0, 0.3), h * job.rng.uniform(0, 0.3), h * job.rng.uniform(0.04, 0.12)
            pen.line(canvas.smooth([(0, left), (vx, (left + right) / 2 + sag), (w, right)]), 255, u * 0.2)


def _walker(pen: Pen, x: float, foot: float, tall: float) -> None:
    """Somebody with an umbrella, seen from behind."""
    pen.slice(x, foot - tall * 0.82, tall * 0.36, 180, 360, 255)
    pen.line([(x, foot - tall), (x, foot - tall * 0.5)], 255, tall * 0.02)
    pen.disc(x, foot - tall * 0.74, tall * 0.07, 255)
    pen.shape(
        [
            (x - tall * 0.1, foot - tall * 0.66),
            (x + tall * 0.1, foot - tall * 0.66),
            (x + tall * 0.15, foot - tall * 0.25),
            (x - tall * 0.15, foot - tall * 0.25),
        ],
        255,
    )
    pen.block(x - tall * 0.09, foot - tall * 0.3, x - tall * 0.02, foot, 255)
    pen.block(x + tall * 0.02, foot - tall * 0.3, x + tall * 0.09, foot - tall * 0.03, 255)


STYLES = {"neon_alley": neon_alley}
