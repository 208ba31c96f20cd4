"""Places near at hand: a coast, a forest in fog, a sunlit court, a room, and a face that holds a landscape."""

import math

from PIL import Image, ImageFilter

from payments.demo.painting import canvas, landscapes, solids
from payments.demo.painting.canvas import BLACK, WHITE, Job, Pen, Point, Sheet, fade, mix
from payments.demo.painting.palettes import Colour


def coast(job: Job) -> Image.Image:
    """Calm sea in long exposure; motifs: lighthouse, rocks, sail, pier."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("lighthouse", "rocks", "sail", "pier"))
    horizon = round(h * rng.uniform(0.5, 0.58))
    sky = canvas.gain(canvas.falling(job.size), 0, horizon / h)
    sheet = Sheet(
        job,
        canvas.tint(
            sky,
            (
                mix(colours.deep, colours.middle, 0.4),
                mix(colours.middle, colours.soft, 0.5),
                colours.soft,
                colours.paper,
            ),
        ),
        scale=1,
    )
    streaks = canvas.clouds(rng, (max(8, w // 10), h), u * 5, 4).resize(job.size, Image.Resampling.BICUBIC)
    veil = Image.new("L", job.size)
    veil.paste(canvas.gain(streaks, 0.5, 0.95), (0, 0, w, h))
    veil.paste(0, (0, horizon, w, h))
    sheet.lay(mix(colours.paper, colours.accent, 0.2), veil, 0.7)
    sun = (w * rng.uniform(0.25, 0.75), horizon - h * rng.uniform(0.03, 0.12))
    sheet.light(canvas.warm(colours), canvas.shining(job.size, *sun, h * 0.6), 0.55)
    with sheet.stencil(mix(canvas.warm(colours), WHITE, 0.6)) as pen:
        pen.disc(*sun, u * 4, 255)
    _sea(sheet, horizon, sun[0])
    {"lighthouse": _lighthouse, "rocks": _rocks, "sail": _sail, "pier": _pier}[motif](sheet, horizon)
    return sheet.finish(grain=5, vignette=0.25)


def _sea(sheet: Sheet, horizon: int, sun: float) -> None:
    job = sheet.job
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    field = canvas.gain(canvas.falling(job.size), horizon / h, 1)
    water = canvas.tint(
        field,
        (mix(colours.soft, colours.middle, 0.4), colours.middle, colours.deep, mix(colours.deep, colours.night, 0.7)),
    )
    with sheet.stencil(water) as pen:
        pen.block(0, horizon, w, h, 255)
    for tone, count, spread, strength in (
        (colours.night, 190, w, 0.22),
        (colours.paper, 110, w, 0.16),
        (mix(canvas.warm(colours), WHITE, 0.3), 230, 0.0, 0.55),
    ):
        with sheet.soft(tone, 2, strength) as pen:
            for _ in range(count):
                near = rng.random() ** 1.6
                y = horizon + u * 0.4 + (h - horizon) * near
                x = rng.gauss(sun, u * (3 + 13 * near)) if not spread else rng.random() * w
                pen.disc(
                    x,
                    y,
                    u * (1 + 6 * near) * rng.uniform(0.4, 1.4),
                    rng.randint(120, 255),
                    max(1.0, u * (0.1 + 0.38 * near)),
                )


def _cliff(sheet: Sheet, left: float, right: float, foot: float, tall: float) -> None:
    job = sheet.job
    colours = job.palette
    height_at = canvas.ridge(job.rng, right - left, 0.6, knots=4)
    steps = [left + (right - left) * t / 60 for t in range(61)]
    top = [
        (
            x,
            foot
            - tall
            * max(0.01, math.sin(math.pi * (x - left) / (right - left))) ** 0.6
            * (0.8 + 0.2 * height_at(x - left)),
        )
        for x in steps
    ]
    field = canvas.gain(canvas.falling(job.size), (foot - tall) / job.height, foot / job.height)
    with sheet.stencil(
        canvas.tint(field, (mix(colours.deep, colours.night, 0.4), mix(colours.night, BLACK, 0.3)))
    ) as pen:
        pen.shape([*top, (right, foot), (left, foot)], 255)
    with sheet.soft(colours.paper, job.unit * 0.7, 0.5) as pen:
        pen.line([(left - job.unit, foot), (right + job.unit, foot)], 255, job.unit * 0.8)


def _lighthouse(sheet: Sheet, horizon: int) -> None:
    job = sheet.job
    u, colours, w, h = job.unit, job.palette, job.width, job.height
    side = job.rng.choice((-1, 1))
    x, foot = w * (0.5 + side * 0.3), horizon + h * 0.05
    _cliff(sheet, x - u * 26, x + u * 26, foot, u * 11)
    base, top = foot - u * 10, foot - u * 36
    lamp = (x, top - u * 2.4)
    with sheet.soft(mix(canvas.warm(colours), WHITE, 0.4), u * 1.5, 0.5, lit=True) as pen:
        for turn in (-0.06, math.pi + 0.06):
            reach = w * 0.8
            pen.shape(
                [
                    lamp,
                    (x + math.cos(turn - 0.06) * reach, lamp[1] + math.sin(turn - 0.06) * reach),
                    (x + math.cos(turn + 0.06) * reach, lamp[1] + math.sin(turn + 0.06) * reach),
                ],
                150,
            )
    solids.lathe(sheet, x, [(top, u * 2.4), (base, u * 3.8)], mix(colours.paper, WHITE, 0.3))
    for index in range(3):
        y = top + (base - top) * (0.14 + 0.3 * index)
        solids.lathe(sheet, x, [(y, u * (2.6 + 0.42 * index)), (y + u * 3, u * (2.8 + 0.42 * index))], colours.accent)
    sheet.pen.block(x - u * 3.2, top - u * 0.5, x + u * 3.2, top + u * 0.4, colours.night)
    sheet.pen.block(x - u * 1.7, top - u * 4.2, x + u * 1.7, top - u * 0.5, mix(canvas.warm(colours), WHITE, 0.5))
    with sheet.stencil(colours.night) as pen:
        pen.slice(x, top - u * 4.1, u * 2.2, 180, 360, 255)
        for left in (-1.7, -0.1, 1.5):
            pen.block(x + u * left, top - u * 4.2, x + u * (left + 0.25), top, 255)


def _rocks(sheet: Sheet, horizon: int) -> None:
    rng, w, h, u = sheet.job.rng, sheet.job.width, sheet.job.height, sheet.job.unit
    for index in range(6):
        x, foot = w * rng.uniform(0.05, 0.95), horizon + h * (0.05 + 0.07 * index)
        half = u * rng.uniform(4, 8) * (0.8 + 0.3 * index)
        _cliff(sheet, x - half, x + half, foot, half * rng.uniform(0.7, 1.9))


def _sail(sheet: Sheet, horizon: int) -> None:
    job = sheet.job
    u, colours = job.unit, job.palette
    for index, size in enumerate((1.0, 0.45, 0.3)):
        x, y = job.width * job.rng.uniform(0.15 + 0.25 * index, 0.35 + 0.25 * index), horizon + u * 13 * size
        s = u * size
        with sheet.soft(colours.night, max(2.0, s), 0.4) as pen:
            pen.disc(x, y + s * 2, s * 9, 255, s * 1.2)
        sheet.pen.shape(
            canvas.smooth(
                [(x - s * 9, y - s * 2), (x - s * 6, y + s * 0.8), (x + s * 6, y + s * 0.8), (x + s * 9, y - s * 2.4)],
                steps=6,
            ),
            mix(colours.night, colours.deep, 0.3),
        )
        sheet.pen.line([(x, y - s * 2), (x, y - s * 25)], colours.night, s * 0.4)
        sheet.pen.shape(
            canvas.smooth(
                [
                    (x + s * 0.6, y - s * 24),
                    (x + s * 8, y - s * 9),
                    (x + s * 8.6, y - s * 3.4),
                    (x + s * 0.6, y - s * 3.4),
                ],
                steps=6,
            ),
            colours.paper,
        )
        sheet.pen.shape(
            [(x - s * 0.6, y - s * 23), (x - s * 7, y - s * 3.4), (x - s * 0.6, y - s * 3.4)],
            mix(colours.paper, colours.accent, 0.55),
        )


def _pier(sheet: Sheet, horizon: int) -> None:
    """Planks that run out to a vanishing point on the horizon."""
    job = sheet.job
    rng, w, h, u, colours = job.rng, job.width, job.height, job.unit, job.palette
    vx = w * rng.uniform(0.44, 0.56)

    def at(side: float, z: float) -> Point:
        return vx + side * w * 0.34 / z, horizon + (h - horizon) * 1.05 / z

    for index in range(34, 0, -1):
        z0, z1 = 1 + index * 0.11, 1 + (index + 0.85) * 0.11
        tone = mix(mix(colours.deep, colours.soft, 0.25 + rng.uniform(-0.1, 0.1)), colours.soft, index / 70)
        sheet.pen.shape([at(-1, z0), at(1, z0), at(1, z1), at(-1, z1)], tone)
    for index in range(9, -1, -1):
        for side in (-1.06, 1.06):
            x, y = at(side, 1.05 + index * 0.4)
            size = u * 5.5 / (1.05 + index * 0.4)
            sheet.pen.block(
                x - size * 0.22,
                y - size * 1.9,
                x + size * 0.22,
                y + size,
                mix(colours.night, colours.middle, index / 25),
            )
            sheet.pen.disc(x, y - size * 1.9, size * 0.22, mix(colours.deep, colours.paper, 0.3), size * 0.09)


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
    (-4, -48), (10, -47), (20, -41), (26, -31), (28, -22), (29, -17), (27.5, -13), (31, -6), (36, 1), (35, 4.5), (29, 6),
    (31.5, 9.5), (30, 12), (31.5, 15.5), (28.5, 19), (30.5, 24), (28, 29), (20, 32.5), (15, 37), (14, 45), (18, 54),
    (32, 62), (42, 74), (45, 92), (-54, 92), (-49, 71), (-36, 58), (-28, 48), (-26, 36), (-29, 23), (-35, 6), (-37, -12),
    (-33, -30), (-21, -43),
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
        "sea": coast,
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
        canvas.falling(job.size), (mix(colours.second, (80, 140, 200), 0.5), mix(colours.soft, WHITE, 0.5))
    )
    sheet = Sheet(job, sky)
    horizon = h * 0.56
    far = mix(colours.second, (40, 110, 160), 0.5) if motif != "desert" else mix(colours.middle, colours.soft, 0.4)
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


STYLES = {"coast": coast, "court": court, "double_exposure": double_exposure, "forest": forest}
