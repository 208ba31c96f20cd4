"""Places near at hand: a forest in fog, a sunlit court, and a face that holds a landscape."""

import math

from PIL import Image

from payments.demo.painting import canvas, coasts, landscapes, solids
from payments.demo.painting.canvas import BLACK, WHITE, Job, Pen, Point, Sheet, fade, mix
from payments.demo.painting.palettes import Colour


def forest(job: Job) -> Image.Image:
    """Trunks in fog with slanting light; motifs: beech, birch."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    birch = job.pick(("beech", "birch")) == "birch"
    fog = mix(colours.paper, colours.soft, 0.5)
    light = (w * rng.uniform(0.3, 0.7), h * rng.uniform(0.15, 0.35))
    sheet = Sheet(
        job,
        canvas.tint(
            canvas.shining(job.size, *light, max(w, h)),
            (mix(colours.soft, colours.middle, 0.5), fog, mix(fog, WHITE, 0.7)),
        ),
        scale=1,
    )
    layers = 6
    for layer in range(layers):
        share = layer / (layers - 1)
        tone = mix(mix(fog, colours.middle, 0.35), mix(colours.night, BLACK, 0.2), share**0.8)
        with sheet.soft(mix(tone, colours.deep, 0.2), u * 1.2) as pen:
            height_at = canvas.ridge(rng, w, 0.3)
            line = [(x, h * (0.66 + 0.25 * share) - height_at(x) * u * 3) for x in range(0, w + 16, 16)]
            pen.shape([*line, (w, h), (0, h)], 255)
        _trunks(sheet, share, tone, birch=birch and layer >= 3)
        with sheet.soft(fog, h * 0.05, 0.55 * (1 - share)) as pen:
            pen.block(0, h * 0.5, w, h * 0.8, 255)
        if layer == layers - 3:
            _rays(sheet, light)
    return sheet.finish(grain=6, vignette=0.35)


def _trunks(sheet: Sheet, share: float, tone: Colour, *, birch: bool) -> None:
    job = sheet.job
    rng, w, h, u = job.rng, job.width, job.height, job.unit
    count = round((20 - 15 * share) * w / max(h, 1) ** 0.9 / 2.2) + 2
    places = []
    with sheet.stencil(mix(job.palette.paper, tone, 0.25) if birch else tone) as pen:
        for index in range(count):
            x = w * (index + rng.uniform(0.1, 0.9)) / count
            half, foot = (
                u * (0.5 + 3 * share) * rng.uniform(0.6, 1.25) * (0.7 if birch else 1),
                h * (0.7 + 0.28 * share),
            )
            lean = rng.uniform(-1, 1) * u * 3
            places.append((x, half, foot, lean))
            pen.shape(
                [
                    (x + lean - half * 0.7, -5),
                    (x + lean + half * 0.7, -5),
                    (x + half, foot),
                    (x + half * 1.9, foot + half),
                    (x - half * 1.9, foot + half),
                    (x - half, foot),
                ],
                255,
            )
            for _ in range(4):
                _branch(pen, job, x + lean * rng.random(), h * rng.uniform(0, 0.5), half)
    if birch:
        for x, half, foot, lean in places:
            for _ in range(26):
                y = rng.uniform(0, foot)
                cx = x + lean * (1 - y / foot) + rng.uniform(-0.6, 0.6) * half
                sheet.pen.disc(
                    cx, y, half * rng.uniform(0.1, 0.5), fade(job.palette.night, 0.75), half * rng.uniform(0.05, 0.14)
                )


def _branch(pen: Pen, job: Job, x: float, y: float, half: float) -> None:
    side, reach = job.rng.choice((-1, 1)), job.rng.uniform(5, 15) * half**0.7
    bend = canvas.smooth(
        [(x, y), (x + side * reach * 0.5, y - reach * 0.25), (x + side * reach, y - reach * job.rng.uniform(0.4, 0.9))],
        steps=5,
    )
    pen.line(bend, 255, max(1.0, half * 0.28))
    pen.line([bend[5], (bend[5][0] + side * reach * 0.35, bend[5][1] - reach * 0.5)], 255, max(1.0, half * 0.14))


def _rays(sheet: Sheet, light: Point) -> None:
    job = sheet.job
    with sheet.soft(mix(canvas.warm(job.palette), WHITE, 0.4), job.unit * 2, 0.5, lit=True) as pen:
        for _ in range(7):
            turn = job.rng.uniform(0.9, 2.2)
            wide, reach = job.rng.uniform(0.02, 0.06), max(job.size) * 1.2
            start = (light[0], light[1] - job.height * 0.3)
            ends = [
                (start[0] + math.cos(turn + side * wide) * reach, start[1] + math.sin(turn + side * wide) * reach)
                for side in (-1, 1)
            ]
            pen.shape([start, *ends], job.rng.randint(60, 150))


PROFILE: list[Point] = [
    (-4, -48), (10, -47), (20, -41), (26, -31), (28, -22), (29, -17), (27.5, -13), (31, -6), (36, 1), (35, 4.5),
    (29, 6), (31.5, 9.5), (30, 12), (31.5, 15.5), (28.5, 19), (30.5, 24), (28, 29), (20, 32.5), (15, 37), (14, 45),
    (18, 54), (32, 62), (42, 74), (45, 92), (-54, 92), (-49, 71), (-36, 58), (-28, 48), (-26, 36), (-29, 23),
    (-35, 6), (-37, -12), (-33, -30), (-21, -43),
]  # fmt: skip


def profile(x: float, y: float, size: float, *, mirrored: bool = False) -> list[Point]:
    """A head and shoulders in profile, about 140 units tall at size 1."""
    turn = -1 if mirrored else 1
    return [(x + turn * px * size, y + py * size) for px, py in canvas.smooth(PROFILE, closed=True, steps=6)]


def double_exposure(job: Job) -> Image.Image:
    """A profile filled with a landscape; motifs: mountains, forest, sea, meadow."""
    rng, colours, w, h = job.rng, job.palette, job.width, job.height
    motif = job.pick(("mountains", "forest", "sea", "meadow"))
    inner = {
        "mountains": landscapes.misty_mountains,
        "forest": forest,
        "sea": coasts.coast,
        "meadow": landscapes.flower_field,
    }[motif]
    part = {"mountains": "birds", "forest": "beech", "sea": "rocks", "meadow": "lavender"}[motif]
    filling = inner(job._replace(motif=part))
    ground = mix(colours.paper, WHITE, 0.35)
    sheet = Sheet(job, canvas.tint(canvas.slanting(job.size, 50), (ground, mix(ground, colours.soft, 0.35))), scale=1)
    size = h / 132
    mirrored = rng.random() < 0.5
    shape = profile(w * 0.5, h * 0.45, size, mirrored=mirrored)
    with sheet.stencil(filling) as pen:
        pen.shape(shape, 255)
        for _ in range(26):
            x = w * 0.5 + (1 if mirrored else -1) * rng.uniform(2, 33) * size
            landscapes.pine(pen, x, h * 0.45 - size * rng.uniform(22, 38), size * rng.uniform(12, 30))
    shade = canvas.gain(canvas.slanting(job.size, 180 if mirrored else 0), 0.45, 0.75)
    with sheet.soft(Image.composite(Image.new("RGB", job.size, ground), filling, canvas.dim(shade, 0.5)), 3) as pen:
        pen.shape(shape, 255)
    _flock(sheet, w * (0.3 if mirrored else 0.7))
    return sheet.finish(grain=7)


def _flock(sheet: Sheet, x: float) -> None:
    landscapes.birds(sheet, sheet.job.palette.night, x, sheet.job.height * 0.2)


def court(job: Job) -> Image.Image:
    """White walls, arches and stairs in hard sun; motifs: sea, desert, pool."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("sea", "desert", "pool"))
    wall = mix(colours.paper, colours.soft, rng.uniform(0, 0.5))
    shade = mix(wall, colours.middle, 0.4)
    sky = canvas.tint(
        canvas.falling(job.size), (mix((84, 144, 204), colours.middle, 0.22), mix(colours.soft, WHITE, 0.5))
    )
    sheet = Sheet(job, sky)
    horizon = h * 0.56
    far = mix((36, 104, 156), colours.deep, 0.3) if motif != "desert" else mix(colours.middle, colours.soft, 0.4)
    sheet.pen.block(0, horizon, w, h, far)
    sheet.pen.disc(w * 0.64, h * 0.3, u * 6, mix(canvas.warm(colours), WHITE, 0.4))
    if motif == "desert":
        sheet.pen.shape(
            canvas.smooth(
                [
                    (w * 0.3, h * 0.6),
                    (w * 0.5, h * 0.48),
                    (w * 0.75, h * 0.56),
                    (w, h * 0.5),
                    (w, h * 0.7),
                    (w * 0.3, h * 0.7),
                ]
            ),
            mix(far, colours.paper, 0.25),
        )
    floor = h * 0.78
    edge = w * rng.uniform(0.36, 0.44)
    _wall_with_arch(sheet, edge, floor, wall)
    _stairs(sheet, edge, floor, wall, shade)
    sheet.pen.shape([(0, floor), (w, floor), (w, h), (0, h)], mix(wall, colours.soft, 0.35))
    sheet.pen.shape(
        [(edge * 0.2, floor), (edge, floor), (w * 0.86, h), (w * 0.12, h)], mix(shade, colours.middle, 0.15)
    )
    if motif == "pool":
        blue = mix((64, 178, 196), colours.second, 0.3)
        sheet.pen.shape([(w * 0.5, h * 0.84), (w, h * 0.84), (w, h), (w * 0.62, h)], mix(wall, WHITE, 0.4))
        sheet.pen.shape([(w * 0.53, h * 0.855), (w, h * 0.855), (w, h), (w * 0.65, h)], blue)
        for _ in range(16):
            x, y = w * rng.uniform(0.66, 0.98), h * rng.uniform(0.87, 0.98)
            sheet.pen.line([(x, y), (x + u * rng.uniform(3, 8), y)], fade(WHITE, 0.5), u * 0.3)
    _pot(sheet, w * 0.13, h * 0.94)
    return sheet.finish(grain=8)


def _wall_with_arch(sheet: Sheet, edge: float, floor: float, wall: Colour) -> None:
    job = sheet.job
    w, h, u, colours = job.width, job.height, job.unit, job.palette
    sheet.pen.block(0, h * 0.08, edge, floor, wall)
    sheet.pen.block(0, h * 0.08, edge, h * 0.1, mix(wall, WHITE, 0.5))
    sheet.pen.shape(
        [(edge, h * 0.08), (edge + u * 7, h * 0.12), (edge + u * 7, floor), (edge, floor)],
        mix(wall, colours.middle, 0.45),
    )
    x, half, top = edge * 0.5, edge * 0.24, h * 0.36
    inside = mix(wall, colours.deep, 0.55)
    for offset, tone in ((0.0, inside), (u * 3.4, mix(colours.deep, colours.night, 0.3))):
        sheet.pen.disc(x + offset, top, half - offset * 0.4, tone)
        sheet.pen.block(x - half + offset * 1.4, top, x + half + offset * 0.6, floor, tone)
    far = w - u * 14
    sheet.pen.block(far, h * 0.24, w, floor, mix(wall, colours.accent, 0.35))
    sheet.pen.shape([(far, h * 0.24), (w, h * 0.24), (w, h * 0.44), (far, h * 0.3)], mix(wall, colours.accent, 0.2))


def _stairs(sheet: Sheet, edge: float, floor: float, wall: Colour, shade: Colour) -> None:
    job = sheet.job
    w, h = job.width, job.height
    steps = 7
    right, rise = w - job.unit * 14, (floor - h * 0.5) / steps
    for index in range(steps):
        left = edge + (right - edge) * (0.18 + 0.1 * (steps - 1 - index) * 0.9)
        top = floor - rise * (steps - index)
        sheet.pen.block(left, top, right, floor, mix(shade, wall, 0.15 + 0.04 * index))
        sheet.pen.block(left, top, right, top + rise * 0.36, mix(wall, WHITE, 0.45))


def _pot(sheet: Sheet, x: float, foot: float) -> None:
    job = sheet.job
    rng, u, colours = job.rng, job.unit, job.palette
    sheet.pen.disc(x + u * 9, foot, u * 13, fade(colours.night, 0.25), u * 2)
    for index in range(15):
        turn, reach = -math.pi / 2 + (index - 7) * 0.2, u * rng.uniform(17, 27)
        tip = (x + math.cos(turn) * reach, foot - u * 13 + math.sin(turn) * reach)
        side = u * 1.5
        blade = [
            (x - side, foot - u * 12),
            ((x + tip[0]) / 2 - side, (foot - u * 12 + tip[1]) / 2),
            tip,
            ((x + tip[0]) / 2 + side, (foot - u * 12 + tip[1]) / 2),
            (x + side, foot - u * 12),
        ]
        sheet.pen.shape(
            canvas.smooth(blade, closed=True, steps=4),
            mix((58, 104, 70), rng.choice((colours.deep, colours.soft)), rng.uniform(0.1, 0.4)),
        )
    solids.lathe(
        sheet,
        x,
        [(foot - u * 14, u * 6.6), (foot - u * 12.6, u * 6.6), (foot - u * 12.4, u * 5.8), (foot, u * 4.4)],
        mix(colours.accent, (190, 100, 64), 0.5),
    )


STYLES = {"court": court, "double_exposure": double_exposure, "forest": forest}
