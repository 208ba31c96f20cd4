"""Things in front of a backdrop: products on plinths, vases, fruit in the dark, shadows on a wall, rendered objects."""

import math

from PIL import Image, ImageFilter

from payments.demo.painting import canvas, solids
from payments.demo.painting.canvas import BLACK, WHITE, Job, Point, Sheet, mix
from payments.demo.painting.palettes import Colour


def _backdrop(job: Job, wall: Colour, floor: Colour, horizon: float) -> Sheet:
    """A wall that runs into a floor, lit from the upper left."""
    field = canvas.slanting(job.size, 35)
    sheet = Sheet(job, canvas.tint(field, (mix(wall, WHITE, 0.22), wall, mix(wall, BLACK, 0.12))), scale=1)
    ground = canvas.tint(canvas.falling(job.size), (mix(floor, BLACK, 0.2), mix(floor, WHITE, 0.12)))
    with sheet.soft(ground, job.unit * 2.2) as pen:
        pen.block(0, horizon, job.width, job.height, 255)
    return sheet


def plinth(job: Job) -> Image.Image:
    """A product on a plinth; motifs: bottle, jar, candle, dropper."""
    rng, colours, w, h, unit = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("bottle", "jar", "candle", "dropper"))
    wall = mix(colours.soft, colours.paper, rng.uniform(0.1, 0.5))
    sheet = _backdrop(job, wall, mix(wall, colours.middle, 0.25), h * 0.66)
    x, floor = w * rng.uniform(0.42, 0.58), h * 0.86
    _arch(sheet, x + unit * rng.uniform(-14, 14), h * 0.7)
    radius, tall = unit * rng.uniform(20, 25), unit * rng.uniform(11, 20)
    stone = mix(colours.paper, colours.soft, 0.4)
    for side, size in ((-1, rng.uniform(0.5, 0.8)), (1, rng.uniform(0.45, 0.7))):
        px, foot = x + side * radius * rng.uniform(1.2, 1.5), floor - unit * rng.uniform(-3, 4)
        tone = rng.choice((colours.middle, colours.accent, colours.second))
        _post(sheet, px, foot, radius * size * 0.6, tall * rng.uniform(0.4, 1.5), mix(tone, colours.paper, 0.2))
    _post(sheet, x, floor, radius, tall, stone)
    top = floor - tall
    solids.shadow(sheet, x, top, unit * 8, strength=0.45, length=1.3)
    _product(sheet, motif, x, top + unit)
    if rng.random() < 0.7:
        bx = x - radius * rng.uniform(1.1, 1.5)
        solids.shadow(sheet, bx, floor + unit * 3, unit * 4)
        solids.ball(sheet, bx, floor, unit * 4.4, mix(colours.accent, colours.paper, 0.1))
    return sheet.finish(grain=4, vignette=0.15)


def _arch(sheet: Sheet, x: float, foot: float) -> None:
    job = sheet.job
    half, unit = job.unit * job.rng.uniform(22, 30), job.unit
    top = foot - job.height * job.rng.uniform(0.28, 0.4)
    field = canvas.slanting(job.size, 60)
    tone = mix(job.palette.middle, job.palette.soft, job.rng.uniform(0.2, 0.6))
    with sheet.soft(mix(job.palette.night, BLACK, 0.2), unit * 3, 0.3) as pen:
        pen.disc(x + unit * 2, top + unit, half, 255)
        pen.block(x - half + unit * 2, top, x + half + unit * 2, foot, 255)
    with sheet.stencil(canvas.tint(field, (mix(tone, WHITE, 0.2), tone, mix(tone, BLACK, 0.18)))) as pen:
        pen.disc(x, top, half, 255)
        pen.block(x - half, top, x + half, foot, 255)


def _post(sheet: Sheet, x: float, foot: float, radius: float, tall: float, colour: Colour) -> None:
    solids.shadow(sheet, x, foot, radius, strength=0.45)
    solids.lathe(sheet, x, [(foot - tall, radius), (foot, radius)], colour, 0.4)
    with sheet.stencil(mix(colour, WHITE, 0.42)) as pen:
        pen.disc(x, foot - tall, radius, 255, radius * 0.16)


def _product(sheet: Sheet, motif: str, x: float, foot: float) -> None:
    colours, u = sheet.job.palette, sheet.job.unit
    glass = sheet.job.rng.choice((colours.deep, colours.accent, colours.second, colours.middle))
    metal = mix(colours.second, (205, 175, 120), 0.7)
    if motif == "bottle":
        outline: list[Point] = [(-34, 4), (-31, 4.2), (-29, 7), (-25, 9), (-2, 9), (0, 8.4)]
        _turn(sheet, x, foot, outline, glass, 0.55)
        _turn(sheet, x, foot, [(-43, 4.6), (-42.4, 5), (-34, 5)], metal, 0.7)
        _label(sheet, x, foot - 15 * u, 7.4 * u, 5.4 * u)
    elif motif == "jar":
        _turn(sheet, x, foot, [(-15, 12.6), (-14, 13), (-1, 13), (0, 12)], glass, 0.45)
        _turn(sheet, x, foot, [(-22, 12), (-21.4, 12.6), (-15, 12.6)], metal, 0.6)
        with sheet.stencil(mix(metal, WHITE, 0.35)) as pen:
            pen.disc(x, foot - 22 * u, 12 * u, 255, 1.9 * u)
        _label(sheet, x, foot - 8 * u, 10 * u, 3.8 * u)
    elif motif == "candle":
        with sheet.soft((255, 190, 90), u * 14, 0.55, lit=True) as pen:
            pen.disc(x, foot - 30 * u, 14 * u, 255)
        _turn(sheet, x, foot, [(-22, 9.5), (-1, 9.5), (0, 8.8)], glass, 0.4)
        solids.mouth(sheet, x, foot - 22 * u, 9.5 * u, glass)
        flame = canvas.smooth([(0, 0), (0.4, -0.5), (0, -1.5), (-0.4, -0.5)], closed=True)
        sheet.pen.line([(x, foot - 22 * u), (x, foot - 25 * u)], colours.night, u * 0.5)
        sheet.pen.shape(canvas.turned(flame, x, foot - 24.4 * u, 0.08, u * 3.2), (255, 214, 120))
        sheet.pen.shape(canvas.turned(flame, x, foot - 24.4 * u, 0.08, u * 1.7), (255, 247, 214))
        _label(sheet, x, foot - 10 * u, 7 * u, 4.6 * u)
    else:
        _turn(sheet, x, foot, [(-25, 3.6), (-23, 4), (-20, 8), (-17, 8.6), (-1, 8.6), (0, 8)], glass, 0.6)
        _turn(sheet, x, foot, [(-31, 3.8), (-25, 4)], mix(colours.night, BLACK, 0.2), 0.5)
        rubber = canvas.smooth([(-41, 0.6), (-40, 2.2), (-36, 2.4), (-31, 2.9)])
        _turn(sheet, x, foot, rubber, mix(colours.night, colours.deep, 0.4), 0.4)
        _label(sheet, x, foot - 10 * u, 6.6 * u, 4.6 * u)


def _turn(sheet: Sheet, x: float, foot: float, outline: list[Point], colour: Colour, gloss: float) -> None:
    u = sheet.job.unit
    solids.lathe(sheet, x, [(foot + y * u, radius * u) for y, radius in outline], colour, gloss)


def _label(sheet: Sheet, x: float, y: float, half: float, tall: float) -> None:
    colours = sheet.job.palette
    paper = canvas.tint(
        canvas.gain(canvas.slanting(sheet.job.size, 0), 0.3, 0.7),
        (colours.paper, mix(colours.paper, colours.soft, 0.5)),
    )
    with sheet.stencil(paper) as pen:
        pen.block(x - half, y - tall, x + half, y + tall, 255)
    with sheet.stencil(colours.night, 0.85) as pen:
        pen.ring(x, y - tall * 0.35, tall * 0.3, 255, tall * 0.07)
        pen.line([(x - half * 0.55, y + tall * 0.3), (x + half * 0.55, y + tall * 0.3)], 255, tall * 0.09)
        pen.line([(x - half * 0.3, y + tall * 0.6), (x + half * 0.3, y + tall * 0.6)], 255, tall * 0.05)


VASES: dict[str, list[Point]] = {
    "amphora": [(-46, 6), (-43, 5), (-36, 6), (-27, 14), (-18, 17), (-8, 12), (-2, 8), (0, 9)],
    "bowl": [(-20, 20), (-18, 20), (-10, 16), (-3, 9), (0, 8)],
    "bottle": [(-50, 4), (-46, 3.4), (-32, 3.8), (-26, 8), (-16, 14), (-6, 12), (0, 9)],
    "moon": [(-32, 6), (-30, 6), (-26, 12), (-15, 18), (-5, 12), (-1, 8), (0, 8)],
    "cylinder": [(-38, 10), (-36, 10.5), (-20, 11), (-4, 10.5), (0, 9.5)],
}


def vase(job: Job) -> Image.Image:
    """Hand-thrown ceramics with dried stems; motifs: amphora, bottle, bowl, cylinder, moon, group."""
    rng, colours, w, h = job.rng, job.palette, job.width, job.height
    motif = job.pick(("amphora", "bottle", "moon", "cylinder", "group"))
    wall = mix(colours.paper, colours.soft, rng.uniform(0.25, 0.8))
    sheet = _backdrop(job, wall, mix(wall, colours.middle, 0.3), h * 0.72)
    foot = h * 0.84
    tones = [mix(colours.paper, colours.soft, 0.3), colours.middle, colours.deep, colours.accent, colours.second]
    if motif == "group":
        for name, place, size in (("bottle", -0.2, 1.0), ("moon", 0.17, 0.9), ("bowl", -0.02, 0.72)):
            low = foot + (job.unit * 6 if name == "bowl" else 0)
            _vessel(
                sheet,
                name,
                w / 2 + place * min(w, h) * 1.2,
                low,
                size * 1.05,
                rng.choice(tones),
                stems=name == "bottle",
            )
    else:
        _vessel(
            sheet,
            motif,
            w * rng.uniform(0.4, 0.58),
            foot,
            1.02 if motif == "bottle" else 1.2,
            rng.choice(tones),
            stems=motif != "bowl",
        )
    return sheet.finish(grain=6, vignette=0.2)


def _vessel(sheet: Sheet, name: str, x: float, foot: float, size: float, colour: Colour, *, stems: bool) -> None:
    job, u = sheet.job, sheet.job.unit * size
    outline = [(foot + y * u, max(1.0, radius * u)) for y, radius in solids.curve(VASES[name])]
    solids.shadow(sheet, x, foot, outline[-1][1] * 1.3, strength=0.5, length=2.6)
    top, lip = outline[0]
    if stems:
        _stems(sheet, x, top, u)
    solids.lathe(sheet, x, outline, colour, 0.3)
    with sheet.stencil(mix(colour, job.palette.night, 0.7), 0.35) as pen:
        for _ in range(160):
            y, radius = job.rng.choice(outline)
            pen.disc(
                x + job.rng.uniform(-0.94, 0.94) * radius,
                y + job.rng.uniform(0, u),
                u * job.rng.choice((0.12, 0.16, 0.3)),
                255,
            )
    if job.rng.random() < 0.5:
        band = [point for point in outline if foot - 24 * u < point[0] < foot - 14 * u]
        if band:
            with sheet.stencil(mix(colour, job.palette.paper, 0.6), 0.55) as pen:
                pen.shape([*((x - r, y) for y, r in band), *((x + r, y) for y, r in reversed(band))], 255)
    solids.mouth(sheet, x, top, lip, colour)


def _stems(sheet: Sheet, x: float, top: float, u: float) -> None:
    """Dried grasses and seed heads, drawn before the vessel so that they stand in it."""
    job = sheet.job
    kind = job.rng.choice(("pampas", "balls", "leaves"))
    straw = mix(job.palette.second, (190, 150, 100), 0.6)
    for _ in range(job.rng.randint(5, 9)):
        lean, tall = job.rng.uniform(-0.5, 0.5), u * job.rng.uniform(22, 42)
        bend = [
            (x + lean * u * 2, top + u * 3),
            (x + lean * tall * 0.35, top - tall * 0.55),
            (x + lean * tall, top - tall),
        ]
        stem = canvas.smooth(bend)
        sheet.pen.line(stem, mix(straw, job.palette.night, 0.35), u * 0.32)
        tone = mix(
            straw,
            job.rng.choice((job.palette.paper, job.palette.middle, job.palette.accent)),
            job.rng.uniform(0.2, 0.6),
        )
        if kind == "balls":
            solids.ball(sheet, *stem[-1], u * job.rng.uniform(1.2, 2.2), tone, 0.3)
            continue
        for index, (px, py) in enumerate(stem[len(stem) // 3 :: 1]):
            size = u * (0.6 + 2.6 * math.sin(math.pi * min(1, (index + 2) / 12)))
            for side in (-1, 1):
                tip = (px + side * size * 0.75 + lean * size, py - size * (0.9 if kind == "pampas" else 0.4))
                if kind == "pampas":
                    sheet.pen.line([(px, py), tip], canvas.fade(tone, 0.8), u * 0.22)
                    sheet.pen.line(
                        [(px, py + u * 0.4), (tip[0], tip[1] + u * 0.7)],
                        canvas.fade(mix(tone, WHITE, 0.3), 0.7),
                        u * 0.2,
                    )
                elif index % 3 == 0:
                    sheet.pen.shape(
                        canvas.smooth(
                            [
                                (px, py),
                                ((px + tip[0]) / 2, tip[1] - size * 0.2),
                                tip,
                                ((px + tip[0]) / 2, py + size * 0.1),
                            ],
                            closed=True,
                        ),
                        tone,
                    )


def fruit(job: Job) -> Image.Image:
    """Fruit on a dark table under one light; motifs: pears, lemons, cherries, plums."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("pears", "lemons", "cherries", "plums"))
    dark = mix(colours.night, BLACK, 0.45)
    glow = canvas.shining(job.size, w * 0.2, h * 0.25, max(w, h) * 1.5)
    sheet = Sheet(
        job,
        canvas.tint(glow, (dark, dark, mix(colours.deep, dark, 0.35), mix(colours.deep, colours.middle, 0.2))),
        scale=1,
    )
    sheet.lay(mix(colours.deep, BLACK, 0.3), canvas.gain(canvas.clouds(rng, job.size, w / 3), 0.4, 1), 0.35)
    table = h * 0.72
    wood = canvas.tint(
        canvas.gain(canvas.falling(job.size), 0.72, 1), (mix(colours.deep, BLACK, 0.15), mix(dark, BLACK, 0.3))
    )
    with sheet.stencil(wood) as pen:
        pen.block(0, table, w, h, 255)
    size = min(u * 1.5, w / 75)
    count = 4 if motif == "pears" else 6
    spread = (10 if motif in {"cherries", "plums"} else 13.5) * size
    places = [(h * rng.uniform(0.76, 0.9), w / 2 + (index - (count - 1) / 2) * spread * 0.95) for index in range(count)]
    for foot, x in sorted(places):
        _fruit(sheet, motif, x + rng.uniform(-2, 2) * u, foot, size * rng.uniform(0.9, 1.1))
    return sheet.finish(grain=9, vignette=0.3)


def _fruit(sheet: Sheet, motif: str, x: float, foot: float, u: float) -> None:
    rng, colours = sheet.job.rng, sheet.job.palette
    stalk = (70, 48, 28)
    if motif == "pears":
        colour = mix(
            (188, 170, 62), rng.choice((colours.accent, colours.middle, (120, 140, 50))), rng.uniform(0.1, 0.45)
        )
        solids.shadow(sheet, x, foot, u * 9, strength=0.8)
        outline = solids.curve([(-31, 2.5), (-30, 4), (-25, 5.6), (-18, 8), (-10, 11), (-4, 9.5), (0, 5)])
        solids.lathe(sheet, x, [(foot + y * u, r * u) for y, r in outline], colour, 0.45)
        sheet.pen.line(
            canvas.smooth([(x, foot - 30 * u), (x + u, foot - 34 * u), (x + 3 * u, foot - 37 * u)]), stalk, u
        )
        freckles(sheet, x, foot - 10 * u, u * 9, mix(colour, BLACK, 0.45))
        return
    radius, colour = {
        "lemons": (9.5, (232, 196, 60)),
        "cherries": (7.5, mix((176, 16, 36), colours.accent, 0.12)),
        "plums": (9.5, mix((104, 52, 128), colours.deep, 0.2)),
    }[motif]
    y = foot - radius * u * 0.85
    solids.shadow(sheet, x, foot, u * radius, strength=0.8)
    if motif == "lemons":
        for side in (-1, 1):
            solids.ball(sheet, x + side * u * radius * 0.86, y + side * u * 1.2, u * radius * 0.36, colour, 0.3)
    solids.ball(sheet, x, y, u * radius, colour, 0.9 if motif == "cherries" else 0.45)
    if motif == "lemons":
        freckles(sheet, x, y, u * 7.4, mix(colour, (150, 110, 10), 0.5))
        if rng.random() < 0.5:
            _leaf(sheet, x, y - u * radius * 0.85, u * 9)
    elif motif == "cherries":
        bend = canvas.smooth([(x, y - u * 5.6), (x + u * 2, y - u * 16), (x + u * rng.uniform(4, 9), y - u * 24)])
        sheet.pen.line(bend, (92, 112, 52), u * 0.75)
        if rng.random() < 0.5:
            _leaf(sheet, *bend[-1], u * 11)
    else:
        with sheet.soft(mix(colour, (190, 190, 225), 0.7), u * 2.4, 0.3) as pen:
            pen.disc(x - u * 3, y - u * 4, u * 4.5, 255, u * 3)
        sheet.pen.line([(x - u * 1.5, y - u * 9), (x - u * 0.6, y - u * 12.5)], stalk, u * 0.7)


def _leaf(sheet: Sheet, x: float, y: float, size: float) -> None:
    turn, green = sheet.job.rng.uniform(-0.9, 0.9), mix((66, 104, 52), sheet.job.palette.deep, 0.2)
    blade = canvas.smooth([(0, 0), (0.18, -0.4), (0.02, -1), (-0.18, -0.45)], closed=True)
    sheet.pen.shape(canvas.turned(blade, x, y, turn, size), green)
    half = canvas.smooth([(0, 0), (0.17, -0.4), (0.02, -1), (0.01, -0.5)], closed=True)
    sheet.pen.shape(canvas.turned(half, x, y, turn, size), mix(green, WHITE, 0.16))


def freckles(sheet: Sheet, x: float, y: float, radius: float, colour: Colour) -> None:
    rng = sheet.job.rng
    for _ in range(60):
        angle, reach = rng.uniform(0, math.tau), radius * math.sqrt(rng.random())
        place = (x + math.cos(angle) * reach, y + math.sin(angle) * reach)
        sheet.pen.disc(*place, sheet.job.unit * rng.uniform(0.1, 0.22), canvas.fade(colour, 0.4))


def wall_shadows(job: Job) -> Image.Image:
    """Late sun through a window on plaster, with something standing in it; motifs: palm, blinds, window."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("palm", "blinds", "window"))
    tone = mix(colours.soft, colours.paper, rng.uniform(0.1, 0.5))
    dark, lit = mix(tone, colours.deep, 0.55), mix(mix(tone, WHITE, 0.35), canvas.warm(colours), 0.3)
    sheet = Sheet(job, canvas.tint(canvas.slanting(job.size, 40), (dark, mix(dark, colours.night, 0.25))), scale=1)
    light = _window_light(job, motif)
    plaster = canvas.clouds(rng, job.size, u * 9, 5)
    sheet.lay(lit, light, 0.92)
    sheet.lay(mix(dark, colours.night, 0.5), canvas.gain(plaster, 0.5, 1), 0.12)
    if motif != "palm":
        x = w * rng.uniform(0.55, 0.75)
        _vessel(
            sheet,
            rng.choice(("moon", "cylinder", "bottle")),
            x,
            h * 0.95,
            0.85,
            mix(colours.accent, colours.paper, 0.15),
            stems=True,
        )
    return sheet.finish(grain=9, vignette=0.2)


def _window_light(job: Job, motif: str) -> Image.Image:
    """The slanted patch of sun, with what stands before the window cut out of it."""
    rng, w, h, u = job.rng, job.width, job.height, job.unit
    light = Image.new("L", (w // 4, h // 4))
    pen = canvas.Pen(light, 0.25)
    lean, left, top = rng.uniform(0.15, 0.3), w * rng.uniform(0.04, 0.14), h * 0.05
    wide, tall = w * rng.uniform(0.58, 0.72), h * 0.86
    columns, rows = (1, 11) if motif == "blinds" else (2, 3)
    gap = u * (2.6 if motif == "blinds" else 2.0)
    for i in range(columns):
        for j in range(rows):
            x0, x1 = left + wide * i / columns + gap / 2, left + wide * (i + 1) / columns - gap / 2
            y0, y1 = top + tall * j / rows + gap / 2, top + tall * (j + 1) / rows - gap / 2
            pane = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
            pen.shape([(x + (h - y) * lean, y + (x - left) * 0.1) for x, y in pane], 255)
    if motif != "blinds":
        for _ in range(3 if motif == "window" else 5):
            start = (left + wide * rng.uniform(-0.1, 1.1), h * rng.uniform(0.5, 1.05))
            _frond(pen, job, *start, u * rng.uniform(34, 52))
    return light.filter(ImageFilter.GaussianBlur(max(0.8, u * 0.12)))


def _frond(pen: canvas.Pen, job: Job, x: float, y: float, size: float) -> None:
    """The shadow of a palm leaf."""
    angle = job.rng.uniform(-2.4, -0.7)
    spine = [
        (x + math.cos(angle + t * 0.5) * size * t, y + math.sin(angle + t * 0.5) * size * t)
        for t in (i / 24 for i in range(25))
    ]
    pen.line(spine, 0, size * 0.02)
    for index, (px, py) in enumerate(spine[3:], 3):
        reach = size * 0.42 * math.sin(math.pi * (index / 27) ** 0.7)
        for side in (-1, 1):
            turn = angle + index / 48 + side * 0.85
            tip = (px + math.cos(turn) * reach, py + math.sin(turn) * reach)
            middle = (px + math.cos(turn - side * 0.15) * reach * 0.5, py + math.sin(turn - side * 0.15) * reach * 0.5)
            pen.line([(px, py), middle], 0, size * 0.03)
            pen.line([middle, tip], 0, size * 0.016)


STYLES = {"fruit": fruit, "plinth": plinth, "vase": vase, "wall_shadows": wall_shadows}
