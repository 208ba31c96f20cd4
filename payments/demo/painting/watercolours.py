"""Watercolours: transparent washes that pool and dry at their edges."""

import math
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageFilter

from payments.demo.painting import canvas
from payments.demo.painting.canvas import BLACK, WHITE, Job, Pen, Point, Sheet, mix
from payments.demo.painting.palettes import Colour

_HALF = 0.5  # washes are painted at half size: water has no sharper edge than that


class _Wet:
    """A sheet of wet paper at half size, on which washes multiply."""

    def __init__(self, job: Job, paper: Colour) -> None:
        self.job = job
        self.size = (job.width // 2, job.height // 2)
        self.image = Image.new("RGB", self.size, paper)
        self.cloud = canvas.clouds(job.rng, self.size, job.unit * 14, 5)
        self.fine = canvas.clouds(job.rng, self.size, job.unit * 4, 4)

    def wash(self, points: Sequence[Point], tone: Colour, strength: float = 0.7) -> None:
        """One wash: it pools at its edge and is uneven inside."""
        u = self.job.unit
        pad = u * 2
        xs, ys = [x for x, _ in points], [y for _, y in points]
        box = (
            max(0, int((min(xs) - pad) * _HALF)),
            max(0, int((min(ys) - pad) * _HALF)),
            min(self.size[0], int((max(xs) + pad) * _HALF) + 1),
            min(self.size[1], int((max(ys) + pad) * _HALF) + 1),
        )
        if box[2] - box[0] < 2 or box[3] - box[1] < 2:
            return
        mask = Image.new("L", (box[2] - box[0], box[3] - box[1]))
        Pen(mask, _HALF).shape([(x - box[0] / _HALF, y - box[1] / _HALF) for x, y in points], 255)
        rough = ImageChops.add(
            mask.filter(ImageFilter.GaussianBlur(u * 0.45)),
            self.fine.crop(box).point([round((v - 128) * 0.5) + 64 for v in range(256)]),
            1,
            -64,
        )
        shape = canvas.gain(rough, 0.34, 0.44)
        core = shape.filter(ImageFilter.GaussianBlur(u * 0.7))
        rim = ImageChops.multiply(shape, ImageChops.invert(canvas.gain(core, 0.5, 1)))
        body = ImageChops.multiply(shape, canvas.gain(self.cloud.crop(box), -0.9, 0.75))
        amount = ImageChops.add(canvas.dim(body, 0.95 * strength), canvas.dim(rim, 0.45 * strength))
        under = self.image.crop(box)
        self.image.paste(ImageChops.multiply(under, Image.new("RGB", under.size, tone)), box, amount)

    def finish(self, grain: float = 6) -> Image.Image:
        job = self.job
        sheet = Sheet(job, self.image, scale=1)
        tooth = canvas.clouds(job.rng, job.size, job.unit * 0.6, 2)
        sheet.lay(WHITE, canvas.gain(tooth, 0.5, 1), 0.11)
        sheet.lay(mix(BLACK, job.palette.deep, 0.3), canvas.gain(tooth, 0.5, 0), 0.03)
        return sheet.finish(grain=grain)


def watercolour(job: Job) -> Image.Image:
    """Transparent washes with pooled edges; motifs: hills, flowers, harbour, abstract."""
    motif = job.pick(("hills", "flowers", "harbour", "abstract"))
    wet = _Wet(job, mix((252, 249, 240), job.palette.paper, 0.3))
    {"hills": _hills, "flowers": _flowers, "harbour": _harbour, "abstract": _abstract}[motif](wet)
    return wet.finish()


def _band(job: Job, base: float, swing: float, foot: float, knots: int = 4) -> list[Point]:
    height_at = canvas.ridge(job.rng, job.width, 0.25, knots=knots)
    inset = job.unit * 5
    line = [(x, base - height_at(x) * swing) for x in range(round(inset), job.width - round(inset), 8)]
    return [*line, (job.width - inset, foot), (inset, foot + job.rng.uniform(-2, 2) * job.unit)]


def _hills(wet: _Wet) -> None:
    job = wet.job
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    wet.wash(_band(job, h * 0.08, u, h * 0.5), mix(colours.second, WHITE, 0.35), 0.55)
    wet.wash(
        canvas.blob(rng, w * rng.uniform(0.25, 0.75), h * 0.3, u * 10, 0.04),
        mix(canvas.rosy(colours), canvas.warm(colours), 0.3),
        0.9,
    )
    tones = [
        mix(colours.soft, colours.second, 0.3),
        colours.soft,
        colours.middle,
        mix(colours.middle, colours.deep, 0.5),
        colours.deep,
    ]
    for index, tone in enumerate(tones):
        share = index / 4
        wet.wash(
            _band(job, h * (0.4 + 0.12 * index), h * (0.1 - 0.04 * share), h * (0.62 + 0.08 * index)),
            mix(tone, WHITE, 0.1),
            0.75,
        )
    for _ in range(26):
        x, foot = rng.uniform(0.1, 0.9) * w, h * rng.uniform(0.78, 0.86)
        tall = u * rng.uniform(5, 12)
        wet.wash(
            [(x, foot - tall), (x + tall * 0.24, foot), (x - tall * 0.24, foot)],
            mix(colours.deep, colours.night, 0.4),
            0.9,
        )


def _flowers(wet: _Wet) -> None:
    job = wet.job
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    green = mix((92, 128, 84), colours.second, 0.3)
    heads = [
        (w * (0.5 + (i - 2) * 0.165) + rng.uniform(-3, 3) * u, h * rng.uniform(0.22, 0.5), u * rng.uniform(10, 15))
        for i in range(5)
    ]
    for x, y, _ in heads:
        foot = (w / 2 + (x - w / 2) * 0.25, h * 0.93)
        stem = canvas.smooth([(x, y), ((x + foot[0]) / 2 + u * 2, (y + foot[1]) / 2), foot])
        wet.wash(
            [*((px - u * 0.5, py) for px, py in stem), *((px + u * 0.5, py) for px, py in reversed(stem))], green, 0.9
        )
        for _ in range(2):
            px, py = stem[rng.randrange(4, len(stem) - 2)]
            turn, reach = rng.choice((-0.6, -2.5)) + rng.uniform(-0.3, 0.3), u * rng.uniform(10, 18)
            blade = canvas.smooth([(0, 0), (0.5, -0.14), (1, 0), (0.5, 0.14)], closed=True)
            wet.wash(
                canvas.turned(blade, px, py, turn, reach), mix(green, rng.choice((colours.deep, WHITE)), 0.25), 0.8
            )
    for x, y, size in heads:
        tone = rng.choice((colours.accent, colours.middle, colours.soft, mix(colours.accent, colours.soft, 0.5)))
        for index in range(7):
            turn = math.tau * index / 7 + rng.uniform(-0.2, 0.2)
            wet.wash(
                canvas.blob(rng, x + math.cos(turn) * size * 0.5, y + math.sin(turn) * size * 0.45, size * 0.48, 0.16),
                mix(tone, WHITE, rng.uniform(0, 0.3)),
                0.6,
            )
        wet.wash(canvas.blob(rng, x, y, size * 0.28, 0.2), mix(colours.deep, tone, 0.3), 0.9)
    _spatter(wet, (colours.accent, colours.middle, green))


def _harbour(wet: _Wet) -> None:
    job = wet.job
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    wet.wash(_band(job, h * 0.08, u, h * 0.52), mix(colours.second, WHITE, 0.4), 0.5)
    shore, x = h * 0.56, u * 8
    while x < w - u * 16:
        wide, tall = u * rng.uniform(8, 14), u * rng.uniform(13, 27)
        tone = mix(
            rng.choice((colours.accent, colours.soft, colours.middle, colours.second, colours.paper)), WHITE, 0.15
        )
        wet.wash([(x, shore - tall), (x + wide, shore - tall), (x + wide, shore), (x, shore)], tone, 0.75)
        wet.wash(
            [(x - u, shore - tall), (x + wide / 2, shore - tall - u * 6), (x + wide + u, shore - tall)],
            mix(colours.middle, colours.deep, 0.5),
            0.8,
        )
        for row in range(int(tall / (u * 6))):
            for column in range(int(wide / (u * 3.6))):
                left, top = x + u * (1.5 + column * 3.5), shore - tall + u * (2 + row * 5.6)
                wet.wash(
                    [(left, top), (left + u * 1.8, top), (left + u * 1.8, top + u * 3), (left, top + u * 3)],
                    mix(colours.night, colours.deep, 0.5),
                    0.8,
                )
        wet.wash(
            [(x, shore), (x + wide, shore), (x + wide - u, shore + tall * 0.8), (x + u, shore + tall * 0.8)],
            mix(tone, colours.second, 0.4),
            0.4,
        )
        x += wide * 1.04
    wet.wash(
        [(u * 5, shore), (w - u * 5, shore + u), (w - u * 6, h * 0.93), (u * 6, h * 0.92)],
        mix(colours.second, colours.middle, 0.2),
        0.5,
    )
    for _ in range(4):
        bx, by, s = w * rng.uniform(0.15, 0.85), h * rng.uniform(0.66, 0.85), u * rng.uniform(0.7, 1.2)
        wet.wash(
            canvas.smooth([(bx - s * 8, by), (bx - s * 6, by + s * 3), (bx + s * 6, by + s * 3), (bx + s * 9, by)]),
            rng.choice((colours.accent, colours.deep)),
            0.9,
        )
        wet.wash([(bx, by - s), (bx, by - s * 17), (bx + s * 8, by - s * 2)], mix(colours.soft, WHITE, 0.2), 0.6)
    _spatter(wet, (colours.second, colours.deep))


def _abstract(wet: _Wet) -> None:
    job = wet.job
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    tones = [colours.accent, colours.second, colours.middle, colours.soft, colours.deep]
    for index in range(15):
        x, y = (
            w * (0.14 + 0.18 * (index % 5)) + rng.uniform(-6, 6) * u,
            h * (0.24 + 0.26 * (index // 5)) + rng.uniform(-7, 7) * u,
        )
        wet.wash(
            canvas.blob(rng, x, y, u * rng.uniform(9, 22), 0.35),
            mix(tones[index % 5], WHITE, 0.1),
            rng.uniform(0.4, 0.75),
        )
    for _ in range(5):
        y = h * rng.uniform(0.2, 0.8)
        line = canvas.smooth([(w * t / 4, y + rng.uniform(-9, 9) * u) for t in range(5)])
        wet.wash([*line, *((x, y + u * rng.uniform(0.5, 1.4)) for x, y in reversed(line))], colours.night, 0.7)
    _spatter(wet, tones)


def _spatter(wet: _Wet, tones: Sequence[Colour]) -> None:
    rng, job = wet.job.rng, wet.job
    for _ in range(22):
        at = (rng.uniform(0.05, 0.95) * job.width, rng.uniform(0.05, 0.95) * job.height)
        wet.wash(canvas.blob(rng, *at, job.unit * rng.choice((0.4, 0.6, 1.1)), 0.2, 6), rng.choice(tones), 0.6)


STYLES = {"watercolour": watercolour}
