"""Graphic work: posters, marks, icons, blueprints, halftone portraits, stickers, stationery."""

import math

from PIL import Image, ImageChops

from payments.demo.painting import canvas, scenes
from payments.demo.painting.canvas import BLACK, WHITE, Job, Pen, Point, Sheet, fade, mix
from payments.demo.painting.palettes import Colour


def bauhaus(job: Job) -> Image.Image:
    """A poster of circles, bars and diagonals; motifs: circle, grid, diagonal."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("circle", "grid", "diagonal"))
    paper, ink = mix(colours.paper, (240, 228, 202), 0.4), mix(colours.night, BLACK, 0.3)
    red, blue, yellow = canvas.rosy(colours), colours.deep, colours.second
    sheet = Sheet(job, paper)
    {"circle": _poster_circle, "grid": _poster_grid, "diagonal": _poster_diagonal}[motif](
        sheet, (red, blue, yellow, ink)
    )
    words = rng.choice(("FORM", "LICHT", "RAUM", "1926", "KLANG", "FARBE"))
    sheet.pen.words(u * 7, h - u * 8.5, words, u * 9, ink, "ls")
    sheet.pen.line([(u * 7, h - u * 6), (w * 0.5, h - u * 6)], ink, u * 0.9)
    sheet.pen.words(u * 7, h - u * 3, "Ausstellung 14. Mai – 30. Juni", u * 2.3, ink, "ls")
    worn = canvas.gain(canvas.clouds(rng, job.size, u, 3), 0.7, 0.95)
    sheet.lay(paper, worn, 0.3)
    return sheet.finish(grain=9)


def _poster_circle(sheet: Sheet, inks: tuple[Colour, ...]) -> None:
    job = sheet.job
    rng, w, h, u, pen = job.rng, job.width, job.height, job.unit, sheet.pen
    red, blue, yellow, ink = inks
    x, y, radius = w * rng.uniform(0.5, 0.62), h * 0.4, u * rng.uniform(28, 33)
    pen.disc(x, y, radius, red)
    pen.slice(x, y, radius, 90, 270, blue)
    pen.disc(x, y, radius * 0.55, job.palette.paper)
    pen.slice(x, y, radius * 0.55, -90, 90, ink)
    pen.disc(x, y, radius * 0.2, yellow)
    for index in range(7):
        left = u * (7 + index * 3.2)
        pen.block(left, u * 7, left + u * 1.6, h * (0.62 - 0.05 * index), ink if index % 2 else red)
    pen.shape(
        [
            (x + radius * 0.4, y + radius * 0.8),
            (x + radius * 1.4, y + radius * 0.8),
            (x + radius * 0.9, y + radius * 1.7),
        ],
        yellow,
    )
    pen.line([(0, h * 0.74), (w, h * 0.52)], ink, u * 1.3)
    pen.line([(0, h * 0.78), (w, h * 0.56)], blue, u * 0.7)
    for index in range(4):
        pen.ring(w - u * 13, h - u * 15, u * (3 + index * 2.4), ink, u * 0.7)


def _poster_grid(sheet: Sheet, inks: tuple[Colour, ...]) -> None:
    job = sheet.job
    rng, w, h, u, pen = job.rng, job.width, job.height, job.unit, sheet.pen
    columns = 5 if w > h else 4
    side = (w - u * 14) / columns
    rows = max(2, int((h - u * 30) / side))
    for i in range(columns):
        for j in range(rows):
            left, top = u * 7 + i * side, u * 7 + j * side
            a, b = rng.sample((*inks, job.palette.soft), 2)
            pen.block(left, top, left + side, top + side, a)
            kind, corner = rng.randrange(6), rng.randrange(4)
            x, y, start = left + side * (corner % 2), top + side * (corner // 2), (0, 90, 270, 180)[corner]
            if kind == 0:
                pen.slice(x, y, side, start, start + 90, b)
            elif kind == 1:
                pen.disc(left + side / 2, top + side / 2, side * 0.4, b)
                pen.disc(left + side / 2, top + side / 2, side * 0.18, a)
            elif kind == 2:
                pen.shape([(left, top), (left + side, top), (left, top + side)], b)
            elif kind == 3:
                for stripe in range(4):
                    pen.block(left, top + side * stripe / 4, left + side, top + side * (stripe + 0.5) / 4, b)
            elif kind == 4:
                pen.slice(left + side / 2, top, side / 2, 0, 180, b)
                pen.slice(left + side / 2, top + side, side / 2, 180, 360, b)
            else:
                pen.slice(x, y, side, start, start + 90, b)
                pen.slice(x, y, side * 0.66, start, start + 90, a)
                pen.slice(x, y, side * 0.33, start, start + 90, b)


def _poster_diagonal(sheet: Sheet, inks: tuple[Colour, ...]) -> None:
    job = sheet.job
    rng, w, h, u, pen = job.rng, job.width, job.height, job.unit, sheet.pen
    red, blue, yellow, ink = inks
    turn, x, y = -0.62, w * 0.55, h * 0.4
    for offset, half, reach, tone in (
        (-24, 5, 90, red),
        (-10, 2, 120, ink),
        (2, 9, 74, yellow),
        (19, 3.4, 110, blue),
        (28, 1.2, 120, ink),
    ):
        bar = [
            (-reach, offset - half),
            (reach * 0.72, offset - half),
            (reach * 0.72, offset + half),
            (-reach, offset + half),
        ]
        pen.shape(canvas.turned(bar, x, y, turn, u), tone)
    pen.disc(x + u * 6, y - u * 4, u * 17, ink)
    pen.disc(x + u * 6, y - u * 4, u * 11, red)
    pen.slice(x + u * 6, y - u * 4, u * 11, 20, 140, job.palette.paper)
    for index in range(5):
        cx, cy = canvas.turned([(-46 + index * 8, 10)], x, y, turn, u)[0]
        pen.disc(cx, cy, u * 2.3, rng.choice((ink, blue)))
    pen.shape(canvas.turned([(34, -34), (52, -34), (43, -16)], x, y, turn, u), blue)


# ---- Marks -----------------------------------------------------------------------------------------------------------
def logo_sheet(job: Job) -> Image.Image:
    """A sheet of geometric marks on a construction grid; motifs: grid, single, dark."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("grid", "single", "dark"))
    dark = motif == "dark"
    ground = mix(colours.night, BLACK, 0.2) if dark else mix(colours.paper, WHITE, 0.5)
    ink = colours.paper if dark else colours.night
    sheet = Sheet(job, ground)
    kinds = list(range(12))
    rng.shuffle(kinds)
    if motif == "single":
        _construction(sheet, w / 2, h * 0.45, u * 28, mix(colours.accent, ground, 0.35))
        _mark(sheet.pen, kinds[0], w / 2, h * 0.45, u * 28, (ink, colours.accent, ground))
        sheet.pen.words(w / 2, h * 0.86, rng.choice(("HALDEN", "norra", "OSTARA", "velum", "KITE & CO")), u * 6, ink)
    else:
        columns, rows = (4, 3) if w > h * 1.2 else (3, 4) if h > w * 1.2 else (3, 3)
        for i in range(columns):
            for j in range(rows):
                x, y, size = w * (i + 0.5) / columns, h * (j + 0.5) / rows, min(w / columns, h / rows) * 0.3
                tone = (colours.accent, colours.second, colours.middle)[(i + j) % 3]
                if (i + j) % 4 == 1 and not dark:
                    sheet.pen.block(
                        w * i / columns,
                        h * j / rows,
                        w * (i + 1) / columns,
                        h * (j + 1) / rows,
                        mix(tone, ground, 0.75),
                    )
                _mark(sheet.pen, kinds[(i * rows + j) % 12], x, y, size, (ink, tone, ground))
        for i in range(1, columns):
            sheet.pen.line([(w * i / columns, 0), (w * i / columns, h)], fade(ink, 0.12), u * 0.2)
        for j in range(1, rows):
            sheet.pen.line([(0, h * j / rows), (w, h * j / rows)], fade(ink, 0.12), u * 0.2)
    return sheet.finish(grain=2)


def _construction(sheet: Sheet, x: float, y: float, size: float, ink: Colour) -> None:
    pen, line = sheet.pen, sheet.job.unit * 0.14
    for index in range(-5, 6):
        pen.line(
            [(x + index * size / 4, y - size * 1.3), (x + index * size / 4, y + size * 1.3)], fade(ink, 0.45), line
        )
        pen.line(
            [(x - size * 1.3, y + index * size / 4), (x + size * 1.3, y + index * size / 4)], fade(ink, 0.45), line
        )
    for radius in (0.5, 0.75, 1.0, 1.25):
        pen.ring(x, y, size * radius, fade(ink, 0.7), line)
    for side in (-1, 1):
        pen.line(
            [(x - size * 1.3, y - side * size * 1.3), (x + size * 1.3, y + side * size * 1.3)], fade(ink, 0.45), line
        )


def _mark(pen: Pen, kind: int, x: float, y: float, s: float, inks: tuple[Colour, Colour, Colour]) -> None:
    """One of twelve marks within a circle of radius s."""
    ink, tone, ground = inks
    if kind == 0:
        for index in range(3):
            pen.bow(x, y + s * 0.5, s * (1 - index * 0.28), 180, 360, (ink, tone, ink)[index], s * 0.17)
        pen.disc(x, y + s * 0.45, s * 0.16, tone)
    elif kind == 1:
        for index in range(6):
            petal = canvas.smooth([(0, 0), (0.5, -0.28), (1, 0), (0.5, 0.28)], closed=True)
            pen.shape(canvas.turned(petal, x, y, index * math.pi / 3, s), tone if index % 2 else ink)
    elif kind == 2:
        pen.disc(x - s * 0.3, y, s * 0.66, ink)
        pen.disc(x + s * 0.3, y, s * 0.66, fade(tone, 0.88))
    elif kind == 3:
        pen.shape(canvas.polygon(x, y, s, 6, math.pi / 6), ink)
        pen.shape([(x, y), (x, y - s), (x + s * 0.866, y - s * 0.5), (x + s * 0.866, y + s * 0.5)], tone)
        pen.shape(canvas.polygon(x, y, s * 0.42, 6, math.pi / 6), ground)
    elif kind == 4:
        for index in range(4):
            pen.block(
                x - s + index * s * 0.52,
                y + s * (0.7 - 0.4 * index),
                x - s * 0.6 + index * s * 0.52,
                y + s * 0.9,
                tone if index == 3 else ink,
                s * 0.08,
            )
    elif kind == 5:
        pen.slice(x, y, s, 90, 270, ink)
        pen.slice(x, y - s / 2, s / 2, 270, 450, ink)
        pen.disc(x, y + s / 2, s / 2, tone)
        pen.disc(x, y - s / 2, s * 0.16, ground)
    elif kind == 6:
        pen.shape([(x, y - s), (x + s * 0.95, y + s * 0.75), (x + s * 0.42, y + s * 0.75), (x, y - s * 0.1)], tone)
        pen.shape([(x, y - s), (x - s * 0.95, y + s * 0.75), (x - s * 0.42, y + s * 0.75), (x, y - s * 0.1)], ink)
    elif kind == 7:
        leaf = canvas.smooth([(0, 0.9), (-0.75, 0.1), (0, -0.95), (0.75, 0.1)], closed=True)
        pen.shape(canvas.turned(leaf, x, y, 0.5, s), ink)
        half = canvas.smooth([(0, 0.9), (0.04, 0.1), (0, -0.95), (0.75, 0.1)], closed=True)
        pen.shape(canvas.turned(half, x, y, 0.5, s), tone)
    elif kind == 8:
        for index in range(8):
            a = index * math.pi / 4
            pen.stroke(
                [
                    (x + math.cos(a) * s * 0.34, y + math.sin(a) * s * 0.34),
                    (x + math.cos(a) * s * 0.9, y + math.sin(a) * s * 0.9),
                ],
                tone if index % 2 else ink,
                s * 0.2,
            )
    elif kind == 9:
        pen.block(x - s * 0.85, y - s * 0.85, x + s * 0.85, y + s * 0.85, ink, s * 0.32)
        pen.slice(x - s * 0.85 + s * 0.1, y + s * 0.75, s * 1.3, 270, 360, tone)
        pen.slice(x - s * 0.85 + s * 0.1, y + s * 0.75, s * 0.66, 270, 360, ground)
    elif kind == 10:
        wave = [(x - s + s * t / 12, y + math.sin(t / 24 * math.tau * 1.5) * s * 0.3) for t in range(25)]
        for offset, colour in ((-0.45, ink), (0, tone), (0.45, ink)):
            pen.stroke([(px, py + offset * s) for px, py in wave], colour, s * 0.22)
    else:
        pen.ring(x, y, s * 0.95, ink, s * 0.2)
        pen.stroke([(x - s * 0.36, y + s * 0.36), (x + s * 0.36, y - s * 0.36)], tone, s * 0.22)
        pen.stroke(
            [(x - s * 0.05, y - s * 0.36), (x + s * 0.36, y - s * 0.36), (x + s * 0.36, y + s * 0.05)], tone, s * 0.22
        )


# ---- Icons -----------------------------------------------------------------------------------------------------------
def icon_set(job: Job) -> Image.Image:
    """Flat icons on rounded tiles; motifs: cafe, travel, weather."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("cafe", "travel", "weather"))
    ground = mix(colours.paper, colours.soft, 0.3)
    sheet = Sheet(job, canvas.tint(canvas.slanting(job.size, 50), (mix(ground, WHITE, 0.4), ground)))
    columns, rows = (4, 3) if w > h * 1.2 else (3, 4) if h > w * 1.2 else (3, 3)
    side = min(w / (columns + 0.6), h / (rows + 0.6))
    left, top = (w - side * columns) / 2, (h - side * rows) / 2
    tones = [colours.accent, colours.second, colours.middle, colours.deep, colours.soft]
    places = [(left + side * (i + 0.5), top + side * (j + 0.5)) for j in range(rows) for i in range(columns)]
    half = side * 0.4
    with sheet.soft(colours.night, u * 1.8, 0.3) as pen:
        for x, y in places:
            pen.block(x - half, y - half + u * 1.6, x + half, y + half + u * 1.6, 255)
    order = list(range(len(_ICONS[motif])))
    rng.shuffle(order)
    for index, (x, y) in enumerate(places):
        tone = mix(tones[(index * 2 + index // columns) % 5], colours.paper, 0.08)
        sheet.pen.block(x - half, y - half, x + half, y + half, tone, side * 0.17)
        bright = mix(colours.paper, WHITE, 0.5) if sum(tone) < 480 else colours.night
        _icon(
            sheet.pen,
            _ICONS[motif][order[index % len(order)]],
            (x, y),
            half * 0.62,
            (bright, mix(tone, bright, 0.45), tone),
        )
    return sheet.finish(grain=2)


# Each icon is a list of strokes in a square from -1 to 1: (what, numbers…, ink 0 bright, 1 half-tone, 2 tile).
_ICONS: dict[str, list[list[tuple[object, ...]]]] = {
    "cafe": [
        [("ring", 0.62, 0.0, 0.34, 0.16, 0), ("block", -0.7, -0.5, 0.6, 0.62, 0.3, 0), ("block", -0.85, 0.72, 0.8, 0.86, 0.07, 1), ("line", -0.25, -0.95, -0.25, -0.68, 1), ("line", 0.15, -0.95, 0.15, -0.68, 1)],
        [("shape", (-0.55, -0.55, 0.55, -0.55, 0.4, 0.95, -0.4, 0.95), 0), ("block", -0.68, -0.75, 0.68, -0.5, 0.1, 1), ("block", -0.5, 0.0, 0.5, 0.42, 0, 1), ("line", 0.1, -0.75, 0.3, -1.05, 0)],
        [("disc", 0, 0.1, 0.8, 0), ("disc", 0, 0.1, 0.3, 2), ("disc", -0.4, -0.3, 0.1, 1), ("disc", 0.45, 0.2, 0.1, 1), ("disc", -0.35, 0.55, 0.1, 1), ("disc", 0.3, -0.4, 0.1, 1)],
        [("disc", -0.3, 0.1, 0.52, 0), ("line", -0.55, -0.25, -0.05, 0.45, 2), ("disc", 0.45, -0.25, 0.42, 1), ("line", 0.25, -0.55, 0.65, 0.05, 2)],
        [("shape", (-0.9, 0.7, 0.9, 0.7, 0.9, 0.1, -0.9, -0.35), 0), ("shape", (-0.9, -0.35, 0.9, 0.1, 0.3, -0.6), 1), ("disc", -0.3, 0.35, 0.14, 2), ("disc", 0.3, 0.45, 0.1, 2)],
        [("slice", 0, 0.15, 0.85, 180, 360, 1), ("block", -0.95, 0.1, 0.95, 0.34, 0.1, 0), ("block", -0.8, 0.4, 0.8, 0.75, 0.18, 0)],
        [("shape", (-0.5, -0.1, 0.5, -0.1, 0, 1.0), 1), ("disc", -0.26, -0.3, 0.38, 0), ("disc", 0.26, -0.3, 0.38, 0), ("disc", 0, -0.62, 0.36, 0)],
        [("block", -0.45, -0.45, 0.45, 0.85, 0.12, 0), ("slice", 0, -0.45, 0.45, 180, 360, 1), ("block", -0.08, -0.8, 0.08, 0.2, 0, 2), ("ring", 0.5, 0.15, 0.3, 0.14, 0)],
        [("block", -0.75, -0.1, 0.75, 0.8, 0.08, 0), ("shape", (-0.9, -0.1, -0.7, -0.7, 0.7, -0.7, 0.9, -0.1), 1), ("block", -0.2, 0.25, 0.2, 0.8, 0, 2)],
        [("ring", 0, 0, 0.75, 0.16, 0), ("line", 0, 0, 0, -0.45, 0), ("line", 0, 0, 0.32, 0.14, 1)],
        [("block", -0.6, -0.85, 0.6, 0.85, 0.14, 0), ("line", -0.3, -0.4, 0.3, -0.4, 2), ("line", -0.3, 0, 0.3, 0, 2), ("line", -0.3, 0.4, 0.1, 0.4, 2)],
        [("shape", (0, 0.85, -0.85, -0.1, -0.4, -0.7, 0, -0.3, 0.4, -0.7, 0.85, -0.1), 0), ("disc", -0.42, -0.28, 0.43, 0), ("disc", 0.42, -0.28, 0.43, 0)],
    ],
    "travel": [
        [("shape", (-0.95, 0.15, 0.95, -0.7, 0.45, 0.85, 0.05, 0.3), 0), ("shape", (0.05, 0.3, 0.95, -0.7, -0.05, 0.8), 1)],
        [("block", -0.8, -0.35, 0.8, 0.75, 0.16, 0), ("ring", 0, -0.45, 0.32, 0.14, 1), ("line", -0.35, -0.3, -0.35, 0.7, 2), ("line", 0.35, -0.3, 0.35, 0.7, 2)],
        [("shape", (-1.0, 0.8, -0.25, -0.6, 0.2, 0.2, 0.45, -0.2, 1.0, 0.8), 0), ("disc", 0.55, -0.6, 0.22, 1)],
        [("disc", 0, -0.25, 0.6, 0), ("shape", (-0.52, 0.05, 0.52, 0.05, 0, 0.95), 0), ("disc", 0, -0.25, 0.25, 2)],
        [("ring", 0, 0, 0.85, 0.13, 0), ("shape", (0, -0.62, 0.18, 0, -0.18, 0), 1), ("shape", (0, 0.62, 0.18, 0, -0.18, 0), 0)],
        [("shape", (0, -0.8, 0.95, 0.8, -0.95, 0.8), 0), ("shape", (0, -0.1, 0.36, 0.8, -0.36, 0.8), 2)],
        [("block", -0.9, -0.45, 0.9, 0.65, 0.16, 0), ("block", -0.3, -0.7, 0.3, -0.4, 0.08, 1), ("disc", 0, 0.1, 0.4, 2), ("disc", 0, 0.1, 0.24, 1)],
        [("shape", (-0.85, 0.35, 0.85, 0.35, 0.55, 0.8, -0.55, 0.8), 0), ("shape", (-0.05, -0.9, -0.05, 0.25, -0.75, 0.25), 1), ("shape", (0.08, -0.7, 0.08, 0.25, 0.7, 0.25), 0)],
        [("slice", 0, -0.05, 0.85, 180, 360, 0), ("line", 0, -0.05, 0, 0.9, 0), ("line", -0.4, 0.9, 0.4, 0.9, 1)],
        [("block", -0.6, -0.85, 0.6, 0.55, 0.2, 0), ("block", -0.42, -0.6, 0.42, -0.1, 0.08, 2), ("disc", -0.32, 0.22, 0.12, 2), ("disc", 0.32, 0.22, 0.12, 2), ("line", -0.45, 0.85, -0.25, 0.55, 1), ("line", 0.45, 0.85, 0.25, 0.55, 1)],
        [("ring", -0.35, -0.35, 0.42, 0.16, 0), ("line", -0.05, -0.05, 0.8, 0.8, 0), ("line", 0.5, 0.5, 0.75, 0.25, 0)],
        [("shape", (-0.9, -0.55, -0.3, -0.8, 0.3, -0.55, 0.9, -0.8, 0.9, 0.55, 0.3, 0.8, -0.3, 0.55, -0.9, 0.8), 0), ("line", -0.3, -0.7, -0.3, 0.5, 2), ("line", 0.3, -0.5, 0.3, 0.7, 2)],
    ],
    "weather": [
        [("disc", 0, 0, 0.45, 0), *[("line", round(math.cos(a) * 0.62, 3), round(math.sin(a) * 0.62, 3), round(math.cos(a) * 0.92, 3), round(math.sin(a) * 0.92, 3), 1) for a in (index * math.pi / 4 for index in range(8))]],
        [("disc", -0.35, 0.1, 0.42, 0), ("disc", 0.15, -0.15, 0.5, 0), ("block", -0.75, 0.1, 0.85, 0.55, 0.22, 0)],
        [("disc", 0.35, -0.4, 0.38, 1), ("disc", -0.35, 0.1, 0.38, 0), ("disc", 0.12, -0.02, 0.42, 0), ("block", -0.72, 0.1, 0.75, 0.5, 0.2, 0)],
        [("disc", -0.3, -0.3, 0.36, 0), ("disc", 0.15, -0.42, 0.42, 0), ("block", -0.66, -0.35, 0.72, 0.05, 0.2, 0), ("line", -0.35, 0.3, -0.5, 0.75, 1), ("line", 0.05, 0.3, -0.1, 0.75, 1), ("line", 0.45, 0.3, 0.3, 0.75, 1)],
        [("disc", -0.3, -0.3, 0.36, 0), ("disc", 0.15, -0.42, 0.42, 0), ("block", -0.66, -0.35, 0.72, 0.05, 0.2, 0), ("shape", (0.1, 0.1, -0.3, 0.6, -0.02, 0.6, -0.15, 0.98, 0.32, 0.42, 0.05, 0.42), 1)],
        [("disc", 0, 0, 0.75, 0), ("disc", 0.32, -0.22, 0.62, 2)],
        [("line", -0.85, -0.35, 0.5, -0.35, 0), ("line", -0.6, 0.05, 0.85, 0.05, 1), ("line", -0.85, 0.45, 0.3, 0.45, 0)],
        [("line", 0, -0.85, 0, 0.85, 0), ("line", -0.74, -0.43, 0.74, 0.43, 0), ("line", -0.74, 0.43, 0.74, -0.43, 0), ("disc", 0, 0, 0.2, 1)],
        [("slice", 0, 0.1, 0.85, 180, 360, 0), ("line", 0, 0.1, 0, 0.7, 0), ("line", 0, 0.75, 0.28, 0.75, 1)],
        [("shape", (0, -0.95, 0.52, 0.2, -0.52, 0.2), 0), ("disc", 0, 0.32, 0.54, 0), ("disc", -0.16, 0.4, 0.16, 1)],
        [("block", -0.16, -0.9, 0.16, 0.4, 0.15, 0), ("disc", 0, 0.55, 0.36, 0), ("block", -0.06, -0.3, 0.06, 0.5, 0.05, 1), ("disc", 0, 0.55, 0.2, 1)],
        [("bow", 0, 0.5, 0.9, 0), ("bow", 0, 0.5, 0.62, 1), ("bow", 0, 0.5, 0.34, 0)],
    ],
}  # fmt: skip


def _icon(
    pen: Pen, strokes: list[tuple[object, ...]], at: Point, s: float, inks: tuple[Colour, Colour, Colour]
) -> None:
    x, y = at
    for what, *values in strokes:
        ink = inks[values[-1]]  # type: ignore[call-overload]
        if what == "shape":
            flat: list[float] = list(values[0])  # type: ignore[call-overload]
            pen.shape([(x + px * s, y + py * s) for px, py in zip(flat[::2], flat[1::2], strict=True)], ink)
            continue
        numbers = [float(value) for value in values[:-1]]  # type: ignore[arg-type]
        if what == "disc":
            pen.disc(x + numbers[0] * s, y + numbers[1] * s, numbers[2] * s, ink)
        elif what == "ring":
            pen.ring(x + numbers[0] * s, y + numbers[1] * s, numbers[2] * s, ink, numbers[3] * s)
        elif what == "block":
            pen.block(
                x + numbers[0] * s, y + numbers[1] * s, x + numbers[2] * s, y + numbers[3] * s, ink, numbers[4] * s
            )
        elif what == "slice":
            pen.slice(x + numbers[0] * s, y + numbers[1] * s, numbers[2] * s, numbers[3], numbers[4], ink)
        elif what == "bow":
            pen.bow(x + numbers[0] * s, y + numbers[1] * s, numbers[2] * s, 180, 360, ink, s * 0.17)
        else:
            pen.stroke(
                [(x + numbers[0] * s, y + numbers[1] * s), (x + numbers[2] * s, y + numbers[3] * s)], ink, s * 0.14
            )


# ---- Blueprint -------------------------------------------------------------------------------------------------------
def blueprint(job: Job) -> Image.Image:
    """White lines on blue; motifs: engine, telescope, bicycle, house."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("engine", "telescope", "bicycle", "house"))
    blue = mix(colours.deep, (18, 62, 132), 0.45)
    line = mix(colours.paper, WHITE, 0.5)
    sheet = Sheet(
        job, canvas.tint(canvas.clouds(rng, job.size, w / 2), (mix(blue, BLACK, 0.18), mix(blue, WHITE, 0.06)))
    )
    for index in range(1, 200):
        weight = 0.16 if index % 5 == 0 else 0.07
        if index * u * 2.5 < w:
            sheet.pen.line([(index * u * 2.5, 0), (index * u * 2.5, h)], fade(line, weight), u * 0.15)
        if index * u * 2.5 < h:
            sheet.pen.line([(0, index * u * 2.5), (w, index * u * 2.5)], fade(line, weight), u * 0.15)
    edge = [(u * 3, u * 3), (w - u * 3, u * 3), (w - u * 3, h - u * 3), (u * 3, h - u * 3)]
    sheet.pen.line([*edge, edge[0]], fade(line, 0.9), u * 0.45)
    draw = {"engine": _draw_engine, "telescope": _draw_telescope, "bicycle": _draw_bicycle, "house": _draw_house}[motif]
    draw(sheet.pen, w * 0.48, h * 0.48, min(w / 1.35, h) / 100, line)
    _title_block(sheet, line, motif)
    with sheet.soft(line, u * 0.7, 0.12) as pen:
        pen.line([*edge, edge[0]], 255, u * 0.5)
    sheet.lay(WHITE, canvas.gain(canvas.clouds(rng, job.size, u * 25), 0.62, 1), 0.1)
    return sheet.finish(grain=6, vignette=0.2)


def _title_block(sheet: Sheet, line: Colour, motif: str) -> None:
    job = sheet.job
    w, h, u, pen = job.width, job.height, job.unit, sheet.pen
    left, top = w - u * 36, h - u * 15
    pen.line([(left, h - u * 3), (left, top), (w - u * 3, top)], line, u * 0.35)
    pen.line([(left, top + u * 4), (w - u * 3, top + u * 4)], line, u * 0.25)
    pen.line([(left + u * 20, top + u * 4), (left + u * 20, h - u * 3)], line, u * 0.25)
    pen.words(left + u * 1.5, top + u * 2, motif.upper(), u * 2.4, line, "lm")
    pen.words(left + u * 1.5, top + u * 6.6, f"SHEET {job.rng.randrange(2, 19)} / 24", u * 1.7, line, "lm")
    pen.words(left + u * 1.5, top + u * 9.6, "SCALE 1 : 8", u * 1.7, line, "lm")
    pen.words(
        left + u * 26.5, top + u * 8, f"{job.rng.choice('ABCDE')}-{job.rng.randrange(101, 799)}", u * 3, line, "mm"
    )


def _dimension(pen: Pen, a: Point, b: Point, s: float, ink: Colour, text: str) -> None:
    pen.line([a, b], fade(ink, 0.75), s * 0.25)
    turn = math.atan2(b[1] - a[1], b[0] - a[0])
    for (x, y), angle in ((a, turn), (b, turn + math.pi)):
        pen.shape(canvas.turned([(0, 0), (2.2, -0.6), (2.2, 0.6)], x, y, angle, s), ink)
    pen.words((a[0] + b[0]) / 2, (a[1] + b[1]) / 2 - s * 2, text, s * 2.1, ink)


def _wheel(pen: Pen, x: float, y: float, radius: float, ink: Colour, *, teeth: int = 0, spokes: int = 0) -> None:
    pen.ring(x, y, radius, ink, radius * 0.03)
    pen.ring(x, y, radius * 0.9, ink, radius * 0.02)
    for index in range(teeth):
        a = math.tau * index / teeth
        tooth = canvas.turned([(0.98, -0.05), (1.1, -0.03), (1.1, 0.03), (0.98, 0.05)], x, y, a, radius)
        pen.line(tooth, ink, radius * 0.025)
    for index in range(spokes):
        a = math.tau * index / spokes
        pen.line(
            [
                (x + math.cos(a) * radius * 0.12, y + math.sin(a) * radius * 0.12),
                (x + math.cos(a + 0.1) * radius * 0.9, y + math.sin(a + 0.1) * radius * 0.9),
            ],
            fade(ink, 0.75),
            radius * 0.012,
        )
    pen.ring(x, y, radius * 0.12, ink, radius * 0.03)
    for dx, dy in ((1, 0), (0, 1)):
        pen.line(
            [(x - dx * radius * 1.25, y - dy * radius * 1.25), (x + dx * radius * 1.25, y + dy * radius * 1.25)],
            fade(ink, 0.4),
            radius * 0.01,
        )


def _draw_engine(pen: Pen, x: float, y: float, s: float, ink: Colour) -> None:
    def box(left: float, top: float, right: float, bottom: float) -> None:
        pen.line(
            [
                (x + left * s, y + top * s),
                (x + right * s, y + top * s),
                (x + right * s, y + bottom * s),
                (x + left * s, y + bottom * s),
                (x + left * s, y + top * s),
            ],
            ink,
            s * 0.5,
        )

    box(-50, -14, -8, 12)
    box(-54, -18, -50, 16)
    box(-12, -18, -8, 16)
    box(-34, -11, -26, 9)
    pen.line([(x - 26 * s, y - s), (x + 10 * s, y - s)], ink, s * 0.6)
    pen.line([(x - 26 * s, y + s), (x + 10 * s, y + s)], ink, s * 0.6)
    box(8, -4, 15, 4)
    for index in range(11):
        pen.line(
            [(x + (-48 + index * 3.6) * s, y - 14 * s), (x + (-51 + index * 3.6) * s, y + 12 * s)],
            fade(ink, 0.22),
            s * 0.3,
        )
    wheel = (x + 44 * s, y + 6 * s)
    _wheel(pen, *wheel, 29 * s, ink, spokes=8)
    pen.ring(*wheel, 8 * s, ink, s * 0.5)
    crank = (wheel[0] - 13 * s, wheel[1] - 11 * s)
    pen.line([(x + 12 * s, y), crank], ink, s * 2.2)
    pen.line([crank, wheel], ink, s * 1.4)
    pen.ring(*crank, 2.4 * s, ink, s * 0.6)
    _wheel(pen, x + 2 * s, y - 30 * s, 9 * s, ink, teeth=16, spokes=5)
    _wheel(pen, x + 18.4 * s, y - 25 * s, 6 * s, ink, teeth=11, spokes=4)
    pen.line([(x - 30 * s, y - 14 * s), (x - 30 * s, y - 30 * s), (x - 9 * s, y - 30 * s)], ink, s * 0.7)
    box(-60, 30, 74, 36)
    for leg in (-46, -14, 26, 62):
        pen.line([(x + leg * s, y + 30 * s), (x + leg * s, y + (16 if leg < 0 else 26) * s)], ink, s * 0.6)
    _dimension(pen, (x - 54 * s, y + 41 * s), (x + 73 * s, y + 41 * s), s, ink, "1 840")
    _dimension(pen, (x - 50 * s, y - 23 * s), (x - 8 * s, y - 23 * s), s, ink, "420")


def _draw_telescope(pen: Pen, x: float, y: float, s: float, ink: Colour) -> None:
    turn = -0.5
    for left, right, half in ((-52, -34, 4), (-34, -6, 6), (-6, 34, 9), (34, 52, 11.5)):
        tube = canvas.turned([(left, -half), (right, -half), (right, half), (left, half)], x, y - 6 * s, turn, s)
        pen.line([*tube, tube[0]], ink, s * 0.55)
        for index in range(3):
            at = left + (right - left) * (0.2 + 0.3 * index)
            pen.line(canvas.turned([(at, -half), (at, half)], x, y - 6 * s, turn, s), fade(ink, 0.45), s * 0.3)
    lens = canvas.turned(canvas.smooth([(50, -11), (54, 0), (50, 11), (46, 0)], closed=True), x, y - 6 * s, turn, s)
    pen.line([*lens, lens[0]], ink, s * 0.5)
    pen.line(canvas.turned([(-62, 0), (66, 0)], x, y - 6 * s, turn, s), fade(ink, 0.5), s * 0.25)
    for side in (-1, 1):
        pen.line(
            canvas.turned([(52, side * 10), (-20, 0), (-52, side * 3)], x, y - 6 * s, turn, s), fade(ink, 0.4), s * 0.25
        )
    hub = (x + 2 * s, y + 4 * s)
    _wheel(pen, *hub, 7 * s, ink, teeth=20)
    for foot in (-30, 2, 34):
        pen.line([hub, (x + foot * s, y + 44 * s)], ink, s * 1.2)
        pen.line([(x + (foot - 3) * s, y + 44 * s), (x + (foot + 3) * s, y + 44 * s)], ink, s * 0.8)
    pen.line([(x - 13 * s, y + 26 * s), (x + 19 * s, y + 26 * s)], ink, s * 0.6)
    for index, radius in enumerate((4, 7, 10)):
        pen.ring(x - 52 * s, y + 22 * s, radius * s, fade(ink, 0.9 - 0.2 * index), s * 0.4)
    _dimension(
        pen,
        canvas.turned([(-52, 18)], x, y - 6 * s, turn, s)[0],
        canvas.turned([(52, 18)], x, y - 6 * s, turn, s)[0],
        s,
        ink,
        "f = 910",
    )


def _draw_bicycle(pen: Pen, x: float, y: float, s: float, ink: Colour) -> None:
    rear, front, crank = (x - 32 * s, y + 12 * s), (x + 36 * s, y + 12 * s), (x - 3 * s, y + 14 * s)
    seat, head, fork = (x - 12 * s, y - 22 * s), (x + 24 * s, y - 22 * s), (x + 26 * s, y - 15 * s)
    for wheel in (rear, front):
        _wheel(pen, *wheel, 23 * s, ink, spokes=22)
    for a, b in ((rear, crank), (rear, seat), (seat, crank), (seat, head), (crank, fork), (head, front)):
        pen.line([a, b], ink, s * 1.1)
    _wheel(pen, *crank, 6.5 * s, ink, teeth=24)
    _wheel(pen, *rear, 3.4 * s, ink, teeth=12)
    for offset in (-1, 1):
        pen.line(
            [(crank[0], crank[1] + offset * 6.4 * s), (rear[0], rear[1] + offset * 3.2 * s)], fade(ink, 0.8), s * 0.3
        )
    pen.line([(crank[0] - 5 * s, crank[1] - 8 * s), (crank[0] + 5 * s, crank[1] + 8 * s)], ink, s * 0.9)
    pen.line([seat, (seat[0] - 1.6 * s, seat[1] - 6 * s)], ink, s)
    pen.shape(
        canvas.smooth(
            [
                (seat[0] - 9 * s, seat[1] - 8 * s),
                (seat[0] + 6 * s, seat[1] - 7 * s),
                (seat[0] - 4 * s, seat[1] - 5 * s),
            ],
            closed=True,
        ),
        ink,
    )
    bar = canvas.smooth(
        [
            head,
            (head[0] - 1 * s, head[1] - 7 * s),
            (head[0] + 8 * s, head[1] - 8 * s),
            (head[0] + 10 * s, head[1] - 2 * s),
            (head[0] + 4 * s, head[1]),
        ]
    )
    pen.line(bar, ink, s)
    _dimension(pen, (rear[0], y + 41 * s), (front[0], y + 41 * s), s, ink, "1 015")
    _dimension(pen, (x - 60 * s, y + 35 * s), (x - 60 * s, y - 11 * s), s, ink, "")
    pen.words(x - 60 * s, y - 15 * s, "Ø 685", s * 2.2, ink)


def _draw_house(pen: Pen, x: float, y: float, s: float, ink: Colour) -> None:
    def box(left: float, top: float, right: float, bottom: float, width: float = 0.6) -> None:
        pen.line(
            [
                (x + left * s, y + top * s),
                (x + right * s, y + top * s),
                (x + right * s, y + bottom * s),
                (x + left * s, y + bottom * s),
                (x + left * s, y + top * s),
            ],
            ink,
            s * width,
        )

    box(-44, -4, 30, 34, 1.0)
    pen.line([(x - 50 * s, y - 2 * s), (x - 7 * s, y - 34 * s), (x + 36 * s, y - 2 * s)], ink, s * 1.3)
    pen.line([(x - 44 * s, y - 2 * s), (x - 7 * s, y - 29 * s), (x + 30 * s, y - 2 * s)], ink, s * 0.4)
    box(30, 6, 58, 34, 1.0)
    pen.line([(x + 28 * s, y + 6 * s), (x + 62 * s, y + 6 * s)], ink, s * 1.2)
    for left in (-38, -22, 14):
        box(left, 6, left + 11, 22)
        pen.line([(x + (left + 5.5) * s, y + 6 * s), (x + (left + 5.5) * s, y + 22 * s)], ink, s * 0.35)
        pen.line([(x + left * s, y + 13 * s), (x + (left + 11) * s, y + 13 * s)], ink, s * 0.35)
    box(-6, 10, 6, 34)
    pen.ring(x + 3.6 * s, y + 22 * s, 0.9 * s, ink, s * 0.3)
    pen.ring(x - 7 * s, y - 14 * s, 5 * s, ink, s * 0.6)
    box(35, 12, 53, 26)
    box(14, -32, 21, -14)
    for index in range(16):
        a, b = -50 + index * 2.8, 36 - index * 2.8
        pen.line(
            [(x + a * s, y + (-2 - index * 2) * s), (x + (a + 3) * s, y + (1 - index * 2) * s)],
            fade(ink, 0.35),
            s * 0.3,
        )
        pen.line(
            [(x + b * s, y + (-2 - index * 2) * s), (x + (b - 3) * s, y + (1 - index * 2) * s)],
            fade(ink, 0.35),
            s * 0.3,
        )
    pen.line([(x - 66 * s, y + 34 * s), (x + 72 * s, y + 34 * s)], ink, s * 0.9)
    for index in range(30):
        left = x + (-66 + index * 4.6) * s
        pen.line([(left, y + 38 * s), (left + 3 * s, y + 34 * s)], fade(ink, 0.5), s * 0.3)
    _dimension(pen, (x - 44 * s, y + 43 * s), (x + 58 * s, y + 43 * s), s, ink, "10 200")


# ---- Halftone --------------------------------------------------------------------------------------------------------
def halftone(job: Job) -> Image.Image:
    """A portrait in silhouette, screened in dots over flat colour; motifs: profile, duo, sun."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("profile", "duo", "sun"))
    ground, ink = mix(colours.paper, colours.soft, 0.25), mix(colours.night, colours.deep, 0.2)
    spot = canvas.rosy(colours)
    sheet = Sheet(job, ground)
    sheet.pen.disc(w * (0.5 if motif != "profile" else 0.62), h * 0.42, u * 37, spot)
    if motif == "sun":
        for index in range(28):
            a = math.tau * index / 28
            sheet.pen.shape(
                [
                    (w / 2 + math.cos(a - 0.05) * u * 41, h * 0.42 + math.sin(a - 0.05) * u * 41),
                    (w / 2 + math.cos(a) * max(w, h), h * 0.42 + math.sin(a) * max(w, h)),
                    (w / 2 + math.cos(a + 0.05) * u * 41, h * 0.42 + math.sin(a + 0.05) * u * 41),
                ],
                mix(spot, ground, 0.45),
            )
    size = h / 150
    turned = rng.random() < 0.5
    heads = [(scenes.profile(w * 0.5, h * 0.5, size, mirrored=turned), turned)]
    if motif == "duo":
        heads = [(scenes.profile(w * 0.5 - size * 26, h * 0.5, size, mirrored=True), True)]
        heads.append((scenes.profile(w * 0.5 + size * 26, h * 0.52, size * 0.94), False))
    for index, (head, mirrored) in enumerate(heads):
        tone = Image.new("L", job.size)
        pen = Pen(tone, 1)
        pen.shape(head, 255)
        light = canvas.slanting(job.size, 10 if mirrored else 170)
        top = min(head, key=lambda point: point[1])
        hair = canvas.shining(job.size, top[0] + (14 if mirrored else -14) * size, top[1] + size * 8, size * 92)
        shade = ImageChops.lighter(canvas.gain(light, 0.3, 0.85), canvas.dim(canvas.gain(hair, 0.3, 0.72), 0.8))
        shade = Image.composite(shade, Image.new("L", job.size, 0), tone)
        sheet.pen.shape(head, mix(ground, WHITE, 0.3) if index == 0 else mix(colours.second, ground, 0.3))
        _screen(sheet, shade, ink if index == 0 else mix(colours.deep, ink, 0.4), tone)
    return sheet.finish(grain=8)


def _screen(sheet: Sheet, shade: Image.Image, ink: Colour, inside: Image.Image) -> None:
    """Dots on a slanted grid, as large as the picture is dark there."""
    job = sheet.job
    w, h, step = job.width, job.height, job.unit * 1.5
    dots = Image.new("L", (w * 2, h * 2))
    pen = Pen(dots, 2)
    values = shade.resize((max(1, round(w / step)), max(1, round(h / step))), Image.Resampling.BOX)
    pixels = values.load()
    assert pixels is not None
    for row in range(-1, int(h / step * 1.45)):
        for column in range(-int(w / step * 0.5), int(w / step * 1.5)):
            x, y = column * step * 0.9 + row * step * 0.45, row * step * 0.78
            i, j = int(x / step), int(y / step)
            if 0 <= i < values.width and 0 <= j < values.height and (dark := pixels[i, j]):
                pen.disc(x, y, step * 0.66 * math.sqrt(dark / 255), 255)  # type: ignore[operator]
    sheet.lay(ink, Image.composite(dots, Image.new("L", dots.size), inside.resize(dots.size)))


# ---- Stationery ------------------------------------------------------------------------------------------------------
def stationery(job: Job) -> Image.Image:
    """Cards, a letter and an envelope from above; motifs: flat, spread."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    spread = job.pick(("flat", "spread")) == "spread"
    desk = mix(colours.soft, colours.paper, 0.25)
    sheet = Sheet(
        job, canvas.tint(canvas.slanting(job.size, 40), (mix(desk, WHITE, 0.3), desk, mix(desk, colours.deep, 0.22)))
    )
    kind = rng.randrange(12)
    paper, ink = mix(colours.paper, WHITE, 0.6), colours.night
    turn = rng.uniform(-0.3, 0.3) if spread else -0.12
    pieces = [
        (-22, -2, 52, 70, paper, "letter"),
        (26, -22, 56, 30, colours.deep, "envelope"),
        (22, 20, 36, 22, paper, "card"),
        (36, 30, 36, 22, colours.accent, "back"),
    ]
    for dx, dy, wide, tall, tone, what in pieces:
        angle = turn + (rng.uniform(-0.12, 0.12) if spread else 0)
        x, y = canvas.turned([(dx, dy)], w / 2, h / 2, turn, u)[0]
        _piece(sheet, (x, y), (wide * u / 2, tall * u / 2), angle, (tone, ink, colours.accent), (what, kind))
    with sheet.soft(colours.night, u * 4, 0.13) as pen:
        for _ in range(5):
            pen.shape(
                canvas.turned(
                    canvas.smooth([(0, 0), (30, -6), (64, 0), (30, 6)], closed=True),
                    w * rng.uniform(-0.1, 0.3),
                    h * rng.uniform(-0.2, 0.5),
                    rng.uniform(0.1, 0.7),
                    u,
                ),
                255,
            )
    return sheet.finish(grain=4, vignette=0.15)


def _piece(
    sheet: Sheet, at: Point, half: Point, angle: float, inks: tuple[Colour, Colour, Colour], what: tuple[str, int]
) -> None:
    tone, ink, accent = inks
    u = sheet.job.unit
    a, b = half
    corners = [(-a, -b), (a, -b), (a, b), (-a, b)]
    with sheet.soft(mix(sheet.job.palette.night, BLACK, 0.3), u * 1.6, 0.4) as pen:
        pen.shape(canvas.turned(corners, at[0] + u * 1.3, at[1] + u * 1.8, angle), 255)
    sheet.pen.shape(canvas.turned(corners, *at, angle), tone)

    def place(x: float, y: float) -> Point:
        return canvas.turned([(x, y)], *at, angle)[0]

    name, kind = what
    if name == "letter":
        _mark(sheet.pen, kind, *place(-a * 0.68, -b * 0.76), u * 4, (ink, accent, tone))
        for index in range(13):
            y, length = -b * 0.4 + index * b * 0.085, a * (0.78 if index % 5 != 4 else 0.2)
            sheet.pen.line([place(-a * 0.8, y), place(length, y)], fade(ink, 0.3), u * 0.35)
    elif name == "envelope":
        sheet.pen.line([place(-a, -b), place(0, b * 0.2), place(a, -b)], fade(BLACK, 0.35), u * 0.4)
        sheet.pen.shape(canvas.turned([(-a, -b), (0, b * 0.15), (a, -b)], *at, angle), mix(tone, WHITE, 0.08))
        _mark(sheet.pen, kind, *place(0, -b * 0.1), u * 4.4, (sheet.job.palette.paper, accent, tone))
    elif name == "card":
        _mark(sheet.pen, kind, *place(-a * 0.62, -b * 0.3), u * 4, (ink, accent, tone))
        for index in range(3):
            sheet.pen.line(
                [place(-a * 0.84, b * (0.3 + index * 0.2)), place(a * (0.1 - index * 0.1), b * (0.3 + index * 0.2))],
                fade(ink, 0.5),
                u * 0.4,
            )
    else:
        _mark(sheet.pen, kind, *place(0, 0), u * 6, (sheet.job.palette.paper, mix(tone, BLACK, 0.35), tone))


STYLES = {
    "bauhaus": bauhaus,
    "blueprint": blueprint,
    "halftone": halftone,
    "icon_set": icon_set,
    "logo_sheet": logo_sheet,
    "stationery": stationery,
}
