"""Flat facets: animals and landscapes."""

import math
from collections.abc import Callable, Sequence

from PIL import Image

from payments.demo.painting import canvas
from payments.demo.painting.canvas import BLACK, WHITE, Job, Pen, Point, Sheet, mix
from payments.demo.painting.palettes import Colour

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


def _mesh(sheet: Sheet, columns: int, tone_at: Callable[[float, float], Colour], top: float = 0.0) -> None:
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
            _facet(sheet.pen, part, tone_at(cx, cy), 1)


def _facet_view(job: Job, *, island: bool) -> Image.Image:
    rng, colours, w, h = job.rng, job.palette, job.width, job.height
    sheet = Sheet(job, colours.paper)
    _mesh(
        sheet,
        10,
        lambda _, y: mix(
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
        lambda _, y: mix(
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
                corners = ((column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1))
                a, b, c, d = (_peak_knot(spine, i, j, side * half, x) for i, j in corners)
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


def _peak_knot(spine: Sequence[Point], column: int, row: int, reach: float, salt: float) -> Point:
    """Where facets of a peak meet: pushed a little off a regular net, the same way for every neighbour."""
    x, y = spine[row]
    if row == 0 or column == 0:
        return x, y
    sway = 1 + math.sin(column * 5.1 + row * 3.7 + salt) * 0.06
    lift = math.sin(column * 2.3 + row * 7.9 + salt) * abs(reach) * 0.05
    return x + reach * (column / 3) * (row / (len(spine) - 1)) * sway, y + lift


def _facet_tree(sheet: Sheet, x: float, foot: float, tall: float) -> None:
    green = mix((62, 104, 74), sheet.job.palette.deep, 0.35)
    sheet.pen.block(x - tall * 0.05, foot - tall * 0.2, x + tall * 0.05, foot, (84, 60, 44))
    for tier in range(3):
        top, half = foot - tall * (1 - 0.24 * tier), tall * (0.16 + 0.07 * tier)
        low = top + tall * 0.4
        sheet.pen.shape([(x, top), (x, low), (x - half, low)], mix(green, WHITE, 0.14))
        sheet.pen.shape([(x, top), (x + half, low), (x, low)], mix(green, BLACK, 0.22))


STYLES = {"low_poly": low_poly}
