"""Streets and towers: a skyline over water, rain on a window, a neon alley, an isometric town."""

import math

from PIL import Image, ImageChops, ImageFilter

from payments.demo.painting import canvas, landscapes, solids
from payments.demo.painting.canvas import BLACK, WHITE, Job, Pen, Sheet, fade, mix
from payments.demo.painting.palettes import Colour


def night_skyline(job: Job) -> Image.Image:
    """Lit towers and their reflection; motifs: towers, bridge, moon."""
    rng, colours, w, h = job.rng, job.palette, job.width, job.height
    motif = job.pick(("towers", "bridge", "moon"))
    shore = round(h * 0.68)
    glow = mix(colours.middle, colours.accent, 0.3)
    sky = canvas.gain(canvas.falling(job.size), 0, 0.7)
    sheet = Sheet(
        job, canvas.tint(sky, (colours.night, mix(colours.night, colours.deep, 0.7), colours.deep, glow)), scale=1
    )
    landscapes.stars(sheet, 120, h * 0.35)
    if motif == "moon":
        x, y, radius = w * rng.uniform(0.2, 0.8), h * 0.2, job.unit * 6
        sheet.light(colours.paper, canvas.shining(job.size, x, y, radius * 6), 0.3)
        with sheet.stencil(mix(colours.paper, WHITE, 0.4)) as pen:
            pen.disc(x, y, radius, 255)
    _towers(sheet, shore, 0)
    sheet.light(mix(colours.accent, colours.middle, 0.4), canvas.shining(job.size, w * 0.5, shore, w * 1.2), 0.4)
    for layer in (1, 2):
        _towers(sheet, shore, layer)
    if motif == "bridge":
        _bridge(sheet, shore)
    landscapes.mirror(sheet, shore)
    return sheet.finish(grain=6, vignette=0.3)


def _towers(sheet: Sheet, shore: int, layer: int) -> None:
    job = sheet.job
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    body = mix(mix(colours.deep, colours.middle, 0.3), mix(colours.night, BLACK, 0.35), layer / 2)
    x = -u * rng.uniform(0, 6)
    while x < w:
        wide = u * rng.uniform(4, 9) * (1 + layer * 0.3)
        middle = 1 - abs((x + wide / 2) / w - 0.5) * 1.2
        tall = h * (0.5 - 0.11 * layer) * middle * rng.uniform(0.45, 1.05) + u * 4
        top = shore - tall
        pen = sheet.pen
        with sheet.stencil(body) as cut:
            cut.block(x, top, x + wide, shore, 255)
            crown = rng.randrange(5)
            if crown == 0:
                cut.shape([(x, top), (x + wide / 2, top - wide * 0.8), (x + wide, top)], 255)
            elif crown == 1:
                cut.block(x + wide * 0.25, top - u * 3, x + wide * 0.75, top, 255)
                cut.block(x + wide * 0.47, top - u * 9, x + wide * 0.53, top, 255)
            elif crown == 2:
                cut.disc(x + wide / 2, top, wide / 2, 255)
        if layer:
            _windows(pen, job, x, top + u, wide, shore)
        x += wide * rng.uniform(0.9, 1.5 if layer == 2 else 1.15)


def _windows(pen: Pen, job: Job, x: float, top: float, wide: float, shore: float) -> None:
    colours, rng, u = job.palette, job.rng, job.unit
    step, size = u * rng.uniform(1.1, 1.6), u * 0.55
    lit = rng.uniform(0.35, 0.75)
    tones = [
        mix(canvas.warm(colours), WHITE, 0.15),
        canvas.warm(colours),
        colours.accent,
        mix(colours.soft, WHITE, 0.3),
    ]
    tone = rng.choice(tones)
    for row in range(int((shore - top) / (step * 1.25))):
        for column in range(int((wide - u) / step)):
            if rng.random() < lit:
                left, y = x + u * 0.6 + column * step, top + row * step * 1.25
                pen.block(
                    left,
                    y,
                    left + size,
                    y + size * 1.3,
                    fade(rng.choice((tone, tone, tones[0])), rng.uniform(0.35, 0.95)),
                )


def _bridge(sheet: Sheet, shore: int) -> None:
    job = sheet.job
    w, u, colours = job.width, job.unit, job.palette
    deck, dark = shore - u * 5, mix(colours.night, BLACK, 0.5)
    posts = [w * 0.22, w * 0.78]
    with sheet.stencil(dark) as pen:
        pen.block(0, deck, w, deck + u * 1.1, 255)
        for x in posts:
            for side in (-1, 1):
                pen.block(x + side * u * 1.4 - u * 0.5, deck - u * 22, x + side * u * 1.4 + u * 0.5, shore, 255)
            for level in (8, 15, 21):
                pen.block(x - u * 1.5, deck - u * level, x + u * 1.5, deck - u * (level - 0.8), 255)
        for a, b in ((-w * 0.34, posts[0]), (posts[0], posts[1]), (posts[1], w * 1.34)):
            cable = [(a + (b - a) * t / 30, deck - u * (2 + 20 * (2 * t / 30 - 1) ** 2)) for t in range(31)]
            pen.line(cable, 255, u * 0.4)
            for x, y in cable[1:-1]:
                pen.line([(x, y), (x, deck)], 255, u * 0.14)
    with sheet.stencil(canvas.warm(colours)) as pen:
        for index in range(46):
            pen.disc(w * index / 45, deck - u * 0.6, u * 0.25, 255)


def rain_window(job: Job) -> Image.Image:
    """City lights through a wet pane; motifs: lights, cafe."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    dark = mix(colours.night, BLACK, 0.25)
    sheet = Sheet(
        job,
        canvas.tint(canvas.falling(job.size), (dark, mix(dark, colours.deep, 0.8), mix(dark, colours.middle, 0.3))),
        scale=1,
    )
    tones = [colours.accent, colours.second, canvas.warm(colours), colours.soft, mix(colours.middle, WHITE, 0.2)]
    for index in range(46):
        tone, radius = rng.choice(tones), u * rng.uniform(2, 7) * (1 + index / 60)
        x, y = rng.random() * w, h * (0.35 + 0.5 * rng.random() ** 1.2)
        with sheet.soft(tone, u * (0.45 if index % 2 else 1.6), rng.uniform(0.15, 0.6), lit=False) as pen:
            pen.disc(x, y, radius, 255)
    street = sheet.image.filter(ImageFilter.GaussianBlur(u * 0.5))
    sheet.image.paste(street)
    _drops(sheet, street)
    if job.pick(("lights", "cafe")) == "cafe":
        _sill(sheet)
    return sheet.finish(grain=5, vignette=0.35)


def _drops(sheet: Sheet, street: Image.Image) -> None:
    """Each drop shows the street upside down, with a dark upper rim and a bright lower one."""
    job = sheet.job
    rng, w, h, u = job.rng, job.width, job.height, job.unit
    mask = Image.new("L", (w * 2, h * 2))
    pen = Pen(mask, 2)
    for _ in range(14):
        x, y, length = rng.random() * w, rng.random() * h * 0.6, h * rng.uniform(0.1, 0.4)
        trail = [(x + rng.uniform(-0.5, 0.5) * u, y + length * t / 7) for t in range(8)]
        for px, py in canvas.smooth(trail, steps=4):
            if rng.random() < 0.6:
                pen.disc(px, py, u * rng.uniform(0.15, 0.45), 255)
        pen.disc(*trail[-1], u * 1.2, 255, u * 1.5)
    for _ in range(520):
        size = u * 0.25 * (1 + rng.paretovariate(2.2) * 0.7)
        pen.disc(rng.random() * w, rng.random() * h, min(size, u * 1.9), 255, min(size, u * 1.9) * rng.uniform(1, 1.3))
    drops = mask.reduce(2)
    flipped = street.transpose(Image.Transpose.ROTATE_180).point(
        [min(255, round(value * 1.25 + 14)) for value in range(256)] * 3
    )
    sheet.lay(BLACK, ImageChops.offset(drops, 0, max(1, round(u * 0.12))), 0.35)
    sheet.lay(flipped, drops)
    rim = max(1, round(u * 0.22))
    sheet.lay(BLACK, ImageChops.subtract(drops, ImageChops.offset(drops, rim, rim)), 0.4)
    sheet.lay(WHITE, ImageChops.subtract(drops, ImageChops.offset(drops, -rim, -rim)), 0.4)


def _sill(sheet: Sheet) -> None:
    """A cup on the window sill."""
    job = sheet.job
    w, h, u, colours = job.width, job.height, job.unit, job.palette
    sill = h * 0.86
    with sheet.stencil(
        canvas.tint(
            canvas.gain(canvas.falling(job.size), 0.86, 1),
            (mix(colours.deep, canvas.warm(colours), 0.25), colours.night),
        )
    ) as pen:
        pen.block(0, sill, w, h, 255)
    x, foot = w * job.rng.choice((0.27, 0.72)), h * 0.92
    solids.shadow(sheet, x, foot, u * 9, strength=0.7)
    sheet.pen.ring(x + u * 10, foot - u * 9, u * 4.5, mix(colours.paper, colours.middle, 0.5), u * 1.4, u * 5)
    solids.lathe(
        sheet,
        x,
        solids.curve([(foot - 18 * u, 10 * u), (foot - 8 * u, 9.5 * u), (foot, 6 * u)]),
        mix(colours.paper, colours.soft, 0.3),
    )
    solids.mouth(sheet, x, foot - 18 * u, 10 * u, mix(colours.paper, (90, 60, 40), 0.5))
    for index in range(3):
        rise = [(x + math.sin(t * 0.9 + index * 2) * u * (1 + t * 0.5), foot - u * (20 + t * 4)) for t in range(7)]
        with sheet.soft(colours.paper, u * 1.1, 0.35) as pen:
            pen.line(canvas.smooth(rise), 200, u * 1.2)


SIGNS = ("RAMEN", "HOTEL", "BAR", "OPEN", "NOODLE", "24H", "JAZZ", "CAFE", "VINYL", "TEA", "SUSHI", "ARCADE")


def neon_alley(job: Job) -> Image.Image:
    """A narrow street of signs after rain, in one-point perspective."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    dark = mix(colours.night, BLACK, 0.35)
    vx, vy, floor = w * rng.uniform(0.42, 0.58), h * 0.5, round(h * 0.7)
    sheet = Sheet(
        job,
        canvas.tint(
            canvas.shining(job.size, vx, vy, max(w, h) * 0.7),
            (dark, colours.deep, mix(colours.middle, colours.accent, 0.4)),
        ),
        scale=1,
    )
    for side in (-1, 1):
        _facade(sheet, vx, vy, side)
    for index in range(20):
        depth = 5.2 - index * 0.21
        side = (-1) ** index
        x = vx + side * w * rng.uniform(0.44, 0.62) / depth
        y = vy - h * rng.uniform(-0.1, 0.62) / depth
        _sign(sheet, x, y, u * 22 / depth, rng.choice((colours.accent, colours.second, colours.soft, colours.middle)))
    _wires(sheet, vx)
    wet = sheet.image.crop((0, 2 * floor - h, w, floor)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    wet = wet.resize((w, max(1, (h - floor) // 12)), Image.Resampling.BOX).resize(
        (w, h - floor), Image.Resampling.BICUBIC
    )
    wet = canvas.warp(wet, rng, u * 1.2, 30)
    sheet.image.paste(Image.blend(wet, Image.new("RGB", wet.size, dark), 0.25), (0, floor))
    with sheet.soft(dark, u * 1.5, 0.8) as pen:
        pen.block(0, floor - u, w, floor + u, 200)
    with sheet.stencil(mix(dark, BLACK, 0.5)) as pen:
        _walker(pen, vx + u * rng.uniform(-6, 6), floor + u * 7, u * 15)
    sheet.light(colours.accent, canvas.clouds(rng, job.size, w / 2), 0.1)
    return sheet.finish(grain=7, vignette=0.4)


def _facade(sheet: Sheet, vx: float, vy: float, side: int) -> None:
    """One wall: floors that run to the vanishing point, with some lit windows."""
    job = sheet.job
    rng, w, h, colours = job.rng, job.width, job.height, job.palette
    near, far = w * 0.75, w * 0.1
    field = canvas.gain(canvas.slanting(job.size, 0 if side > 0 else 180), 0.5, 1)
    tone = canvas.tint(field, (mix(colours.deep, colours.middle, 0.35), mix(colours.night, BLACK, 0.45)))
    with sheet.stencil(tone) as pen:
        pen.shape(
            [
                (vx + side * far, vy - h * 0.16),
                (vx + side * near, vy - h * 1.2),
                (vx + side * near, h),
                (vx + side * far, vy + h * 0.07),
            ],
            255,
        )
    pen = sheet.pen
    for column in range(9):
        z0, z1 = 1.25 * 1.24**column, 1.25 * 1.24 ** (column + 0.7)
        for row in range(-1, 4):
            if rng.random() < 0.45:
                continue
            top, low = row * 0.3 + 0.08, row * 0.3 - 0.12
            xs = (vx + side * near / z0, vx + side * near / z1)
            pane = [
                (xs[0], vy - h * top / z0),
                (xs[1], vy - h * top / z1),
                (xs[1], vy - h * low / z1),
                (xs[0], vy - h * low / z0),
            ]
            lit = rng.random() < 0.35
            tint = (
                mix(canvas.warm(colours), colours.accent, rng.random())
                if lit
                else mix(colours.night, colours.deep, 0.5)
            )
            pen.shape(pane, fade(tint, 0.55 if lit else 0.7))


def _sign(sheet: Sheet, x: float, y: float, size: float, colour: Colour) -> None:
    job = sheet.job
    rng, dark = job.rng, mix(job.palette.night, BLACK, 0.4)
    bright = mix(colour, WHITE, 0.45)
    text, upright = rng.choice(SIGNS), rng.random() < 0.6
    wide, high = (size * 0.3, size * 0.19 * len(text)) if upright else (size * 0.13 * len(text), size * 0.26)
    with sheet.soft(colour, size * 0.22, 0.85, lit=True) as pen:
        pen.block(x - wide * 1.2, y - high * 1.1, x + wide * 1.2, y + high * 1.1, 190)
    pen, line = sheet.pen, max(1.0, size * 0.035)
    pen.block(x - wide, y - high, x + wide, y + high, mix(dark, colour, 0.18), size * 0.08)
    edge = [
        (x - wide * 0.88, y - high * 0.93),
        (x + wide * 0.88, y - high * 0.93),
        (x + wide * 0.88, y + high * 0.93),
        (x - wide * 0.88, y + high * 0.93),
    ]
    pen.line([*edge, edge[0]], bright, line)
    if upright:
        for index, letter in enumerate(text):
            pen.words(x, y + (index - (len(text) - 1) / 2) * size * 0.34, letter, size * 0.36, bright)
    else:
        pen.words(x, y, text, size * 0.34, bright)


def _wires(sheet: Sheet, vx: float) -> None:
    job = sheet.job
    w, h, u = job.width, job.height, job.unit
    with sheet.stencil(mix(job.palette.night, BLACK, 0.6)) as pen:
        for _ in range(6):
            left, right, sag = h * job.rng.uniform(0, 0.3), h * job.rng.uniform(0, 0.3), h * job.rng.uniform(0.04, 0.12)
            pen.line(canvas.smooth([(0, left), (vx, (left + right) / 2 + sag), (w, right)]), 255, u * 0.2)


def _walker(pen: Pen, x: float, foot: float, tall: float) -> None:
    """Somebody with an umbrella, seen from behind."""
    pen.slice(x, foot - tall * 0.82, tall * 0.36, 180, 360, 255)
    pen.line([(x, foot - tall), (x, foot - tall * 0.5)], 255, tall * 0.02)
    pen.disc(x, foot - tall * 0.74, tall * 0.07, 255)
    pen.shape(
        [
            (x - tall * 0.1, foot - tall * 0.66),
            (x + tall * 0.1, foot - tall * 0.66),
            (x + tall * 0.15, foot - tall * 0.25),
            (x - tall * 0.15, foot - tall * 0.25),
        ],
        255,
    )
    pen.block(x - tall * 0.09, foot - tall * 0.3, x - tall * 0.02, foot, 255)
    pen.block(x + tall * 0.02, foot - tall * 0.3, x + tall * 0.09, foot - tall * 0.03, 255)


def isometric(job: Job) -> Image.Image:
    """A block of a small town seen from above; motifs: town, harbour, park."""
    rng, colours, w, h = job.rng, job.palette, job.width, job.height
    motif = job.pick(("town", "harbour", "park"))
    ground = mix(colours.paper, colours.soft, 0.35)
    sheet = Sheet(
        job,
        canvas.tint(canvas.slanting(job.size, 60), (mix(ground, WHITE, 0.35), ground, mix(ground, colours.soft, 0.5))),
    )
    count = 7
    unit = min(w / 13.5, h / 10.4)
    origin = (w / 2, h * 0.5 + (count + 1) * unit * 0.5)

    def place(i: float, j: float) -> tuple[float, float]:
        return origin[0] + (j - i) * unit * 0.866, origin[1] - (i + j) * unit * 0.5

    _slab(sheet, place, count, unit)
    for i in reversed(range(count)):
        for j in reversed(range(count)):
            x, y = place(i, j)
            if i == 3 or j == 3:
                _road(sheet, place, i, j, unit)
            elif motif == "harbour" and j < 2:
                _water(sheet, place, i, j, unit)
            elif rng.random() < (0.55 if motif == "park" else 0.2):
                _green(sheet, place, i, j, unit)
            else:
                _house(sheet, x, y - unit * 0.14, unit)
    return sheet.finish(grain=3)


def _slab(sheet: Sheet, place: object, count: int, unit: float) -> None:
    colours = sheet.job.palette
    x, y = place(-0.3, -0.3)  # type: ignore[operator]
    with sheet.soft(colours.night, unit * 0.5, 0.3) as pen:
        side = (count + 0.6) * unit
        pen.shape(
            [
                (x, y + unit),
                (x + side * 0.866, y + unit - side / 2),
                (x, y + unit - side),
                (x - side * 0.866, y + unit - side / 2),
            ],
            255,
        )
    tones = (
        mix(colours.paper, colours.second, 0.25),
        mix(colours.deep, colours.middle, 0.4),
        mix(colours.deep, colours.night, 0.25),
    )
    side = (count + 0.6) * unit
    solids.box(sheet, x, y + unit * 0.45, side, side, unit * 0.45, tones)


def _tile(sheet: Sheet, place: object, i: float, j: float, colour: Colour, inset: float = 0.0) -> None:
    corners = (
        (i + inset, j + inset),
        (i + inset, j + 1 - inset),
        (i + 1 - inset, j + 1 - inset),
        (i + 1 - inset, j + inset),
    )
    sheet.pen.shape([place(a, b) for a, b in corners], colour)  # type: ignore[operator]


def _road(sheet: Sheet, place: object, i: int, j: int, unit: float) -> None:
    colours, rng = sheet.job.palette, sheet.job.rng
    _tile(sheet, place, i, j, mix(colours.night, colours.soft, 0.45))
    if i == j:
        return
    for part in (0.15, 0.6):
        a, b = (
            ((i + part, j + 0.5), (i + part + 0.22, j + 0.5))
            if j == 3
            else ((i + 0.5, j + part), (i + 0.5, j + part + 0.22))
        )
        sheet.pen.line([place(*a), place(*b)], colours.paper, unit * 0.04)  # type: ignore[operator]
    if rng.random() < 0.4:
        x, y = place(i + 0.3, j + 0.18) if j == 3 else place(i + 0.18, j + 0.3)  # type: ignore[operator]
        tone = rng.choice((colours.accent, colours.second, colours.paper))
        wide, deep = (unit * 0.4, unit * 0.2) if j == 3 else (unit * 0.2, unit * 0.4)
        solids.box(sheet, x, y, wide, deep, unit * 0.13, (mix(tone, WHITE, 0.3), tone, mix(tone, BLACK, 0.25)))


def _water(sheet: Sheet, place: object, i: int, j: int, unit: float) -> None:
    colours, rng = sheet.job.palette, sheet.job.rng
    blue = mix(colours.second, (70, 150, 190), 0.6)
    _tile(sheet, place, i, j, blue)
    for _ in range(2):
        a, b = rng.uniform(0.1, 0.6), rng.uniform(0.1, 0.9)
        sheet.pen.line([place(i + a, j + b), place(i + a + 0.3, j + b)], mix(blue, WHITE, 0.4), unit * 0.03)  # type: ignore[operator]
    if rng.random() < 0.35:
        x, y = place(i + 0.3, j + 0.4)  # type: ignore[operator]
        solids.box(
            sheet,
            x,
            y,
            unit * 0.5,
            unit * 0.2,
            unit * 0.12,
            (mix(colours.paper, colours.soft, 0.4), colours.accent, mix(colours.accent, BLACK, 0.3)),
        )
        x, y = x - unit * 0.15, y - unit * 0.2
        sheet.pen.shape([(x, y), (x, y - unit * 0.75), (x + unit * 0.4, y - unit * 0.1)], colours.paper)


def _green(sheet: Sheet, place: object, i: int, j: int, unit: float) -> None:
    colours, rng = sheet.job.palette, sheet.job.rng
    lawn = mix((128, 168, 96), colours.second, 0.3)
    _tile(sheet, place, i, j, lawn, 0.04)
    for _ in range(rng.randint(2, 4)):
        x, y = place(i + rng.uniform(0.2, 0.8), j + rng.uniform(0.2, 0.8))  # type: ignore[operator]
        tall, tone = unit * rng.uniform(0.3, 0.55), mix((70, 120, 78), colours.middle, rng.uniform(0, 0.35))
        sheet.pen.disc(x + unit * 0.06, y, unit * 0.2, fade(colours.night, 0.2), unit * 0.09)
        sheet.pen.line([(x, y), (x, y - tall * 0.5)], (96, 72, 52), unit * 0.06)
        solids.ball(sheet, x, y - tall * 0.75, unit * 0.2, tone, 0.35)


def _house(sheet: Sheet, x: float, y: float, unit: float) -> None:
    job = sheet.job
    rng, colours = job.rng, job.palette
    tone = mix(
        rng.choice((colours.paper, colours.soft, colours.middle, colours.accent, colours.second)), colours.paper, 0.2
    )
    tall, wide, deep = (
        unit * rng.choice((0.5, 0.8, 1.0, 1.5, 2.2)),
        unit * rng.uniform(0.68, 0.8),
        unit * rng.uniform(0.68, 0.8),
    )
    left, right = mix(tone, colours.deep, 0.16), mix(tone, colours.deep, 0.45)
    sheet.pen.shape(
        [
            (x, y + unit * 0.05),
            (x + deep * 1.25, y - deep * 0.3),
            (x + deep * 1.1, y - deep * 0.62),
            (x, y - unit * 0.1),
        ],
        fade(colours.night, 0.18),
    )
    solids.box(sheet, x, y, wide, deep, tall, (mix(tone, WHITE, 0.45), left, right))
    glass = rng.choice((canvas.warm(colours), colours.night, mix(colours.second, WHITE, 0.4)))
    for row in range(int(tall / (unit * 0.27))):
        for column in range(3):
            if rng.random() < 0.85:
                _pane(sheet.pen, x, y, -wide, column, row, unit, mix(glass, left, 0.15))
                _pane(sheet.pen, x, y, deep, column, row, unit, mix(glass, right, 0.35))
    if tall < unit and rng.random() < 0.7:
        _roof(
            sheet,
            x,
            y - tall,
            wide,
            deep,
            mix(rng.choice((colours.accent, colours.middle, colours.deep)), colours.paper, 0.08),
        )
    elif rng.random() < 0.6:
        cx, cy = x + (deep - wide) * 0.433, y - tall - (wide + deep) * 0.17
        solids.box(sheet, cx, cy, unit * 0.22, unit * 0.22, unit * 0.16, (colours.paper, left, right))


def _pane(pen: Pen, x: float, y: float, side: float, column: int, row: int, unit: float, colour: Colour) -> None:
    """A window on the left face (negative side) or on the right one."""
    start, end = 0.14 + column * 0.29, 0.28 + column * 0.29
    low = y - unit * (0.1 + row * 0.27)
    x0, x1, rise = x + side * 0.866 * start, x + side * 0.866 * end, abs(side) * 0.5
    pen.shape(
        [
            (x0, low - rise * start),
            (x1, low - rise * end),
            (x1, low - rise * end - unit * 0.14),
            (x0, low - rise * start - unit * 0.14),
        ],
        colour,
    )


def _roof(sheet: Sheet, x: float, y: float, wide: float, deep: float, colour: Colour) -> None:
    left, right = (x - wide * 0.866, y - wide * 0.5), (x + deep * 0.866, y - deep * 0.5)
    back = (x + (deep - wide) * 0.866, y - (wide + deep) * 0.5)
    tip = (x + (deep - wide) * 0.433, y - (wide + deep) * 0.25 - min(wide, deep) * 0.55)
    sheet.pen.shape([left, back, tip], mix(colour, WHITE, 0.1))
    sheet.pen.shape([right, back, tip], mix(colour, BLACK, 0.2))
    sheet.pen.shape([left, (x, y), tip], mix(colour, WHITE, 0.22))
    sheet.pen.shape([right, (x, y), tip], mix(colour, BLACK, 0.28))


STYLES = {
    "isometric": isometric,
    "neon_alley": neon_alley,
    "night_skyline": night_skyline,
    "rain_window": rain_window,
}
