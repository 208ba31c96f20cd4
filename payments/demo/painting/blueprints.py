"""White lines on blue."""

import math

from PIL import Image

from payments.demo.painting import canvas
from payments.demo.painting.canvas import BLACK, WHITE, Job, Pen, Point, Sheet, fade, mix
from payments.demo.painting.palettes import Colour


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
        start = x + (-66 + index * 4.6) * s
        pen.line([(start, y + 38 * s), (start + 3 * s, y + 34 * s)], fade(ink, 0.5), s * 0.3)
    _dimension(pen, (x - 44 * s, y + 43 * s), (x + 58 * s, y + 43 * s), s, ink, "10 200")


STYLES = {"blueprint": blueprint}
