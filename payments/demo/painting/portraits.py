"""Small abstract pictures that stand for a person: one composition for each name."""

import math

from PIL import Image

from payments.demo.painting import canvas
from payments.demo.painting.canvas import Job, Sheet, mix


def tiles(job: Job) -> Image.Image:
    """Quarter discs in a grid of three."""
    colours, side = job.palette, job.width / 3
    sheet = Sheet(job, colours.paper)
    choices = [colours.deep, colours.middle, colours.accent, colours.second, colours.soft]
    for index in range(9):
        left, top = index % 3 * side, index // 3 * side
        ground, shape = job.rng.sample(choices, 2)
        sheet.pen.block(left, top, left + side, top + side, mix(ground, colours.paper, 0.12))
        kind = job.rng.randrange(4)
        corner = job.rng.randrange(4)
        x, y = left + side * (corner % 2), top + side * (corner // 2)
        start = (0, 90, 270, 180)[corner]
        if kind <= 1:
            sheet.pen.slice(x, y, side, start, start + 90, shape)
            if kind:
                sheet.pen.slice(x, y, side / 2, start, start + 90, colours.paper)
        elif kind == 2:
            sheet.pen.disc(left + side / 2, top + side / 2, side * 0.34, shape)
        else:
            sheet.pen.shape([(left, top), (left + side, top + side), (left, top + side)], shape)
    return sheet.finish(grain=3)


def horizon(job: Job) -> Image.Image:
    """A sun over waves of colour."""
    colours, w = job.palette, job.width
    sky = canvas.tint(canvas.falling(job.size), (colours.soft, colours.paper))
    sheet = Sheet(job, sky)
    sheet.pen.disc(w * job.rng.uniform(0.35, 0.65), w * 0.38, w * 0.22, colours.accent)
    for index, colour in enumerate((colours.second, colours.middle, colours.deep, colours.night)):
        phase, base = job.rng.uniform(0, 6), w * (0.5 + 0.13 * index)
        line = [(x, base + math.sin(x / w * 5 + phase) * w * 0.06) for x in range(0, job.width + 8, 8)]
        sheet.pen.shape([*line, (w + 8, w), (0, w)], colour)
    return sheet.finish(grain=3)


def rings(job: Job) -> Image.Image:
    """Circles inside circles, each a little off the centre of the last."""
    colours, w = job.palette, job.width
    sheet = Sheet(job, colours.deep)
    x, y, angle = w / 2, w / 2, job.rng.uniform(0, 6)
    ladder = [colours.middle, colours.soft, colours.paper, colours.accent, colours.second, colours.night]
    for index, colour in enumerate(ladder):
        radius = w * (0.46 - 0.075 * index)
        sheet.pen.disc(x, y, radius, colour)
        x, y = x + math.cos(angle) * w * 0.05, y + math.sin(angle) * w * 0.05
    return sheet.finish(grain=3)


def leaves(job: Job) -> Image.Image:
    """Leaf shapes turning round a centre."""
    colours, w = job.palette, job.width
    sheet = Sheet(job, mix(colours.paper, colours.soft, 0.25))
    count, start = job.rng.choice((5, 6, 7, 8)), job.rng.uniform(0, 6)
    leaf = canvas.smooth([(0, 0), (0.16, -0.2), (0, -0.46), (-0.16, -0.2)], closed=True)
    for index in range(count):
        colour = (colours.deep, colours.middle, colours.accent, colours.second)[index % 4]
        turn = start + math.tau * index / count
        sheet.pen.shape(canvas.turned(leaf, w / 2, w / 2, turn, w * 0.98), colour)
    sheet.pen.disc(w / 2, w / 2, w * 0.075, colours.night)
    return sheet.finish(grain=3)


STYLES = {"portrait_horizon": horizon, "portrait_leaves": leaves, "portrait_rings": rings, "portrait_tiles": tiles}
