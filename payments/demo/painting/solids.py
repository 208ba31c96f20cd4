"""Shaded solids under a light from the upper left: balls, turned bodies, boxes and their shadows."""

import itertools
import math
from collections.abc import Sequence

from PIL import Image

from payments.demo.painting import canvas
from payments.demo.painting.canvas import BLACK, WHITE, Point, Sheet, mix
from payments.demo.painting.palettes import Colour

# How bright a turned body is from its left edge to its right: light side, core shadow, a little light thrown back.
_ROUND = (0.38, 0.72, 1.0, 0.9, 0.66, 0.42, 0.22, 0.12, 0.2)


def shades(colour: Colour, gloss: float = 0.35) -> tuple[Colour, Colour, Colour, Colour]:
    """Four steps of one material from shadow to highlight."""
    return mix(colour, BLACK, 0.62), mix(colour, BLACK, 0.25), mix(colour, WHITE, 0.12), mix(colour, WHITE, gloss)


def ball(sheet: Sheet, x: float, y: float, radius: float, colour: Colour, gloss: float = 0.5) -> None:
    """A ball with a soft terminator, light thrown back from below, and a highlight."""
    wide = math.ceil(radius * 2) + 2
    field = canvas.shining((wide, wide), wide * 0.34, wide * 0.28, wide * 1.25)
    ladder = (
        mix(colour, BLACK, 0.82),
        mix(colour, BLACK, 0.5),
        mix(colour, BLACK, 0.12),
        mix(colour, WHITE, gloss * 0.3),
    )
    body = canvas.tint(field, ladder)
    glint = canvas.shining((wide, wide), wide * 0.32, wide * 0.26, wide * 0.3)
    body.paste(mix(colour, WHITE, 0.85), (0, 0), canvas.dim(glint, gloss))
    bounce = canvas.shining((wide, wide), wide * 0.68, wide * 0.95, wide * 0.5)
    body.paste(mix(colour, WHITE, 0.25), (0, 0), canvas.dim(bounce, 0.35))
    _place(sheet, body, x - wide / 2, y - wide / 2, canvas.polygon(x, y, radius, 90))


def lathe(sheet: Sheet, x: float, outline: Sequence[Point], colour: Colour, gloss: float = 0.35) -> None:
    """A turned body; `outline` lists (height on the sheet, radius) from top to bottom."""
    top, bottom = outline[0][0], outline[-1][0]
    widest = max(radius for _, radius in outline)
    size = (math.ceil(widest * 2) + 4, math.ceil(bottom - top + widest * 0.3) + 2)
    ladder = shades(colour, gloss)
    band = Image.new("RGB", (len(_ROUND), 1))
    band.putdata([canvas.ramp(ladder, value) for value in _ROUND])
    band = band.resize((256, 1), Image.Resampling.BICUBIC)
    body = Image.new("RGB", size, ladder[1])
    for row in range(size[1]):
        half = max(1.0, _radius_at(outline, top + row)) + 1.5
        body.paste(band.resize((math.ceil(half * 2), 1)), (round(size[0] / 2 - half), row))
    left = [(x - radius, y) for y, radius in outline]
    right = [(x + radius, y) for y, radius in reversed(outline)]
    foot = outline[-1][1]
    base = [
        (x + math.cos(a / 20 * math.pi) * foot, bottom + math.sin(a / 20 * math.pi) * foot * 0.16) for a in range(21)
    ]
    _place(sheet, body, x - size[0] / 2, top, [*left, *reversed(base), *right])


def _radius_at(outline: Sequence[Point], y: float) -> float:
    for (y0, r0), (y1, r1) in itertools.pairwise(outline):
        if y0 <= y <= y1:
            return r0 + (r1 - r0) * (y - y0) / max(1e-6, y1 - y0)
    return outline[-1][1] if y > outline[-1][0] else outline[0][1]


def _place(sheet: Sheet, body: Image.Image, left: float, top: float, edge: Sequence[Point]) -> None:
    """Paste a shaded body through a smooth edge, touching no more of the sheet than it covers."""
    x0, y0 = math.floor(left), math.floor(top)
    scale = sheet.scale
    mask = Image.new("L", (body.width * 2, body.height * 2))
    canvas.Pen(mask, 2).shape([(x - x0, y - y0) for x, y in edge], 255)
    if scale == 1:
        mask = mask.reduce(2)
    else:
        body = body.resize(mask.size, Image.Resampling.BILINEAR)
    sheet.image.paste(body, (x0 * scale, y0 * scale), mask)


def mouth(sheet: Sheet, x: float, y: float, radius: float, colour: Colour) -> None:
    """The opening of a vessel, seen a little from above."""
    with sheet.stencil(mix(colour, WHITE, 0.25)) as pen:
        pen.disc(x, y, radius, 255, radius * 0.18)
    with sheet.stencil(mix(colour, BLACK, 0.72)) as pen:
        pen.disc(x, y + radius * 0.02, radius * 0.86, 255, radius * 0.13)


def shadow(sheet: Sheet, x: float, y: float, radius: float, *, length: float = 2.2, strength: float = 0.5) -> None:
    """Where a thing stands: a dark contact, and a soft shadow cast to the right."""
    dark = mix(sheet.job.palette.night, BLACK, 0.3)
    with sheet.soft(dark, radius * 0.34, strength * 0.65) as pen:
        pen.disc(x + radius * length * 0.5, y + radius * 0.1, radius * length * 0.75, 255, radius * 0.22)
    with sheet.soft(dark, max(2.0, radius * 0.1), strength) as pen:
        pen.disc(x + radius * 0.08, y + radius * 0.02, radius * 1.02, 255, radius * 0.17)


def curve(points: Sequence[Point], steps: int = 10) -> list[Point]:
    """A smooth outline for `lathe` through (height, radius) points."""
    return canvas.smooth(points, steps=steps)


def box(
    sheet: Sheet, x: float, y: float, wide: float, deep: float, tall: float, colours: tuple[Colour, Colour, Colour]
) -> None:
    """An isometric box standing on (x, y), its nearest ground corner; colours of top, left and right face."""
    cos, sin = 0.866, 0.5
    left, right = (x - wide * cos, y - wide * sin), (x + deep * cos, y - deep * sin)
    back = (x + (deep - wide) * cos, y - (wide + deep) * sin)
    top, left_face, right_face = colours
    pen = sheet.pen
    pen.shape([left, (x, y), (x, y - tall), (left[0], left[1] - tall)], left_face)
    pen.shape([right, (x, y), (x, y - tall), (right[0], right[1] - tall)], right_face)
    pen.shape([(px, py - tall) for px, py in (left, (x, y), right, back)], top)
