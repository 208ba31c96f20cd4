"""Geometric marks, alone, on a sheet and on stationery."""

import math

from PIL import Image

from payments.demo.painting import canvas
from payments.demo.painting.canvas import BLACK, WHITE, Job, Pen, Point, Sheet, fade, mix
from payments.demo.painting.palettes import Colour


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
    else:
        _later_mark(pen, kind, x, y, s, inks)


def _later_mark(pen: Pen, kind: int, x: float, y: float, s: float, inks: tuple[Colour, Colour, Colour]) -> None:
    ink, tone, ground = inks
    if kind == 6:
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


STYLES = {"logo_sheet": logo_sheet, "stationery": stationery}
