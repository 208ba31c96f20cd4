"""Skies beyond the sky, and the deep sea: nebulae, planets, a sun on a grid, things that glow."""

import math

from PIL import Image, ImageChops, ImageFilter

from payments.demo.painting import canvas, landscapes, solids
from payments.demo.painting.canvas import BLACK, WHITE, Job, Pen, Sheet, fade, mix
from payments.demo.painting.palettes import Colour


def nebula(job: Job) -> Image.Image:
    """Glowing gas and stars; motifs: veil, ring, traveller."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("veil", "ring", "traveller"))
    dark = mix(colours.night, BLACK, 0.55)
    sheet = Sheet(job, dark, scale=1)
    centre = (w * rng.uniform(0.35, 0.65), h * rng.uniform(0.35, 0.6))
    envelope = canvas.shining(job.size, *centre, max(w, h) * 1.15)
    if motif == "ring":
        core = canvas.shining(job.size, *centre, u * 62)
        envelope = ImageChops.subtract(canvas.dim(envelope, 1.2), canvas.dim(core, 1.1))
    tones = [colours.deep, colours.middle, colours.second, colours.accent]
    for index, tone in enumerate(tones):
        gas = canvas.warp(canvas.clouds(rng, (w // 2, h // 2), w / (5 + index), 6), rng, u * 2, 24)
        field = ImageChops.multiply(canvas.gain(gas, 0.4, 0.82).resize(job.size, Image.Resampling.BICUBIC), envelope)
        sheet.light(mix(tone, WHITE, 0.08), field, 1.0 - 0.08 * index)
    dust = canvas.gain(canvas.clouds(rng, job.size, w / 6, 5), 0.55, 0.95)
    sheet.lay(dark, dust, 0.75)
    _starfield(sheet, 520)
    if motif != "ring":
        sheet.light(WHITE, canvas.shining(job.size, *centre, u * 22), 0.35)
    if motif == "traveller":
        _hill_and_person(sheet)
    return sheet.finish(grain=6, vignette=0.25)


def _starfield(sheet: Sheet, count: int) -> None:
    job = sheet.job
    rng, w, h, u = job.rng, job.width, job.height, job.unit
    tones = [WHITE, mix(WHITE, (255, 200, 150), 0.5), mix(WHITE, (150, 190, 255), 0.5)]
    for tone in tones:
        with sheet.stencil(tone) as pen:
            for _ in range(count // 3):
                pen.disc(
                    rng.random() * w,
                    rng.random() * h,
                    min(u * 0.4, u * 0.06 * rng.paretovariate(2.2)),
                    rng.randint(90, 255),
                )
    for _ in range(9):
        x, y, size = rng.random() * w, rng.random() * h, u * rng.uniform(1.2, 3)
        sheet.light(rng.choice(tones), canvas.shining(job.size, x, y, size * 4), 0.5)
        with sheet.stencil(WHITE, 0.9) as pen:
            for dx, dy in ((1, 0), (0, 1)):
                pen.shape(
                    [
                        (x - dx * size, y - dy * size),
                        (x + dy * u * 0.12, y + dx * u * 0.12),
                        (x + dx * size, y + dy * size),
                        (x - dy * u * 0.12, y - dx * u * 0.12),
                    ],
                    255,
                )
            pen.disc(x, y, u * 0.35, 255)


def _hill_and_person(sheet: Sheet) -> None:
    job = sheet.job
    w, h, u = job.width, job.height, job.unit
    x = w * job.rng.uniform(0.3, 0.7)
    hill = canvas.smooth(
        [(0, h * 0.96), (x - w * 0.2, h * 0.92), (x, h * 0.86), (x + w * 0.22, h * 0.93), (w, h * 0.9)]
    )
    with sheet.stencil(mix(job.palette.night, BLACK, 0.75)) as pen:
        pen.shape([*hill, (w, h), (0, h)], 255)
        foot = h * 0.862
        pen.disc(x, foot - u * 9, u * 1.1, 255)
        pen.shape(
            [
                (x - u * 1.2, foot - u * 7.6),
                (x + u * 1.2, foot - u * 7.6),
                (x + u * 1.4, foot - u * 3.4),
                (x + u * 1.1, foot),
                (x + u * 0.2, foot),
                (x, foot - u * 3),
                (x - u * 0.3, foot),
                (x - u * 1.2, foot),
                (x - u * 1.4, foot - u * 3.4),
            ],
            255,
        )


def planet(job: Job) -> Image.Image:
    """A banded planet over a far world; motifs: rings, moons, eclipse."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("rings", "moons", "eclipse"))
    sky = canvas.tint(
        canvas.falling(job.size),
        (mix(colours.night, BLACK, 0.3), colours.night, mix(colours.deep, colours.middle, 0.4)),
    )
    sheet = Sheet(job, sky, scale=1)
    sheet.light(colours.middle, canvas.gain(canvas.clouds(rng, job.size, w / 3), 0.5, 1), 0.3)
    landscapes.stars(sheet, 330, h)
    x, y, radius = w * rng.uniform(0.4, 0.6), h * 0.42, u * rng.uniform(22, 27)
    tilt = rng.uniform(-0.45, 0.45)
    sheet.light(
        colours.accent if motif == "eclipse" else colours.soft,
        canvas.shining(job.size, x, y, radius * (3.6 if motif == "eclipse" else 2.6)),
        0.6,
    )
    if motif == "rings":
        _rings(sheet, (x, y), radius, tilt, behind=True)
    _globe(sheet, x, y, radius, tilt, eclipse=motif == "eclipse")
    if motif == "rings":
        _rings(sheet, (x, y), radius, tilt, behind=False)
    for _ in range({"moons": 4, "rings": 1, "eclipse": 1}[motif]):
        a, far = rng.uniform(0, math.tau), radius * rng.uniform(1.4, 2.1)
        solids.ball(
            sheet,
            x + math.cos(a) * far * 1.2,
            y + math.sin(a) * far * 0.6,
            u * rng.uniform(1.6, 5),
            mix(rng.choice((colours.soft, colours.second, colours.accent)), colours.paper, 0.2),
            0.3,
        )
    for index in range(4):
        share = index / 3
        height_at = canvas.ridge(rng, w, 0.75 - 0.4 * share, knots=5)
        base = h * (0.76 + 0.07 * index)
        with sheet.stencil(
            mix(mix(colours.middle, colours.deep, 0.45 + share * 0.4), mix(colours.night, BLACK, 0.4), share)
        ) as pen:
            pen.shape([*((px, base - height_at(px) * h * 0.06) for px in range(0, w + 4, 4)), (w, h), (0, h)], 255)
    return sheet.finish(grain=7, vignette=0.3)


def _globe(sheet: Sheet, x: float, y: float, radius: float, tilt: float, *, eclipse: bool) -> None:
    job = sheet.job
    rng, colours = job.rng, job.palette
    side = math.ceil(radius * 2)
    tones = [
        colours.soft,
        colours.middle,
        colours.accent,
        colours.paper,
        colours.second,
        mix(colours.soft, colours.middle, 0.5),
    ]
    bands = Image.new("RGB", (side, side), colours.soft)
    pen, top = Pen(bands, 1), 0.0
    while top < side:
        tall = side * rng.uniform(0.02, 0.11)
        pen.block(0, top, side, top + tall, mix(rng.choice(tones), colours.soft, rng.uniform(0.1, 0.5)))
        top += tall
    bands = canvas.warp(bands.filter(ImageFilter.GaussianBlur(1.5)), rng, side * 0.016, 18)
    bands = bands.rotate(-math.degrees(tilt), Image.Resampling.BICUBIC, fillcolor=colours.soft)
    if eclipse:
        bands = Image.new("RGB", bands.size, mix(colours.night, BLACK, 0.6))
    shade = canvas.shining((side, side), side * 0.32, side * 0.28, side * 1.5)
    bands = ImageChops.multiply(
        bands, canvas.tint(shade, (mix(colours.night, BLACK, 0.3), (120, 120, 130), (225, 225, 225), WHITE))
    )
    mask = Image.new("L", (side * 2, side * 2))
    Pen(mask, 2).disc(radius, radius, radius - 0.5, 255)
    sheet.image.paste(bands, (round(x - radius), round(y - radius)), mask.resize((side, side), Image.Resampling.BOX))
    if eclipse:
        with sheet.soft(mix(colours.accent, WHITE, 0.5), job.unit * 0.8, 1.0, lit=True) as glow:
            glow.bow(x, y, radius + job.unit * 0.3, 150, 330, 255, job.unit * 0.9)


def _rings(sheet: Sheet, centre: tuple[float, float], radius: float, tilt: float, *, behind: bool) -> None:
    job = sheet.job
    colours = job.palette
    with sheet.stencil(mix(colours.paper, colours.accent, 0.3), 0.85) as pen:
        for index in range(16):
            reach = radius * (1.35 + 0.055 * index)
            if index in {6, 7, 12}:
                continue
            bright = 70 + (index * 67) % 150
            start = math.pi if behind else 0
            arc = [
                canvas.turned(
                    [(math.cos(start + math.pi * t / 60) * reach, math.sin(start + math.pi * t / 60) * reach * 0.26)],
                    *centre,
                    tilt,
                )[0]
                for t in range(61)
            ]
            pen.line(arc, bright, radius * 0.042)


def synthwave(job: Job) -> Image.Image:
    """A striped sun over a glowing grid; motifs: peaks, palms, road."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("peaks", "palms", "road"))
    horizon = h * 0.62
    pink, cyan = mix((255, 62, 160), colours.soft, 0.35), mix((40, 230, 240), colours.second, 0.35)
    sky = canvas.gain(canvas.falling(job.size), 0, 0.62)
    sheet = Sheet(
        job,
        canvas.tint(
            sky,
            (
                mix(colours.night, BLACK, 0.4),
                colours.night,
                mix(colours.deep, pink, 0.3),
                mix(pink, colours.deep, 0.35),
            ),
        ),
        scale=2,
    )
    landscapes.stars(sheet, 160, horizon * 0.7)
    x, y, radius = w / 2, horizon - u * 14, u * 25
    sheet.light(pink, canvas.shining(job.size, x, y, radius * 3), 0.55)
    disc = canvas.tint(
        canvas.gain(canvas.falling(job.size), (y - radius) / h, (y + radius) / h),
        ((255, 236, 130), (255, 160, 90), pink, mix(pink, colours.deep, 0.3)),
    )
    with sheet.stencil(disc) as pen:
        pen.disc(x, y, radius, 255)
        for index in range(7):
            top = y + radius * (-0.05 + index * 0.15)
            pen.block(x - radius, top, x + radius, top + radius * (0.025 + 0.012 * index), 0)
    if motif == "peaks":
        _wire_peaks(sheet, horizon, cyan)
    _grid(sheet, horizon, pink)
    if motif == "palms":
        for side in (0.08, 0.2, 0.82, 0.93):
            _palm_tree(sheet, w * side, h * rng.uniform(0.86, 1.0), u * rng.uniform(40, 56))
    elif motif == "road":
        _road(sheet, horizon, cyan)
    lines = Image.new("L", (1, h))
    lines.putdata([46 if row % 3 == 0 else 0 for row in range(h)])
    sheet.lay(BLACK, lines.resize(job.size))
    return sheet.finish(grain=6, vignette=0.3)


def _grid(sheet: Sheet, horizon: float, glow: Colour) -> None:
    job = sheet.job
    w, h, u = job.width, job.height, job.unit
    field = canvas.gain(canvas.falling(job.size), horizon / h, 1)
    with sheet.stencil(
        canvas.tint(field, (mix(job.palette.deep, glow, 0.3), mix(job.palette.night, BLACK, 0.45)))
    ) as pen:
        pen.block(0, horizon, w, h, 255)
    lines = []
    for index in range(-26, 27):
        lines.append([(w / 2 + index * u * 2.4, horizon), (w / 2 + index * u * 19, h)])
    for index in range(14):
        y = horizon + (h - horizon) * (index / 13) ** 2.3
        lines.append([(0, y), (w, y)])
    with sheet.soft(glow, u * 0.8, 0.8, lit=True) as pen:
        for line in lines:
            pen.line(line, 255, u * 0.7)
    for line in lines:
        sheet.pen.line(line, mix(glow, WHITE, 0.35), u * 0.2)


def _wire_peaks(sheet: Sheet, horizon: float, glow: Colour) -> None:
    job = sheet.job
    w, u, rng = job.width, job.unit, job.rng
    for start, end in ((0, 0.36), (0.64, 1.0)):
        knots = [
            (
                w * (start + (end - start) * t / 7),
                horizon
                - (u * rng.uniform(7, 24) if 0 < t < 7 or start == 0 and t == 0 or end == 1.0 and t == 7 else 0),
            )
            for t in range(8)
        ]
        sheet.pen.shape([*knots, (w * end, horizon), (w * start, horizon)], mix(job.palette.night, BLACK, 0.35))
        for (ax, ay), (bx, by) in zip(knots, knots[1:], strict=False):
            low = ((ax + bx) / 2, horizon)
            for line in ([(ax, ay), (bx, by)], [(ax, ay), low], [(bx, by), low], [(ax, ay), (ax, horizon)]):
                sheet.pen.line(line, mix(glow, WHITE, 0.2), u * 0.2)


def _palm_tree(sheet: Sheet, x: float, foot: float, tall: float) -> None:
    rng, ink = sheet.job.rng, mix(sheet.job.palette.night, BLACK, 0.6)
    lean = rng.uniform(-0.16, 0.16)
    trunk = canvas.smooth([(x, foot), (x + lean * tall * 0.3, foot - tall * 0.5), (x + lean * tall, foot - tall)])
    sheet.pen.line(trunk, ink, tall * 0.028)
    tx, ty = trunk[-1]
    for index in range(9):
        a = math.pi + math.pi * (index + rng.uniform(-0.2, 0.2)) / 8
        reach = tall * rng.uniform(0.28, 0.38)
        tip = (tx + math.cos(a) * reach, ty + math.sin(a) * reach * 0.55 + reach * 0.34)
        spine = canvas.smooth([(tx, ty), (tx + math.cos(a) * reach * 0.55, ty + math.sin(a) * reach * 0.5), tip])
        for px, py in spine[2:]:
            for side in (-1, 1):
                sheet.pen.line(
                    [(px, py), (px + side * reach * 0.06 + math.cos(a) * reach * 0.08, py + reach * 0.17)],
                    ink,
                    tall * 0.009,
                )
        sheet.pen.line(spine, ink, tall * 0.012)


def _road(sheet: Sheet, horizon: float, glow: Colour) -> None:
    job = sheet.job
    w, h, u = job.width, job.height, job.unit
    sheet.pen.shape(
        [(w / 2 - u * 1.2, horizon), (w / 2 + u * 1.2, horizon), (w / 2 + u * 34, h), (w / 2 - u * 34, h)],
        mix(job.palette.night, BLACK, 0.6),
    )
    for side in (-1, 1):
        with sheet.soft(glow, u * 0.9, 0.9, lit=True) as pen:
            pen.line([(w / 2 + side * u * 1.2, horizon), (w / 2 + side * u * 34, h)], 255, u)
        sheet.pen.line([(w / 2 + side * u * 1.2, horizon), (w / 2 + side * u * 34, h)], mix(glow, WHITE, 0.5), u * 0.4)
    for index in range(7):
        z0, z1 = (index / 7) ** 2, ((index + 0.45) / 7) ** 2
        y0, y1 = horizon + (h - horizon) * z0, horizon + (h - horizon) * z1
        sheet.pen.shape(
            [
                (w / 2 - u * 1.1 * z0, y0),
                (w / 2 + u * 1.1 * z0, y0),
                (w / 2 + u * 1.1 * z1, y1),
                (w / 2 - u * 1.1 * z1, y1),
            ],
            mix(glow, WHITE, 0.7),
        )


def deep_sea(job: Job) -> Image.Image:
    """Creatures that glow in dark water; motifs: jellyfish, whale, reef."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("jellyfish", "whale", "reef"))
    dark = mix(colours.night, BLACK, 0.3)
    sheet = Sheet(
        job,
        canvas.tint(
            canvas.falling(job.size), (mix(colours.second, colours.middle, 0.5), colours.deep, colours.night, dark)
        ),
        scale=1,
    )
    with sheet.soft(colours.paper, u * 3, 0.3, lit=True) as pen:
        for _ in range(6):
            x, wide = w * rng.random(), u * rng.uniform(2, 6)
            lean = rng.uniform(-0.2, 0.2) * w
            pen.shape(
                [(x - wide, -9), (x + wide, -9), (x + lean + wide * 4, h * 0.8), (x + lean - wide * 4, h * 0.8)],
                rng.randint(50, 130),
            )
    if motif == "jellyfish":
        for index in range(5):
            size = u * (7 + 4.4 * index) * rng.uniform(0.85, 1.1)
            _jelly(
                sheet,
                w * (0.12 + 0.76 * ((index * 2 + 1) % 5) / 4.4),
                h * rng.uniform(0.16, 0.5),
                size,
                rng.choice((colours.accent, colours.soft, colours.second)),
            )
    elif motif == "whale":
        _whale(sheet, w * 0.45, h * 0.46, min(w * 0.8, h) / 118)
    else:
        _reef(sheet)
    with sheet.stencil(mix(colours.paper, WHITE, 0.4), 0.6) as pen:
        for _ in range(130):
            pen.disc(rng.random() * w, rng.random() * h, u * rng.choice((0.1, 0.14, 0.26)), rng.randint(60, 230))
    return sheet.finish(grain=6, vignette=0.35)


def _jelly(sheet: Sheet, x: float, y: float, size: float, tone: Colour) -> None:
    rng = sheet.job.rng
    sheet.light(tone, canvas.shining(sheet.job.size, x, y, size * 3.6), 0.5)
    bright = mix(tone, WHITE, 0.45)
    for index in range(13):
        root = x + size * (index - 6) * 0.14
        sway = rng.uniform(-0.35, 0.35) * size
        line = canvas.smooth(
            [
                (root, y),
                (root + sway, y + size * 0.9),
                (root - sway * 0.7, y + size * 1.8),
                (root + sway, y + size * rng.uniform(2.2, 3.3)),
            ]
        )
        sheet.pen.line(line, fade(bright, 0.35), max(1, size * 0.025))
    for index in range(4):
        root = x + size * (index - 1.5) * 0.2
        ribbon = canvas.smooth(
            [
                (root, y),
                (root + size * 0.14, y + size * 0.6),
                (root - size * 0.12, y + size * 1.1),
                (root + size * 0.08, y + size * 1.7),
            ]
        )
        for step, (px, py) in enumerate(ribbon):
            sheet.pen.disc(px, py, size * 0.1 * (1 - step / len(ribbon)) + 1, fade(bright, 0.3))
    dome = canvas.smooth(
        [
            (-1, 0.1),
            (-0.92, -0.45),
            (-0.5, -0.86),
            (0, -0.98),
            (0.5, -0.86),
            (0.92, -0.45),
            (1, 0.1),
            (0.66, 0.02),
            (0.33, 0.16),
            (0, 0.04),
            (-0.33, 0.16),
            (-0.66, 0.02),
        ],
        closed=True,
    )
    field = canvas.shining(sheet.job.size, x - size * 0.2, y - size * 0.5, size * 1.9)
    with sheet.stencil(
        canvas.tint(field, (mix(tone, sheet.job.palette.deep, 0.3), tone, mix(tone, WHITE, 0.7))), 0.82
    ) as pen:
        pen.shape(canvas.turned(dome, x, y, 0, size), 255)
    for index in range(-3, 4):
        rib = canvas.smooth(
            [(x, y - size * 0.95), (x + index * size * 0.24, y - size * 0.5), (x + index * size * 0.28, y)]
        )
        sheet.pen.line(rib, fade(WHITE, 0.28), max(1, size * 0.02))
    with sheet.stencil(WHITE, 0.5) as pen:
        pen.shape(
            canvas.turned(
                canvas.smooth([(-0.7, -0.4), (-0.4, -0.75), (-0.1, -0.84), (-0.45, -0.55)], closed=True), x, y, 0, size
            ),
            200,
        )


def _whale(sheet: Sheet, x: float, y: float, s: float) -> None:
    job = sheet.job
    rng, colours = job.rng, job.palette
    back = [
        (-58, 4),
        (-54, -9),
        (-36, -19),
        (-8, -20),
        (20, -12),
        (42, -4),
        (58, -3),
        (72, -18),
        (80, -20),
        (76, -6),
        (80, 10),
        (70, 6),
        (58, 5),
        (34, 12),
        (4, 20),
        (-30, 21),
        (-52, 14),
    ]
    body = canvas.turned(canvas.smooth(back, closed=True), x, y, 0.06, s)
    field = canvas.gain(canvas.falling(job.size), (y - 20 * s) / job.height, (y + 22 * s) / job.height)
    blue = mix(colours.second, colours.middle, 0.4)
    with sheet.stencil(
        canvas.tint(field, (mix(blue, WHITE, 0.35), mix(blue, colours.deep, 0.5), mix(colours.night, blue, 0.25)))
    ) as pen:
        pen.shape(body, 255)
    belly = canvas.turned(
        canvas.smooth([(-56, 6), (-40, 9), (-12, 11), (6, 18), (-28, 20.6), (-51, 14)], closed=True), x, y, 0.06, s
    )
    with sheet.stencil(mix(colours.paper, blue, 0.35)) as pen:
        pen.shape(belly, 255)
    for index in range(7):
        groove = canvas.smooth(
            [(-52 + index, 9 + index * 1.5), (-28, 12 + index * 1.25), (-4 + index, 13 + index * 0.8)]
        )
        sheet.pen.line(canvas.turned(groove, x, y, 0.06, s), fade(colours.deep, 0.5), s * 0.35)
    fin = canvas.smooth([(-18, 12), (-8, 30), (6, 42), (4, 26), (-6, 12)], closed=True)
    with sheet.stencil(mix(blue, colours.deep, 0.55)) as pen:
        pen.shape(canvas.turned(fin, x, y, 0.06, s), 255)
        pen.shape(canvas.turned(canvas.smooth([(22, -12), (30, -18), (33, -8)], closed=True), x, y, 0.06, s), 255)
    sheet.pen.disc(*canvas.turned([(-44, 2)], x, y, 0.06, s)[0], s * 1.2, mix(colours.night, BLACK, 0.4))
    for _ in range(46):
        px, py = rng.uniform(-46, 40), rng.uniform(-14, 2)
        sheet.pen.disc(
            *canvas.turned([(px, py + abs(px) * 0.1)], x, y, 0.06, s)[0], s * rng.uniform(0.2, 0.7), fade(WHITE, 0.35)
        )
    for index in range(9):
        sheet.pen.ring(
            x - s * (60 + index * 1.5), y - s * (6 + index * 5), s * rng.uniform(0.6, 1.8), fade(WHITE, 0.6), s * 0.3
        )


def _reef(sheet: Sheet) -> None:
    job = sheet.job
    rng, w, h, u, colours = job.rng, job.width, job.height, job.unit, job.palette
    tones = [colours.accent, colours.soft, colours.second, colours.middle]
    for layer in range(3):
        base = h * (0.82 + 0.09 * layer)
        for _ in range(11):
            x, tone = rng.random() * w, mix(rng.choice(tones), colours.night, 0.6 - 0.28 * layer)
            _coral(sheet, x, base + u * 4, u * rng.uniform(9, 20) * (0.8 + 0.25 * layer), -math.pi / 2, tone, 5)
        height_at = canvas.ridge(rng, w, 0.3, knots=6)
        with sheet.stencil(mix(mix(colours.deep, colours.night, 0.5), BLACK, 0.2 + 0.2 * layer)) as pen:
            pen.shape([*((x, base + u * 3 - height_at(x) * u * 3) for x in range(0, w + 8, 8)), (w, h), (0, h)], 255)
    for _ in range(4):
        x, y, tone = w * rng.uniform(0.1, 0.9), h * rng.uniform(0.15, 0.6), rng.choice(tones[:3])
        for _ in range(7):
            fx, fy, s = x + rng.gauss(0, 9) * u, y + rng.gauss(0, 4) * u, u * rng.uniform(0.9, 1.7)
            fish = canvas.smooth(
                [(-2.4, 0), (-0.6, -1.1), (1, -0.5), (2.6, -1.2), (2.2, 0), (2.6, 1.2), (1, 0.5), (-0.6, 1.1)],
                closed=True,
            )
            sheet.pen.shape(
                canvas.turned(fish, fx, fy, rng.uniform(-0.15, 0.15), s), mix(tone, WHITE, rng.uniform(0.1, 0.4))
            )
            sheet.pen.disc(fx - s * 1.4, fy - s * 0.2, s * 0.2, colours.night)


def _coral(sheet: Sheet, x: float, y: float, size: float, turn: float, tone: Colour, depth: int) -> None:
    rng = sheet.job.rng
    tip = (x + math.cos(turn) * size * 0.4, y + math.sin(turn) * size * 0.4)
    sheet.pen.stroke([(x, y), tip], tone, max(1.2, size * 0.13))
    if depth:
        for side in (-1, 1):
            _coral(sheet, *tip, size * rng.uniform(0.66, 0.84), turn + side * rng.uniform(0.25, 0.6), tone, depth - 1)


STYLES = {"deep_sea": deep_sea, "nebula": nebula, "planet": planet, "synthwave": synthwave}
