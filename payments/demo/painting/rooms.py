"""Quiet interiors with a large window."""

import math

from PIL import Image

from payments.demo.painting import canvas, landscapes, solids
from payments.demo.painting.canvas import BLACK, WHITE, Job, Sheet, fade, mix
from payments.demo.painting.palettes import Colour


def room(job: Job) -> Image.Image:
    """A quiet interior with a large window; motifs: sofa, desk, bed."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("sofa", "desk", "bed"))
    wall = mix(colours.paper, rng.choice((colours.soft, colours.second, colours.middle)), rng.uniform(0.2, 0.45))
    sheet = Sheet(
        job, canvas.tint(canvas.slanting(job.size, 20), (mix(wall, WHITE, 0.25), mix(wall, colours.deep, 0.2))), scale=1
    )
    floor = h * 0.74
    wood = mix((186, 140, 96), colours.middle, 0.2)
    with sheet.stencil(
        canvas.tint(canvas.gain(canvas.falling(job.size), 0.74, 1), (mix(wood, WHITE, 0.2), mix(wood, BLACK, 0.25)))
    ) as pen:
        pen.block(0, floor, w, h, 255)
    for index in range(-12, 13):
        sheet.pen.line(
            [(w / 2 + index * u * 9, floor), (w / 2 + index * u * 16, h)], fade(mix(wood, BLACK, 0.5), 0.35), u * 0.2
        )
    sheet.pen.block(0, floor - u * 2.2, w, floor, mix(wall, WHITE, 0.5))
    _window(sheet, w * 0.07, h * 0.1, w * 0.34, h * 0.5)
    with sheet.soft(mix(canvas.warm(colours), WHITE, 0.3), u * 2, 0.35, lit=True) as pen:
        for pane in range(2):
            left = w * (0.3 + 0.13 * pane)
            pen.shape(
                [(left, floor + u * 2), (left + w * 0.11, floor + u * 2), (left + w * 0.2, h), (left + w * 0.06, h)],
                255,
            )
    _pictures(sheet, w * 0.62, h * 0.26)
    with sheet.soft(BLACK, u * 2.4, 0.35) as pen:
        pen.disc(w * 0.6, h * 0.9, u * 40, 255, u * 4)
    sheet.pen.disc(w * 0.6, h * 0.9, u * 44, mix(colours.accent, colours.paper, 0.6), u * 6.4)
    sheet.pen.ring(w * 0.6, h * 0.9, u * 38, mix(colours.accent, colours.paper, 0.3), u * 0.7, u * 5.2)
    {"sofa": _sofa, "desk": _desk, "bed": _bed}[motif](sheet, w * 0.62, h * 0.87)
    _lamp(sheet, w * 0.93, h * 0.9)
    _plant(sheet, w * 0.2, h * 0.9)
    sheet.light(mix(canvas.warm(colours), WHITE, 0.3), canvas.shining(job.size, w * 0.22, h * 0.3, w * 0.8), 0.2)
    return sheet.finish(grain=5, vignette=0.15)


def _window(sheet: Sheet, left: float, top: float, right: float, bottom: float) -> None:
    job = sheet.job
    u, colours = job.unit, job.palette
    view = landscapes.misty_mountains(
        job._replace(width=max(60, round(right - left)), height=max(60, round(bottom - top)), motif="sun")
    )
    with sheet.soft(colours.night, u, 0.3) as pen:
        pen.block(left - u * 2, top - u * 2, right + u * 3, bottom + u * 3, 255)
    frame = mix(colours.paper, WHITE, 0.6)
    sheet.pen.block(left - u * 2, top - u * 2, right + u * 2, bottom + u * 2, frame)
    sheet.image.paste(view, (round(left), round(top)))
    sheet.pen.block((left + right) / 2 - u * 0.6, top, (left + right) / 2 + u * 0.6, bottom, frame)
    sheet.pen.block(left, top + (bottom - top) * 0.3, right, top + (bottom - top) * 0.3 + u, frame)
    sheet.pen.block(left - u * 3.4, bottom + u * 1.4, right + u * 3.4, bottom + u * 3.2, mix(frame, colours.soft, 0.3))


def _pictures(sheet: Sheet, x: float, y: float) -> None:
    job = sheet.job
    u, colours, rng = job.unit, job.palette, job.rng
    for dx, wide, tall in ((-15, 9, 12), (2, 6.5, 8.5), (16, 8, 10)):
        cx, tone = x + dx * u, rng.choice((colours.accent, colours.second, colours.middle))
        with sheet.soft(colours.night, u * 0.8, 0.35) as pen:
            pen.block(
                cx - wide * u / 2 + u * 0.6,
                y - tall * u / 2 + u * 0.8,
                cx + wide * u / 2 + u * 0.6,
                y + tall * u / 2 + u * 0.8,
                255,
            )
        sheet.pen.block(
            cx - wide * u / 2,
            y - tall * u / 2,
            cx + wide * u / 2,
            y + tall * u / 2,
            mix(colours.night, (90, 60, 40), 0.4),
        )
        sheet.pen.block(
            cx - wide * u / 2 + u * 0.6,
            y - tall * u / 2 + u * 0.6,
            cx + wide * u / 2 - u * 0.6,
            y + tall * u / 2 - u * 0.6,
            mix(colours.paper, WHITE, 0.5),
        )
        sheet.pen.disc(cx, y - tall * u * 0.1, wide * u * 0.24, tone)
        sheet.pen.block(
            cx - wide * u * 0.28,
            y + tall * u * 0.16,
            cx + wide * u * 0.28,
            y + tall * u * 0.3,
            mix(tone, colours.deep, 0.5),
        )


def _soft_block(
    sheet: Sheet, left: float, top: float, right: float, bottom: float, tone: Colour, radius: float
) -> None:
    field = canvas.gain(canvas.falling(sheet.job.size), top / sheet.job.height, min(1.0, bottom / sheet.job.height))
    with sheet.stencil(canvas.tint(field, (mix(tone, WHITE, 0.22), tone, mix(tone, BLACK, 0.28)))) as pen:
        pen.block(left, top, right, bottom, 255, radius)


def _sofa(sheet: Sheet, x: float, foot: float) -> None:
    job = sheet.job
    u, colours = job.unit, job.palette
    tone = job.rng.choice((colours.deep, colours.accent, colours.second, colours.middle))
    for leg in (-26, 26):
        sheet.pen.block(x + leg * u - u, foot - u * 5, x + leg * u + u, foot + u, (84, 56, 38))
    _soft_block(sheet, x - 29 * u, foot - 30 * u, x + 29 * u, foot - 6 * u, mix(tone, BLACK, 0.1), u * 4)
    for side in (-1, 1):
        _soft_block(
            sheet, x + (side * 14.4 - 13.6) * u, foot - 17 * u, x + (side * 14.4 + 13.6) * u, foot - 8 * u, tone, u * 2
        )
        _soft_block(
            sheet,
            x + (side * 31 - 4) * u,
            foot - 22 * u,
            x + (side * 31 + 4) * u,
            foot - 3 * u,
            mix(tone, WHITE, 0.06),
            u * 3,
        )
    _soft_block(sheet, x - 29 * u, foot - 9.5 * u, x + 29 * u, foot - 3 * u, mix(tone, BLACK, 0.12), u * 1.4)
    for dx, cushion in ((-19, colours.second), (-11, colours.paper), (18, colours.accent)):
        shape = canvas.turned(
            [(-5, -5), (5, -5), (5, 5), (-5, 5)], x + dx * u, foot - 20 * u, 0.2 if dx < 0 else -0.25, u
        )
        sheet.pen.shape(canvas.smooth(shape, closed=True), mix(cushion, colours.paper, 0.2))


def _desk(sheet: Sheet, x: float, foot: float) -> None:
    job = sheet.job
    u, colours = job.unit, job.palette
    wood = (150, 104, 68)
    for leg in (-27, 27):
        sheet.pen.shape(
            [
                (x + leg * u - u, foot - 24 * u),
                (x + leg * u + u, foot - 24 * u),
                (x + leg * u * 1.06 + u * 0.6, foot + u),
                (x + leg * u * 1.06 - u * 0.6, foot + u),
            ],
            mix(wood, BLACK, 0.25),
        )
    _soft_block(sheet, x - 31 * u, foot - 26 * u, x + 31 * u, foot - 23.4 * u, wood, u * 0.6)
    _soft_block(sheet, x + 8 * u, foot - 23.4 * u, x + 27 * u, foot - 16 * u, mix(wood, BLACK, 0.12), u * 0.4)
    sheet.pen.disc(x + 17.5 * u, foot - 19.6 * u, u * 0.8, colours.paper)
    _soft_block(sheet, x - 13 * u, foot - 42 * u, x + 9 * u, foot - 28.6 * u, mix(colours.night, BLACK, 0.2), u * 0.8)
    sheet.image.paste(
        canvas.tint(canvas.slanting((round(20 * u), round(11 * u)), 40), (colours.deep, colours.accent)),
        (round(x - 12 * u), round(foot - 41 * u)),
    )
    sheet.pen.block(x - 3 * u, foot - 28.6 * u, x - u, foot - 26 * u, colours.night)
    for index, tone in enumerate((colours.accent, colours.second, colours.middle, colours.paper)):
        sheet.pen.block(
            x + (17 + index * 2) * u, foot - (34 + index % 2 * 2) * u, x + (18.7 + index * 2) * u, foot - 26 * u, tone
        )
    solids.lathe(sheet, x - 24 * u, [(foot - 31 * u, 2 * u), (foot - 26 * u, 1.7 * u)], colours.accent)
    _soft_block(sheet, x - 12 * u, foot - 14 * u, x + 6 * u, foot - 10 * u, colours.deep, u * 1.6)
    _soft_block(sheet, x - 10 * u, foot - 33 * u, x + 4 * u, foot - 16 * u, mix(colours.deep, WHITE, 0.08), u * 3)
    sheet.pen.block(x - 4 * u, foot - 10 * u, x - 2 * u, foot, colours.night)
    sheet.pen.block(x - 12 * u, foot - u * 0.6, x + 6 * u, foot + u * 0.4, colours.night)


def _bed(sheet: Sheet, x: float, foot: float) -> None:
    job = sheet.job
    u, colours = job.unit, job.palette
    _soft_block(
        sheet, x - 33 * u, foot - 36 * u, x + 33 * u, foot - 4 * u, mix((158, 112, 76), colours.deep, 0.2), u * 4
    )
    _soft_block(sheet, x - 31 * u, foot - 20 * u, x + 31 * u, foot, mix(colours.paper, WHITE, 0.5), u * 3)
    for dx, tone in ((-16, colours.paper), (16, colours.paper), (0, colours.accent)):
        size = 11 if tone == colours.paper else 7
        _soft_block(
            sheet,
            x + (dx - size) * u,
            foot - (28 if size == 11 else 25) * u,
            x + (dx + size) * u,
            foot - 17 * u,
            mix(tone, WHITE, 0.3),
            u * 3,
        )
    throw = mix(colours.second, colours.middle, 0.3)
    _soft_block(sheet, x - 32 * u, foot - 13 * u, x + 32 * u, foot - u, throw, u * 2)
    for index in range(13):
        sheet.pen.line(
            [(x + (-30 + index * 5) * u, foot - 12.6 * u), (x + (-30 + index * 5) * u, foot - 1.4 * u)],
            fade(mix(throw, WHITE, 0.5), 0.4),
            u * 0.4,
        )


def _lamp(sheet: Sheet, x: float, foot: float) -> None:
    job = sheet.job
    u = job.unit
    sheet.pen.disc(x, foot, u * 4, (60, 48, 40), u * 0.9)
    sheet.pen.line([(x, foot), (x, foot - 46 * u)], (60, 48, 40), u * 0.6)
    with sheet.soft((255, 214, 150), u * 9, 0.6, lit=True) as pen:
        pen.disc(x, foot - 46 * u, 12 * u, 255)
    with sheet.stencil((255, 236, 200)) as pen:
        pen.shape(
            [
                (x - 4 * u, foot - 54 * u),
                (x + 4 * u, foot - 54 * u),
                (x + 7 * u, foot - 43 * u),
                (x - 7 * u, foot - 43 * u),
            ],
            255,
        )


def _plant(sheet: Sheet, x: float, foot: float) -> None:
    job = sheet.job
    rng, u, colours = job.rng, job.unit, job.palette
    solids.shadow(sheet, x, foot, u * 6)
    for _ in range(13):
        turn, reach = -math.pi / 2 + rng.uniform(-0.9, 0.9), u * rng.uniform(14, 28)
        tip = (x + math.cos(turn) * reach, foot - u * 11 + math.sin(turn) * reach)
        sheet.pen.line(
            canvas.smooth([(x, foot - u * 10), ((x + tip[0]) / 2, (foot - u * 10 + tip[1]) / 2 - u * 2), tip]),
            (74, 96, 58),
            u * 0.4,
        )
        blade = canvas.smooth([(-0.2, 0), (0.3, -0.42), (1, 0), (0.3, 0.42)], closed=True)
        green = mix((62, 112, 70), rng.choice((colours.deep, WHITE)), rng.uniform(0, 0.3))
        sheet.pen.shape(canvas.turned(blade, *tip, turn + rng.uniform(-0.5, 0.5), u * rng.uniform(6, 10)), green)
    solids.lathe(
        sheet,
        x,
        [(foot - 12 * u, 6 * u), (foot - 10.6 * u, 6 * u), (foot, 4.4 * u)],
        mix(colours.paper, colours.accent, 0.35),
    )


STYLES = {"room": room}
