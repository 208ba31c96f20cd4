"""Stained glass and mandalas."""

import math

from PIL import Image

from payments.demo.painting import canvas
from payments.demo.painting.canvas import BLACK, WHITE, Job, Pen, Point, Sheet, fade, mix
from payments.demo.painting.palettes import Colour


def stained_glass(job: Job) -> Image.Image:
    """Leaded panes with light behind them; motifs: rose, sunrise, lake."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("rose", "sunrise", "lake"))
    sheet = Sheet(job, mix(colours.night, BLACK, 0.5))
    if motif == "rose":
        _rose_window(sheet)
    else:
        _pictorial_window(sheet, lake=motif == "lake")
    flow = canvas.clouds(rng, (max(8, w // 2), max(8, h // 6)), u * 2, 4).resize(
        sheet.image.size, Image.Resampling.BICUBIC
    )
    sheet.lay(WHITE, canvas.gain(flow, 0.45, 1), 0.22)
    sheet.lay(BLACK, canvas.gain(flow, 0.55, 0), 0.25)
    sheet.light(canvas.warm(colours), canvas.shining(job.size, w * 0.5, h * 0.4, max(w, h) * 0.9), 0.28)
    return sheet.finish(grain=4, vignette=0.35)


def _glass(job: Job, tone: Colour) -> Colour:
    return mix(tone, job.rng.choice((WHITE, BLACK, job.palette.accent)), job.rng.uniform(0, 0.22))


def _rose_window(sheet: Sheet) -> None:
    job = sheet.job
    w, h, u, colours, rng = job.width, job.height, job.unit, job.palette, job.rng
    x, y, pen = w / 2, h / 2, sheet.pen
    lead = mix(colours.night, BLACK, 0.6)
    step = u * 12
    for i in range(math.ceil(w / step)):
        for j in range(math.ceil(h / step)):
            cx, cy = i * step, j * step
            pen.shape(
                [(cx, cy + step / 2), (cx + step / 2, cy), (cx + step, cy + step / 2), (cx + step / 2, cy + step)],
                _glass(job, rng.choice((colours.deep, colours.middle))),
            )
            pen.line([(cx, cy + step / 2), (cx + step / 2, cy), (cx + step, cy + step / 2)], lead, u * 0.5)
            pen.line([(cx, cy + step / 2), (cx + step / 2, cy + step), (cx + step, cy + step / 2)], lead, u * 0.5)
    count = rng.choice((8, 10, 12))
    tones = [colours.accent, colours.middle, colours.second, colours.soft, colours.deep]
    rng.shuffle(tones)
    for ring, (radius, share) in enumerate(((47, 2), (38, 2), (26, 1), (13, 1))):
        pen.disc(x, y, u * (radius + 1), lead)
        sectors = count * share
        for index in range(sectors):
            a, b = math.tau * index / sectors, math.tau * (index + 1) / sectors
            arc = [
                (x + math.cos(a + (b - a) * t / 6) * u * radius, y + math.sin(a + (b - a) * t / 6) * u * radius)
                for t in range(7)
            ]
            pen.shape([(x, y), *arc], _glass(job, tones[(ring + index % 2) % len(tones)]))
            pen.line([(x, y), arc[0]], lead, u * 0.7)
    petal = canvas.smooth([(0, 0), (5.5, 15), (0, 25), (-5.5, 15)], closed=True)
    for index in range(count):
        turn = math.tau * (index + 0.5) / count
        for size, tone in ((1.0, lead), (0.92, _glass(job, tones[3])), (0.55, _glass(job, tones[0]))):
            pen.shape(canvas.turned(petal, x, y, turn, u * size * 1.02), tone)
        cx, cy = x + math.cos(turn) * u * 32, y + math.sin(turn) * u * 32
        pen.disc(cx, cy, u * 4.6, lead)
        pen.disc(cx, cy, u * 4.0, _glass(job, tones[2]))
    for size, tone in ((7.0, lead), (6.3, tones[0]), (3.6, lead), (3.0, colours.paper)):
        pen.disc(x, y, u * size, tone)


def _pictorial_window(sheet: Sheet, *, lake: bool) -> None:
    """Jittered panes that take their colour from a landscape: sun, rays, hills, water."""
    job = sheet.job
    rng, w, h, u, colours = job.rng, job.width, job.height, job.unit, job.palette
    lead, step = mix(colours.night, BLACK, 0.6), u * 8.5
    columns, rows = math.ceil(w / step), math.ceil(h / step)
    sun = (w * rng.uniform(0.35, 0.65), h * rng.uniform(0.3, 0.42))
    hill = canvas.ridge(rng, w, 0.3, knots=4)
    near = canvas.ridge(rng, w, 0.3, knots=3)
    knots = {
        (i, j): (i * step + rng.uniform(-0.32, 0.32) * step, j * step + rng.uniform(-0.32, 0.32) * step)
        for i in range(-1, columns + 2)
        for j in range(-1, rows + 2)
    }

    def tone(px: float, py: float) -> Colour:
        if py > h * 0.8 - near(px) * h * 0.07:
            return mix(colours.deep, colours.night, 0.3) if not lake else mix(colours.second, colours.deep, 0.35)
        if py > h * 0.6 - hill(px) * h * 0.1:
            return mix(colours.second, colours.deep, 0.25) if not lake else colours.middle
        ray = math.atan2(py - sun[1], px - sun[0]) * 8 / math.pi
        return colours.soft if int(ray + 20) % 2 else mix(colours.middle, colours.soft, 0.35)

    for i in range(-1, columns + 1):
        for j in range(-1, rows + 1):
            pane = [knots[i, j], knots[i + 1, j], knots[i + 1, j + 1], knots[i, j + 1]]
            parts = [pane] if rng.random() < 0.5 else [pane[:3], [pane[0], *pane[2:]]]
            for part in parts:
                cx, cy = sum(p[0] for p in part) / len(part), sum(p[1] for p in part) / len(part)
                sheet.pen.shape(part, _glass(job, tone(cx, cy)))
                sheet.pen.line([*part, part[0]], lead, u * 0.55)
    for radius, colour in ((13.5, lead), (12.8, colours.accent)):
        sheet.pen.disc(*sun, u * radius, colour)
    for index in range(8):
        a = math.tau * index / 8
        sheet.pen.line([sun, (sun[0] + math.cos(a) * u * 13, sun[1] + math.sin(a) * u * 13)], lead, u * 0.5)
    for radius, colour in ((6, lead), (5.3, mix(colours.accent, WHITE, 0.6))):
        sheet.pen.disc(*sun, u * radius, colour)
    for line, base, swing in ((hill, 0.6, 0.1), (near, 0.8, 0.07)):
        sheet.pen.line([(px, h * base - line(px) * h * swing) for px in range(0, w + 6, 6)], lead, u * 0.9)
    sheet.pen.line([(0, 0), (w, 0), (w, h), (0, h), (0, 0)], lead, u * 3)


def mandala(job: Job) -> Image.Image:
    """Rings of petals round a centre; motifs: night, paper."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    dark = job.pick(("night", "paper")) == "night"
    ground = mix(colours.night, colours.deep, 0.3) if dark else colours.paper
    line = mix(canvas.warm(colours), colours.accent, 0.4) if dark else colours.night
    sheet = Sheet(
        job,
        canvas.tint(
            canvas.shining(job.size, w / 2, h / 2, max(w, h)),
            (ground, mix(ground, colours.middle, 0.3 if dark else 0.12)),
        ),
    )
    x, y, pen = w / 2, h / 2, sheet.pen
    count = rng.choice((8, 10, 12, 16))
    tones = [colours.middle, colours.accent, colours.second, colours.soft, colours.deep]
    rng.shuffle(tones)
    radius = u * 47
    for ring in range(7):
        reach = radius * (1 - ring * 0.135)
        many = count * (2 if ring in {1, 4} else 1)
        _petal_ring(
            pen, (x, y), reach, many, (tones[ring % 5], line, ground), rng.randrange(4), ring % 2 * math.pi / many
        )
        pen.ring(x, y, reach * 0.86, line, u * 0.3)
    for size, tone in ((0.12, line), (0.1, ground), (0.07, tones[1]), (0.03, line)):
        pen.disc(x, y, radius * size, tone)
    for side in range(4):
        cx, cy = (0, w)[side % 2], (0, h)[side // 2]
        for index in range(4):
            pen.ring(cx, cy, u * (14 - index * 3), line, u * 0.3)
        _petal_ring(pen, (cx, cy), u * 19, 16, (tones[2], line, ground), 0, 0)
    return sheet.finish(grain=4)


def _petal_ring(
    pen: Pen, centre: Point, reach: float, count: int, inks: tuple[Colour, Colour, Colour], kind: int, turn: float
) -> None:
    fill, line, ground = inks
    half = math.tan(math.pi / count) * 0.84
    outlines: list[list[Point]] = [
        [(0.52, 0), (0.74, -half * 0.74), (1, 0), (0.74, half * 0.74)],
        [(0.5, 0), (0.8, -half * 0.8), (0.93, -half * 0.42), (1, 0), (0.93, half * 0.42), (0.8, half * 0.8)],
        [(0.55, 0), (0.66, -half * 0.5), (0.84, -half * 0.62), (1, 0), (0.84, half * 0.62), (0.66, half * 0.5)],
        [(0.5, 0), (0.7, -half * 0.45), (0.86, -half * 0.25), (1, 0), (0.86, half * 0.25), (0.7, half * 0.45)],
    ]
    outline = canvas.smooth(outlines[kind], closed=True, steps=6)
    inner = [(0.78 + (px - 0.78) * 0.6, py * 0.55) for px, py in outline]
    for index in range(count):
        angle = turn + math.tau * index / count
        shape = canvas.turned(outline, *centre, angle, reach)
        pen.shape(shape, fade(fill, 0.9))
        pen.line([*shape, shape[0]], line, reach * 0.006)
        pen.shape(canvas.turned(inner, *centre, angle, reach), fade(ground, 0.55))
        for place, size in ((0.72, 0.02), (0.8, 0.014), (1.04, 0.012)):
            pen.disc(
                centre[0] + math.cos(angle) * reach * place,
                centre[1] + math.sin(angle) * reach * place,
                reach * size,
                line,
            )


STYLES = {"mandala": mandala, "stained_glass": stained_glass}
