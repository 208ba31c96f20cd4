"""Pictures of flat pieces: cut paper, printed waves."""

import math
from collections.abc import Sequence

from PIL import Image

from payments.demo.painting import canvas, landscapes
from payments.demo.painting.canvas import BLACK, WHITE, Job, Pen, Point, Sheet, mix
from payments.demo.painting.palettes import Colour


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
        _far_mountain(sheet, x, paper)
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


def _far_mountain(sheet: Sheet, x: float, paper: Colour) -> None:
    job = sheet.job
    h, u, colours = job.height, job.unit, job.palette
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
    for px, py in outer[26::4]:
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


STYLES = {"great_wave": great_wave, "paper_cut": paper_cut}
