"""Surfaces with a craft behind them: knitting, maps of heights, marbled paper, gilded fans."""

import math

from PIL import Image, ImageChops, ImageFilter

from payments.demo.painting import canvas
from payments.demo.painting.canvas import BLACK, WHITE, Job, Pen, Sheet, mix
from payments.demo.painting.palettes import Colour


def knitted(job: Job) -> Image.Image:
    """A knitted band pattern, stitch by stitch; motifs: nordic, hearts, waves, trees."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("nordic", "hearts", "waves", "trees"))
    wide = max(9, round(u * 2.1))
    tall = round(wide * 0.86)
    tones = [mix(colours.deep, colours.night, 0.3), colours.paper, colours.accent, colours.second, colours.middle]
    stitches = [_stitch(tone, wide * 2, tall * 2) for tone in tones]
    sheet = Sheet(job, mix(tones[0], BLACK, 0.5))
    for row in range(h // tall + 2):
        for column in range(w // wide + 2):
            tone = _knit_tone(motif, column, row)
            image, mask = stitches[tone]
            sheet.image.paste(image, ((column * wide - wide // 2) * 2, (row * tall - tall) * 2), mask)
    fuzz = canvas.clouds(rng, job.size, u * 0.5, 2)
    sheet.lay(WHITE, canvas.gain(fuzz, 0.55, 1), 0.12)
    folds = canvas.gain(canvas.clouds(rng, job.size, u * 45, 2), 0.35, 1)
    sheet.lay(BLACK, folds, 0.22)
    return sheet.finish(grain=8)


def _stitch(tone: Colour, wide: int, tall: int) -> tuple[Image.Image, Image.Image]:
    """One V of wool, taller than its row so that rows hang into each other."""
    size = (wide, round(tall * 1.75))
    image, mask = Image.new("RGB", size, tone), Image.new("L", size)
    pen, cut = Pen(image, 1), Pen(mask, 1)
    for side in (-1, 1):
        x = wide / 2
        half = canvas.smooth(
            [
                (x, size[1] * 0.97),
                (x + side * wide * 0.06, size[1] * 0.62),
                (x + side * wide * 0.42, size[1] * 0.03),
                (x + side * wide * 0.49, size[1] * 0.3),
                (x + side * wide * 0.3, size[1] * 0.72),
            ],
            closed=True,
        )
        cut.shape(half, 255)
        pen.shape(half, mix(tone, BLACK, 0.1 if side < 0 else 0.2))
        for strand in range(4):
            t = 0.18 + 0.2 * strand
            line = [
                (x + side * wide * (0.1 + 0.1 * strand), size[1] * 0.72),
                (x + side * wide * (0.2 + 0.24 * t), size[1] * (0.18 + 0.05 * strand)),
            ]
            pen.line(line, mix(tone, WHITE if strand % 2 else BLACK, 0.2), max(1, wide * 0.05))
    return image, mask


_HEART = ("0110110", "1111111", "1111111", "0111110", "0011100", "0001000")


_TREE = ("0001000", "0011100", "0111110", "0011100", "0111110", "1111111", "0001000")


def _knit_tone(motif: str, column: int, row: int) -> int:
    if motif == "hearts":
        x, y = column % 10, row % 11
        if y < 6 and x < 7:
            return 2 if _HEART[y][x] == "1" else 0
        return 1 if y == 8 and column % 2 else 0
    if motif == "trees":
        x, y = (column + 5 * (row // 12 % 2)) % 10, row % 12
        if y < 7 and x < 7:
            return 1 if _TREE[y][x] == "1" else 0
        return (2, 1)[column % 2] if y == 9 else 0
    if motif == "waves":
        y = (row + round(math.sin(column / 12 * math.tau) * 2.6)) % 15
        return (4, 4, 4, 1, 3, 3, 3, 1, 2, 2, 2, 1, 0, 0, 0)[y]
    x, y = abs(column % 16 - 8), row % 22
    if y < 15:
        d = abs(y - 7)
        if d + x == 7 or (x == 0 and d < 4) or (d == 0 and x < 4):
            return 1
        return 2 if d + x < 3 or (d == x and d < 6) else 0
    return {16: 3 if column % 2 else 0, 17: 1, 19: 1, 20: 0 if column % 2 else 3}.get(
        y, 4 if y == 18 and column % 4 < 2 else 0
    )


def topographic(job: Job) -> Image.Image:
    """Contour lines over tinted heights; motifs: map, night, relief."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("map", "night", "relief"))
    land = canvas.clouds(rng, job.size, min(w, h) / 1.7, 3).filter(ImageFilter.GaussianBlur(u * 0.9))
    steps = 16
    flat = land.point([int(value / 256 * steps) * 255 // (steps - 1) for value in range(256)])
    ladders = {
        "map": (
            mix(colours.second, colours.paper, 0.3),
            mix(colours.soft, colours.paper, 0.5),
            colours.paper,
            mix(colours.middle, colours.soft, 0.6),
            colours.middle,
        ),
        "night": (colours.night, mix(colours.night, colours.deep, 0.6), colours.deep),
        "relief": (colours.deep, colours.middle, colours.soft, colours.paper),
    }
    sheet = Sheet(job, canvas.tint(flat, ladders[motif]), scale=1)
    if motif == "relief":
        lower = Image.new("L", job.size)
        lower.paste(flat, (round(u * 0.8), round(u * 1.0)))
        cast = canvas.gain(ImageChops.subtract(lower, flat), 0, 0.07).filter(ImageFilter.GaussianBlur(u * 0.4))
        sheet.lay(BLACK, cast, 0.4)
    ink = colours.accent if motif == "night" else mix(colours.night, colours.deep, 0.4)
    large = land.resize((w * 2, h * 2), Image.Resampling.BICUBIC)
    levels = large.point([int(value / 256 * steps) * 12 for value in range(256)])
    edges = canvas.gain(levels.filter(ImageFilter.FIND_EDGES), 0.01, 0.05).reduce(2)
    sheet.lay(ink, edges, 0.85)
    bold = large.point([int(value / 256 * steps / 4) * 40 for value in range(256)]).filter(ImageFilter.FIND_EDGES)
    sheet.lay(ink, canvas.gain(bold.filter(ImageFilter.MaxFilter(3)), 0.01, 0.1).reduce(2))
    _map_marks(sheet, ink)
    return sheet.finish(grain=5)


def _map_marks(sheet: Sheet, ink: Colour) -> None:
    job = sheet.job
    rng, w, h, u, colours = job.rng, job.width, job.height, job.unit, job.palette
    path = canvas.smooth([(w * (0.08 + 0.17 * i), h * rng.uniform(0.2, 0.8)) for i in range(6)], steps=12)
    with sheet.stencil(colours.paper if job.motif == "night" else colours.accent) as pen:
        for start in range(0, len(path) - 2, 3):
            pen.line(path[start : start + 3], 255, u * 0.55)
        for place in (path[0], path[len(path) // 2], path[-1]):
            pen.disc(*place, u * 1.3, 255)
    for place in (path[0], path[len(path) // 2], path[-1]):
        with sheet.stencil(ink) as pen:
            pen.ring(*place, u * 1.9, 255, u * 0.3)
    x, y = w - u * 10, u * 11
    with sheet.stencil(ink) as pen:
        pen.ring(x, y, u * 5, 255, u * 0.3)
        for index in range(4):
            pen.shape(
                canvas.turned([(0, -u * 1.1), (u * 6.4, 0), (0, u * 1.1)], x, y, index * math.pi / 2),
                255 if index == 3 else 150,
            )


def marbled(job: Job) -> Image.Image:
    """Combed ink on water, as on old endpapers; motifs: combed, stone, swirl."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("combed", "stone", "swirl"))
    size = (w, h)
    ground = Image.new("RGB", size, colours.deep)
    pen = Pen(ground, 1)
    tones = [colours.paper, colours.accent, colours.middle, colours.night, colours.second, colours.soft]
    for index in range(150 if motif == "stone" else 90):
        x, y, radius = rng.random() * w, rng.random() * h, u * rng.uniform(3, 15)
        for ring in range(rng.randint(1, 4)):
            pen.shape(canvas.blob(rng, x, y, radius * (1 - ring * 0.24), 0.12), tones[(index + ring) % 6])
    image = ground
    if motif == "combed":
        for upright in (False, True, False):
            image = _combed(image, u * (9 if upright else 7), u * (17 if upright else 13), upright=upright)
    elif motif == "swirl":
        image = canvas.warp(image, rng, u * 9, 9)
        image = _combed(_combed(image, u * 14, u * 22, upright=True), u * 21, u * 40, upright=False)
    image = canvas.warp(image, rng, u * 1.6, 26)
    sheet = Sheet(job, image, scale=1)
    sheet.lay(WHITE, canvas.gain(canvas.clouds(rng, job.size, u * 0.7, 2), 0.6, 1), 0.14)
    return sheet.finish(grain=5)


def _combed(image: Image.Image, swing: float, wave: float, *, upright: bool) -> Image.Image:
    """Draw a comb through the ink: every line moves along itself, its neighbours the other way."""
    turned = image.transpose(Image.Transpose.ROTATE_90) if upright else image
    result = turned.copy()
    for y in range(turned.height):
        shift = round(math.sin(y / wave * math.tau) * swing + math.sin(y / wave * 2.7) * swing * 0.5)
        row = turned.crop((0, y, turned.width, y + 1))
        result.paste(row, (shift, y))
        if shift:
            result.paste(row, (shift - turned.width if shift > 0 else shift + turned.width, y))
    return result.transpose(Image.Transpose.ROTATE_270) if upright else result


def deco(job: Job) -> Image.Image:
    """Gilded fans in rows; motifs: fans, peacock, rays."""
    rng, colours, w, h = job.rng, job.palette, job.width, job.height
    motif = job.pick(("fans", "peacock", "rays"))
    ground = mix(colours.night, colours.deep, 0.35)
    gold = canvas.tint(
        canvas.gain(canvas.clouds(rng, job.size, w / 2.5, 2), 0, 1), ((150, 108, 48), (222, 184, 106), (250, 228, 168))
    )
    sheet = Sheet(
        job,
        canvas.tint(canvas.slanting(job.size, 55), (mix(ground, colours.deep, 0.5), ground, mix(ground, BLACK, 0.3))),
    )
    if motif == "rays":
        _deco_rays(sheet, gold)
    else:
        radius = min(w, h) / rng.choice((4.2, 5.2, 6.2))
        _deco_fans(sheet, gold, radius, peacock=motif == "peacock")
    return sheet.finish(grain=5, vignette=0.25)


def _deco_fans(sheet: Sheet, gold: Image.Image, radius: float, *, peacock: bool) -> None:
    job = sheet.job
    w, h, colours = job.width, job.height, job.palette
    fills = [
        mix(colours.deep, colours.night, 0.2),
        mix(colours.middle, colours.deep, 0.55),
        mix(colours.second, colours.night, 0.45),
    ]
    mask = Image.new("L", (w * 2, h * 2))
    cut = Pen(mask, 2)
    rows = math.ceil(h / (radius * 0.5)) + 2
    for row in range(rows):
        y = row * radius * 0.5
        x = -radius + (radius if row % 2 else 0)
        while x < w + radius:
            sheet.pen.disc(x, y, radius, fills[row % len(fills)])
            cut.disc(x, y, radius, 255)
            cut.disc(x, y, radius * 0.972, 0)
            for ring in (0.84, 0.66) if not peacock else (0.9,):
                cut.ring(x, y, radius * ring, 255, radius * 0.016)
            for index in range(13 if not peacock else 7):
                a = math.pi + math.pi * index / (12 if not peacock else 6)
                if peacock:
                    feather = canvas.smooth([(0.3, 0), (0.6, -0.1), (0.84, 0), (0.6, 0.1)], closed=True)
                    cut.shape(canvas.turned(feather, x, y, a, radius), 255)
                    cut.shape(canvas.turned([(px * 0.94 + 0.035, py * 0.72) for px, py in feather], x, y, a, radius), 0)
                    cut.disc(x + math.cos(a) * radius * 0.66, y + math.sin(a) * radius * 0.66, radius * 0.045, 255)
                else:
                    cut.line(
                        [
                            (x + math.cos(a) * radius * 0.3, y + math.sin(a) * radius * 0.3),
                            (x + math.cos(a) * radius * 0.97, y + math.sin(a) * radius * 0.97),
                        ],
                        255,
                        radius * 0.016,
                    )
            cut.disc(x, y, radius * 0.3, 255)
            cut.disc(x, y, radius * 0.25, 0)
            cut.disc(x, y, radius * 0.14, 255)
            x += radius * 2
    sheet.lay(gold, mask)


def _deco_rays(sheet: Sheet, gold: Image.Image) -> None:
    job = sheet.job
    w, h, u, colours = job.width, job.height, job.unit, job.palette
    x, y, reach = w / 2, h * 0.66, max(w, h) * 1.2
    count = 36
    for index in range(count):
        a, b = math.tau * index / count, math.tau * (index + 0.5) / count
        tone = mix(colours.deep, colours.middle, 0.45) if index % 2 else mix(colours.second, colours.deep, 0.4)
        sheet.pen.shape(
            [
                (x, y),
                (x + math.cos(a) * reach, y + math.sin(a) * reach),
                (x + math.cos(b) * reach, y + math.sin(b) * reach),
            ],
            tone,
        )
    with sheet.stencil(gold) as pen:
        for index in range(count * 2):
            a = math.pi * index / count
            pen.line([(x, y), (x + math.cos(a) * reach, y + math.sin(a) * reach)], 255, u * 0.22)
        for radius in (26, 23.4, 22.4):
            pen.disc(x, y, u * radius, 255 if radius != 23.4 else 0)
    sheet.pen.disc(x, y, u * 21.4, mix(colours.night, colours.deep, 0.2))
    gilt = (226, 190, 116)
    for level in reversed(range(9)):
        half, top = u * (14.5 - level * 1.55), y + u * 8 - level * u * 5.6
        sheet.pen.block(x - half, top, x + half, h, gilt)
        sheet.pen.block(
            x - half + u * 0.4,
            top + u * 0.5,
            x + half - u * 0.4,
            h,
            mix(colours.night, colours.deep, 0.12 * (level % 3)),
        )
        for side in (-0.55, 0, 0.55):
            sheet.pen.line([(x + side * half, top), (x + side * half, h)], gilt, u * 0.22)
    sheet.pen.shape([(x - u * 0.6, y - u * 36), (x, y - u * 50), (x + u * 0.6, y - u * 36)], gilt)
    with sheet.stencil(gold) as pen:
        for inset in (2.2, 3.4):
            edge = [
                (u * inset, u * inset),
                (w - u * inset, u * inset),
                (w - u * inset, h - u * inset),
                (u * inset, h - u * inset),
            ]
            pen.line([*edge, edge[0]], 255, u * 0.4)


STYLES = {"deco": deco, "knitted": knitted, "marbled": marbled, "topographic": topographic}
