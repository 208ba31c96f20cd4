"""Rendered objects: glossy solids, frosted glass."""

import math

from PIL import Image, ImageFilter

from payments.demo.painting import canvas, solids
from payments.demo.painting.canvas import BLACK, WHITE, Job, Sheet, fade, mix
from payments.demo.painting.palettes import Colour


def solids_scene(job: Job) -> Image.Image:
    """Glossy primitives on a seamless ground; motifs: spheres, stack, playground."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("spheres", "stack", "playground"))
    ground = mix(colours.soft, colours.paper, rng.uniform(0, 0.6))
    field = canvas.shining(job.size, w * 0.4, h * 0.35, max(w, h) * 1.3)
    sheet = Sheet(
        job, canvas.tint(field, (mix(ground, colours.middle, 0.55), ground, mix(ground, WHITE, 0.45))), scale=1
    )
    tones = [colours.accent, colours.second, colours.middle, colours.deep, mix(colours.paper, WHITE, 0.4), colours.soft]
    if motif == "stack":
        _stack(sheet, tones)
    elif motif == "playground":
        _playground(sheet, tones)
    else:
        balls: list[tuple[float, float, float]] = []
        for _ in range(90):
            radius = u * rng.choice((4, 6, 9, 13, 18)) * rng.uniform(0.85, 1.1)
            x, y = rng.uniform(0.08, 0.92) * w, rng.uniform(0.16, 0.84) * h
            if all(math.hypot(x - bx, (y - by) * 1.25) > (radius + br) * 0.93 for bx, by, br in balls):
                balls.append((x, y, radius))
        for x, y, radius in sorted(balls, key=lambda ball: ball[1] + ball[2]):
            solids.shadow(sheet, x + radius * 0.1, y + radius * 0.92, radius * 0.86, strength=0.5, length=1.9)
            solids.ball(sheet, x, y, radius, rng.choice(tones), rng.choice((0.3, 0.9)))
    return sheet.finish(grain=3, vignette=0.15)


def _stack(sheet: Sheet, tones: list[Colour]) -> None:
    job = sheet.job
    rng, w, h, u = job.rng, job.width, job.height, job.unit
    for place in (0.5,) if w <= h else (0.22, 0.52, 0.8):
        x, y = w * place, h * 0.86
        solids.shadow(sheet, x, y, u * 12)
        for level in range(rng.randint(4, 5)):
            size, tone = u * rng.uniform(12, 17) * (1 - level * 0.06), rng.choice(tones)
            if level % 2 == 0:
                tall = size * rng.uniform(0.7, 1.0)
                solids.lathe(sheet, x, [(y - tall, size), (y, size)], tone, 0.45)
                with sheet.stencil(mix(tone, WHITE, 0.3)) as pen:
                    pen.disc(x, y - tall, size, 255, size * 0.16)
                y -= tall
            else:
                radius = size * 0.62
                with sheet.soft(BLACK, u, 0.4) as pen:
                    pen.disc(x + u, y + u * 0.3, radius * 0.7, 255, u * 1.2)
                solids.ball(sheet, x + rng.uniform(-1, 1) * u, y - radius * 0.94, radius, tone, 0.8)
                y -= radius * 1.86


def _playground(sheet: Sheet, tones: list[Colour]) -> None:
    """Arches, steps, cones and balls, as from a box of blocks."""
    job = sheet.job
    rng, w, h, u = job.rng, job.width, job.height, job.unit
    x, foot = w * 0.36, h * 0.78
    tone = rng.choice(tones)
    solids.shadow(sheet, x, foot, u * 17)
    for depth in range(16, -1, -1):
        shade = mix(tone, BLACK, 0.3) if depth else tone
        with sheet.stencil(shade) as pen:
            cx, low = x + depth * u * 0.35, foot - depth * u * 0.18
            pen.slice(cx, low - u * 17, u * 16, 180, 360, 255)
            pen.block(cx - u * 16, low - u * 17, cx + u * 16, low, 255)
            pen.slice(cx, low - u * 16, u * 9, 180, 360, 0)
            pen.block(cx - u * 9, low - u * 16, cx + u * 9, low + 2, 0)
    bx, low = w * 0.66, h * 0.82
    stair = rng.choice(tones)
    for step in range(4):
        left = bx + step * u * 6
        top = low - (step + 1) * u * 6
        for depth in range(12, -1, -1):
            dx, dy = depth * u * 0.4, -depth * u * 0.22
            sheet.pen.block(
                left + dx, top + dy, left + u * 6 + dx, low + dy, mix(stair, WHITE, 0.22) if depth else stair
            )
        sheet.pen.block(left, top, left + u * 6, low, mix(stair, BLACK, 0.06 * step))
    for place, size, kind in (
        (0.12, 9, "ball"),
        (0.5, 6, "ball"),
        (0.22, 5, "cone"),
        (0.58, 8, "cone"),
        (0.9, 6, "ball"),
    ):
        px, py, tone = w * place, h * rng.uniform(0.86, 0.94), rng.choice(tones)
        solids.shadow(sheet, px, py, u * size)
        if kind == "ball":
            solids.ball(sheet, px, py - u * size * 0.9, u * size, tone, 0.9)
        else:
            solids.lathe(sheet, px, [(py - u * size * 2.4, u * 0.3), (py, u * size)], tone, 0.4)


def glass(job: Job) -> Image.Image:
    """Frosted panes over soft light; motifs: orbs, panes, ribbons."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("orbs", "panes", "ribbons"))
    dark = rng.random() < 0.5
    low, high = (colours.night, colours.deep) if dark else (mix(colours.soft, colours.paper, 0.4), colours.paper)
    sheet = Sheet(job, canvas.tint(canvas.slanting(job.size, rng.uniform(20, 70)), (low, high)), scale=1)
    tones = [colours.accent, colours.second, colours.middle, colours.soft]
    for index in range(6):
        with sheet.soft(tones[index % 4], u * 9, 0.85) as pen:
            pen.shape(
                canvas.blob(rng, w * rng.uniform(0.1, 0.9), h * rng.uniform(0.1, 0.9), u * rng.uniform(14, 30), 0.3),
                255,
            )
    if motif == "ribbons":
        _ribbons(sheet, tones)
    elif motif == "orbs":
        for index in range(6):
            x, y, radius = w * (0.14 + 0.145 * index), h * rng.uniform(0.28, 0.72), u * rng.uniform(8, 19)
            _orb(sheet, x, y, radius, tones[index % 4])
    else:
        for index in range(4):
            _pane(
                sheet,
                w * (0.22 + 0.19 * index),
                h * (0.5 + 0.08 * (-1) ** index),
                u * rng.uniform(17, 23),
                u * rng.uniform(24, 32),
                rng.uniform(-0.2, 0.2),
            )
    return sheet.finish(grain=8)


def _orb(sheet: Sheet, x: float, y: float, radius: float, tone: Colour) -> None:
    size = sheet.job.size
    with sheet.soft(mix(sheet.job.palette.night, BLACK, 0.2), radius * 0.3, 0.35) as pen:
        pen.disc(x + radius * 0.1, y + radius * 1.02, radius * 0.8, 255, radius * 0.28)
    field = canvas.shining(size, x + radius * 0.3, y + radius * 0.4, radius * 2.6)
    with sheet.stencil(
        canvas.tint(field, (mix(tone, WHITE, 0.2), mix(tone, WHITE, 0.5), mix(tone, BLACK, 0.12))), 0.72
    ) as pen:
        pen.disc(x, y, radius, 255)
    with sheet.soft(WHITE, radius * 0.09, 0.7) as pen:
        pen.bow(x, y, radius * 0.92, 190, 290, 255, radius * 0.1)
    with sheet.soft(WHITE, radius * 0.12, 0.9) as pen:
        pen.disc(x - radius * 0.36, y - radius * 0.45, radius * 0.2, 255, radius * 0.13)
    with sheet.soft(mix(tone, WHITE, 0.6), radius * 0.06, 0.6) as pen:
        pen.bow(x, y, radius * 0.94, 30, 120, 255, radius * 0.06)


def _pane(sheet: Sheet, x: float, y: float, half: float, tall: float, turn: float) -> None:
    job = sheet.job
    u = job.unit
    corner = u * 4
    outline = []
    for cx, cy, start in (
        (half - corner, -tall + corner, -90),
        (half - corner, tall - corner, 0),
        (-half + corner, tall - corner, 90),
        (-half + corner, -tall + corner, 180),
    ):
        outline += [
            (cx + math.cos(math.radians(start + a * 15)) * corner, cy + math.sin(math.radians(start + a * 15)) * corner)
            for a in range(7)
        ]
    shape = canvas.turned(outline, x, y, turn)
    with sheet.soft(BLACK, u * 3, 0.25) as pen:
        pen.shape([(px + u, py + u * 2.5) for px, py in shape], 255)
    frosted = Image.blend(sheet.image.filter(ImageFilter.BoxBlur(u * 2.4)), Image.new("RGB", job.size, WHITE), 0.24)
    with sheet.stencil(frosted) as pen:
        pen.shape(shape, 255)
    with sheet.stencil(WHITE, 0.55) as pen:
        pen.line([*shape, shape[0]], 255, u * 0.3)
    with sheet.soft(WHITE, u * 2, 0.18) as pen:
        pen.shape([*shape[18:28], *shape[:4]], 255)


def _ribbons(sheet: Sheet, tones: list[Colour]) -> None:
    job = sheet.job
    rng, w, h, u = job.rng, job.width, job.height, job.unit
    for band in range(5):
        base, swing, phase = h * (0.18 + 0.16 * band), h * rng.uniform(0.08, 0.16), rng.uniform(0, 6)
        tone = tones[band % 4]
        for thread in range(26):
            t = thread / 25
            line = [
                (
                    x,
                    base
                    + math.sin(x / w * 5 + phase + t * 1.3) * swing
                    + (t - 0.5) * u * 16 * math.cos(x / w * 3 + phase),
                )
                for x in range(-8, w + 16, 16)
            ]
            colour = mix(mix(tone, WHITE, 0.5), mix(tone, BLACK, 0.25), abs(math.sin(t * 5 + band)))
            sheet.pen.line(line, fade(colour, 0.5), u * 0.9)


STYLES = {"glass": glass, "solids": solids_scene}
