"""Hand-coloured botanical plates."""

import math

from PIL import Image

from payments.demo.painting import canvas
from payments.demo.painting.canvas import BLACK, WHITE, Job, Pen, Sheet, fade, mix
from payments.demo.painting.palettes import Colour

CAPTIONS = {
    "fern": "Filix umbrosa",
    "poppy": "Papaver lucidum",
    "eucalyptus": "Eucalyptus argentea",
    "mushroom": "Amanita fabularis",
    "lemon": "Citrus hortensis",
    "lavender": "Lavandula serena",
}


def botanical(job: Job) -> Image.Image:
    """A hand-coloured plate; motifs: fern, poppy, eucalyptus, mushroom, lemon, lavender."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(tuple(CAPTIONS))
    paper = mix((246, 238, 218), colours.paper, 0.35)
    sheet = Sheet(
        job,
        canvas.tint(
            canvas.clouds(rng, job.size, w / 2.5), (mix(paper, (214, 190, 150), 0.35), paper, mix(paper, WHITE, 0.3))
        ),
    )
    ink = mix(colours.night, (60, 44, 30), 0.4)
    for inset, width in ((4, 0.35), (5, 0.15)):
        edge = [
            (u * inset, u * inset),
            (w - u * inset, u * inset),
            (w - u * inset, h - u * inset),
            (u * inset, h - u * inset),
        ]
        sheet.pen.line([*edge, edge[0]], fade(ink, 0.7), u * width)
    painter = {
        "fern": _fern,
        "poppy": _poppy,
        "eucalyptus": _eucalyptus,
        "mushroom": _mushroom,
        "lemon": _lemon,
        "lavender": _lavender,
    }
    count = 3 if w > h * 1.25 and motif in {"fern", "eucalyptus", "lavender"} else 1
    for index in range(count):
        painter[motif](sheet, w * (index + 1) / (count + 1), h * 0.86, (h / 100) * (0.9 if count == 1 else 0.82), ink)
    sheet.pen.words(w / 2, h - u * 9.5, CAPTIONS[motif], u * 3, ink)
    sheet.pen.words(w - u * 8, u * 8.4, f"Pl. {rng.randrange(2, 60)}", u * 2.1, ink, "rm")
    stain = canvas.gain(canvas.clouds(rng, job.size, u * 20), 0.66, 0.9)
    sheet.lay((186, 150, 96), stain, 0.13)
    return sheet.finish(grain=5, vignette=0.14)


def leaf(pen: Pen, x: float, y: float, turn: float, size: float, wide: float, tone: Colour, ink: Colour) -> None:
    """A leaf that grows from (x, y) in the direction `turn`, one half lighter, with veins."""
    outline = [
        (0, 0),
        (0.25, -wide * 0.8),
        (0.55, -wide),
        (0.85, -wide * 0.45),
        (1, 0),
        (0.85, wide * 0.45),
        (0.55, wide),
        (0.25, wide * 0.8),
    ]
    shape = canvas.smooth(outline, closed=True, steps=5)
    pen.shape(canvas.turned(shape, x, y, turn, size), tone)
    upper = [point for point in shape if point[1] <= 0]
    pen.shape(canvas.turned(upper, x, y, turn, size), mix(tone, WHITE, 0.2))
    pen.line([(x, y), *canvas.turned([(0.95, 0)], x, y, turn, size)], fade(ink, 0.7), max(0.5, size * 0.014))
    for index in range(1, 6):
        for side in (-1, 1):
            vein = [
                (index * 0.15, 0),
                (index * 0.15 + 0.16, side * wide * 0.75 * math.sin(math.pi * min(0.95, index * 0.15 + 0.16))),
            ]
            pen.line(canvas.turned(vein, x, y, turn, size), fade(ink, 0.35), max(0.5, size * 0.008))
    outline_at = canvas.turned(shape, x, y, turn, size)
    pen.line([*outline_at, outline_at[0]], fade(ink, 0.55), max(0.5, size * 0.01))


def _greens(job: Job) -> Colour:
    base = mix((84, 116, 70), job.palette.deep, job.rng.uniform(0.15, 0.4))
    return mix(base, job.rng.choice((job.palette.soft, WHITE, BLACK, job.palette.second)), job.rng.uniform(0, 0.2))


def _fern(sheet: Sheet, x: float, foot: float, s: float, ink: Colour) -> None:
    job, pen = sheet.job, sheet.pen
    lean = job.rng.uniform(-10, 10)
    stem = canvas.smooth([(x, foot), (x + lean * s * 0.3, foot - s * 35), (x + lean * s, foot - s * 74)], steps=22)
    pen.line(stem, mix(ink, (90, 110, 60), 0.5), s * 0.8)
    for index in range(5, len(stem), 2):
        px, py = stem[index]
        share = index / len(stem)
        reach = s * 30 * math.sin(math.pi * (0.3 + 0.69 * share)) ** 0.85
        for side in (-1, 1):
            turn = -math.pi / 2 + side * (1.15 - 0.35 * share)
            tip = (px + math.cos(turn) * reach, py + math.sin(turn) * reach)
            pen.line([(px, py), tip], mix(ink, (90, 110, 60), 0.5), s * 0.3)
            for step in range(1, 9):
                cx, cy = px + (tip[0] - px) * step / 9, py + (tip[1] - py) * step / 9
                small = reach * 0.13 * (1.1 - step / 10)
                for half in (-1, 1):
                    blade = canvas.turned(
                        [(0, 0), (0.5, -0.24), (1, 0), (0.5, 0.24)], cx, cy, turn + half * 1.0, small + s * 0.6
                    )
                    pen.shape(blade, _greens(job))


def _eucalyptus(sheet: Sheet, x: float, foot: float, s: float, ink: Colour) -> None:
    job, pen = sheet.job, sheet.pen
    for lean, tall in ((0, 76), (-20, 56), (21, 60)):
        stem = canvas.smooth(
            [
                (x, foot),
                (x + lean * s * 0.35, foot - s * tall * 0.5),
                (x + (lean + job.rng.uniform(-6, 6)) * s, foot - s * tall),
            ],
            steps=12,
        )
        pen.line(stem, mix((120, 84, 66), job.palette.accent, 0.25), s * 0.6)
        for index in range(4, len(stem), 2):
            px, py = stem[index]
            size = s * (9.5 - 6 * index / len(stem))
            for side in (-1, 1):
                tone = mix(mix((138, 160, 142), job.palette.second, 0.3), job.palette.paper, job.rng.uniform(0, 0.35))
                leaf(pen, px, py, -math.pi / 2 + side * job.rng.uniform(0.9, 1.4), size, 0.42, tone, ink)


def _poppy(sheet: Sheet, x: float, foot: float, s: float, ink: Colour) -> None:
    job, pen = sheet.job, sheet.pen
    rng, colours = job.rng, job.palette
    for lean, tall, kind in ((-24, 46, "bud"), (25, 42, "pod"), (-6, 66, "bloom"), (13, 58, "bloom")):
        stem = canvas.smooth(
            [(x + lean * s * 0.1, foot), (x + lean * s * 0.7, foot - s * tall * 0.55), (x + lean * s, foot - s * tall)],
            steps=10,
        )
        pen.line(stem, _greens(job), s * 0.8)
        for step in (3, 6):
            px, py = stem[step]
            for index in range(5):
                leaf(
                    pen,
                    px,
                    py,
                    (-2.6 if lean < 0 else -0.5) + (index - 2) * 0.28,
                    s * rng.uniform(7, 12),
                    0.16,
                    _greens(job),
                    ink,
                )
        tx, ty = stem[-1]
        if kind == "bud":
            leaf(pen, tx, ty - s * 1, 1.9, s * 9, 0.34, _greens(job), ink)
        elif kind == "pod":
            pen.disc(tx, ty - s * 3, s * 3.4, _greens(job), s * 4.4)
            pen.disc(tx, ty - s * 7.4, s * 3.6, mix(ink, colours.soft, 0.4), s * 1.1)
        else:
            _petals(pen, job, tx, ty, s * rng.uniform(12, 15), ink)


def _petals(pen: Pen, job: Job, x: float, y: float, size: float, ink: Colour) -> None:
    rng, colours = job.rng, job.palette
    red = mix(canvas.rosy(colours), (214, 60, 44), 0.3)
    for index in range(5):
        turn = rng.uniform(-0.2, 0.2) + math.tau * index / 5
        outline = [
            (0, 0),
            (0.4, -0.5),
            (0.85, -0.56),
            (1.02, -0.2),
            (0.95, 0.05),
            (1.03, 0.3),
            (0.8, 0.58),
            (0.4, 0.48),
        ]
        shape = canvas.turned(
            canvas.smooth([(px * rng.uniform(0.94, 1.08), py) for px, py in outline], closed=True), x, y, turn, size
        )
        pen.shape(shape, mix(red, (WHITE, BLACK)[index % 2], 0.05 + 0.04 * index))
        for fold in range(9):
            angle = turn + (fold - 4) * 0.11
            pen.line(
                [
                    (x + math.cos(angle) * size * 0.3, y + math.sin(angle) * size * 0.3),
                    (x + math.cos(angle) * size * 0.86, y + math.sin(angle) * size * 0.86),
                ],
                fade(mix(red, BLACK, 0.5), 0.28),
                size * 0.012,
            )
        pen.line([*shape, shape[0]], fade(ink, 0.5), size * 0.016)
    pen.disc(x, y, size * 0.24, mix(colours.night, BLACK, 0.2))
    for index in range(26):
        a, r = math.tau * index / 26, size * rng.uniform(0.26, 0.4)
        pen.line([(x, y), (x + math.cos(a) * r, y + math.sin(a) * r)], colours.night, size * 0.014)
        pen.disc(x + math.cos(a) * r, y + math.sin(a) * r, size * 0.026, ink)
    pen.disc(x, y, size * 0.13, _greens(job))


def _stalk(sheet: Sheet, cx: float, top: float, base: float, z: float, ink: Colour) -> None:
    """The stem of a mushroom with its gills and its skirt."""
    pen, rng, colours = sheet.pen, sheet.job.rng, sheet.job.palette
    stalk = mix((240, 230, 208), colours.soft, 0.2)
    shape = canvas.smooth(
        [
            (cx - z * 3.4, top),
            (cx - z * 3.8, (top + base) / 2),
            (cx - z * 6, base),
            (cx, base + z * 2),
            (cx + z * 6, base),
            (cx + z * 3.8, (top + base) / 2),
            (cx + z * 3.4, top),
        ],
        closed=True,
    )
    pen.shape(shape, stalk)
    for index in range(9):
        dx = (index - 4) * z * 0.75
        pen.line(
            [(cx + dx, top), (cx + dx * 1.2, base - z * rng.uniform(0, 8))], fade(ink, 0.16 + 0.03 * index), z * 0.3
        )
    pen.line([*shape, shape[0]], fade(ink, 0.5), z * 0.25)
    pen.disc(cx, top + z * 1.5, z * 17, mix(stalk, colours.middle, 0.35), z * 4.2)
    for index in range(-15, 16):
        pen.line(
            [(cx + index * z * 0.3, top), (cx + index * z * 1.1, top + z * (5.4 - abs(index) * 0.24))],
            fade(ink, 0.4),
            z * 0.2,
        )
    skirt = canvas.smooth(
        [
            (cx - z * 3.6, top + z * 9),
            (cx - z * 6.4, top + z * 13.5),
            (cx, top + z * 15),
            (cx + z * 6.4, top + z * 13.5),
            (cx + z * 3.6, top + z * 9),
        ],
        closed=True,
    )
    pen.shape(skirt, mix(stalk, WHITE, 0.4))
    pen.line([*skirt, skirt[0]], fade(ink, 0.45), z * 0.22)


def _cap(sheet: Sheet, cx: float, top: float, z: float, ink: Colour) -> None:
    pen, rng, colours = sheet.pen, sheet.job.rng, sheet.job.palette
    stalk = mix((240, 230, 208), colours.soft, 0.2)
    cap = canvas.smooth(
        [
            (cx - z * 18, top + z * 1.4),
            (cx - z * 14, top - z * 11),
            (cx, top - z * 17),
            (cx + z * 14, top - z * 11),
            (cx + z * 18, top + z * 1.4),
            (cx, top - z * 0.6),
        ],
        closed=True,
    )
    tone = mix(canvas.rosy(colours), (200, 50, 36), 0.4)
    pen.shape(cap, tone)
    for _ in range(13):
        px = rng.uniform(-13, 13)
        py = -rng.uniform(2, 15.5 * (1 - (px / 17) ** 2))
        pen.shape(
            canvas.blob(rng, cx + px * z, top + py * z, z * rng.uniform(0.8, 1.9), 0.2, 6), mix(stalk, WHITE, 0.5)
        )
    pen.line([*cap, cap[0]], fade(ink, 0.6), z * 0.28)


def _mushroom(sheet: Sheet, x: float, foot: float, s: float, ink: Colour) -> None:
    job, pen = sheet.job, sheet.pen
    rng = job.rng
    for place, size in ((-24, 0.62), (24, 0.72), (-2, 1.25), (13, 0.42)):
        cx, z = x + place * s, s * size
        base, top = foot - abs(place) * s * 0.12, foot - z * 40
        _stalk(sheet, cx, top, base, z, ink)
        _cap(sheet, cx, top, z, ink)
    for _ in range(70):
        px = x + rng.gauss(0, 16) * s
        pen.line(
            [(px, foot + s), (px + rng.uniform(-2, 2) * s, foot - rng.uniform(2, 9) * s)],
            fade(_greens(job), 0.8),
            s * 0.4,
        )


def _lemon(sheet: Sheet, x: float, foot: float, s: float, ink: Colour) -> None:
    job, pen = sheet.job, sheet.pen
    rng, colours = job.rng, job.palette
    branch = canvas.smooth(
        [
            (x - s * 30, foot - s * 70),
            (x - s * 8, foot - s * 58),
            (x + s * 12, foot - s * 42),
            (x + s * 24, foot - s * 14),
        ],
        steps=10,
    )
    pen.line(branch, mix((104, 82, 56), ink, 0.3), s * 1.1)
    for index in range(2, len(branch), 3):
        px, py = branch[index]
        for side in (-1, 1):
            leaf(pen, px, py, 0.7 + side * rng.uniform(0.7, 1.3), s * rng.uniform(15, 21), 0.2, _greens(job), ink)
    for index, dx, dy in ((8, -9, 15), (17, -13, 17), (25, -7, 16)):
        px, py = branch[min(index, len(branch) - 1)]
        cx, cy = px + dx * s, py + dy * s
        pen.line(canvas.smooth([(px, py), (cx + s, cy - s * 12), (cx, cy - s * 9)]), _greens(job), s * 0.7)
        body = [
            (0, -11),
            (5.5, -8.5),
            (8, 0),
            (5.6, 8.6),
            (1.6, 10.6),
            (0, 12.6),
            (-1.6, 10.6),
            (-5.6, 8.6),
            (-8, 0),
            (-5.5, -8.5),
        ]
        shape = canvas.turned(canvas.smooth(body, closed=True), cx, cy, rng.uniform(-0.3, 0.3), s)
        yellow = mix((238, 200, 66), colours.second, 0.15)
        pen.shape(shape, yellow)
        pen.disc(cx - s * 2.4, cy - s * 2, s * 3.4, fade(WHITE, 0.28), s * 5.4)
        for _ in range(60):
            a, r = rng.uniform(0, math.tau), s * 7 * math.sqrt(rng.random())
            pen.disc(cx + math.cos(a) * r, cy + math.sin(a) * r * 1.2, s * 0.18, fade(mix(ink, yellow, 0.4), 0.4))
        pen.line([*shape, shape[0]], fade(ink, 0.6), s * 0.25)
    for index in (4, 14):
        px, py = branch[index]
        for petal in range(5):
            leaf(pen, px + s * 6, py - s * 6, math.tau * petal / 5, s * 5, 0.3, mix(colours.paper, WHITE, 0.7), ink)
        pen.disc(px + s * 6, py - s * 6, s * 1.1, (226, 180, 60))


def _lavender(sheet: Sheet, x: float, foot: float, s: float, ink: Colour) -> None:
    job, pen = sheet.job, sheet.pen
    rng, colours = job.rng, job.palette
    for index in range(7):
        lean, tall = (index - 3) * 4.2 + rng.uniform(-1, 1), rng.uniform(62, 78)
        stem = canvas.smooth(
            [
                (x + (index - 3) * s * 0.6, foot),
                (x + lean * s * 0.5, foot - s * tall * 0.5),
                (x + lean * s * 1.4, foot - s * tall),
            ],
            steps=14,
        )
        pen.line(stem, _greens(job), s * 0.5)
        for side in (-1, 1):
            leaf(pen, *stem[5], -math.pi / 2 + side * 0.5, s * 13, 0.09, _greens(job), ink)
        for step, (px, py) in enumerate(stem[17:], 17):
            wide = s * 3.4 * (1.1 - (step - 17) / 14)
            for dot in range(4):
                tone = mix(
                    mix((126, 96, 176), colours.middle, 0.35), rng.choice((WHITE, colours.night)), rng.uniform(0, 0.35)
                )
                pen.disc(px + (dot - 1.5) * wide * 0.5, py + rng.uniform(-0.6, 0.6) * s, wide * 0.36, tone, wide * 0.5)


STYLES = {"botanical": botanical}
