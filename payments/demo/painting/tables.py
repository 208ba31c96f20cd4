"""Tables laid, seen from above."""

import math

from PIL import Image

from payments.demo.painting import canvas, solids, studio
from payments.demo.painting.canvas import BLACK, WHITE, Job, Sheet, fade, mix
from payments.demo.painting.palettes import Colour


def table_top(job: Job) -> Image.Image:
    """A table from above; motifs: ramen, breakfast, coffee, citrus."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("ramen", "breakfast", "coffee", "citrus"))
    table = mix(colours.deep, colours.night, 0.35) if rng.random() < 0.5 else mix(colours.paper, colours.soft, 0.6)
    sheet = Sheet(job, canvas.tint(canvas.slanting(job.size, 45), (mix(table, WHITE, 0.16), mix(table, BLACK, 0.12))))
    grain = canvas.clouds(rng, (max(8, w // 16), h), u * 2.4, 4).resize(job.size, Image.Resampling.BICUBIC)
    sheet.lay(mix(table, BLACK, 0.5), canvas.gain(grain, 0.5, 1), 0.35)
    x, y = w * (0.5 if w <= h else 0.42), h * 0.52
    cloth = canvas.turned(
        [(-34, -30), (34, -30), (34, 30), (-34, 30)], x + u * 6, y + u * 4, rng.uniform(-0.5, 0.5), u * 1.05
    )
    _dropped(sheet, cloth, mix(colours.accent, colours.paper, 0.4))
    {"ramen": _ramen, "breakfast": _breakfast, "coffee": _coffee, "citrus": _citrus}[motif](sheet, x, y)
    for _ in range(16):
        px, py = w * rng.random(), h * rng.random()
        if math.hypot(px - x, py - y) > u * 40:
            leaf = canvas.smooth([(0, 0), (1.4, -0.7), (3, 0), (1.4, 0.7)], closed=True)
            sheet.pen.shape(
                canvas.turned(leaf, px, py, rng.uniform(0, 6), u * rng.uniform(0.6, 1.1)),
                mix((74, 120, 62), colours.second, 0.2),
            )
    return sheet.finish(grain=5, vignette=0.25)


def _dropped(sheet: Sheet, shape: list[canvas.Point], tone: Colour) -> None:
    u = sheet.job.unit
    with sheet.soft(BLACK, u * 1.4, 0.4) as pen:
        pen.shape([(x + u * 1.2, y + u * 1.4) for x, y in shape], 255)
    with sheet.stencil(
        canvas.tint(canvas.slanting((256, 256), 40), (mix(tone, WHITE, 0.2), mix(tone, BLACK, 0.12)))
    ) as pen:
        pen.shape(shape, 255)


def _dish(sheet: Sheet, x: float, y: float, radius: float, rim: Colour, well: Colour) -> None:
    u = sheet.job.unit
    with sheet.soft(BLACK, u * 2, 0.5) as pen:
        pen.disc(x + u * 2, y + u * 2.6, radius, 255)
    field = canvas.slanting((sheet.job.width // 4, sheet.job.height // 4), 45)
    for size, first, second in (
        (1.0, mix(rim, WHITE, 0.3), mix(rim, BLACK, 0.18)),
        (0.88, mix(rim, BLACK, 0.2), mix(rim, WHITE, 0.2)),
        (0.84, mix(well, BLACK, 0.1), mix(well, WHITE, 0.08)),
    ):
        local = canvas.gain(
            field, max(0.0, (x + y) / sum(sheet.job.size) - 0.3), min(1.0, (x + y) / sum(sheet.job.size) + 0.3)
        )
        with sheet.stencil(canvas.tint(local, (first, second))) as pen:
            pen.disc(x, y, radius * size, 255)


def _ramen(sheet: Sheet, x: float, y: float) -> None:
    job = sheet.job
    rng, u, colours, pen = job.rng, job.unit, job.palette, sheet.pen
    _dish(sheet, x, y, u * 35, mix(colours.night, colours.deep, 0.4), mix((196, 122, 54), colours.middle, 0.15))
    for _ in range(54):
        a, r = rng.uniform(0, math.tau), u * rng.uniform(2, 20)
        loop = [
            (x + math.cos(a + t * 0.5) * r * (1 + 0.1 * t), y + u * 3 + math.sin(a + t * 0.5) * r * (0.9 + 0.06 * t))
            for t in range(6)
        ]
        pen.line(canvas.smooth(loop), mix((240, 208, 138), BLACK, rng.uniform(0, 0.16)), u * 0.9)
    for dx, dy in ((-11, 8), (8, 13)):
        pen.disc(x + dx * u, y + dy * u, u * 8, (250, 244, 228), u * 6.6)
        pen.disc(x + dx * u, y + dy * u, u * 4.2, (240, 164, 40), u * 3.6)
        pen.disc(x + dx * u - u, y + dy * u - u, u * 1.4, (252, 206, 110))
    for index in range(3):
        cx, cy = x + (9 + index * 3.4) * u, y - (13 - index * 6) * u
        pen.disc(cx, cy, u * 8, (176, 98, 72), u * 6.4)
        pen.disc(cx + u * 0.8, cy, u * 6, (206, 134, 102), u * 4.6)
        pen.bow(cx, cy, u * 4, 20, 200, (236, 196, 168), u * 0.9)
    nori = canvas.turned([(-6, -9), (6, -9), (6, 9), (-6, 9)], x - 14 * u, y - 14 * u, -0.5, u)
    pen.shape(nori, (28, 44, 36))
    for _ in range(46):
        cx, cy = x + rng.gauss(-3, 6) * u, y + rng.gauss(-9, 5) * u
        pen.ring(cx, cy, u * rng.uniform(0.8, 1.5), mix((94, 160, 70), WHITE, rng.uniform(0, 0.4)), u * 0.45)
    for side in (0, 3.2):
        stick = canvas.turned(
            [(-50, side - 0.8), (46, side - 0.5), (46, side + 0.5), (-50, side + 0.8)], x + 34 * u, y + 4 * u, -1.2, u
        )
        _dropped(sheet, stick, mix((120, 60, 38), colours.accent, 0.2))


def _breakfast(sheet: Sheet, x: float, y: float) -> None:
    job = sheet.job
    rng, u, pen, colours = job.rng, job.unit, sheet.pen, job.palette
    _dish(sheet, x, y, u * 34, mix(colours.paper, WHITE, 0.4), mix(colours.paper, WHITE, 0.6))
    for dx, dy in ((-9, -6), (7, 5)):
        pen.shape(canvas.blob(rng, x + dx * u, y + dy * u, u * 10.5, 0.16), (255, 253, 246))
        with sheet.soft((214, 190, 150), u * 0.7, 0.35) as soft:
            soft.ring(x + dx * u, y + dy * u, u * 9, 255, u)
        pen.disc(x + dx * u, y + dy * u, u * 4.2, (246, 172, 40))
        pen.disc(x + dx * u - u * 1.2, y + dy * u - u * 1.4, u * 1.3, (255, 220, 130))
    for index in range(5):
        cx, cy = x + (13 - index * 1.2) * u, y + (-17 + index * 4.6) * u
        pen.disc(cx + u * 3, cy, u * 3.4, (206, 46, 38))
        pen.disc(cx + u * 2.2, cy - u, u * 1.1, (240, 150, 130))
    for index in range(2):
        strip = [(x - u * (22 - t * 5.4), y + u * (16 + index * 5 + math.sin(t * 1.9) * 1.6)) for t in range(7)]
        pen.line(canvas.smooth(strip), (164, 62, 44), u * 3.4)
        pen.line(canvas.smooth(strip), (232, 178, 150), u * 0.9)
    for _ in range(34):
        pen.disc(x + rng.gauss(0, 14) * u, y + rng.gauss(0, 12) * u, u * 0.3, (70, 110, 56))
    _cup(sheet, x + u * 46, y - u * 24, u * 13)
    for index, tall in ((0, 1), (1, 0)):
        tool = canvas.turned([(-26, -0.9), (24, -0.7), (24, 0.7), (-26, 0.9)], x - u * (42 + index * 5), y, 1.5, u)
        _dropped(sheet, tool, (206, 204, 198))
        if tall:
            pen.disc(tool[0][0], tool[0][1] - u, u * 2.6, (206, 204, 198), u * 4.2)


def _cup(sheet: Sheet, x: float, y: float, radius: float) -> None:
    colours = sheet.job.palette
    u = sheet.job.unit
    _dish(sheet, x, y, radius * 1.5, mix(colours.paper, WHITE, 0.3), mix(colours.paper, colours.soft, 0.4))
    sheet.pen.stroke(
        [(x + radius * 0.7, y + radius * 0.7), (x + radius * 1.28, y + radius * 1.28)],
        mix(colours.accent, BLACK, 0.1),
        radius * 0.26,
    )
    _dish(sheet, x, y, radius, colours.accent, (74, 42, 26))
    cream = (232, 204, 168)
    for index in range(5):
        size = 0.52 - index * 0.1
        sheet.pen.disc(
            x,
            y - radius * (0.16 - index * 0.13),
            radius * size,
            cream if index % 2 == 0 else (142, 92, 58),
            radius * size * 0.72,
        )
    sheet.pen.line([(x, y - radius * 0.5), (x, y + radius * 0.62)], cream, u * 0.5)


def _coffee(sheet: Sheet, x: float, y: float) -> None:
    job = sheet.job
    rng, u, pen = job.rng, job.unit, sheet.pen
    _cup(sheet, x, y, u * 21)
    plate = (x + u * 44, y + u * 18)
    _dish(sheet, *plate, u * 19, mix(job.palette.paper, WHITE, 0.4), mix(job.palette.paper, WHITE, 0.5))
    for index in range(9):
        a = math.pi * (0.12 + 0.76 * index / 8)
        cx, cy = plate[0] - math.cos(a) * u * 9, plate[1] + u * 5 - math.sin(a) * u * 10
        size = u * (2.4 + 3.6 * math.sin(math.pi * (index + 0.7) / 9.4))
        pen.disc(cx, cy, size, mix((196, 122, 56), BLACK, 0.2))
        pen.disc(cx - size * 0.12, cy - size * 0.16, size * 0.86, mix((222, 158, 84), WHITE, 0.06 * (index % 3)))
    for _ in range(26):
        px, py, turn = job.width * rng.random(), job.height * rng.random(), rng.uniform(0, 3)
        if math.hypot(px - x, py - y) < u * 36 or math.hypot(px - plate[0], py - plate[1]) < u * 22:
            continue
        bean = canvas.polygon(0, 0, 1, 20)
        pen.shape(
            canvas.turned([(a * 1.9, b * 1.3) for a, b in bean], px + u * 0.4, py + u * 0.5, turn, u), fade(BLACK, 0.3)
        )
        pen.shape(canvas.turned([(a * 1.9, b * 1.3) for a, b in bean], px, py, turn, u), (84, 48, 30))
        pen.line(
            canvas.smooth(canvas.turned([(-1.7, 0), (-0.5, 0.3), (0.5, -0.3), (1.7, 0)], px, py, turn, u)),
            (46, 24, 14),
            u * 0.3,
        )


def _citrus(sheet: Sheet, x: float, y: float) -> None:
    job = sheet.job
    rng, u, colours = job.rng, job.unit, job.palette
    _dish(sheet, x, y, u * 33, mix(colours.second, colours.paper, 0.4), mix(colours.paper, WHITE, 0.4))
    kinds = [
        ((244, 150, 40), (250, 186, 90)),
        ((238, 208, 60), (250, 232, 130)),
        ((216, 78, 66), (240, 128, 100)),
        ((130, 170, 60), (196, 216, 120)),
    ]
    for index in range(9):
        ring, turn = (0 if index == 0 else 1), index * math.tau / 8
        cx, cy = x + math.cos(turn) * u * 19 * ring, y + math.sin(turn) * u * 19 * ring
        _slice(sheet, cx, cy, u * rng.uniform(8, 10.4), *rng.choice(kinds))
    for _ in range(4):
        px, py = job.width * rng.choice((0.1, 0.86)) + rng.uniform(-8, 8) * u, job.height * rng.uniform(0.12, 0.9)
        peel, _ = rng.choice(kinds)
        with sheet.soft(BLACK, u * 1.6, 0.45) as pen:
            pen.disc(px + u * 1.6, py + u * 2, u * 9, 255)
        solids.ball(sheet, px, py, u * 9.4, peel, 0.5)
        studio.freckles(sheet, px, py, u * 8, mix(peel, BLACK, 0.3))


def _slice(sheet: Sheet, x: float, y: float, radius: float, peel: Colour, flesh: Colour) -> None:
    start = sheet.job.rng.uniform(0, 1)
    with sheet.soft(BLACK, radius * 0.12, 0.35) as pen:
        pen.disc(x + radius * 0.1, y + radius * 0.13, radius, 255)
    sheet.pen.disc(x, y, radius, peel)
    sheet.pen.disc(x, y, radius * 0.9, (252, 246, 226))
    wedge = canvas.smooth([(0.1, 0), (0.5, -0.2), (0.8, -0.24), (0.84, 0), (0.8, 0.24), (0.5, 0.2)], closed=True)
    for index in range(10):
        turn = start + math.tau * index / 10
        sheet.pen.shape(canvas.turned(wedge, x, y, turn, radius), mix(flesh, peel, 0.25 if index % 2 else 0.05))
        sheet.pen.line(canvas.turned([(0.3, 0), (0.72, 0.05)], x, y, turn, radius), fade(WHITE, 0.35), radius * 0.03)


STYLES = {"table_top": table_top}
