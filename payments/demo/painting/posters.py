"""Posters: circles, bars and diagonals; portraits screened in dots."""

import math

from PIL import Image, ImageChops

from payments.demo.painting import canvas, scenes
from payments.demo.painting.canvas import BLACK, WHITE, Job, Pen, Sheet, mix
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
    sheet.pen.words(u * 7, h - u * 3, "Ausstellung 14. Mai bis 30. Juni", u * 2.3, ink, "ls")
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


STYLES = {"bauhaus": bauhaus, "halftone": halftone}
