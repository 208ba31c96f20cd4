"""Pictures built of flat pieces: cut paper, facets, printed waves."""

import math
from collections.abc import Sequence

from PIL import Image

from payments.demo.painting import canvas, landscapes
from payments.demo.painting.canvas import BLACK, WHITE, Job, Pen, Point, Sheet, mix
from payments.demo.painting.palettes import Colour


# ---- Cut paper -------------------------------------------------------------------------------------------------------
def paper_cut(job: Job) -> Image.Image:
    """Sheets of paper with a hole in each, lit from above; motifs: valley, sea, forest, canyon."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("valley", "sea", "forest", "canyon"))
    back = mix(colours.paper, canvas.warm(colours), 0.4)
    sheet = Sheet(
        job,
        canvas.tint(canvas.shining(job.size, w / 2, h * 0.4, max(w, h)), (mix(back, colours.soft, 0.6), back)),
        scale=1,
    )
    x, y = w * rng.uniform(0.42, 0.58), h * rng.uniform(0.36, 0.44)
    _cut(sheet, canvas.polygon(x, y, u * 12, 60), mix(canvas.rosy(colours), canvas.warm(colours), 0.45))
    ladder = [
        colours.soft,
        mix(colours.soft, colours.middle, 0.6),
        colours.middle,
        mix(colours.middle, colours.deep, 0.55),
        colours.deep,
        mix(colours.deep, colours.night, 0.55),
        colours.night,
    ]
    for index, tone in enumerate(ladder):
        share = index / (len(ladder) - 1)
        if motif == "canyon":
            _cut(sheet, _ring(job, 0.2 + 0.115 * index), tone, hole=True)
            continue
        line = _ground(job, motif, share)
        _cut(sheet, line, tone, trees=motif == "forest" and index >= 2, share=share)
    if motif != "canyon":
        _cut(sheet, _ring(job, 0.88), mix(colours.night, BLACK, 0.15), hole=True)
    if motif == "valley":
        landscapes.birds(sheet, colours.deep, w * 0.6, h * 0.25)
    return sheet.finish(grain=7)


def _ground(job: Job, motif: str, share: float) -> list[Point]:
    rng, w, h, u = job.rng, job.width, job.height, job.unit
    base = h * (0.45 + 0.42 * share)
    if motif == "sea":
        phase, waves = rng.uniform(0, 6), rng.uniform(2, 3.4)
        line = [
            (x, base + abs(math.sin(x / w * math.pi * waves + phase)) * -u * 8 + math.sin(x / w * 9 + phase) * u * 2)
            for x in range(0, w + 8, 8)
        ]
    else:
        height_at = canvas.ridge(rng, w, 0.5 if motif == "valley" and share < 0.5 else 0.12, knots=rng.randint(3, 5))
        line = [(x, base - height_at(x) * h * 0.1) for x in range(0, w + 8, 8)]
    return [*line, (w + 8, h + 8), (0, h + 8)]


def _ring(job: Job, reach: float) -> list[Point]:
    """The edge of a hole that fills about `reach` of the picture."""
    points, rng = [], job.rng
    for index in range(14):
        a = math.tau * index / 14
        wobble = rng.uniform(0.88, 1.12)
        points.append(
            (
                job.width * (0.5 + 0.56 * reach * wobble * math.cos(a)),
                job.height * (0.5 + 0.56 * reach * wobble * math.sin(a)),
            )
        )
    return canvas.smooth(points, closed=True, steps=10)


def _cut(
    sheet: Sheet, edge: Sequence[Point], tone: Colour, *, hole: bool = False, trees: bool = False, share: float = 0.0
) -> None:
    """One sheet of paper above the last; its shadow falls a little downwards."""
    job = sheet.job
    u, w, h = job.unit, job.width, job.height

    def draw(pen: Pen, shift: float) -> None:
        if hole:
            pen.block(-5, -5, w + 5, h + 5, 255)
            pen.shape([(x + shift * 0.3, y + shift) for x, y in edge], 0)
        else:
            pen.shape([(x + shift * 0.3, y - shift * 0.6) for x, y in edge], 255)
        if trees:
            for number, (x, y) in enumerate(edge[:-2:3]):
                tall = u * (5 + 12 * share) * (0.65 + 0.35 * math.sin(number * 2.4 + share * 9))
                landscapes.pine(pen, x, y + u, tall)

    with sheet.soft(mix(job.palette.night, BLACK, 0.4), u * 1.5, 0.55) as pen:
        draw(pen, u * 1.6)
    field = canvas.slanting(job.size, 60)
    with sheet.stencil(canvas.tint(field, (mix(tone, WHITE, 0.14), tone, mix(tone, BLACK, 0.1)))) as pen:
        draw(pen, 0)


# ---- Facets ----------------------------------------------------------------------------------------------------------
_FOX: list[tuple[str, list[tuple[float, float]]]] = [
    ("dark", [(13, -62), (36, -40), (33, -18)]), ("coat", [(13, -62), (33, -18), (10, -32)]),
    ("ink", [(18, -50), (30, -36), (28, -26)]), ("light", [(0, -30), (10, -32), (0, -8)]),
    ("coat", [(10, -32), (14, -8), (0, -8)]), ("light", [(10, -32), (33, -18), (14, -8)]),
    ("dark", [(33, -18), (40, 4), (22, 2)]), ("coat", [(33, -18), (22, 2), (14, -8)]),
    ("white", [(40, 4), (30, 24), (22, 2)]), ("pale", [(30, 24), (16, 26), (22, 2)]),
    ("coat", [(14, -8), (22, 2), (8, 12)]), ("light", [(0, -8), (14, -8), (8, 12)]),
    ("coat", [(0, -8), (8, 12), (0, 22)]), ("white", [(22, 2), (16, 26), (8, 12)]),
    ("pale", [(8, 12), (16, 26), (6, 40)]), ("dark", [(8, 12), (6, 34), (0, 22)]),
    ("white", [(16, 26), (6, 40), (9, 46)]), ("light", [(0, 22), (6, 34), (0, 36)]),
    ("ink", [(0, 35), (6, 35), (3.4, 42)]), ("ink", [(0, 35), (3.4, 42), (0, 44)]),
    ("pale", [(3.4, 42), (9, 46), (0, 50)]), ("white", [(0, 44), (3.4, 42), (0, 50)]),
    ("ink", [(11, -3), (20, -2), (14, 3)]),
]  # fmt: skip
_BEAR: list[tuple[str, list[tuple[float, float]]]] = [
    ("dark", [(16, -40), (24, -54), (36, -48)]), ("coat", [(16, -40), (36, -48), (36, -32)]),
    ("ink", [(22, -44), (32, -46), (32, -36)]), ("light", [(0, -44), (16, -40), (0, -16)]),
    ("coat", [(16, -40), (18, -12), (0, -16)]), ("light", [(16, -40), (36, -32), (18, -12)]),
    ("coat", [(36, -32), (44, -6), (18, -12)]), ("dark", [(44, -6), (40, 20), (26, 6)]),
    ("coat", [(44, -6), (26, 6), (18, -12)]), ("dark", [(40, 20), (24, 38), (26, 6)]),
    ("light", [(18, -12), (26, 6), (12, 8)]), ("coat", [(0, -16), (18, -12), (12, 8)]),
    ("pale", [(0, -16), (12, 8), (0, 12)]), ("coat", [(26, 6), (24, 38), (14, 26)]),
    ("pale", [(12, 8), (26, 6), (14, 26)]), ("white", [(0, 12), (12, 8), (14, 26)]),
    ("ink", [(0, 12), (9, 13), (0, 24)]), ("pale", [(0, 24), (14, 26), (0, 42)]),
    ("white", [(14, 26), (24, 38), (0, 42)]), ("light", [(24, 38), (12, 48), (0, 42)]),
    ("coat", [(12, 48), (0, 50), (0, 42)]), ("ink", [(10, -6), (17, -8), (15, -1)]),
]  # fmt: skip


def low_poly(job: Job) -> Image.Image:
    """Flat facets; motifs: fox, bear, peaks, island."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("fox", "bear", "peaks", "island"))
    if motif in {"peaks", "island"}:
        return _facet_view(job, island=motif == "island")
    sheet = Sheet(job, colours.paper)
    dark = rng.random() < 0.5
    low, high = (
        (colours.night, colours.deep)
        if dark
        else (mix(colours.soft, colours.paper, 0.3), mix(colours.paper, WHITE, 0.3))
    )
    _mesh(sheet, 9, lambda x, y: mix(high, low, math.hypot(x / w - 0.5, y / h - 0.45) * 1.5 + rng.uniform(-0.07, 0.07)))
    coat = canvas.rosy(colours) if motif == "fox" else mix((122, 84, 60), colours.middle, 0.3)
    tones = {
        "coat": coat,
        "dark": mix(coat, colours.night, 0.45),
        "light": mix(coat, WHITE, 0.25),
        "pale": mix(colours.paper, coat, 0.22),
        "white": mix(colours.paper, WHITE, 0.6),
        "ink": mix(colours.night, BLACK, 0.35),
    }
    s, x, y = min(w, h) / 122, w / 2, h * 0.53
    for side in (-1, 1):
        for name, corners in _FOX if motif == "fox" else _BEAR:
            spread = rng.uniform(-0.07, 0.07) + (0.07 if side > 0 else -0.05)
            tone = mix(tones[name], BLACK if spread > 0 else WHITE, abs(spread) * 1.5)
            _facet(sheet.pen, [(x + side * px * s, y + py * s) for px, py in corners], tone, u * 0.12)
    return sheet.finish(grain=3, vignette=0.2)


def _facet(pen: Pen, corners: Sequence[Point], tone: Colour, edge: float) -> None:
    """A triangle whose own outline hides the seam to its neighbour."""
    pen.shape(corners, tone)
    pen.line([*corners, corners[0]], tone, edge)


def _mesh(sheet: Sheet, columns: int, tone_at: object, top: float = 0.0) -> None:
    job = sheet.job
    rng, w, h = job.rng, job.width, job.height
    step = w / columns
    rows = math.ceil((h - top) / step)
    knots = {
        (i, j): (
            i * step + rng.uniform(-0.33, 0.33) * step,
            top + j * step + (rng.uniform(-0.33, 0.33) * step if j or not top else 0),
        )
        for i in range(-1, columns + 2)
        for j in range(-1 if not top else 0, rows + 2)
    }
    for (i, j), a in knots.items():
        if (i + 1, j + 1) not in knots:
            continue
        b, c, d = knots[i + 1, j], knots[i + 1, j + 1], knots[i, j + 1]
        for part in ([a, b, c], [a, c, d]) if rng.random() < 0.5 else ([a, b, d], [b, c, d]):
            cx, cy = sum(p[0] for p in part) / 3, sum(p[1] for p in part) / 3
            _facet(sheet.pen, part, tone_at(cx, cy), 1)  # type: ignore[operator]


def _facet_view(job: Job, *, island: bool) -> Image.Image:
    rng, colours, w, h = job.rng, job.palette, job.width, job.height
    sheet = Sheet(job, colours.paper)
    _mesh(
        sheet,
        10,
        lambda x, y: mix(
            mix((122, 176, 208), colours.soft, 0.45), colours.paper, y / h * 1.7 + rng.uniform(-0.09, 0.09)
        ),
    )
    sheet.pen.shape(
        canvas.polygon(w * rng.uniform(0.25, 0.75), h * 0.24, job.unit * 8, 7, 0.3),
        mix(canvas.warm(colours), colours.accent, 0.2),
    )
    shore = h * 0.64
    peaks = sorted(
        ((w * rng.uniform(0.12, 0.88), h * rng.uniform(0.2, 0.44)) for _ in range(2 if island else 5)),
        key=lambda peak: peak[1],
    )
    if island:
        peaks = [(w * 0.47, h * 0.22), (w * 0.63, h * 0.36), (w * 0.33, h * 0.44)]
    for x, y in peaks:
        _facet_peak(sheet, x, y, shore, (shore - y) * rng.uniform(0.75, 1.0))
    sea = mix(mix(colours.second, (58, 128, 168), 0.65), colours.deep, 0.35)
    _mesh(
        sheet,
        14,
        lambda x, y: mix(
            mix(sea, colours.paper, 0.35),
            mix(sea, colours.night, 0.45),
            (y - shore) / (h - shore) + rng.uniform(-0.16, 0.16),
        ),
        top=shore,
    )
    for _ in range(16 if island else 30):
        x = w * (rng.uniform(0.22, 0.78) if island else rng.random())
        _facet_tree(sheet, x, shore + job.unit * rng.uniform(-1, 3), job.unit * rng.uniform(6, 12))
    return sheet.finish(grain=3)


def _facet_peak(sheet: Sheet, x: float, y: float, foot: float, half: float) -> None:
    job = sheet.job
    rng, colours = job.rng, job.palette
    rows = 6
    spine = [(x + rng.uniform(-0.08, 0.08) * half * row / rows, y + (foot - y) * row / rows) for row in range(rows + 1)]
    for side in (-1, 1):
        for column in range(3):
            for row in range(rows):

                def at(c: int, r: int) -> Point:
                    if r == 0 or c == 0:
                        return spine[r]
                    sway = math.sin(c * 5.1 + r * 3.7 + x) * 0.06
                    return spine[r][0] + side * half * (c / 3) * (r / rows) * (1 + sway), spine[r][1] + math.sin(
                        c * 2.3 + r * 7.9 + x
                    ) * half * 0.05

                a, b, c, d = at(column, row), at(column + 1, row), at(column + 1, row + 1), at(column, row + 1)
                snow = row < 2 or (row == 2 and column % 2 == 0)
                base = mix(colours.paper, WHITE, 0.5) if snow else mix(colours.middle, colours.deep, row / rows * 0.7)
                shade = 0.42 if side > 0 else 0.04
                for part in ([a, b, c], [a, c, d]):
                    _facet(
                        sheet.pen,
                        part,
                        mix(base, colours.night, max(0, shade + rng.uniform(-0.1, 0.12)) * (0.6 if snow else 1)),
                        1,
                    )


def _facet_tree(sheet: Sheet, x: float, foot: float, tall: float) -> None:
    green = mix((62, 104, 74), sheet.job.palette.deep, 0.35)
    sheet.pen.block(x - tall * 0.05, foot - tall * 0.2, x + tall * 0.05, foot, (84, 60, 44))
    for tier in range(3):
        top, half = foot - tall * (1 - 0.24 * tier), tall * (0.16 + 0.07 * tier)
        low = top + tall * 0.4
        sheet.pen.shape([(x, top), (x, low), (x - half, low)], mix(green, WHITE, 0.14))
        sheet.pen.shape([(x, top), (x + half, low), (x, low)], mix(green, BLACK, 0.22))


# ---- Printed waves ---------------------------------------------------------------------------------------------------
_OUTER = [(-62, 48), (-56, 10), (-40, -22), (-14, -42), (12, -46), (34, -36), (46, -16), (44, 2)]
_INNER = [(44, 2), (36, -8), (24, -12), (12, -8), (4, 4), (4, 22), (14, 38), (34, 48)]


def great_wave(job: Job) -> Image.Image:
    """Curling waves in flat printed colours; motifs: mountain, sun, boats."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("mountain", "sun", "boats"))
    paper = mix((243, 232, 207), colours.paper, 0.4)
    sheet = Sheet(
        job,
        canvas.tint(
            canvas.falling(job.size), (mix(paper, colours.soft, 0.7), paper, paper, mix(paper, colours.soft, 0.35))
        ),
    )
    x, y = w * rng.uniform(0.58, 0.75), h * 0.36
    if motif == "mountain":
        cone = canvas.smooth(
            [
                (x - u * 46, h * 0.66),
                (x - u * 14, h * 0.43),
                (x - u * 3, h * 0.33),
                (x + u * 3, h * 0.33),
                (x + u * 14, h * 0.43),
                (x + u * 46, h * 0.66),
            ]
        )
        sheet.pen.shape(cone, mix(colours.deep, colours.middle, 0.35))
        cap = [
            (x - u * 9.6, h * 0.394),
            (x - u * 3, h * 0.33),
            (x + u * 3, h * 0.33),
            (x + u * 9.6, h * 0.394),
            (x + u * 6, h * 0.385),
            (x + u * 3, h * 0.42),
            (x, h * 0.388),
            (x - u * 4, h * 0.43),
            (x - u * 6, h * 0.388),
        ]
        sheet.pen.shape(cap, paper)
    else:
        sheet.pen.disc(x, y, u * 17, mix((206, 62, 44), canvas.rosy(colours), 0.5))
    _cloud_bands(sheet, paper)
    _scales(sheet, h * 0.6, paper)
    side = rng.choice((-1, 1))
    for place, low, size in (
        (0.78, 0.72, 0.5),
        (0.3, 0.8, 0.95),
        (0.86, 0.98, 0.62),
        (0.08, 1.02, 0.55),
        (0.52, 1.08, 0.6),
    ):
        at = place + rng.uniform(-0.03, 0.03)
        _curl(sheet, (at if side > 0 else 1 - at) * w, low * h, size * u * 0.92, side, paper)
        if motif == "boats" and size == 0.95:
            _boat(sheet, (0.74 if side > 0 else 0.26) * w, h * 0.8, u, side)
    return sheet.finish(grain=7)


def _cloud_bands(sheet: Sheet, paper: Colour) -> None:
    job = sheet.job
    for _ in range(5):
        x, y = job.rng.random() * job.width, job.height * job.rng.uniform(0.06, 0.4)
        for index in range(3):
            half, tall = job.unit * job.rng.uniform(9, 20), job.unit * 1.3
            cx = x + job.unit * job.rng.uniform(-9, 9)
            sheet.pen.block(
                cx - half,
                y + index * tall * 1.7,
                cx + half,
                y + tall + index * tall * 1.7,
                mix(paper, WHITE, 0.5),
                tall / 2,
            )


def _scales(sheet: Sheet, top: float, paper: Colour) -> None:
    """Rows of overlapping ring waves."""
    job = sheet.job
    colours, u = job.palette, job.unit
    radius = u * 5.4
    row, y = 0, top
    while y < job.height + radius:
        x = -radius + (radius if row % 2 else 0)
        while x < job.width + radius:
            for size, tone in (
                (1.0, paper),
                (0.9, colours.deep),
                (0.68, paper),
                (0.58, colours.middle),
                (0.36, paper),
                (0.26, colours.deep),
            ):
                sheet.pen.disc(x, y + radius, radius * size, tone)
            x += radius * 2
        y += radius * 0.62
        row += 1


def _curl(sheet: Sheet, x: float, y: float, s: float, side: int, paper: Colour) -> None:
    job = sheet.job
    pen, colours = sheet.pen, job.palette

    def place(points: Sequence[Point]) -> list[Point]:
        return [(x + side * px * s, y + py * s) for px, py in points]

    outer, inner = canvas.smooth(_OUTER, steps=10), canvas.smooth(_INNER, steps=10)
    body = place([*outer, *inner])
    deep = mix(colours.deep, colours.night, 0.25)
    pen.shape([*body, (x + side * 34 * s, y + 90 * s), (x - side * 62 * s, y + 90 * s)], deep)
    for index in range(1, 6):
        t = index / 6
        stripe = [
            (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t) for a, b in zip(outer, reversed(inner), strict=False)
        ]
        pen.line(
            place(stripe[: len(stripe) - index * 4]),
            mix(colours.middle, paper, 0.25 if index % 2 else 0.75),
            s * (2.2 if index % 2 else 1.2),
        )
    edge = outer[22:]
    for index, (px, py) in enumerate(edge):
        size = 3.2 + 2.6 * math.sin(index * 1.9) ** 2
        pen.disc(*place([(px, py)])[0], size * s * 1.2, deep)
    for index, (px, py) in enumerate(edge):
        size = 3.2 + 2.6 * math.sin(index * 1.9) ** 2
        pen.disc(*place([(px, py + 0.6)])[0], size * s, paper)
    for index, (px, py) in enumerate(outer[26::4]):
        drip = [(px - 1, py), (px + 5, py + 7), (px + 2, py + 13), (px - 1, py + 6)]
        pen.shape(place(canvas.smooth(drip, closed=True)), paper)
    for _ in range(26):
        px, py = job.rng.choice(edge)
        pen.disc(
            *place([(px + job.rng.uniform(-4, 20), py - job.rng.uniform(-8, 16))])[0],
            s * job.rng.uniform(0.5, 1.3),
            paper,
        )


def _boat(sheet: Sheet, x: float, y: float, u: float, side: int) -> None:
    colours = sheet.job.palette
    hull = canvas.smooth([(-17, -5), (-10, 2), (6, 2), (19, -8), (8, -2), (-8, -1)], closed=True)
    sheet.pen.shape([(x + side * px * u, y + py * u) for px, py in hull], mix((150, 104, 60), colours.second, 0.3))
    for index in range(5):
        cx = x + side * (index - 2.4) * u * 3.4
        sheet.pen.disc(cx, y - u * 3, u * 1.3, colours.night, u * 1.8)
        sheet.pen.disc(cx, y - u * 5.4, u, mix(colours.paper, (214, 170, 130), 0.6))


STYLES = {"great_wave": great_wave, "low_poly": low_poly, "paper_cut": paper_cut}
