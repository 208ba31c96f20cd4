"""Cities by night: a skyline over water, lights behind a wet window."""

import math

from PIL import Image, ImageChops, ImageFilter

from payments.demo.painting import canvas, landscapes, solids
from payments.demo.painting.canvas import BLACK, WHITE, Job, Pen, Sheet, fade, mix


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


STYLES = {"night_skyline": night_skyline, "rain_window": rain_window}
