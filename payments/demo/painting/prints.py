"""Printed and drawn plates: linocuts, botanical plates, stained glass, mandalas."""

import math

from PIL import Image

from payments.demo.painting import canvas
from payments.demo.painting.canvas import BLACK, WHITE, Job, Pen, Point, Sheet, fade, mix
from payments.demo.painting.palettes import Colour


# ---- Linocut ---------------------------------------------------------------------------------------------------------
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
    mask = Image.new("L", (w * 2, h * 2))
    Pen(mask, 2).shape(canvas.turned(canvas.smooth(at, closed=True), x, y, 0, s * 0.95), 255)
    scales = Image.new("RGB", (w * 2, h * 2), paper)
    brush = Pen(scales, 2)
    for column in range(15, -1, -1):
        for row in range(-6, 7):
            cx, cy = x + s * (-19 + column * 3.6), y + s * (row * 3.6 + (1.8 if column % 2 else 0))
            brush.disc(cx, cy, s * 2.7, ink)
            brush.disc(cx - s * 0.5, cy, s * 2.3, colours.middle if (row + column) % 4 == 0 else paper)
            brush.line([(cx - s * 1.6, cy), (cx + s * 0.8, cy)], ink, s * 0.45)
    sheet.image.paste(scales, (0, 0), mask)
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
    pen.shape([(x - s * 2.4, y - s * 15), (x + s * 2.4, y - s * 15), (x, y - s * 8)], ink)
    _bough(sheet, x, y + s * 37, s, paper, ink)


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


def _beetle(sheet: Sheet, paper: Colour, ink: Colour) -> None:
    job = sheet.job
    w, h, colours, rng = job.width, job.height, job.palette, job.rng
    x, y, s = w / 2, h * 0.51, min(w * 1.15, h) / 112
    pen = sheet.pen
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


# ---- Stained glass ---------------------------------------------------------------------------------------------------
def stained_glass(job: Job) -> Image.Image:
    """Leaded panes with light behind them; motifs: rose, sunrise, lake."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("rose", "sunrise", "lake"))
    sheet = Sheet(job, mix(colours.night, BLACK, 0.5))
    if motif == "rose":
        _rose_window(sheet)
    else:
        _pictorial_window(sheet, lake=motif == "lake")
    flow = canvas.clouds(rng, (max(8, w // 2), max(8, h // 6)), u * 2, 4).resize(
        sheet.image.size, Image.Resampling.BICUBIC
    )
    sheet.lay(WHITE, canvas.gain(flow, 0.45, 1), 0.22)
    sheet.lay(BLACK, canvas.gain(flow, 0.55, 0), 0.25)
    sheet.light(canvas.warm(colours), canvas.shining(job.size, w * 0.5, h * 0.4, max(w, h) * 0.9), 0.28)
    return sheet.finish(grain=4, vignette=0.35)


def _glass(job: Job, tone: Colour) -> Colour:
    return mix(tone, job.rng.choice((WHITE, BLACK, job.palette.accent)), job.rng.uniform(0, 0.22))


def _rose_window(sheet: Sheet) -> None:
    job = sheet.job
    w, h, u, colours, rng = job.width, job.height, job.unit, job.palette, job.rng
    x, y, pen = w / 2, h / 2, sheet.pen
    lead = mix(colours.night, BLACK, 0.6)
    step = u * 12
    for i in range(math.ceil(w / step)):
        for j in range(math.ceil(h / step)):
            cx, cy = i * step, j * step
            pen.shape(
                [(cx, cy + step / 2), (cx + step / 2, cy), (cx + step, cy + step / 2), (cx + step / 2, cy + step)],
                _glass(job, rng.choice((colours.deep, colours.middle))),
            )
            pen.line([(cx, cy + step / 2), (cx + step / 2, cy), (cx + step, cy + step / 2)], lead, u * 0.5)
            pen.line([(cx, cy + step / 2), (cx + step / 2, cy + step), (cx + step, cy + step / 2)], lead, u * 0.5)
    count = rng.choice((8, 10, 12))
    tones = [colours.accent, colours.middle, colours.second, colours.soft, colours.deep]
    rng.shuffle(tones)
    for ring, (radius, size) in enumerate(((47, 2), (38, 2), (26, 1), (13, 1))):
        pen.disc(x, y, u * (radius + 1), lead)
        sectors = count * size
        for index in range(sectors):
            a, b = math.tau * index / sectors, math.tau * (index + 1) / sectors
            arc = [
                (x + math.cos(a + (b - a) * t / 6) * u * radius, y + math.sin(a + (b - a) * t / 6) * u * radius)
                for t in range(7)
            ]
            pen.shape([(x, y), *arc], _glass(job, tones[(ring + index % 2) % len(tones)]))
            pen.line([(x, y), arc[0]], lead, u * 0.7)
    petal = canvas.smooth([(0, 0), (5.5, 15), (0, 25), (-5.5, 15)], closed=True)
    for index in range(count):
        turn = math.tau * (index + 0.5) / count
        for size, tone in ((1.0, lead), (0.92, _glass(job, tones[3])), (0.55, _glass(job, tones[0]))):
            pen.shape(canvas.turned(petal, x, y, turn, u * size * 1.02), tone)
        cx, cy = x + math.cos(turn) * u * 32, y + math.sin(turn) * u * 32
        pen.disc(cx, cy, u * 4.6, lead)
        pen.disc(cx, cy, u * 4.0, _glass(job, tones[2]))
    for radius, tone in ((7, lead), (6.3, tones[0]), (3.6, lead), (3.0, colours.paper)):
        pen.disc(x, y, u * radius, tone)


def _pictorial_window(sheet: Sheet, *, lake: bool) -> None:
    """Jittered panes that take their colour from a landscape: sun, rays, hills, water."""
    job = sheet.job
    rng, w, h, u, colours = job.rng, job.width, job.height, job.unit, job.palette
    lead, step = mix(colours.night, BLACK, 0.6), u * 8.5
    columns, rows = math.ceil(w / step), math.ceil(h / step)
    sun = (w * rng.uniform(0.35, 0.65), h * rng.uniform(0.3, 0.42))
    hill = canvas.ridge(rng, w, 0.3, knots=4)
    near = canvas.ridge(rng, w, 0.3, knots=3)
    knots = {
        (i, j): (i * step + rng.uniform(-0.32, 0.32) * step, j * step + rng.uniform(-0.32, 0.32) * step)
        for i in range(-1, columns + 2)
        for j in range(-1, rows + 2)
    }

    def tone(px: float, py: float) -> Colour:
        if py > h * 0.8 - near(px) * h * 0.07:
            return mix(colours.deep, colours.night, 0.3) if not lake else mix(colours.second, colours.deep, 0.35)
        if py > h * 0.6 - hill(px) * h * 0.1:
            return mix(colours.second, colours.deep, 0.25) if not lake else colours.middle
        ray = math.atan2(py - sun[1], px - sun[0]) * 8 / math.pi
        return colours.soft if int(ray + 20) % 2 else mix(colours.middle, colours.soft, 0.35)

    for i in range(-1, columns + 1):
        for j in range(-1, rows + 1):
            pane = [knots[i, j], knots[i + 1, j], knots[i + 1, j + 1], knots[i, j + 1]]
            parts = [pane] if rng.random() < 0.5 else [pane[:3], [pane[0], *pane[2:]]]
            for part in parts:
                cx, cy = sum(p[0] for p in part) / len(part), sum(p[1] for p in part) / len(part)
                sheet.pen.shape(part, _glass(job, tone(cx, cy)))
                sheet.pen.line([*part, part[0]], lead, u * 0.55)
    for radius, colour in ((13.5, lead), (12.8, colours.accent)):
        sheet.pen.disc(*sun, u * radius, colour)
    for index in range(8):
        a = math.tau * index / 8
        sheet.pen.line([sun, (sun[0] + math.cos(a) * u * 13, sun[1] + math.sin(a) * u * 13)], lead, u * 0.5)
    for radius, colour in ((6, lead), (5.3, mix(colours.accent, WHITE, 0.6))):
        sheet.pen.disc(*sun, u * radius, colour)
    for line, base, swing in ((hill, 0.6, 0.1), (near, 0.8, 0.07)):
        sheet.pen.line([(px, h * base - line(px) * h * swing) for px in range(0, w + 6, 6)], lead, u * 0.9)
    sheet.pen.line([(0, 0), (w, 0), (w, h), (0, h), (0, 0)], lead, u * 3)


# ---- Mandala ---------------------------------------------------------------------------------------------------------
def mandala(job: Job) -> Image.Image:
    """Rings of petals round a centre; motifs: night, paper."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    dark = job.pick(("night", "paper")) == "night"
    ground = mix(colours.night, colours.deep, 0.3) if dark else colours.paper
    line = mix(canvas.warm(colours), colours.accent, 0.4) if dark else colours.night
    sheet = Sheet(
        job,
        canvas.tint(
            canvas.shining(job.size, w / 2, h / 2, max(w, h)),
            (ground, mix(ground, colours.middle, 0.3 if dark else 0.12)),
        ),
    )
    x, y, pen = w / 2, h / 2, sheet.pen
    count = rng.choice((8, 10, 12, 16))
    tones = [colours.middle, colours.accent, colours.second, colours.soft, colours.deep]
    rng.shuffle(tones)
    radius = u * 47
    for ring in range(7):
        reach = radius * (1 - ring * 0.135)
        many = count * (2 if ring in {1, 4} else 1)
        _petal_ring(
            pen, (x, y), reach, many, (tones[ring % 5], line, ground), rng.randrange(4), ring % 2 * math.pi / many
        )
        pen.ring(x, y, reach * 0.86, line, u * 0.3)
    for size, tone in ((0.12, line), (0.1, ground), (0.07, tones[1]), (0.03, line)):
        pen.disc(x, y, radius * size, tone)
    for side in range(4):
        cx, cy = (0, w)[side % 2], (0, h)[side // 2]
        for index in range(4):
            pen.ring(cx, cy, u * (14 - index * 3), line, u * 0.3)
        _petal_ring(pen, (cx, cy), u * 19, 16, (tones[2], line, ground), 0, 0)
    return sheet.finish(grain=4)


def _petal_ring(
    pen: Pen, centre: Point, reach: float, count: int, inks: tuple[Colour, Colour, Colour], kind: int, turn: float
) -> None:
    fill, line, ground = inks
    half = math.tan(math.pi / count) * 0.84
    outlines: list[list[Point]] = [
        [(0.52, 0), (0.74, -half * 0.74), (1, 0), (0.74, half * 0.74)],
        [(0.5, 0), (0.8, -half * 0.8), (0.93, -half * 0.42), (1, 0), (0.93, half * 0.42), (0.8, half * 0.8)],
        [(0.55, 0), (0.66, -half * 0.5), (0.84, -half * 0.62), (1, 0), (0.84, half * 0.62), (0.66, half * 0.5)],
        [(0.5, 0), (0.7, -half * 0.45), (0.86, -half * 0.25), (1, 0), (0.86, half * 0.25), (0.7, half * 0.45)],
    ]
    outline = canvas.smooth(outlines[kind], closed=True, steps=6)
    inner = [(0.78 + (px - 0.78) * 0.6, py * 0.55) for px, py in outline]
    for index in range(count):
        angle = turn + math.tau * index / count
        shape = canvas.turned(outline, *centre, angle, reach)
        pen.shape(shape, fade(fill, 0.9))
        pen.line([*shape, shape[0]], line, reach * 0.006)
        pen.shape(canvas.turned(inner, *centre, angle, reach), fade(ground, 0.55))
        for place, size in ((0.72, 0.02), (0.8, 0.014), (1.04, 0.012)):
            pen.disc(
                centre[0] + math.cos(angle) * reach * place,
                centre[1] + math.sin(angle) * reach * place,
                reach * size,
                line,
            )


STYLES = {"linocut": linocut, "mandala": mandala, "stained_glass": stained_glass}
