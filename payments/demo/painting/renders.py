"""Rendered objects and rooms: glossy solids, frosted glass, a table set from above, an interior."""

import math

from PIL import Image, ImageFilter

from payments.demo.painting import canvas, landscapes, solids, studio
from payments.demo.painting.canvas import BLACK, WHITE, Job, Sheet, fade, mix
from payments.demo.painting.palettes import Colour


def solids_scene(job: Job) -> Image.Image:
    """Glossy primitives on a seamless ground; motifs: spheres, stack, playground."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("spheres", "stack", "playground"))
    ground = mix(colours.soft, colours.paper, rng.uniform(0, 0.6))
    field = canvas.shining(job.size, w * 0.4, h * 0.35, max(w, h) * 1.3)
    sheet = Sheet(
        job, canvas.tint(field, (mix(ground, colours.middle, 0.55), ground, mix(ground, WHITE, 0.45))), scale=1
    )
    tones = [colours.accent, colours.second, colours.middle, colours.deep, mix(colours.paper, WHITE, 0.4), colours.soft]
    if motif == "stack":
        _stack(sheet, tones)
    elif motif == "playground":
        _playground(sheet, tones)
    else:
        balls = []
        for _ in range(90):
            radius = u * rng.choice((4, 6, 9, 13, 18)) * rng.uniform(0.85, 1.1)
            x, y = rng.uniform(0.08, 0.92) * w, rng.uniform(0.16, 0.84) * h
            if all(math.hypot(x - bx, (y - by) * 1.25) > (radius + br) * 0.93 for bx, by, br in balls):
                balls.append((x, y, radius))
        for x, y, radius in sorted(balls, key=lambda ball: ball[1] + ball[2]):
            solids.shadow(sheet, x + radius * 0.1, y + radius * 0.92, radius * 0.86, strength=0.5, length=1.9)
            solids.ball(sheet, x, y, radius, rng.choice(tones), rng.choice((0.3, 0.9)))
    return sheet.finish(grain=3, vignette=0.15)


def _stack(sheet: Sheet, tones: list[Colour]) -> None:
    job = sheet.job
    rng, w, h, u = job.rng, job.width, job.height, job.unit
    for place in (0.5,) if w <= h else (0.22, 0.52, 0.8):
        x, y = w * place, h * 0.86
        solids.shadow(sheet, x, y, u * 12)
        for level in range(rng.randint(4, 5)):
            size, tone = u * rng.uniform(12, 17) * (1 - level * 0.06), rng.choice(tones)
            if level % 2 == 0:
                tall = size * rng.uniform(0.7, 1.0)
                solids.lathe(sheet, x, [(y - tall, size), (y, size)], tone, 0.45)
                with sheet.stencil(mix(tone, WHITE, 0.3)) as pen:
                    pen.disc(x, y - tall, size, 255, size * 0.16)
                y -= tall
            else:
                radius = size * 0.62
                with sheet.soft(BLACK, u, 0.4) as pen:
                    pen.disc(x + u, y + u * 0.3, radius * 0.7, 255, u * 1.2)
                solids.ball(sheet, x + rng.uniform(-1, 1) * u, y - radius * 0.94, radius, tone, 0.8)
                y -= radius * 1.86


def _playground(sheet: Sheet, tones: list[Colour]) -> None:
    """Arches, steps, cones and balls, as from a box of blocks."""
    job = sheet.job
    rng, w, h, u = job.rng, job.width, job.height, job.unit
    x, foot = w * 0.36, h * 0.78
    tone = rng.choice(tones)
    solids.shadow(sheet, x, foot, u * 17)
    for depth in range(16, -1, -1):
        shade = mix(tone, BLACK, 0.3) if depth else tone
        with sheet.stencil(shade) as pen:
            cx, low = x + depth * u * 0.35, foot - depth * u * 0.18
            pen.slice(cx, low - u * 17, u * 16, 180, 360, 255)
            pen.block(cx - u * 16, low - u * 17, cx + u * 16, low, 255)
            pen.slice(cx, low - u * 16, u * 9, 180, 360, 0)
            pen.block(cx - u * 9, low - u * 16, cx + u * 9, low + 2, 0)
    bx, low = w * 0.66, h * 0.82
    stair = rng.choice(tones)
    for step in range(4):
        left = bx + step * u * 6
        top = low - (step + 1) * u * 6
        for depth in range(12, -1, -1):
            dx, dy = depth * u * 0.4, -depth * u * 0.22
            sheet.pen.block(
                left + dx, top + dy, left + u * 6 + dx, low + dy, mix(stair, WHITE, 0.22) if depth else stair
            )
        sheet.pen.block(left, top, left + u * 6, low, mix(stair, BLACK, 0.06 * step))
    for place, size, kind in (
        (0.12, 9, "ball"),
        (0.5, 6, "ball"),
        (0.22, 5, "cone"),
        (0.58, 8, "cone"),
        (0.9, 6, "ball"),
    ):
        px, py, tone = w * place, h * rng.uniform(0.86, 0.94), rng.choice(tones)
        solids.shadow(sheet, px, py, u * size)
        if kind == "ball":
            solids.ball(sheet, px, py - u * size * 0.9, u * size, tone, 0.9)
        else:
            solids.lathe(sheet, px, [(py - u * size * 2.4, u * 0.3), (py, u * size)], tone, 0.4)


def glass(job: Job) -> Image.Image:
    """Frosted panes over soft light; motifs: orbs, panes, ribbons."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("orbs", "panes", "ribbons"))
    dark = rng.random() < 0.5
    low, high = (colours.night, colours.deep) if dark else (mix(colours.soft, colours.paper, 0.4), colours.paper)
    sheet = Sheet(job, canvas.tint(canvas.slanting(job.size, rng.uniform(20, 70)), (low, high)), scale=1)
    tones = [colours.accent, colours.second, colours.middle, colours.soft]
    for index in range(6):
        with sheet.soft(tones[index % 4], u * 9, 0.85) as pen:
            pen.shape(
                canvas.blob(rng, w * rng.uniform(0.1, 0.9), h * rng.uniform(0.1, 0.9), u * rng.uniform(14, 30), 0.3),
                255,
            )
    if motif == "ribbons":
        _ribbons(sheet, tones)
    elif motif == "orbs":
        for index in range(6):
            x, y, radius = w * (0.14 + 0.145 * index), h * rng.uniform(0.28, 0.72), u * rng.uniform(8, 19)
            _orb(sheet, x, y, radius, tones[index % 4])
    else:
        for index in range(4):
            _pane(
                sheet,
                w * (0.22 + 0.19 * index),
                h * (0.5 + 0.08 * (-1) ** index),
                u * rng.uniform(17, 23),
                u * rng.uniform(24, 32),
                rng.uniform(-0.2, 0.2),
            )
    return sheet.finish(grain=8)


def _orb(sheet: Sheet, x: float, y: float, radius: float, tone: Colour) -> None:
    size = sheet.job.size
    with sheet.soft(mix(sheet.job.palette.night, BLACK, 0.2), radius * 0.3, 0.35) as pen:
        pen.disc(x + radius * 0.1, y + radius * 1.02, radius * 0.8, 255, radius * 0.28)
    field = canvas.shining(size, x + radius * 0.3, y + radius * 0.4, radius * 2.6)
    with sheet.stencil(
        canvas.tint(field, (mix(tone, WHITE, 0.2), mix(tone, WHITE, 0.5), mix(tone, BLACK, 0.12))), 0.72
    ) as pen:
        pen.disc(x, y, radius, 255)
    with sheet.soft(WHITE, radius * 0.09, 0.7) as pen:
        pen.bow(x, y, radius * 0.92, 190, 290, 255, radius * 0.1)
    with sheet.soft(WHITE, radius * 0.12, 0.9) as pen:
        pen.disc(x - radius * 0.36, y - radius * 0.45, radius * 0.2, 255, radius * 0.13)
    with sheet.soft(mix(tone, WHITE, 0.6), radius * 0.06, 0.6) as pen:
        pen.bow(x, y, radius * 0.94, 30, 120, 255, radius * 0.06)


def _pane(sheet: Sheet, x: float, y: float, half: float, tall: float, turn: float) -> None:
    job = sheet.job
    u = job.unit
    corner = u * 4
    outline = []
    for cx, cy, start in (
        (half - corner, -tall + corner, -90),
        (half - corner, tall - corner, 0),
        (-half + corner, tall - corner, 90),
        (-half + corner, -tall + corner, 180),
    ):
        outline += [
            (cx + math.cos(math.radians(start + a * 15)) * corner, cy + math.sin(math.radians(start + a * 15)) * corner)
            for a in range(7)
        ]
    shape = canvas.turned(outline, x, y, turn)
    with sheet.soft(BLACK, u * 3, 0.25) as pen:
        pen.shape([(px + u, py + u * 2.5) for px, py in shape], 255)
    frosted = Image.blend(sheet.image.filter(ImageFilter.BoxBlur(u * 2.4)), Image.new("RGB", job.size, WHITE), 0.24)
    with sheet.stencil(frosted) as pen:
        pen.shape(shape, 255)
    with sheet.stencil(WHITE, 0.55) as pen:
        pen.line([*shape, shape[0]], 255, u * 0.3)
    with sheet.soft(WHITE, u * 2, 0.18) as pen:
        pen.shape([*shape[18:28], *shape[:4]], 255)


def _ribbons(sheet: Sheet, tones: list[Colour]) -> None:
    job = sheet.job
    rng, w, h, u = job.rng, job.width, job.height, job.unit
    for band in range(5):
        base, swing, phase = h * (0.18 + 0.16 * band), h * rng.uniform(0.08, 0.16), rng.uniform(0, 6)
        tone = tones[band % 4]
        for thread in range(26):
            t = thread / 25
            line = [
                (
                    x,
                    base
                    + math.sin(x / w * 5 + phase + t * 1.3) * swing
                    + (t - 0.5) * u * 16 * math.cos(x / w * 3 + phase),
                )
                for x in range(-8, w + 16, 16)
            ]
            colour = mix(mix(tone, WHITE, 0.5), mix(tone, BLACK, 0.25), abs(math.sin(t * 5 + band)))
            sheet.pen.line(line, fade(colour, 0.5), u * 0.9)


def table_top(job: Job) -> Image.Image:
    """A table from above; motifs: ramen, breakfast, coffee, citrus."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("ramen", "breakfast", "coffee", "citrus"))
    table = mix(colours.deep, colours.night, 0.35) if rng.random() < 0.5 else mix(colours.paper, colours.soft, 0.6)
    sheet = Sheet(job, canvas.tint(canvas.slanting(job.size, 45), (mix(table, WHITE, 0.16), mix(table, BLACK, 0.12))))
    grain = canvas.clouds(rng, (max(8, w // 16), h), u * 2.4, 4).resize(job.size, Image.Resampling.BICUBIC)
    sheet.lay(mix(table, BLACK, 0.5), canvas.gain(grain, 0.5, 1), 0.35)
    x, y = w * (0.5 if w <= h else 0.42), h * 0.52
    cloth = canvas.turned(
        [(-34, -30), (34, -30), (34, 30), (-34, 30)], x + u * 6, y + u * 4, rng.uniform(-0.5, 0.5), u * 1.05
    )
    _dropped(sheet, cloth, mix(colours.accent, colours.paper, 0.4))
    {"ramen": _ramen, "breakfast": _breakfast, "coffee": _coffee, "citrus": _citrus}[motif](sheet, x, y)
    for _ in range(16):
        px, py = w * rng.random(), h * rng.random()
        if math.hypot(px - x, py - y) > u * 40:
            leaf = canvas.smooth([(0, 0), (1.4, -0.7), (3, 0), (1.4, 0.7)], closed=True)
            sheet.pen.shape(
                canvas.turned(leaf, px, py, rng.uniform(0, 6), u * rng.uniform(0.6, 1.1)),
                mix((74, 120, 62), colours.second, 0.2),
            )
    return sheet.finish(grain=5, vignette=0.25)


def _dropped(sheet: Sheet, shape: list[canvas.Point], tone: Colour) -> None:
    u = sheet.job.unit
    with sheet.soft(BLACK, u * 1.4, 0.4) as pen:
        pen.shape([(x + u * 1.2, y + u * 1.4) for x, y in shape], 255)
    with sheet.stencil(
        canvas.tint(canvas.slanting((256, 256), 40), (mix(tone, WHITE, 0.2), mix(tone, BLACK, 0.12)))
    ) as pen:
        pen.shape(shape, 255)


def _dish(sheet: Sheet, x: float, y: float, radius: float, rim: Colour, well: Colour) -> None:
    u = sheet.job.unit
    with sheet.soft(BLACK, u * 2, 0.5) as pen:
        pen.disc(x + u * 2, y + u * 2.6, radius, 255)
    field = canvas.slanting((sheet.job.width // 4, sheet.job.height // 4), 45)
    for size, first, second in (
        (1.0, mix(rim, WHITE, 0.3), mix(rim, BLACK, 0.18)),
        (0.88, mix(rim, BLACK, 0.2), mix(rim, WHITE, 0.2)),
        (0.84, mix(well, BLACK, 0.1), mix(well, WHITE, 0.08)),
    ):
        local = canvas.gain(
            field, max(0.0, (x + y) / sum(sheet.job.size) - 0.3), min(1.0, (x + y) / sum(sheet.job.size) + 0.3)
        )
        with sheet.stencil(canvas.tint(local, (first, second))) as pen:
            pen.disc(x, y, radius * size, 255)


def _ramen(sheet: Sheet, x: float, y: float) -> None:
    job = sheet.job
    rng, u, colours, pen = job.rng, job.unit, job.palette, sheet.pen
    _dish(sheet, x, y, u * 35, mix(colours.night, colours.deep, 0.4), mix((196, 122, 54), colours.middle, 0.15))
    for _ in range(54):
        a, r = rng.uniform(0, math.tau), u * rng.uniform(2, 20)
        loop = [
            (x + math.cos(a + t * 0.5) * r * (1 + 0.1 * t), y + u * 3 + math.sin(a + t * 0.5) * r * (0.9 + 0.06 * t))
            for t in range(6)
        ]
        pen.line(canvas.smooth(loop), mix((240, 208, 138), BLACK, rng.uniform(0, 0.16)), u * 0.9)
    for dx, dy in ((-11, 8), (8, 13)):
        pen.disc(x + dx * u, y + dy * u, u * 8, (250, 244, 228), u * 6.6)
        pen.disc(x + dx * u, y + dy * u, u * 4.2, (240, 164, 40), u * 3.6)
        pen.disc(x + dx * u - u, y + dy * u - u, u * 1.4, (252, 206, 110))
    for index in range(3):
        cx, cy = x + (9 + index * 3.4) * u, y - (13 - index * 6) * u
        pen.disc(cx, cy, u * 8, (176, 98, 72), u * 6.4)
        pen.disc(cx + u * 0.8, cy, u * 6, (206, 134, 102), u * 4.6)
        pen.bow(cx, cy, u * 4, 20, 200, (236, 196, 168), u * 0.9)
    nori = canvas.turned([(-6, -9), (6, -9), (6, 9), (-6, 9)], x - 14 * u, y - 14 * u, -0.5, u)
    pen.shape(nori, (28, 44, 36))
    for _ in range(46):
        cx, cy = x + rng.gauss(-3, 6) * u, y + rng.gauss(-9, 5) * u
        pen.ring(cx, cy, u * rng.uniform(0.8, 1.5), mix((94, 160, 70), WHITE, rng.uniform(0, 0.4)), u * 0.45)
    for side in (0, 3.2):
        stick = canvas.turned(
            [(-50, side - 0.8), (46, side - 0.5), (46, side + 0.5), (-50, side + 0.8)], x + 34 * u, y + 4 * u, -1.2, u
        )
        _dropped(sheet, stick, mix((120, 60, 38), colours.accent, 0.2))


def _breakfast(sheet: Sheet, x: float, y: float) -> None:
    job = sheet.job
    rng, u, pen, colours = job.rng, job.unit, sheet.pen, job.palette
    _dish(sheet, x, y, u * 34, mix(colours.paper, WHITE, 0.4), mix(colours.paper, WHITE, 0.6))
    for dx, dy in ((-9, -6), (7, 5)):
        pen.shape(canvas.blob(rng, x + dx * u, y + dy * u, u * 10.5, 0.16), (255, 253, 246))
        with sheet.soft((214, 190, 150), u * 0.7, 0.35) as soft:
            soft.ring(x + dx * u, y + dy * u, u * 9, 255, u)
        pen.disc(x + dx * u, y + dy * u, u * 4.2, (246, 172, 40))
        pen.disc(x + dx * u - u * 1.2, y + dy * u - u * 1.4, u * 1.3, (255, 220, 130))
    for index in range(5):
        cx, cy = x + (13 - index * 1.2) * u, y + (-17 + index * 4.6) * u
        pen.disc(cx + u * 3, cy, u * 3.4, (206, 46, 38))
        pen.disc(cx + u * 2.2, cy - u, u * 1.1, (240, 150, 130))
    for index in range(2):
        strip = [(x - u * (22 - t * 5.4), y + u * (16 + index * 5 + math.sin(t * 1.9) * 1.6)) for t in range(7)]
        pen.line(canvas.smooth(strip), (164, 62, 44), u * 3.4)
        pen.line(canvas.smooth(strip), (232, 178, 150), u * 0.9)
    for _ in range(34):
        pen.disc(x + rng.gauss(0, 14) * u, y + rng.gauss(0, 12) * u, u * 0.3, (70, 110, 56))
    _cup(sheet, x + u * 46, y - u * 24, u * 13)
    for index, tall in ((0, 1), (1, 0)):
        tool = canvas.turned([(-26, -0.9), (24, -0.7), (24, 0.7), (-26, 0.9)], x - u * (42 + index * 5), y, 1.5, u)
        _dropped(sheet, tool, (206, 204, 198))
        if tall:
            pen.disc(tool[0][0], tool[0][1] - u, u * 2.6, (206, 204, 198), u * 4.2)


def _cup(sheet: Sheet, x: float, y: float, radius: float) -> None:
    colours = sheet.job.palette
    u = sheet.job.unit
    _dish(sheet, x, y, radius * 1.5, mix(colours.paper, WHITE, 0.3), mix(colours.paper, colours.soft, 0.4))
    sheet.pen.stroke(
        [(x + radius * 0.7, y + radius * 0.7), (x + radius * 1.28, y + radius * 1.28)],
        mix(colours.accent, BLACK, 0.1),
        radius * 0.26,
    )
    _dish(sheet, x, y, radius, colours.accent, (74, 42, 26))
    cream = (232, 204, 168)
    for index in range(5):
        size = 0.52 - index * 0.1
        sheet.pen.disc(
            x,
            y - radius * (0.16 - index * 0.13),
            radius * size,
            cream if index % 2 == 0 else (142, 92, 58),
            radius * size * 0.72,
        )
    sheet.pen.line([(x, y - radius * 0.5), (x, y + radius * 0.62)], cream, u * 0.5)


def _coffee(sheet: Sheet, x: float, y: float) -> None:
    job = sheet.job
    rng, u, pen = job.rng, job.unit, sheet.pen
    _cup(sheet, x, y, u * 21)
    plate = (x + u * 44, y + u * 18)
    _dish(sheet, *plate, u * 19, mix(job.palette.paper, WHITE, 0.4), mix(job.palette.paper, WHITE, 0.5))
    for index in range(9):
        a = math.pi * (0.12 + 0.76 * index / 8)
        cx, cy = plate[0] - math.cos(a) * u * 9, plate[1] + u * 5 - math.sin(a) * u * 10
        size = u * (2.4 + 3.6 * math.sin(math.pi * (index + 0.7) / 9.4))
        pen.disc(cx, cy, size, mix((196, 122, 56), BLACK, 0.2))
        pen.disc(cx - size * 0.12, cy - size * 0.16, size * 0.86, mix((222, 158, 84), WHITE, 0.06 * (index % 3)))
    for _ in range(26):
        px, py, turn = job.width * rng.random(), job.height * rng.random(), rng.uniform(0, 3)
        if math.hypot(px - x, py - y) < u * 36 or math.hypot(px - plate[0], py - plate[1]) < u * 22:
            continue
        bean = canvas.polygon(0, 0, 1, 20)
        pen.shape(
            canvas.turned([(a * 1.9, b * 1.3) for a, b in bean], px + u * 0.4, py + u * 0.5, turn, u), fade(BLACK, 0.3)
        )
        pen.shape(canvas.turned([(a * 1.9, b * 1.3) for a, b in bean], px, py, turn, u), (84, 48, 30))
        pen.line(
            canvas.smooth(canvas.turned([(-1.7, 0), (-0.5, 0.3), (0.5, -0.3), (1.7, 0)], px, py, turn, u)),
            (46, 24, 14),
            u * 0.3,
        )


def _citrus(sheet: Sheet, x: float, y: float) -> None:
    job = sheet.job
    rng, u, colours = job.rng, job.unit, job.palette
    _dish(sheet, x, y, u * 33, mix(colours.second, colours.paper, 0.4), mix(colours.paper, WHITE, 0.4))
    kinds = [
        ((244, 150, 40), (250, 186, 90)),
        ((238, 208, 60), (250, 232, 130)),
        ((216, 78, 66), (240, 128, 100)),
        ((130, 170, 60), (196, 216, 120)),
    ]
    for index in range(9):
        ring, turn = (0 if index == 0 else 1), index * math.tau / 8
        cx, cy = x + math.cos(turn) * u * 19 * ring, y + math.sin(turn) * u * 19 * ring
        _slice(sheet, cx, cy, u * rng.uniform(8, 10.4), *rng.choice(kinds))
    for _ in range(4):
        px, py = job.width * rng.choice((0.1, 0.86)) + rng.uniform(-8, 8) * u, job.height * rng.uniform(0.12, 0.9)
        peel, flesh = rng.choice(kinds)
        with sheet.soft(BLACK, u * 1.6, 0.45) as pen:
            pen.disc(px + u * 1.6, py + u * 2, u * 9, 255)
        solids.ball(sheet, px, py, u * 9.4, peel, 0.5)
        studio.freckles(sheet, px, py, u * 8, mix(peel, BLACK, 0.3))


def _slice(sheet: Sheet, x: float, y: float, radius: float, peel: Colour, flesh: Colour) -> None:
    start = sheet.job.rng.uniform(0, 1)
    with sheet.soft(BLACK, radius * 0.12, 0.35) as pen:
        pen.disc(x + radius * 0.1, y + radius * 0.13, radius, 255)
    sheet.pen.disc(x, y, radius, peel)
    sheet.pen.disc(x, y, radius * 0.9, (252, 246, 226))
    wedge = canvas.smooth([(0.1, 0), (0.5, -0.2), (0.8, -0.24), (0.84, 0), (0.8, 0.24), (0.5, 0.2)], closed=True)
    for index in range(10):
        turn = start + math.tau * index / 10
        sheet.pen.shape(canvas.turned(wedge, x, y, turn, radius), mix(flesh, peel, 0.25 if index % 2 else 0.05))
        sheet.pen.line(canvas.turned([(0.3, 0), (0.72, 0.05)], x, y, turn, radius), fade(WHITE, 0.35), radius * 0.03)


def room(job: Job) -> Image.Image:
    """A quiet interior with a large window; motifs: sofa, desk, bed."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("sofa", "desk", "bed"))
    wall = mix(colours.paper, rng.choice((colours.soft, colours.second, colours.middle)), rng.uniform(0.2, 0.45))
    sheet = Sheet(
        job, canvas.tint(canvas.slanting(job.size, 20), (mix(wall, WHITE, 0.25), mix(wall, colours.deep, 0.2))), scale=1
    )
    floor = h * 0.74
    wood = mix((186, 140, 96), colours.middle, 0.2)
    with sheet.stencil(
        canvas.tint(canvas.gain(canvas.falling(job.size), 0.74, 1), (mix(wood, WHITE, 0.2), mix(wood, BLACK, 0.25)))
    ) as pen:
        pen.block(0, floor, w, h, 255)
    for index in range(-12, 13):
        sheet.pen.line(
            [(w / 2 + index * u * 9, floor), (w / 2 + index * u * 16, h)], fade(mix(wood, BLACK, 0.5), 0.35), u * 0.2
        )
    sheet.pen.block(0, floor - u * 2.2, w, floor, mix(wall, WHITE, 0.5))
    _window(sheet, w * 0.07, h * 0.1, w * 0.34, h * 0.5)
    with sheet.soft(mix(canvas.warm(colours), WHITE, 0.3), u * 2, 0.35, lit=True) as pen:
        for pane in range(2):
            left = w * (0.3 + 0.13 * pane)
            pen.shape(
                [(left, floor + u * 2), (left + w * 0.11, floor + u * 2), (left + w * 0.2, h), (left + w * 0.06, h)],
                255,
            )
    _pictures(sheet, w * 0.62, h * 0.26)
    with sheet.soft(BLACK, u * 2.4, 0.35) as pen:
        pen.disc(w * 0.6, h * 0.9, u * 40, 255, u * 4)
    sheet.pen.disc(w * 0.6, h * 0.9, u * 44, mix(colours.accent, colours.paper, 0.6), u * 6.4)
    sheet.pen.ring(w * 0.6, h * 0.9, u * 38, mix(colours.accent, colours.paper, 0.3), u * 0.7, u * 5.2)
    {"sofa": _sofa, "desk": _desk, "bed": _bed}[motif](sheet, w * 0.62, h * 0.87)
    _lamp(sheet, w * 0.93, h * 0.9)
    _plant(sheet, w * 0.2, h * 0.9)
    sheet.light(mix(canvas.warm(colours), WHITE, 0.3), canvas.shining(job.size, w * 0.22, h * 0.3, w * 0.8), 0.2)
    return sheet.finish(grain=5, vignette=0.15)


def _window(sheet: Sheet, left: float, top: float, right: float, bottom: float) -> None:
    job = sheet.job
    u, colours = job.unit, job.palette
    view = landscapes.misty_mountains(
        job._replace(width=max(60, round(right - left)), height=max(60, round(bottom - top)), motif="sun")
    )
    with sheet.soft(colours.night, u, 0.3) as pen:
        pen.block(left - u * 2, top - u * 2, right + u * 3, bottom + u * 3, 255)
    frame = mix(colours.paper, WHITE, 0.6)
    sheet.pen.block(left - u * 2, top - u * 2, right + u * 2, bottom + u * 2, frame)
    sheet.image.paste(view, (round(left), round(top)))
    sheet.pen.block((left + right) / 2 - u * 0.6, top, (left + right) / 2 + u * 0.6, bottom, frame)
    sheet.pen.block(left, top + (bottom - top) * 0.3, right, top + (bottom - top) * 0.3 + u, frame)
    sheet.pen.block(left - u * 3.4, bottom + u * 1.4, right + u * 3.4, bottom + u * 3.2, mix(frame, colours.soft, 0.3))


def _pictures(sheet: Sheet, x: float, y: float) -> None:
    job = sheet.job
    u, colours, rng = job.unit, job.palette, job.rng
    for dx, wide, tall in ((-15, 9, 12), (2, 6.5, 8.5), (16, 8, 10)):
        cx, tone = x + dx * u, rng.choice((colours.accent, colours.second, colours.middle))
        with sheet.soft(colours.night, u * 0.8, 0.35) as pen:
            pen.block(
                cx - wide * u / 2 + u * 0.6,
                y - tall * u / 2 + u * 0.8,
                cx + wide * u / 2 + u * 0.6,
                y + tall * u / 2 + u * 0.8,
                255,
            )
        sheet.pen.block(
            cx - wide * u / 2,
            y - tall * u / 2,
            cx + wide * u / 2,
            y + tall * u / 2,
            mix(colours.night, (90, 60, 40), 0.4),
        )
        sheet.pen.block(
            cx - wide * u / 2 + u * 0.6,
            y - tall * u / 2 + u * 0.6,
            cx + wide * u / 2 - u * 0.6,
            y + tall * u / 2 - u * 0.6,
            mix(colours.paper, WHITE, 0.5),
        )
        sheet.pen.disc(cx, y - tall * u * 0.1, wide * u * 0.24, tone)
        sheet.pen.block(
            cx - wide * u * 0.28,
            y + tall * u * 0.16,
            cx + wide * u * 0.28,
            y + tall * u * 0.3,
            mix(tone, colours.deep, 0.5),
        )


def _soft_block(
    sheet: Sheet, left: float, top: float, right: float, bottom: float, tone: Colour, radius: float
) -> None:
    field = canvas.gain(canvas.falling(sheet.job.size), top / sheet.job.height, min(1.0, bottom / sheet.job.height))
    with sheet.stencil(canvas.tint(field, (mix(tone, WHITE, 0.22), tone, mix(tone, BLACK, 0.28)))) as pen:
        pen.block(left, top, right, bottom, 255, radius)


def _sofa(sheet: Sheet, x: float, foot: float) -> None:
    job = sheet.job
    u, colours = job.unit, job.palette
    tone = job.rng.choice((colours.deep, colours.accent, colours.second, colours.middle))
    for leg in (-26, 26):
        sheet.pen.block(x + leg * u - u, foot - u * 5, x + leg * u + u, foot + u, (84, 56, 38))
    _soft_block(sheet, x - 29 * u, foot - 30 * u, x + 29 * u, foot - 6 * u, mix(tone, BLACK, 0.1), u * 4)
    for side in (-1, 1):
        _soft_block(
            sheet, x + (side * 14.4 - 13.6) * u, foot - 17 * u, x + (side * 14.4 + 13.6) * u, foot - 8 * u, tone, u * 2
        )
        _soft_block(
            sheet,
            x + (side * 31 - 4) * u,
            foot - 22 * u,
            x + (side * 31 + 4) * u,
            foot - 3 * u,
            mix(tone, WHITE, 0.06),
            u * 3,
        )
    _soft_block(sheet, x - 29 * u, foot - 9.5 * u, x + 29 * u, foot - 3 * u, mix(tone, BLACK, 0.12), u * 1.4)
    for dx, cushion in ((-19, colours.second), (-11, colours.paper), (18, colours.accent)):
        shape = canvas.turned(
            [(-5, -5), (5, -5), (5, 5), (-5, 5)], x + dx * u, foot - 20 * u, 0.2 if dx < 0 else -0.25, u
        )
        sheet.pen.shape(canvas.smooth(shape, closed=True), mix(cushion, colours.paper, 0.2))


def _desk(sheet: Sheet, x: float, foot: float) -> None:
    job = sheet.job
    u, colours = job.unit, job.palette
    wood = (150, 104, 68)
    for leg in (-27, 27):
        sheet.pen.shape(
            [
                (x + leg * u - u, foot - 24 * u),
                (x + leg * u + u, foot - 24 * u),
                (x + leg * u * 1.06 + u * 0.6, foot + u),
                (x + leg * u * 1.06 - u * 0.6, foot + u),
            ],
            mix(wood, BLACK, 0.25),
        )
    _soft_block(sheet, x - 31 * u, foot - 26 * u, x + 31 * u, foot - 23.4 * u, wood, u * 0.6)
    _soft_block(sheet, x + 8 * u, foot - 23.4 * u, x + 27 * u, foot - 16 * u, mix(wood, BLACK, 0.12), u * 0.4)
    sheet.pen.disc(x + 17.5 * u, foot - 19.6 * u, u * 0.8, colours.paper)
    _soft_block(sheet, x - 13 * u, foot - 42 * u, x + 9 * u, foot - 28.6 * u, mix(colours.night, BLACK, 0.2), u * 0.8)
    sheet.image.paste(
        canvas.tint(canvas.slanting((round(20 * u), round(11 * u)), 40), (colours.deep, colours.accent)),
        (round(x - 12 * u), round(foot - 41 * u)),
    )
    sheet.pen.block(x - 3 * u, foot - 28.6 * u, x - u, foot - 26 * u, colours.night)
    for index, tone in enumerate((colours.accent, colours.second, colours.middle, colours.paper)):
        sheet.pen.block(
            x + (17 + index * 2) * u, foot - (34 + index % 2 * 2) * u, x + (18.7 + index * 2) * u, foot - 26 * u, tone
        )
    solids.lathe(sheet, x - 24 * u, [(foot - 31 * u, 2 * u), (foot - 26 * u, 1.7 * u)], colours.accent)
    _soft_block(sheet, x - 12 * u, foot - 14 * u, x + 6 * u, foot - 10 * u, colours.deep, u * 1.6)
    _soft_block(sheet, x - 10 * u, foot - 33 * u, x + 4 * u, foot - 16 * u, mix(colours.deep, WHITE, 0.08), u * 3)
    sheet.pen.block(x - 4 * u, foot - 10 * u, x - 2 * u, foot, colours.night)
    sheet.pen.block(x - 12 * u, foot - u * 0.6, x + 6 * u, foot + u * 0.4, colours.night)


def _bed(sheet: Sheet, x: float, foot: float) -> None:
    job = sheet.job
    u, colours = job.unit, job.palette
    _soft_block(
        sheet, x - 33 * u, foot - 36 * u, x + 33 * u, foot - 4 * u, mix((158, 112, 76), colours.deep, 0.2), u * 4
    )
    _soft_block(sheet, x - 31 * u, foot - 20 * u, x + 31 * u, foot, mix(colours.paper, WHITE, 0.5), u * 3)
    for dx, tone in ((-16, colours.paper), (16, colours.paper), (0, colours.accent)):
        size = 11 if tone == colours.paper else 7
        _soft_block(
            sheet,
            x + (dx - size) * u,
            foot - (28 if size == 11 else 25) * u,
            x + (dx + size) * u,
            foot - 17 * u,
            mix(tone, WHITE, 0.3),
            u * 3,
        )
    throw = mix(colours.second, colours.middle, 0.3)
    _soft_block(sheet, x - 32 * u, foot - 13 * u, x + 32 * u, foot - u, throw, u * 2)
    for index in range(13):
        sheet.pen.line(
            [(x + (-30 + index * 5) * u, foot - 12.6 * u), (x + (-30 + index * 5) * u, foot - 1.4 * u)],
            fade(mix(throw, WHITE, 0.5), 0.4),
            u * 0.4,
        )


def _lamp(sheet: Sheet, x: float, foot: float) -> None:
    job = sheet.job
    u = job.unit
    sheet.pen.disc(x, foot, u * 4, (60, 48, 40), u * 0.9)
    sheet.pen.line([(x, foot), (x, foot - 46 * u)], (60, 48, 40), u * 0.6)
    with sheet.soft((255, 214, 150), u * 9, 0.6, lit=True) as pen:
        pen.disc(x, foot - 46 * u, 12 * u, 255)
    with sheet.stencil((255, 236, 200)) as pen:
        pen.shape(
            [
                (x - 4 * u, foot - 54 * u),
                (x + 4 * u, foot - 54 * u),
                (x + 7 * u, foot - 43 * u),
                (x - 7 * u, foot - 43 * u),
            ],
            255,
        )


def _plant(sheet: Sheet, x: float, foot: float) -> None:
    job = sheet.job
    rng, u, colours = job.rng, job.unit, job.palette
    solids.shadow(sheet, x, foot, u * 6)
    for _ in range(13):
        turn, reach = -math.pi / 2 + rng.uniform(-0.9, 0.9), u * rng.uniform(14, 28)
        tip = (x + math.cos(turn) * reach, foot - u * 11 + math.sin(turn) * reach)
        sheet.pen.line(
            canvas.smooth([(x, foot - u * 10), ((x + tip[0]) / 2, (foot - u * 10 + tip[1]) / 2 - u * 2), tip]),
            (74, 96, 58),
            u * 0.4,
        )
        blade = canvas.smooth([(-0.2, 0), (0.3, -0.42), (1, 0), (0.3, 0.42)], closed=True)
        green = mix((62, 112, 70), rng.choice((colours.deep, WHITE)), rng.uniform(0, 0.3))
        sheet.pen.shape(canvas.turned(blade, *tip, turn + rng.uniform(-0.5, 0.5), u * rng.uniform(6, 10)), green)
    solids.lathe(
        sheet,
        x,
        [(foot - 12 * u, 6 * u), (foot - 10.6 * u, 6 * u), (foot, 4.4 * u)],
        mix(colours.paper, colours.accent, 0.35),
    )


STYLES = {"glass": glass, "room": room, "solids": solids_scene, "table_top": table_top}
