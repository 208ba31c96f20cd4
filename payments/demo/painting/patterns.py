"""Patterns of shapes: confetti, tiles, stone chips, bands of colour."""

import math

from PIL import Image

from payments.demo.painting import canvas
from payments.demo.painting.canvas import BLACK, WHITE, Job, Pen, Sheet, fade, mix
from payments.demo.painting.palettes import Colour


def memphis(job: Job) -> Image.Image:
    """Loud small shapes with hard shadows; motifs: confetti, big."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    big = job.pick(("confetti", "big")) == "big"
    ground = rng.choice(
        (colours.paper, mix(colours.soft, colours.paper, 0.3), mix(colours.second, colours.paper, 0.55))
    )
    sheet = Sheet(job, ground)
    tones = [colours.accent, colours.second, colours.middle, colours.deep, colours.soft]
    step = u * (30 if big else 19)
    row = 0
    while row * step * 0.9 < h + step:
        column = -1
        while column * step < w + step:
            x = column * step + (step / 2 if row % 2 else 0) + rng.uniform(-0.16, 0.16) * step
            y = row * step * 0.9 + rng.uniform(-0.16, 0.16) * step
            _memphis_shape(sheet.pen, job, x, y, step * rng.uniform(0.2, 0.33), rng.choice(tones))
            for _ in range(3):
                px, py = x + rng.uniform(-0.5, 0.5) * step, y + rng.uniform(0.35, 0.5) * step
                sheet.pen.disc(px, py, u * 0.55, colours.night)
            column += 1
        row += 1
    return sheet.finish(grain=3)


def _memphis_shape(pen: Pen, job: Job, x: float, y: float, size: float, tone: Colour) -> None:
    rng, ink = job.rng, job.palette.night
    turn, kind, drop = rng.uniform(0, math.tau), rng.randrange(7), size * 0.16
    if kind == 0:
        pen.disc(x + drop, y + drop, size, ink)
        pen.disc(x, y, size, tone)
        for index in range(-3, 4):
            pen.line(
                [(x - size * 0.6, y + index * size * 0.2), (x + size * 0.6, y + index * size * 0.2)],
                fade(ink, 0.8),
                size * 0.05,
            )
    elif kind == 1:
        shape = canvas.polygon(0, 0, size * 1.15, 3)
        pen.shape(canvas.turned(shape, x + drop, y + drop, turn), ink)
        pen.shape(canvas.turned(shape, x, y, turn), tone)
    elif kind == 2:
        zigzag = canvas.turned([(-1.4 + 0.4 * i, 0.35 if i % 2 else -0.35) for i in range(8)], x, y, turn, size)
        pen.line([(px + drop * 0.7, py + drop * 0.7) for px, py in zigzag], ink, size * 0.26)
        pen.line(zigzag, tone, size * 0.26)
    elif kind == 3:
        worm = canvas.smooth(
            canvas.turned([(-1.3, 0.3), (-0.65, -0.45), (0, 0.3), (0.65, -0.45), (1.3, 0.3)], x, y, turn, size)
        )
        pen.stroke([(px + drop * 0.7, py + drop * 0.7) for px, py in worm], ink, size * 0.34)
        pen.stroke(worm, tone, size * 0.34)
    elif kind == 4:
        pen.slice(x + drop, y + drop, size, math.degrees(turn), math.degrees(turn) + 180, ink)
        pen.slice(x, y, size, math.degrees(turn), math.degrees(turn) + 180, tone)
    elif kind == 5:
        pen.ring(x + drop * 0.6, y + drop * 0.6, size * 0.85, ink, size * 0.3)
        pen.ring(x, y, size * 0.85, tone, size * 0.3)
    else:
        square = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
        pen.shape(canvas.turned(square, x + drop, y + drop, turn, size * 0.75), ink)
        pen.shape(canvas.turned(square, x, y, turn, size * 0.75), tone)
        for i in range(-1, 2):
            for j in range(-1, 2):
                pen.disc(*canvas.turned([(i * 0.5, j * 0.5)], x, y, turn, size * 0.75)[0], size * 0.09, ink)


def azulejo(job: Job) -> Image.Image:
    """A wall of glazed tiles; motifs: star, flower, lattice."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("star", "flower", "lattice"))
    glaze = mix(colours.paper, WHITE, 0.35)
    side = round(min(w, h) / rng.choice((4, 4, 5)) * 2)
    tile = Image.new("RGB", (side, side), glaze)
    pen = Pen(tile, side / 100)
    tones = [colours.deep, colours.middle, colours.second, colours.accent]
    rng.shuffle(tones)
    {"star": _tile_star, "flower": _tile_flower, "lattice": _tile_lattice}[motif](pen, tones, glaze)
    pen.line([(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)], mix(glaze, colours.night, 0.4), 1.1)
    sheet = Sheet(job, glaze)
    for i in range(math.ceil(w * 2 / side)):
        for j in range(math.ceil(h * 2 / side)):
            piece = (
                tile.transpose((Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180)[rng.randrange(2)])
                if motif != "lattice"
                else tile
            )
            fired = Image.new("RGB", piece.size, rng.choice((WHITE, BLACK, colours.second)))
            sheet.image.paste(Image.blend(piece, fired, rng.uniform(0, 0.07)), (i * side, j * side))
    crackle = canvas.gain(canvas.clouds(rng, job.size, u * 16), 0.5, 1)
    sheet.lay(WHITE, crackle, 0.16)
    sheet.lay(BLACK, canvas.gain(canvas.slanting(job.size, 50), 0.3, 1.3), 0.3)
    return sheet.finish(grain=3)


def _tile_star(pen: Pen, tones: list[Colour], glaze: Colour) -> None:
    for x, y in ((0, 0), (100, 0), (0, 100), (100, 100)):
        pen.disc(x, y, 27, tones[0])
        pen.disc(x, y, 21, glaze)
        pen.disc(x, y, 16, tones[1])
        pen.disc(x, y, 7, glaze)
    for turn in (0, math.pi / 4):
        pen.shape(canvas.turned([(-30, -30), (30, -30), (30, 30), (-30, 30)], 50, 50, turn), tones[2])
    for turn in (0, math.pi / 4):
        pen.shape(canvas.turned([(-24, -24), (24, -24), (24, 24), (-24, 24)], 50, 50, turn), glaze)
    petal = canvas.smooth([(4, 0), (13, -6), (24, 0), (13, 6)], closed=True)
    for index in range(8):
        pen.shape(canvas.turned(petal, 50, 50, index * math.pi / 4), tones[index % 2])
    pen.disc(50, 50, 6, tones[3])
    for x, y in ((50, 0), (0, 50), (100, 50), (50, 100)):
        pen.shape(canvas.polygon(x, y, 13, 4), tones[3])
        pen.shape(canvas.polygon(x, y, 8, 4), glaze)


def _tile_flower(pen: Pen, tones: list[Colour], glaze: Colour) -> None:
    petal = canvas.smooth([(0, 0), (20, -15), (44, 0), (20, 15)], closed=True)
    inner = canvas.smooth([(8, 0), (20, -7), (34, 0), (20, 7)], closed=True)
    for x, y, count, start in (
        (50, 50, 4, math.pi / 4),
        (0, 0, 1, math.pi / 4),
        (100, 0, 1, 3 * math.pi / 4),
        (100, 100, 1, 5 * math.pi / 4),
        (0, 100, 1, 7 * math.pi / 4),
    ):
        for index in range(count):
            turn = start + index * math.pi / 2
            pen.shape(canvas.turned(petal, x, y, turn, 0.9), tones[0])
            pen.shape(canvas.turned(inner, x, y, turn, 0.9), glaze)
    for index in range(4):
        turn = index * math.pi / 2
        tip = canvas.turned([(36, 0)], 50, 50, turn)[0]
        pen.line([(50, 50), tip], tones[1], 2.4)
        for side in (-1, 1):
            curl = canvas.smooth(
                canvas.turned([(14, 0), (24, side * 5), (30, side * 13), (24, side * 16)], 50, 50, turn)
            )
            pen.stroke(curl, tones[1], 2.4)
        pen.disc(*tip, 5, tones[2])
    for radius, tone in ((12, tones[2]), (9, glaze), (5, tones[3])):
        pen.disc(50, 50, radius, tone)
    for x, y in ((0, 0), (100, 0), (0, 100), (100, 100)):
        pen.disc(x, y, 15, tones[3])
        pen.disc(x, y, 10, glaze)
        pen.disc(x, y, 5, tones[0])


def _tile_lattice(pen: Pen, tones: list[Colour], glaze: Colour) -> None:
    for x, y in ((0, 0), (100, 0), (0, 100), (100, 100), (50, 50)):
        for radius, tone in ((46, tones[0]), (40, glaze), (34, tones[1]), (30, glaze)):
            pen.ring(x, y, radius, tone, 4)
    for x, y in ((50, 0), (0, 50), (100, 50), (50, 100)):
        pen.shape(canvas.polygon(x, y, 19, 8, math.pi / 8), tones[2])
        pen.shape(canvas.polygon(x, y, 13, 4), glaze)
        pen.disc(x, y, 6, tones[3])
    for x, y in ((0, 0), (100, 0), (0, 100), (100, 100), (50, 50)):
        for index in range(8):
            leaf = canvas.smooth([(4, 0), (12, -5), (24, 0), (12, 5)], closed=True)
            pen.shape(canvas.turned(leaf, x, y, index * math.pi / 4), tones[3] if index % 2 else tones[0])


def terrazzo(job: Job) -> Image.Image:
    """Chips of stone in cement; motifs: fine, coarse."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    coarse = job.pick(("fine", "coarse")) == "coarse"
    ground = rng.choice(
        (mix(colours.paper, WHITE, 0.2), mix(colours.soft, colours.paper, 0.5), mix(colours.night, colours.deep, 0.4))
    )
    sheet = Sheet(job, ground)
    tones = [
        colours.accent,
        colours.second,
        colours.middle,
        colours.deep,
        colours.soft,
        mix(colours.paper, WHITE, 0.5),
        colours.night,
    ]
    placed: list[tuple[float, float, float]] = []
    for size, tries in ((8.5, 130 if coarse else 24), (4.6, 420 if coarse else 320), (2.1, 1300), (0.9, 1100)):
        for _ in range(tries):
            x, y, radius = rng.uniform(-2, w + 2), rng.uniform(-2, h + 2), u * size * rng.uniform(0.65, 1.1)
            if any(
                abs(x - px) < radius + pr
                and abs(y - py) < radius + pr
                and math.hypot(x - px, y - py) < (radius + pr) * 0.92
                for px, py, pr in placed
            ):
                continue
            if size > 1:
                placed.append((x, y, radius))
            tone = mix(rng.choice(tones), rng.choice((WHITE, ground)), rng.uniform(0, 0.25))
            corners = rng.randint(4, 7)
            start = rng.uniform(0, 6)
            chip = [
                (
                    x + math.cos(start + math.tau * k / corners) * radius * rng.uniform(0.6, 1),
                    y + math.sin(start + math.tau * k / corners) * radius * rng.uniform(0.6, 1),
                )
                for k in range(corners)
            ]
            sheet.pen.shape(chip, tone)
            if size > 4:
                vein = [chip[0], ((chip[0][0] + chip[2][0]) / 2 + radius * 0.1, (chip[0][1] + chip[2][1]) / 2), chip[2]]
                sheet.pen.line(vein, fade(WHITE, 0.25), radius * 0.05)
    sheet.lay(WHITE, canvas.gain(canvas.slanting(job.size, 40), 0.2, 1.2), 0.12)
    return sheet.finish(grain=6)


def seventies(job: Job) -> Image.Image:
    """Bands of colour that bend round corners; motifs: arcs, waves, sunrise."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("arcs", "waves", "sunrise"))
    tones = [colours.deep, canvas.rosy(colours), colours.second, colours.soft, colours.paper]
    sheet = Sheet(job, colours.paper)
    if motif == "sunrise":
        x, y = w / 2, h * 0.72
        for index, tone in enumerate([colours.soft, *tones[:4], colours.paper, canvas.rosy(colours), colours.second]):
            sheet.pen.disc(x, y, u * (66 - index * 8), tone)
        for index, tone in enumerate(reversed(tones[:4])):
            top = h * (0.72 + 0.07 * index)
            sheet.pen.block(0, top, w, h, tone)
    elif motif == "waves":
        for index in range(26):
            base = h * (-0.12 + index * 0.052)
            line = [(x, base + math.sin(x / w * math.tau * 1.15 + 0.6) * h * 0.12) for x in range(0, w + 8, 8)]
            sheet.pen.shape([*line, *((x, y + h * 0.056) for x, y in reversed(line))], tones[index % 5])
    else:
        side = u * 33
        for i in range(math.ceil(w / side)):
            for j in range(math.ceil(h / side)):
                corner = rng.randrange(4)
                left, top = i * side, j * side
                x, y, start = left + side * (corner % 2), top + side * (corner // 2), (0, 90, 270, 180)[corner]
                sheet.pen.block(left, top, left + side, top + side, colours.paper)
                order = tones[:4] if rng.random() < 0.5 else tones[3::-1]
                for ring, tone in enumerate(order):
                    sheet.pen.slice(x, y, side * (1 - ring * 0.2), start, start + 90, tone)
                sheet.pen.slice(x, y, side * 0.2, start, start + 90, colours.paper)
    worn = canvas.gain(canvas.clouds(rng, job.size, u * 0.9, 3), 0.72, 0.9)
    sheet.lay(mix(colours.paper, WHITE, 0.3), worn, 0.35)
    return sheet.finish(grain=9, vignette=0.12)


STYLES = {"azulejo": azulejo, "memphis": memphis, "seventies": seventies, "terrazzo": terrazzo}
