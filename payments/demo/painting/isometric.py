"""Small towns on a slab, seen from above without perspective."""

from collections.abc import Callable

from PIL import Image

from payments.demo.painting import canvas, solids
from payments.demo.painting.canvas import BLACK, WHITE, Job, Pen, Point, Sheet, fade, mix
from payments.demo.painting.palettes import Colour

Place = Callable[[float, float], Point]  # from rows and columns of the town to the sheet


def isometric(job: Job) -> Image.Image:
    """A block of a small town seen from above; motifs: town, harbour, park."""
    rng, colours, w, h = job.rng, job.palette, job.width, job.height
    motif = job.pick(("town", "harbour", "park"))
    ground = mix(colours.paper, colours.soft, 0.35)
    sheet = Sheet(
        job,
        canvas.tint(canvas.slanting(job.size, 60), (mix(ground, WHITE, 0.35), ground, mix(ground, colours.soft, 0.5))),
    )
    count = 7
    unit = min(w / 13.5, h / 10.4)
    origin = (w / 2, h * 0.5 + (count + 1) * unit * 0.5)

    def place(i: float, j: float) -> tuple[float, float]:
        return origin[0] + (j - i) * unit * 0.866, origin[1] - (i + j) * unit * 0.5

    _slab(sheet, place, count, unit)
    for i in reversed(range(count)):
        for j in reversed(range(count)):
            x, y = place(i, j)
            if i == 3 or j == 3:
                _road(sheet, place, i, j, unit)
            elif motif == "harbour" and j < 2:
                _water(sheet, place, i, j, unit)
            elif rng.random() < (0.55 if motif == "park" else 0.2):
                _green(sheet, place, i, j, unit)
            else:
                _house(sheet, x, y - unit * 0.14, unit)
    return sheet.finish(grain=3)


def _slab(sheet: Sheet, place: Place, count: int, unit: float) -> None:
    colours = sheet.job.palette
    x, y = place(-0.3, -0.3)
    with sheet.soft(colours.night, unit * 0.5, 0.3) as pen:
        side = (count + 0.6) * unit
        pen.shape(
            [
                (x, y + unit),
                (x + side * 0.866, y + unit - side / 2),
                (x, y + unit - side),
                (x - side * 0.866, y + unit - side / 2),
            ],
            255,
        )
    tones = (
        mix(colours.paper, colours.second, 0.25),
        mix(colours.deep, colours.middle, 0.4),
        mix(colours.deep, colours.night, 0.25),
    )
    side = (count + 0.6) * unit
    solids.box(sheet, x, y + unit * 0.45, side, side, unit * 0.45, tones)


def _tile(sheet: Sheet, place: Place, i: float, j: float, colour: Colour, inset: float = 0.0) -> None:
    corners = (
        (i + inset, j + inset),
        (i + inset, j + 1 - inset),
        (i + 1 - inset, j + 1 - inset),
        (i + 1 - inset, j + inset),
    )
    sheet.pen.shape([place(a, b) for a, b in corners], colour)


def _road(sheet: Sheet, place: Place, i: int, j: int, unit: float) -> None:
    colours, rng = sheet.job.palette, sheet.job.rng
    _tile(sheet, place, i, j, mix(colours.night, colours.soft, 0.45))
    if i == j:
        return
    for part in (0.15, 0.6):
        a, b = (
            ((i + part, j + 0.5), (i + part + 0.22, j + 0.5))
            if j == 3
            else ((i + 0.5, j + part), (i + 0.5, j + part + 0.22))
        )
        sheet.pen.line([place(*a), place(*b)], colours.paper, unit * 0.04)
    if rng.random() < 0.4:
        x, y = place(i + 0.3, j + 0.18) if j == 3 else place(i + 0.18, j + 0.3)
        tone = rng.choice((colours.accent, colours.second, colours.paper))
        wide, deep = (unit * 0.4, unit * 0.2) if j == 3 else (unit * 0.2, unit * 0.4)
        solids.box(sheet, x, y, wide, deep, unit * 0.13, (mix(tone, WHITE, 0.3), tone, mix(tone, BLACK, 0.25)))


def _water(sheet: Sheet, place: Place, i: int, j: int, unit: float) -> None:
    colours, rng = sheet.job.palette, sheet.job.rng
    blue = mix(colours.second, (70, 150, 190), 0.6)
    _tile(sheet, place, i, j, blue)
    for _ in range(2):
        a, b = rng.uniform(0.1, 0.6), rng.uniform(0.1, 0.9)
        sheet.pen.line([place(i + a, j + b), place(i + a + 0.3, j + b)], mix(blue, WHITE, 0.4), unit * 0.03)
    if rng.random() < 0.35:
        x, y = place(i + 0.3, j + 0.4)
        solids.box(
            sheet,
            x,
            y,
            unit * 0.5,
            unit * 0.2,
            unit * 0.12,
            (mix(colours.paper, colours.soft, 0.4), colours.accent, mix(colours.accent, BLACK, 0.3)),
        )
        x, y = x - unit * 0.15, y - unit * 0.2
        sheet.pen.shape([(x, y), (x, y - unit * 0.75), (x + unit * 0.4, y - unit * 0.1)], colours.paper)


def _green(sheet: Sheet, place: Place, i: int, j: int, unit: float) -> None:
    colours, rng = sheet.job.palette, sheet.job.rng
    lawn = mix((128, 168, 96), colours.second, 0.3)
    _tile(sheet, place, i, j, lawn, 0.04)
    for _ in range(rng.randint(2, 4)):
        x, y = place(i + rng.uniform(0.2, 0.8), j + rng.uniform(0.2, 0.8))
        tall, tone = unit * rng.uniform(0.3, 0.55), mix((70, 120, 78), colours.middle, rng.uniform(0, 0.35))
        sheet.pen.disc(x + unit * 0.06, y, unit * 0.2, fade(colours.night, 0.2), unit * 0.09)
        sheet.pen.line([(x, y), (x, y - tall * 0.5)], (96, 72, 52), unit * 0.06)
        solids.ball(sheet, x, y - tall * 0.75, unit * 0.2, tone, 0.35)


def _house(sheet: Sheet, x: float, y: float, unit: float) -> None:
    job = sheet.job
    rng, colours = job.rng, job.palette
    tone = mix(
        rng.choice((colours.paper, colours.soft, colours.middle, colours.accent, colours.second)), colours.paper, 0.2
    )
    tall, wide, deep = (
        unit * rng.choice((0.5, 0.8, 1.0, 1.5, 2.2)),
        unit * rng.uniform(0.68, 0.8),
        unit * rng.uniform(0.68, 0.8),
    )
    left, right = mix(tone, colours.deep, 0.16), mix(tone, colours.deep, 0.45)
    sheet.pen.shape(
        [
            (x, y + unit * 0.05),
            (x + deep * 1.25, y - deep * 0.3),
            (x + deep * 1.1, y - deep * 0.62),
            (x, y - unit * 0.1),
        ],
        fade(colours.night, 0.18),
    )
    solids.box(sheet, x, y, wide, deep, tall, (mix(tone, WHITE, 0.45), left, right))
    glass = rng.choice((canvas.warm(colours), colours.night, mix(colours.second, WHITE, 0.4)))
    for row in range(int(tall / (unit * 0.27))):
        for column in range(3):
            if rng.random() < 0.85:
                _pane(sheet.pen, x, y, -wide, column, row, unit, mix(glass, left, 0.15))
                _pane(sheet.pen, x, y, deep, column, row, unit, mix(glass, right, 0.35))
    if tall < unit and rng.random() < 0.7:
        _roof(
            sheet,
            x,
            y - tall,
            wide,
            deep,
            mix(rng.choice((colours.accent, colours.middle, colours.deep)), colours.paper, 0.08),
        )
    elif rng.random() < 0.6:
        cx, cy = x + (deep - wide) * 0.433, y - tall - (wide + deep) * 0.17
        solids.box(sheet, cx, cy, unit * 0.22, unit * 0.22, unit * 0.16, (colours.paper, left, right))


def _pane(pen: Pen, x: float, y: float, side: float, column: int, row: int, unit: float, colour: Colour) -> None:
    """A window on the left face (negative side) or on the right one."""
    start, end = 0.14 + column * 0.29, 0.28 + column * 0.29
    low = y - unit * (0.1 + row * 0.27)
    x0, x1, rise = x + side * 0.866 * start, x + side * 0.866 * end, abs(side) * 0.5
    pen.shape(
        [
            (x0, low - rise * start),
            (x1, low - rise * end),
            (x1, low - rise * end - unit * 0.14),
            (x0, low - rise * start - unit * 0.14),
        ],
        colour,
    )


def _roof(sheet: Sheet, x: float, y: float, wide: float, deep: float, colour: Colour) -> None:
    left, right = (x - wide * 0.866, y - wide * 0.5), (x + deep * 0.866, y - deep * 0.5)
    back = (x + (deep - wide) * 0.866, y - (wide + deep) * 0.5)
    tip = (x + (deep - wide) * 0.433, y - (wide + deep) * 0.25 - min(wide, deep) * 0.55)
    sheet.pen.shape([left, back, tip], mix(colour, WHITE, 0.1))
    sheet.pen.shape([right, back, tip], mix(colour, BLACK, 0.2))
    sheet.pen.shape([left, (x, y), tip], mix(colour, WHITE, 0.22))
    sheet.pen.shape([right, (x, y), tip], mix(colour, BLACK, 0.28))


STYLES = {"isometric": isometric}
