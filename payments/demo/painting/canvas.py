"""Tools of the painter: pens that draw smoothly, fields of light, soft masks and grain."""

import itertools
import math
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import NamedTuple

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, ImageOps

from payments.demo.painting.palettes import Colour, Palette

Point = tuple[float, float]
Ink = Colour | tuple[int, int, int, int] | int
WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)


class Job(NamedTuple):
    """What a style is asked to paint; every choice it makes by chance comes from `rng`."""

    width: int
    height: int
    palette: Palette
    rng: random.Random
    motif: str

    @property
    def size(self) -> tuple[int, int]:
        return self.width, self.height

    @property
    def unit(self) -> float:
        """A hundredth of the shorter side, so that lines keep their weight in every format."""
        return min(self.width, self.height) / 100

    def pick(self, motifs: Sequence[str]) -> str:
        """The motif that was asked for, or one of `motifs` by chance."""
        return self.motif or self.rng.choice(motifs)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """The colour `share` of the way from the first to the second."""
    share = min(1.0, max(0.0, share))
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def warm(palette: Palette) -> Colour:
    """The palette's light of a low sun, whatever its accents are."""
    return mix(palette.paper, (255, 205, 120), 0.55)


def rosy(palette: Palette) -> Colour:
    """The warmest colour of the palette, for petals and berries."""
    return max(
        (palette.accent, palette.second, palette.middle), key=lambda colour: colour[0] * 2 - colour[1] - colour[2]
    )


def fade(colour: Colour, opacity: float) -> tuple[int, int, int, int]:
    return (*colour, round(255 * min(1.0, max(0.0, opacity))))


def ramp(colours: Sequence[Colour], share: float) -> Colour:
    """The colour at `share` (0 to 1) of an even gradient through several colours."""
    place = min(1.0, max(0.0, share)) * (len(colours) - 1)
    index = min(int(place), len(colours) - 2)
    return mix(colours[index], colours[index + 1], place - index)


def tint(field: Image.Image, colours: Sequence[Colour]) -> Image.Image:
    """Colour a grey field: black becomes the first colour, white the last."""
    steps = [ramp(colours, value / 255) for value in range(256)]
    return Image.merge("RGB", [field.point([step[channel] for step in steps]) for channel in range(3)])


def falling(size: tuple[int, int]) -> Image.Image:
    """A grey field, black at the top and white at the bottom."""
    return Image.linear_gradient("L").resize(size, Image.Resampling.BICUBIC)


def slanting(size: tuple[int, int], angle: float) -> Image.Image:
    """A grey field that brightens in the direction of `angle` (degrees, 90 is downwards)."""
    field = Image.linear_gradient("L").resize((384, 384)).rotate(90 - angle, Image.Resampling.BICUBIC)
    return field.crop((64, 64, 320, 320)).resize(size, Image.Resampling.BICUBIC)


def shining(size: tuple[int, int], x: float, y: float, radius: float) -> Image.Image:
    """A grey field, white at the point and black from `radius` on."""
    small = (max(2, size[0] // 4), max(2, size[1] // 4))
    side = max(2, round(radius / 2))
    field = Image.new("L", small)
    field.paste(
        _glow().resize((side, side), Image.Resampling.BICUBIC), (round(x / 4 - side / 2), round(y / 4 - side / 2))
    )
    return field.resize(size, Image.Resampling.BICUBIC)


@cache
def _glow() -> Image.Image:
    """A disc of light; the built-in gradient reaches black in the corners only, ours at the edge and without a kink."""
    return gain(ImageOps.invert(Image.radial_gradient("L")), 0.31, 1).point([eased(value) for value in range(256)])


def eased(value: int) -> int:
    share = value / 255
    return round(255 * share * share * (3 - 2 * share))


def speckle(rng: random.Random, size: tuple[int, int]) -> Image.Image:
    """Uniform grey noise, one value for each pixel."""
    return Image.frombytes("L", size, rng.randbytes(size[0] * size[1]))


def clouds(rng: random.Random, size: tuple[int, int], cell: float, octaves: int = 4) -> Image.Image:
    """Smooth fractal noise that fills the range from black to white; `cell` is its coarsest grain in pixels."""
    small = (max(2, size[0] // 3), max(2, size[1] // 3))
    total, weight, amplitude = Image.new("L", small), 0.0, 1.0
    for octave in range(octaves):
        step = max(1.0, cell / 3 / 2**octave)
        grid = (math.ceil(small[0] / step) + 2, math.ceil(small[1] / step) + 2)
        layer = speckle(rng, grid).resize(small, Image.Resampling.BICUBIC)
        weight += amplitude
        total = Image.blend(total, layer, amplitude / weight)
        amplitude /= 2
    return ImageOps.autocontrast(total).resize(size, Image.Resampling.BICUBIC)


def gain(field: Image.Image, low: float, high: float) -> Image.Image:
    """Stretch a field so that `low` (0 to 1) becomes black and `high` white."""
    span = max(1e-6, high - low)
    return field.point([round(min(1.0, max(0.0, (value / 255 - low) / span)) * 255) for value in range(256)])


def dim(field: Image.Image, factor: float) -> Image.Image:
    return field.point([round(min(255.0, value * factor)) for value in range(256)])


def warp(image: Image.Image, rng: random.Random, amount: float, cells: int) -> Image.Image:
    """Pull the picture about as if it lay on water; `amount` in pixels, `cells` along the longer side."""
    step = max(image.size) / cells
    columns, rows = math.ceil(image.width / step), math.ceil(image.height / step)

    def moved_point(i: int, j: int) -> Point:
        x, y = i * step + rng.uniform(-amount, amount), j * step + rng.uniform(-amount, amount)
        return min(image.width - 1.0, max(0.0, x)), min(image.height - 1.0, max(0.0, y))

    moved = [[moved_point(i, j) for i in range(columns + 1)] for j in range(rows + 1)]
    mesh = []
    for j in range(rows):
        for i in range(columns):
            box = (round(i * step), round(j * step), round((i + 1) * step), round((j + 1) * step))
            corners = (moved[j][i], moved[j + 1][i], moved[j + 1][i + 1], moved[j][i + 1])
            mesh.append((box, tuple(value for corner in corners for value in corner)))
    return image.transform(image.size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)


def smooth(points: Sequence[Point], *, closed: bool = False, steps: int = 8) -> list[Point]:
    """A curve through the points (Catmull-Rom)."""
    count = len(points)
    curve: list[Point] = []
    for index in range(count if closed else count - 1):
        if closed:
            a, b, c, d = (points[(index + offset) % count] for offset in (-1, 0, 1, 2))
        else:
            a, b, c, d = (points[min(count - 1, max(0, index + offset))] for offset in (-1, 0, 1, 2))
        for step in range(steps):
            t = step / steps
            curve.append((_spline(a[0], b[0], c[0], d[0], t), _spline(a[1], b[1], c[1], d[1], t)))
    if not closed:
        curve.append(points[-1])
    return curve


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)


def blob(rng: random.Random, x: float, y: float, radius: float, wobble: float, knots: int = 9) -> list[Point]:
    """A soft closed shape round a centre."""
    start = rng.uniform(0, math.tau)
    points = []
    for index in range(knots):
        angle = start + math.tau * index / knots
        reach = radius * rng.uniform(1 - wobble, 1 + wobble)
        points.append((x + math.cos(angle) * reach, y + math.sin(angle) * reach))
    return smooth(points, closed=True)


def polygon(x: float, y: float, radius: float, corners: int, turn: float = 0.0) -> list[Point]:
    """A regular polygon; `turn` in radians."""
    angles = [turn + math.tau * index / corners for index in range(corners)]
    return [(x + math.cos(angle) * radius, y + math.sin(angle) * radius) for angle in angles]


def turned(points: Sequence[Point], x: float, y: float, angle: float, size: float = 1.0) -> list[Point]:
    """A shape drawn round the origin, scaled, turned by `angle` (radians) and moved to its place."""
    cos, sin = math.cos(angle) * size, math.sin(angle) * size
    return [(x + px * cos - py * sin, y + px * sin + py * cos) for px, py in points]


def ridge(rng: random.Random, width: float, roughness: float, knots: int = 7) -> Callable[[float], float]:
    """A height line between -1 and 1, as a function of x; more `roughness` gives it sharper teeth."""
    heights = [rng.uniform(-1, 1) for _ in range(knots + 1)]
    spread = roughness
    while len(heights) < 400:
        finer: list[float] = []
        for left, right in itertools.pairwise(heights):
            finer += [left, (left + right) / 2 + rng.uniform(-spread, spread)]
        heights = [*finer, heights[-1]]
        spread *= 0.52
    peak = max(abs(height) for height in heights)

    def height_at(x: float) -> float:
        place = min(0.9999, max(0.0, x / width)) * (len(heights) - 1)
        index = int(place)
        return (heights[index] + (heights[index + 1] - heights[index]) * (place - index)) / peak

    return height_at


class Pen:
    """Draws in the picture's own pixels on an image that may be larger or smaller than the picture."""

    def __init__(self, image: Image.Image, scale: float) -> None:
        self.draw = ImageDraw.Draw(image, "RGBA" if image.mode == "RGB" else image.mode)
        self.scale = scale

    def _points(self, points: Sequence[Point]) -> list[Point]:
        return [(x * self.scale, y * self.scale) for x, y in points]

    def _box(self, x: float, y: float, wide: float, high: float) -> tuple[float, float, float, float]:
        wide, high = abs(wide) * self.scale, abs(high) * self.scale
        return x * self.scale - wide, y * self.scale - high, x * self.scale + wide, y * self.scale + high

    def shape(self, points: Sequence[Point], ink: Ink) -> None:
        self.draw.polygon(self._points(points), fill=ink)

    def line(self, points: Sequence[Point], ink: Ink, width: float) -> None:
        self.draw.line(self._points(points), fill=ink, width=max(1, round(width * self.scale)), joint="curve")

    def stroke(self, points: Sequence[Point], ink: Ink, width: float) -> None:
        """A line with round ends."""
        self.line(points, ink, width)
        for x, y in (points[0], points[-1]):
            self.disc(x, y, width / 2, ink)

    def disc(self, x: float, y: float, radius: float, ink: Ink, high: float | None = None) -> None:
        self.draw.ellipse(self._box(x, y, radius, radius if high is None else high), fill=ink)

    def ring(self, x: float, y: float, radius: float, ink: Ink, width: float, high: float | None = None) -> None:
        box = self._box(x, y, radius, radius if high is None else high)
        self.draw.ellipse(box, outline=ink, width=max(1, round(width * self.scale)))

    def slice(self, x: float, y: float, radius: float, start: float, end: float, ink: Ink) -> None:
        """A slice of a disc; angles in degrees, clockwise from the right."""
        self.draw.pieslice(self._box(x, y, radius, radius), start, end, fill=ink)

    def bow(self, x: float, y: float, radius: float, start: float, end: float, ink: Ink, width: float) -> None:
        """A piece of a ring; angles in degrees, clockwise from the right."""
        self.draw.arc(self._box(x, y, radius, radius), start, end, fill=ink, width=max(1, round(width * self.scale)))

    def block(self, left: float, top: float, right: float, bottom: float, ink: Ink, radius: float = 0) -> None:
        box = (left * self.scale, top * self.scale, right * self.scale, bottom * self.scale)
        if box[2] <= box[0] or box[3] <= box[1]:
            return
        if radius:
            self.draw.rounded_rectangle(box, radius=radius * self.scale, fill=ink)
        else:
            self.draw.rectangle(box, fill=ink)

    def words(self, x: float, y: float, text: str, size: float, ink: Ink, anchor: str = "mm") -> None:
        font = ImageFont.load_default(max(8, round(size * self.scale)))
        self.draw.text((x * self.scale, y * self.scale), text, fill=ink, font=font, anchor=anchor)


class Sheet:
    """A picture in the making; with `scale` 2 everything drawn on it is twice as fine as the picture."""

    def __init__(self, job: Job, ground: Colour | Image.Image, scale: int = 2) -> None:
        self.job = job
        self.scale = scale
        size = (job.width * scale, job.height * scale)
        if isinstance(ground, Image.Image):
            self.image = ground.convert("RGB").resize(size, Image.Resampling.BILINEAR)
        else:
            self.image = Image.new("RGB", size, ground)
        self.pen = Pen(self.image, scale)

    def _paste(self, fill: Colour | Image.Image, mask: Image.Image) -> None:
        box = mask.getbbox()
        if box is None:
            return
        if isinstance(fill, Image.Image):
            self.image.paste(self._part(fill, box), box, mask.crop(box))
        else:
            self.image.paste(fill, box, mask.crop(box))

    def _part(self, fill: Image.Image, box: tuple[int, int, int, int]) -> Image.Image:
        """The part of a fill that comes to lie in this box of the sheet."""
        if fill.size == self.image.size:
            return fill.crop(box)
        across, down = fill.width / self.image.width, fill.height / self.image.height
        part = (box[0] * across, box[1] * down, box[2] * across, box[3] * down)
        return fill.resize((box[2] - box[0], box[3] - box[1]), Image.Resampling.BILINEAR, part)

    def lay(self, fill: Colour | Image.Image, field: Image.Image, opacity: float = 1.0) -> None:
        """Lay a colour or a picture over the sheet where the grey field is bright."""
        if field.size != self.image.size:
            field = field.resize(self.image.size, Image.Resampling.BILINEAR)
        self._paste(fill, field if opacity >= 1 else dim(field, opacity))

    def light(self, colour: Colour, field: Image.Image, strength: float = 1.0) -> None:
        """Add light of one colour where the grey field is bright."""
        field = field.resize(self.image.size, Image.Resampling.BILINEAR) if field.size != self.image.size else field
        glow = Image.merge("RGB", [dim(field, strength * channel / 255) for channel in colour])
        self.image.paste(ImageChops.screen(self.image, glow))

    @contextmanager
    def stencil(self, fill: Colour | Image.Image, opacity: float = 1.0) -> Iterator[Pen]:
        """Cut a crisp mask with the pen (255 lets everything through), then fill it."""
        mask = Image.new("L", (self.job.width * 2, self.job.height * 2))
        yield Pen(mask, 2)
        self.lay(fill, mask if self.scale == 2 else mask.reduce(2), opacity)

    @contextmanager
    def soft(
        self, fill: Colour | Image.Image, blur: float, opacity: float = 1.0, *, lit: bool = False
    ) -> Iterator[Pen]:
        """Draw a mask, blur it by so many pixels and fill it; `lit` adds the colour as light instead."""
        factor = 1 / max(1, min(8, int(blur / 1.6)))
        size = (max(1, round(self.job.width * factor)), max(1, round(self.job.height * factor)))
        mask = Image.new("L", size)
        yield Pen(mask, factor)
        mask = mask.filter(ImageFilter.GaussianBlur(blur * factor))
        if opacity < 1:
            mask = dim(mask, opacity)
        if (part := mask.getbbox()) is None:
            return
        # Only what the mask touches is enlarged and mixed: most soft shapes cover a small part of the sheet.
        across, down = self.image.width / mask.width, self.image.height / mask.height
        box = (round(part[0] * across), round(part[1] * down), round(part[2] * across), round(part[3] * down))
        patch = mask.resize((box[2] - box[0], box[3] - box[1]), Image.Resampling.BICUBIC, part)
        if isinstance(fill, Image.Image):
            self.image.paste(self._part(fill, box), box, patch)
        elif lit:
            glow = Image.merge("RGB", [dim(patch, channel / 255) for channel in fill])
            self.image.paste(ImageChops.screen(self.image.crop(box), glow), box)
        else:
            self.image.paste(fill, box, patch)

    def finish(self, grain: float = 5.0, vignette: float = 0.0) -> Image.Image:
        """The finished picture, with a little grain so that gradients stay smooth; `grain` in grey levels."""
        image = self.image.reduce(self.scale) if self.scale > 1 else self.image
        if vignette:
            image = darken_edges(image, vignette)
        return grained(image, self.job.rng, grain) if grain else image


def darken_edges(image: Image.Image, amount: float) -> Image.Image:
    field = gain(ImageOps.invert(Image.radial_gradient("L")), 0.0, 0.7).resize(image.size, Image.Resampling.BICUBIC)
    shade = field.point([round(255 - (255 - value) * amount) for value in range(256)])
    return ImageChops.multiply(image, Image.merge("RGB", [shade] * 3))


def grained(image: Image.Image, rng: random.Random, strength: float) -> Image.Image:
    noise = Image.blend(speckle(rng, image.size), speckle(rng, image.size), 0.5)
    noise = noise.point([round(128 + (value - 127.5) / 60 * strength) for value in range(256)])
    return ImageChops.add(image, Image.merge("RGB", [noise] * 3), 1, -128)
