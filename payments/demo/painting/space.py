"""Nebulae and planets."""

import math

from PIL import Image, ImageChops, ImageFilter

from payments.demo.painting import canvas, landscapes, solids
from payments.demo.painting.canvas import BLACK, WHITE, Job, Pen, Sheet, mix


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
    tones = [colours.deep, colours.middle, mix(colours.middle, colours.second, 0.75), colours.accent]
    for index, tone in enumerate(tones):
        gas = canvas.warp(canvas.clouds(rng, (w // 2, h // 2), w / (5 + index), 6), rng, u * 2, 24)
        field = ImageChops.multiply(canvas.gain(gas, 0.4, 0.82).resize(job.size, Image.Resampling.BICUBIC), envelope)
        sheet.light(tone, field, (1.0, 1.0, 0.6, 0.5)[index])
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


STYLES = {"nebula": nebula, "planet": planet}
