"""Wide views: mountains in mist, dunes, northern lights, meadows, a forest, the sea."""

import math

from PIL import Image, ImageChops, ImageFilter

from payments.demo.painting import canvas
from payments.demo.painting.canvas import Job, Pen, Point, Sheet, fade, mix
from payments.demo.painting.palettes import Colour


def misty_mountains(job: Job) -> Image.Image:
    """Ridge behind ridge in haze; motifs: sun, moon, birds."""
    rng, colours, w, h = job.rng, job.palette, job.width, job.height
    motif = job.pick(("sun", "moon", "birds"))
    haze = mix(colours.paper, colours.soft, 0.35)
    sky = canvas.tint(canvas.falling(job.size), (mix(colours.middle, colours.soft, 0.4), colours.soft, haze, haze))
    sheet = Sheet(job, sky, scale=1)
    sheet.lay(colours.paper, canvas.gain(canvas.clouds(rng, job.size, w / 3), 0.45, 1), 0.35)
    x, y, radius = w * rng.uniform(0.25, 0.75), h * rng.uniform(0.2, 0.36), job.unit * rng.uniform(5, 9)
    light = canvas.warm(colours) if motif == "sun" else colours.paper
    sheet.lay(light, canvas.shining(job.size, x, y, radius * 7), 0.45)
    with sheet.stencil(mix(light, canvas.WHITE, 0.45)) as pen:
        pen.disc(x, y, radius, 255)
    layers = 7
    for index in range(layers):
        share = index / (layers - 1)
        near = mix(mix(haze, colours.deep, 0.25 + 0.5 * share), colours.night, max(0.0, share - 0.35) * 1.35)
        _mountain(sheet, near, mix(near, haze, 0.75 - 0.35 * share), share, trees=index >= layers - 2)
        with sheet.soft(haze, h * 0.05, 0.5 * (1 - share)) as pen:
            pen.disc(w * rng.random(), h * (0.5 + 0.42 * share), w * 0.5, 255, h * 0.05)
    if motif == "birds":
        birds(sheet, colours.night, w * rng.uniform(0.3, 0.6), h * 0.22)
    return sheet.finish(grain=5)


def _mountain(sheet: Sheet, top: Colour, foot: Colour, share: float, *, trees: bool) -> None:
    job = sheet.job
    w, h, rng = job.width, job.height, job.rng
    base, swing = h * (0.42 + 0.44 * share), h * (0.16 - 0.09 * share)
    height_at = canvas.ridge(rng, w, 0.75 if share < 0.6 else 0.4, knots=rng.randint(3, 6))
    step = 3
    points: list[Point] = [(x, base - height_at(x) * swing) for x in range(0, w + step, step)]
    fill = canvas.tint(canvas.gain(canvas.falling(job.size), base / h - 0.15, min(1.0, base / h + 0.25)), (top, foot))
    with sheet.stencil(fill) as pen:
        pen.shape([*points, (w, h), (0, h)], 255)
        if trees:
            _treeline(pen, job, points, share)


def _treeline(pen: Pen, job: Job, points: list[Point], share: float) -> None:
    size = job.unit * (1.5 + 4.5 * max(0.0, share - 0.5) * 2)
    for x, y in points[:: max(1, round(size / 7))]:
        if job.rng.random() < 0.8:
            pine(pen, x + job.rng.uniform(-2, 2), y + size * 0.25, size * job.rng.uniform(0.5, 1.3))


def pine(pen: Pen, x: float, foot: float, height: float) -> None:
    for tier in range(4):
        top = foot - height + height * 0.2 * tier
        half = height * (0.07 + 0.055 * tier)
        pen.shape([(x, top), (x + half, top + height * 0.34), (x - half, top + height * 0.34)], 255)


def birds(sheet: Sheet, colour: Colour, x: float, y: float) -> None:
    job = sheet.job
    with sheet.stencil(colour, 0.8) as pen:
        for _ in range(job.rng.randint(7, 12)):
            bx, by = x + job.rng.gauss(0, job.width * 0.08), y + job.rng.gauss(0, job.height * 0.045)
            span = job.unit * job.rng.uniform(0.8, 1.7)
            wing = canvas.smooth([(bx - span, by - span * 0.5), (bx - span * 0.4, by - span * 0.55), (bx, by)])
            pen.line(wing, 255, job.unit * 0.25)
            pen.line([(2 * bx - px, py) for px, py in wing], 255, job.unit * 0.25)


def dunes(job: Job) -> Image.Image:
    """Desert dunes in low light, each with a lit and a shaded flank; motifs: caravan, empty."""
    rng, colours, w, h = job.rng, job.palette, job.width, job.height
    sky = canvas.tint(
        canvas.gain(canvas.falling(job.size), 0, 0.55), (colours.deep, colours.middle, colours.soft, colours.paper)
    )
    sheet = Sheet(job, sky, scale=1)
    sun = (w * rng.uniform(0.2, 0.8), h * rng.uniform(0.3, 0.36))
    sheet.light(canvas.warm(colours), canvas.shining(job.size, *sun, h * 0.6), 0.6)
    with sheet.stencil(mix(canvas.warm(colours), canvas.WHITE, 0.5)) as pen:
        pen.disc(*sun, job.unit * 4.5, 255)
    crests = 6
    for index in range(crests):
        share = index / (crests - 1)
        line = _dune(sheet, share, sunny=rng.random() < 0.5)
        if index == 2 and job.pick(("caravan", "empty")) == "caravan":
            _caravan(sheet, line)
    _ripples(sheet)
    return sheet.finish(grain=8, vignette=0.25)


def _dune(sheet: Sheet, share: float, *, sunny: bool) -> list[Point]:
    job = sheet.job
    rng, colours, w, h = job.rng, job.palette, job.width, job.height
    base, swing = h * (0.4 + 0.5 * share), h * (0.035 + 0.1 * share)
    peak = w * rng.uniform(0.15, 0.85)
    knots = [(-w * 0.1, base + swing * rng.uniform(0, 1)), (peak - w * rng.uniform(0.25, 0.4), base + swing * 0.5)]
    knots += [(peak, base - swing), (peak + w * rng.uniform(0.25, 0.4), base + swing * rng.uniform(0.2, 0.9))]
    crest = canvas.smooth([*sorted(knots), (w * 1.15, base + swing * rng.uniform(-0.4, 0.8))], steps=24)
    lit = mix(mix(colours.soft, colours.paper, 0.25), colours.middle, share * 0.75)
    dark = mix(colours.middle, colours.deep, 0.25 + share * 0.6)
    top, low = (lit, dark) if sunny else (dark, mix(dark, colours.night, 0.4))
    field = canvas.gain(canvas.falling(job.size), (base - swing) / h, min(1.2, base / h + 0.32))
    with sheet.stencil(canvas.tint(field, (top, mix(top, low, 0.6), low))) as pen:
        pen.shape([*crest, (w * 1.2, h), (-w * 0.2, h)], 255)
    tip = min(crest, key=lambda point: point[1])
    side = [point for point in crest if point[0] >= tip[0]]
    spine = canvas.smooth(
        [tip, (tip[0] + w * 0.03, base + swing), (tip[0] - w * 0.06, base + swing * 2.6), (tip[0] + w * 0.1, h * 1.05)]
    )
    other = canvas.tint(field, (low, mix(low, colours.night, 0.35)) if sunny else (lit, mix(lit, dark, 0.8)))
    with sheet.stencil(other) as pen:
        pen.shape([*side, (w * 1.2, h), *reversed(spine)], 255)
    return crest


def _caravan(sheet: Sheet, crest: list[Point]) -> None:
    job = sheet.job
    start, unit = job.rng.randint(len(crest) // 4, len(crest) // 2), job.unit
    with sheet.stencil(job.palette.night) as pen:
        for index in range(5):
            x, y = crest[min(len(crest) - 1, start + index * 3)]
            y += unit * 0.2
            for leg in (-0.7, -0.4, 0.4, 0.7):
                pen.line([(x + leg * unit, y - unit), (x + leg * unit * 1.1, y)], 255, unit * 0.16)
            pen.disc(x, y - unit * 1.25, unit * 0.95, 255, unit * 0.45)
            pen.disc(x, y - unit * 1.7, unit * 0.35, 255)
            pen.line(
                [(x + unit * 0.8, y - unit * 1.3), (x + unit * 1.2, y - unit * 1.4), (x + unit * 1.35, y - unit * 2.2)],
                255,
                unit * 0.25,
            )
            pen.disc(x + unit * 1.5, y - unit * 2.25, unit * 0.3, 255, unit * 0.18)


def _ripples(sheet: Sheet) -> None:
    job = sheet.job
    w, h, unit = job.width, job.height, job.unit
    with sheet.soft(job.palette.night, 2, 0.16) as pen:
        for index in range(15):
            y = h * (0.83 + 0.013 * index)
            phase = job.rng.uniform(0, 6)
            line = [(x, y + math.sin(x / w * 9 + phase) * unit * 0.6 + x / w * unit * 4) for x in range(0, w + 24, 24)]
            pen.line(line, 200, unit * 0.35)


def aurora_lake(job: Job) -> Image.Image:
    """Northern lights over mountains and their mirror; motifs: cabin, still."""
    rng, colours, w, h = job.rng, job.palette, job.width, job.height
    shore = round(h * 0.64)
    sheet = Sheet(job, canvas.tint(canvas.falling(job.size), (colours.night, colours.night, colours.deep)), scale=1)
    stars(sheet, 260, shore)
    glows = (mix(colours.second, (150, 90, 255), 0.5), mix(colours.soft, (60, 240, 190), 0.6), (90, 255, 150))
    for index, colour in enumerate(glows):
        _curtain(sheet, colour, h * (0.1 + 0.1 * index))
    height_at = canvas.ridge(rng, w, 0.7, knots=5)
    line = [(x, shore - h * 0.07 - h * 0.08 * height_at(x)) for x in range(0, w + 4, 4)]
    near_at = canvas.ridge(rng, w, 0.5, knots=7)
    near = [(x, shore - h * 0.02 - h * 0.025 * near_at(x)) for x in range(0, w + 4, 4)]
    with sheet.stencil(mix(colours.deep, colours.night, 0.45)) as pen:
        pen.shape([*line, (w, shore), (0, shore)], 255)
    with sheet.stencil(mix(colours.night, canvas.BLACK, 0.4)) as pen:
        pen.shape([*near, (w, shore), (0, shore)], 255)
        for x, y in near[:: max(1, round(job.unit * 0.35))]:
            pine(pen, x, y + job.unit, job.unit * rng.uniform(2, 5.5))
    if job.pick(("cabin", "still")) == "cabin":
        _cabin(sheet, w * rng.uniform(0.2, 0.8), shore)
    mirror(sheet, shore)
    return sheet.finish(grain=6, vignette=0.25)


def stars(sheet: Sheet, count: int, bottom: float) -> None:
    job = sheet.job
    with sheet.stencil(job.palette.paper, 0.9) as pen:
        for _ in range(count):
            pen.disc(
                job.rng.random() * job.width,
                job.rng.random() * bottom,
                job.unit * job.rng.choice((0.06, 0.09, 0.09, 0.16)),
                job.rng.randint(90, 255),
            )


def _curtain(sheet: Sheet, colour: Colour, top: float) -> None:
    """One band of light: bright at its lower hem, drawn out upwards."""
    job = sheet.job
    rng, w, h = job.rng, job.width, job.height
    small = Image.new("L", (w // 4, h // 4))
    path, pulse = canvas.ridge(rng, w, 0.12, knots=4), canvas.ridge(rng, w, 0.9, knots=24)
    beam = Image.linear_gradient("L").resize((1, 256)).point([canvas.eased(value) for value in range(256)])
    # Eight brightnesses are enough for the eye, and one lookup table for each of a thousand columns is slow.
    beams = [canvas.dim(beam, 0.15 + 0.6 * step / 7) for step in range(8)]
    low_beam = canvas.dim(beam, 0.45).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    for x in range(small.width):
        hem = (top + h * 0.2 + path(x * 4) * h * 0.1) / 4 + pulse((x * 9) % w) * 3
        reach = max(4, round(h / 4 * (0.3 + 0.1 * pulse(x * 4))))
        bright = beams[round(3.5 + 3.5 * pulse((x * 7) % w))].resize((1, reach))
        below = low_beam.resize((1, reach // 3))
        for column, y in ((bright, round(hem - reach)), (below, round(hem))):
            place = (x, y, x + 1, y + column.height)
            small.paste(ImageChops.lighter(column, small.crop(place)), place)
    sheet.light(colour, small.filter(ImageFilter.GaussianBlur(2.6)).resize(job.size, Image.Resampling.BICUBIC), 0.9)


def _cabin(sheet: Sheet, x: float, foot: float) -> None:
    unit, colours = sheet.job.unit, sheet.job.palette
    with sheet.stencil(mix(colours.night, canvas.BLACK, 0.6)) as pen:
        pen.block(x, foot - unit * 3, x + unit * 6, foot, 255)
        pen.shape(
            [(x - unit, foot - unit * 2.8), (x + unit * 3, foot - unit * 5.6), (x + unit * 7, foot - unit * 2.8)], 255
        )
    with sheet.soft((255, 200, 110), unit * 2, 0.8, lit=True) as pen:
        pen.block(x + unit * 1.5, foot - unit * 2.2, x + unit * 4.5, foot - unit * 0.5, 255)
    with sheet.stencil((255, 221, 150)) as pen:
        for left in (1.2, 3.6):
            pen.block(x + unit * left, foot - unit * 2, x + unit * (left + 1.1), foot - unit * 0.8, 255)


def mirror(sheet: Sheet, shore: int) -> None:
    """Turn what stands above the shore into its reflection, with a ripple that grows towards us."""
    job = sheet.job
    deep = job.height - shore
    above = sheet.image.crop((0, shore - deep, job.width, shore)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    calm = above.filter(ImageFilter.GaussianBlur(1.5))
    for y in range(0, deep, 2):
        shift = round(math.sin(y * 0.35 + job.rng.random()) * (1 + y / deep * job.unit))
        row = calm.crop((0, y, job.width, y + 2))
        sheet.image.paste(row, (shift, shore + y))
        if shift:
            edge = row.crop((job.width - abs(shift), 0, job.width, 2) if shift > 0 else (0, 0, abs(shift), 2))
            sheet.image.paste(edge, (0 if shift > 0 else job.width + shift, shore + y))
    veil = Image.new("L", job.size)
    veil.paste(canvas.gain(canvas.falling((job.width, deep)), -0.6, 1.1), (0, shore))
    sheet.lay(mix(job.palette.night, canvas.BLACK, 0.2), veil, 0.75)


def flower_field(job: Job) -> Image.Image:
    """A meadow in bloom under a wide sky, soft at the far end; motifs: poppy, daisy, lavender."""
    rng, colours, w, h = job.rng, job.palette, job.width, job.height
    motif = job.pick(("poppy", "daisy", "lavender"))
    green, far = mix(colours.deep, (70, 110, 60), 0.45), mix(colours.soft, (150, 170, 110), 0.4)
    sky = canvas.tint(
        canvas.gain(canvas.falling(job.size), 0, 0.5),
        (mix(colours.second, colours.paper, 0.35), colours.paper, mix(colours.paper, colours.soft, 0.6)),
    )
    sheet = Sheet(job, sky, scale=1)
    sheet.lay(canvas.WHITE, canvas.gain(canvas.clouds(rng, job.size, w / 4), 0.5, 0.9), 0.6)
    horizon = h * 0.36
    hill_at = canvas.ridge(rng, w, 0.15, knots=3)
    with sheet.soft(mix(far, colours.second, 0.45), 3) as pen:
        pen.shape(
            [*((x, horizon - h * 0.03 - h * 0.035 * hill_at(x)) for x in range(0, w + 9, 9)), (w, h), (0, h)], 255
        )
    ground = canvas.tint(
        canvas.gain(canvas.falling(job.size), 0.34, 1),
        (far, mix(far, green, 0.6), green, mix(green, colours.night, 0.5)),
    )
    with sheet.soft(ground, 2) as pen:
        pen.block(0, horizon, w, h, 255)
    for row in range(20):
        depth = (row / 19) ** 1.6
        _flower_row(sheet, motif, horizon + h * 0.02 + (h * 0.7) * depth, depth, green)
    with sheet.soft(colours.paper, h * 0.05, 0.5) as pen:
        pen.block(0, horizon - h * 0.02, w, horizon + h * 0.04, 255)
    sheet.light(colours.accent, canvas.shining(job.size, w * rng.choice((0.1, 0.9)), h * 0.1, w * 0.8), 0.3)
    return sheet.finish(grain=5)


def _flower_row(sheet: Sheet, motif: str, y: float, depth: float, green: Colour) -> None:
    job = sheet.job
    rng, colours = job.rng, job.palette
    size = job.unit * (0.35 + 4.2 * depth)
    petals = [
        colours.accent,
        mix(colours.accent, colours.paper, 0.4),
        colours.middle,
        mix(colours.middle, colours.accent, 0.5),
    ]
    count = round(job.width / size / (1.3 + 0.9 * depth))
    places = [(rng.random() * job.width, y + rng.uniform(-1, 1) * size) for _ in range(count)]
    pen = Pen(sheet.image, 1)
    for _ in range(count):
        x, foot, lean = rng.random() * job.width, y + rng.uniform(1, 3.5) * size, rng.uniform(-0.6, 0.6) * size
        blade = mix(green, rng.choice((colours.soft, colours.night)), rng.uniform(0.1, 0.45))
        pen.shape(
            [(x - size * 0.09, foot), (x + lean, foot - size * rng.uniform(1.5, 3)), (x + size * 0.09, foot)],
            fade(blade, 0.75),
        )
    for x, top in places:
        lean = rng.uniform(-0.5, 0.5) * size
        pen.line(
            [(x, top), (x + lean, top + size * 3)],
            fade(mix(green, colours.night, 0.3 * depth), 0.8),
            max(1, size * 0.08),
        )
    for x, top in places:
        _flower(pen, job, motif, x, top, size * rng.uniform(0.6, 1.1), rng.choice(petals))


# A poppy from the side: the cup, and the petal in front of it.
_CUP = canvas.smooth(
    [(-0.62, -0.18), (-0.5, 0.22), (0, 0.42), (0.5, 0.22), (0.62, -0.18), (0.3, -0.42), (0, -0.3), (-0.3, -0.42)],
    closed=True,
    steps=4,
)
_FRONT = canvas.smooth(
    [(-0.6, -0.1), (-0.48, 0.24), (0, 0.42), (0.48, 0.24), (0.6, -0.1), (0.25, -0.02), (0, -0.16), (-0.25, -0.02)],
    closed=True,
    steps=4,
)


def _flower(pen: Pen, job: Job, motif: str, x: float, y: float, size: float, colour: Colour) -> None:
    rng, colours = job.rng, job.palette
    if motif == "lavender":
        for index in range(9):
            side = (-1) ** index * size * 0.16 * (1 - index / 14)
            pen.disc(
                x + side,
                y - index * size * 0.17,
                size * 0.2 * (1.1 - index / 12),
                mix(colour, colours.deep, rng.random() * 0.6),
            )
    elif motif == "daisy":
        for index in range(9):
            angle = math.tau * index / 9
            pen.disc(
                x + math.cos(angle) * size * 0.45,
                y + math.sin(angle) * size * 0.3,
                size * 0.24,
                mix(colours.paper, colours.soft, rng.random() * 0.3),
                size * 0.16,
            )
        pen.disc(x, y, size * 0.25, colours.accent, size * 0.19)
    else:
        tilt = rng.uniform(-0.25, 0.25)
        pen.shape(canvas.turned(_CUP, x, y, tilt, size), mix(colour, colours.night, 0.3))
        pen.shape(canvas.turned(_FRONT, x, y, tilt, size), colour)
        pen.disc(x - size * 0.22, y + size * 0.1, size * 0.2, mix(colour, colours.paper, 0.22), size * 0.12)


STYLES = {
    "aurora_lake": aurora_lake,
    "dunes": dunes,
    "flower_field": flower_field,
    "misty_mountains": misty_mountains,
}
