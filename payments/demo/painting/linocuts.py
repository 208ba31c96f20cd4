"""Carved blocks in two inks."""

import math

from PIL import Image

from payments.demo.painting import canvas
from payments.demo.painting.canvas import Job, Pen, Point, Sheet, mix
from payments.demo.painting.palettes import Colour


def linocut(job: Job) -> Image.Image:
    """A carved block in one ink with a second colour; motifs: moth, fish, owl, beetle."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("moth", "fish", "owl", "beetle"))
    paper, ink = mix(colours.paper, (246, 240, 226), 0.5), mix(colours.night, colours.deep, 0.25)
    sheet = Sheet(job, paper)
    margin = u * 6
    edge = [(margin, margin), (w - margin, margin), (w - margin, h - margin), (margin, h - margin)]
    sheet.pen.shape([(x + rng.uniform(-0.4, 0.4) * u, y + rng.uniform(-0.4, 0.4) * u) for x, y in edge], ink)
    _chatter(sheet, margin * 1.25, paper)
    {"moth": _moth, "fish": _fish, "owl": _owl, "beetle": _beetle}[motif](sheet, paper, ink)
    worn = canvas.clouds(rng, job.size, u * 1.2, 3)
    sheet.lay(paper, canvas.gain(worn, 0.74, 0.84), 0.5)
    return sheet.finish(grain=9)


def _chatter(sheet: Sheet, margin: float, paper: Colour) -> None:
    """Gouge marks that were left standing, running round the subject."""
    job = sheet.job
    rng, w, h, u = job.rng, job.width, job.height, job.unit
    for _ in range(620):
        x, y = rng.uniform(margin, w - margin), rng.uniform(margin, h - margin)
        dx, dy = (x - w / 2) / w, (y - h / 2) / h
        far = math.hypot(dx, dy)
        if rng.random() > far * 2.1 - 0.35:
            continue
        turn, length = math.atan2(dx * h, -dy * w) + rng.uniform(-0.2, 0.2), u * rng.uniform(0.8, 2.6)
        gouge = [(-length, 0), (0, -u * 0.22), (length, 0), (0, u * 0.22)]
        sheet.pen.shape(canvas.turned(gouge, x, y, turn), paper)


def _both(sheet: Sheet, x: float, points: list[Point], colour: Colour) -> None:
    """A shape and its mirror image on the other side of the upright line through x."""
    sheet.pen.shape([(x + px, y) for px, y in points], colour)
    sheet.pen.shape([(x - px, y) for px, y in points], colour)


def _moth(sheet: Sheet, paper: Colour, ink: Colour) -> None:
    job = sheet.job
    rng, w, h, colours = job.rng, job.width, job.height, job.palette
    x, y, s = w / 2, h * 0.5, min(w, h) / 100
    upper = [(2, -6), (10, -22), (26, -30), (38, -26), (34, -10), (24, 0), (10, 3), (2, 2)]
    lower = [(2, 2), (12, 3), (25, 5), (30, 17), (22, 30), (12, 28), (5, 14), (2, 8)]
    for index, (wing, hub) in enumerate(((lower, (16, 14)), (upper, (20, -12)))):
        shape = canvas.smooth([(px * rng.uniform(0.95, 1.06), py) for px, py in wing], closed=True)
        for size, tone in (
            (1.0, paper),
            (0.88, ink),
            (0.8, paper),
            (0.6, colours.accent if index else colours.middle),
            (0.5, paper),
        ):
            inner = [((hub[0] + (px - hub[0]) * size) * s, y + (hub[1] + (py - hub[1]) * size) * s) for px, py in shape]
            _both(sheet, x, inner, tone)
        for vein in range(11):
            angle = math.tau * vein / 11
            spread = [
                ((hub[0] + math.cos(angle + t) * r) * s, y + (hub[1] + math.sin(angle + t) * r) * s)
                for t, r in ((0, 4), (-0.05, 13), (0.05, 13))
            ]
            _both(sheet, x, spread, ink)
        for side in (-1, 1):
            cx, cy = x + side * hub[0] * s, y + hub[1] * s
            for radius, tone in ((5.5, ink), (4.4, colours.accent), (2.8, ink), (1.2, paper)):
                sheet.pen.disc(cx, cy, radius * s, tone)
    _body(sheet, x, y - s * 4, s, paper, ink)


def _body(sheet: Sheet, x: float, y: float, s: float, paper: Colour, ink: Colour) -> None:
    pen = sheet.pen
    for side in (-1, 1):
        feeler = canvas.smooth(
            [(x + side * s, y - s * 6), (x + side * s * 5, y - s * 15), (x + side * s * 12, y - s * 19)]
        )
        pen.line(feeler, paper, s * 0.9)
        for px, py in feeler[4::2]:
            pen.line([(px, py), (px + side * s * 0.3, py - s * 2.4)], paper, s * 0.5)
            pen.line([(px, py), (px + side * s * 2.0, py + s * 1.3)], paper, s * 0.5)
    pen.disc(x, y + s * 9, s * 4, ink, s * 17)
    pen.disc(x, y + s * 9, s * 3.2, paper, s * 16)
    for index in range(9):
        pen.block(x - s * 3, y + s * (2 + index * 2.6), x + s * 3, y + s * (3.1 + index * 2.6), ink)
    pen.disc(x, y - s * 5, s * 3, paper)
    for side in (-1, 1):
        pen.disc(x + side * s * 1.5, y - s * 5.4, s * 0.8, ink)


def _fish(sheet: Sheet, paper: Colour, ink: Colour) -> None:
    job = sheet.job
    w, h, colours = job.width, job.height, job.palette
    x, y, s = w * 0.48, h * 0.5, min(w / 1.25, h) / 100
    pen = sheet.pen
    at = [
        (-38, 0),
        (-30, -10),
        (-12, -18),
        (12, -15),
        (30, -5),
        (36, -1),
        (36, 3),
        (30, 6),
        (12, 15),
        (-12, 17),
        (-30, 9),
    ]
    tail = canvas.smooth([(33, 0), (42, -12), (50, -17), (46, 0), (50, 18), (42, 13)], closed=True)
    fin = canvas.smooth([(-14, -16), (-2, -28), (16, -25), (22, -10), (6, -14)], closed=True)
    under = canvas.smooth([(-4, 15), (4, 25), (15, 23), (16, 12)], closed=True)
    for part in (tail, fin, under):
        pen.shape(canvas.turned(part, x, y, 0, s), colours.accent)
    for index in range(12):
        t = index / 11
        pen.line(
            [(x + s * (-12 + 30 * t), y - s * 15), (x + s * (-6 + 24 * t), y - s * (24 - 4 * abs(t - 0.5)))],
            ink,
            s * 0.7,
        )
        pen.line([(x + s * 36, y + s * (t - 0.5) * 6), (x + s * 47, y + s * (t - 0.5) * 30)], ink, s * 0.7)
    body = canvas.turned(canvas.smooth(at, closed=True), x, y, 0, s)
    pen.shape(body, paper)
    _fish_scales(sheet, canvas.turned(canvas.smooth(at, closed=True), x, y, 0, s * 0.95), (x, y, s), paper, ink)
    _fish_head(sheet, x, y, s, paper, ink)


def _fish_scales(
    sheet: Sheet, body: list[Point], place: tuple[float, float, float], paper: Colour, ink: Colour
) -> None:
    (x, y, s), colours = place, sheet.job.palette
    mask = Image.new("L", sheet.image.size)
    Pen(mask, 2).shape(body, 255)
    scales = Image.new("RGB", sheet.image.size, paper)
    brush = Pen(scales, 2)
    for column in range(15, -1, -1):
        for row in range(-6, 7):
            cx, cy = x + s * (-19 + column * 3.6), y + s * (row * 3.6 + (1.8 if column % 2 else 0))
            brush.disc(cx, cy, s * 2.7, ink)
            brush.disc(cx - s * 0.5, cy, s * 2.3, colours.middle if (row + column) % 4 == 0 else paper)
            brush.line([(cx - s * 1.6, cy), (cx + s * 0.8, cy)], ink, s * 0.45)
    sheet.image.paste(scales, (0, 0), mask)


def _fish_head(sheet: Sheet, x: float, y: float, s: float, paper: Colour, ink: Colour) -> None:
    pen, colours = sheet.pen, sheet.job.palette
    head = canvas.turned(
        canvas.smooth([(-38, 0), (-30, -10), (-21, -14), (-17, 0), (-21, 13), (-30, 9)], closed=True), x, y, 0, s
    )
    pen.shape(head, ink)
    pen.shape(
        canvas.turned(
            canvas.smooth([(-36.5, 0), (-29, -8.5), (-22, -12), (-19, 0), (-22, 11), (-29, 7.5)], closed=True),
            x,
            y,
            0,
            s,
        ),
        paper,
    )
    for radius, tone in ((3.4, ink), (2.5, colours.accent), (1.4, ink)):
        pen.disc(x - s * 28, y - s * 2.5, s * radius, tone)
    pen.line([(x - s * 37, y + s * 1.4), (x - s * 31, y + s * 3.4)], ink, s * 0.9)
    for row in (-1, 1):
        for index in range(5):
            bx, by = x - s * (40 + index * 2), y + row * s * (24 + index * 2.6)
            pen.ring(bx, by, s * (1.2 + index * 0.4), paper, s * 0.5)


def _owl(sheet: Sheet, paper: Colour, ink: Colour) -> None:
    job = sheet.job
    w, h, colours, rng = job.width, job.height, job.palette, job.rng
    x, y, s = w / 2, h * 0.5, min(w * 1.1, h) / 100
    pen = sheet.pen
    moon = x + s * 17 * rng.choice((-1, 1))
    pen.disc(moon, y - s * 22, s * 19, colours.accent)
    body = [
        (0, -34),
        (12, -33),
        (20, -26),
        (22, -12),
        (24, 8),
        (18, 28),
        (6, 36),
        (-6, 36),
        (-18, 28),
        (-24, 8),
        (-22, -12),
        (-20, -26),
        (-12, -33),
    ]
    shape = canvas.smooth(body, closed=True)
    pen.shape(canvas.turned(shape, x, y, 0, s * 1.05), ink)
    pen.shape(canvas.turned(shape, x, y, 0, s), paper)
    for side in (-1, 1):
        pen.shape(
            [(x + side * s * 9, y - s * 32), (x + side * s * 20, y - s * 42), (x + side * s * 21, y - s * 24)], paper
        )
        pen.shape(
            [(x + side * s * 13, y - s * 32), (x + side * s * 18.5, y - s * 38), (x + side * s * 19, y - s * 28)], ink
        )
    for row in range(9):
        for column in range(-4, 5):
            cx, cy = x + s * (column * 4.3 + (2.1 if row % 2 else 0)), y + s * (-5 + row * 4.2)
            if abs(cx - x) < s * (19 - row * 0.6):
                pen.shape(
                    [(cx - s * 1.9, cy - s * 1.4), (cx + s * 1.9, cy - s * 1.4), (cx, cy + s * 2.2)],
                    ink if (row + column) % 3 else colours.middle,
                )
    _owl_wings(pen, x, y, s, paper, ink)
    _owl_eyes(sheet, x, y, s, paper, ink)
    pen.shape([(x - s * 2.4, y - s * 15), (x + s * 2.4, y - s * 15), (x, y - s * 8)], ink)
    _bough(sheet, x, y + s * 37, s, paper, ink)


def _owl_wings(pen: Pen, x: float, y: float, s: float, paper: Colour, ink: Colour) -> None:
    for side in (-1, 1):
        wing = canvas.smooth(
            [(side * 18, -10), (side * 26, 6), (side * 24, 24), (side * 14, 36), (side * 15, 14)], closed=True
        )
        pen.shape(canvas.turned(wing, x, y, 0, s), ink)
        for index in range(6):
            pen.line(
                [
                    (x + side * s * (17 + index * 0.8), y + s * (2 + index * 4)),
                    (x + side * s * (23 - index * 0.9), y + s * (6 + index * 4.6)),
                ],
                paper,
                s * 0.9,
            )


def _owl_eyes(sheet: Sheet, x: float, y: float, s: float, paper: Colour, ink: Colour) -> None:
    pen, colours = sheet.pen, sheet.job.palette
    for side in (-1, 1):
        for radius, tone in ((9.6, ink), (8.6, paper), (6.2, colours.accent), (3.8, ink)):
            pen.disc(x + side * s * 9.4, y - s * 19, s * radius, tone)
        for ray in range(18):
            a = math.tau * ray / 18
            pen.line(
                [
                    (x + side * s * 9.4 + math.cos(a) * s * 6.6, y - s * 19 + math.sin(a) * s * 6.6),
                    (x + side * s * 9.4 + math.cos(a) * s * 8.4, y - s * 19 + math.sin(a) * s * 8.4),
                ],
                ink,
                s * 0.5,
            )
        pen.disc(x + side * s * 8, y - s * 20.4, s * 1.1, paper)


def _bough(sheet: Sheet, x: float, y: float, s: float, paper: Colour, ink: Colour) -> None:
    pen, rng = sheet.pen, sheet.job.rng
    bough = canvas.smooth([(x - s * 40, y + s * 3), (x - s * 14, y - s), (x + s * 12, y + s), (x + s * 40, y - s * 3)])
    pen.line(bough, paper, s * 4)
    pen.line(bough, ink, s * 0.7)
    for index in range(10):
        px, py = bough[round((index + 0.5) / 10 * (len(bough) - 1))]
        turn = rng.choice((0.7, 2.5)) + (math.pi if index % 2 else 0)
        leaf = canvas.smooth([(0, 0), (4, -2.4), (10, 0), (4, 2.4)], closed=True)
        if abs(px - x) > s * 16:
            pen.shape(canvas.turned(leaf, px, py, turn, s * 1.1), sheet.job.palette.accent if index % 3 else paper)
            pen.line([(px, py), (px + math.cos(turn) * s * 9, py + math.sin(turn) * s * 9)], ink, s * 0.5)
    for side in (-1, 1):
        for toe in (-1.7, 0, 1.7):
            pen.disc(x + side * s * 7 + toe * s, y - s * 0.4, s * 1.1, ink, s * 2.6)


def _beetle_legs(pen: Pen, x: float, y: float, s: float, paper: Colour) -> None:
    """Legs and horns."""
    for side in (-1, 1):
        for root, knee, foot in (
            ((13, -12), (26, -26), (24, -40)),
            ((17, 4), (32, 2), (39, 14)),
            ((15, 16), (27, 26), (27, 42)),
        ):
            leg = [(x + side * s * px, y + s * py) for px, py in (root, knee, foot)]
            pen.line(leg, paper, s * 2.2)
            for px, py in leg[1:]:
                pen.disc(px, py, s * 1.5, paper)
        horn = canvas.smooth(
            [(x + side * s * 3, y - s * 30), (x + side * s * 12, y - s * 40), (x + side * s * 5, y - s * 46)]
        )
        pen.line(horn, paper, s * 2)


def _beetle(sheet: Sheet, paper: Colour, ink: Colour) -> None:
    job = sheet.job
    w, h, colours, rng = job.width, job.height, job.palette, job.rng
    x, y, s = w / 2, h * 0.51, min(w * 1.15, h) / 112
    pen = sheet.pen
    _beetle_legs(pen, x, y, s, paper)
    pen.disc(x, y - s * 28, s * 7, paper, s * 6)
    pen.shape(
        canvas.turned(
            canvas.smooth([(0, -26), (14, -24), (17, -14), (0, -10), (-17, -14), (-14, -24)], closed=True), x, y, 0, s
        ),
        paper,
    )
    pen.shape(
        canvas.turned(
            canvas.smooth([(0, -23.5), (11, -22), (13, -15.5), (0, -12.5), (-13, -15.5), (-11, -22)], closed=True),
            x,
            y,
            0,
            s,
        ),
        colours.middle,
    )
    case = canvas.smooth([(1, -10), (15, -9), (20, 6), (16, 26), (5, 38), (1, 38)], closed=True)
    pattern = rng.choice(("stripes", "dots", "eyes"))
    for size, tone in ((1.0, paper), (0.88, ink), (0.78, colours.accent)):
        _both(sheet, x, [((9 + (px - 9) * size) * s, y + (12 + (py - 12) * size) * s) for px, py in case], tone)
    for side in (-1, 1):
        for index in range(6):
            cy = y + s * (-3 + index * 6)
            cx = x + side * s * (9 - abs(index - 2) * 0.5)
            if pattern == "stripes":
                pen.line(
                    canvas.smooth([(x + side * s * 4, cy), (cx, cy + s * 2), (x + side * s * 15, cy)]), ink, s * 1.5
                )
            elif pattern == "dots":
                pen.disc(cx + side * s * (2 if index % 2 else -2), cy, s * 2.1, paper)
            else:
                pen.disc(cx, cy, s * 2.6, ink)
                pen.disc(cx, cy, s * 1.3, paper)
        pen.disc(x + side * s * 4, y - s * 30, s * 1.3, ink)


STYLES = {"linocut": linocut}
