"""Families of flat icons."""

from PIL import Image

from payments.demo.painting import canvas
from payments.demo.painting.canvas import WHITE, Job, Pen, Point, Sheet, mix
from payments.demo.painting.palettes import Colour


def icon_set(job: Job) -> Image.Image:
    """Flat icons on rounded tiles; motifs: cafe, travel, weather."""
    rng, colours, w, h, u = job.rng, job.palette, job.width, job.height, job.unit
    motif = job.pick(("cafe", "travel", "weather"))
    ground = mix(colours.paper, colours.soft, 0.3)
    sheet = Sheet(job, canvas.tint(canvas.slanting(job.size, 50), (mix(ground, WHITE, 0.4), ground)))
    columns, rows = (4, 3) if w > h * 1.2 else (3, 4) if h > w * 1.2 else (3, 3)
    side = min(w / (columns + 0.6), h / (rows + 0.6))
    left, top = (w - side * columns) / 2, (h - side * rows) / 2
    tones = [colours.accent, colours.second, colours.middle, colours.deep, colours.soft]
    places = [(left + side * (i + 0.5), top + side * (j + 0.5)) for j in range(rows) for i in range(columns)]
    half = side * 0.4
    with sheet.soft(colours.night, u * 1.8, 0.3) as pen:
        for x, y in places:
            pen.block(x - half, y - half + u * 1.6, x + half, y + half + u * 1.6, 255)
    order = list(range(len(_ICONS[motif])))
    rng.shuffle(order)
    for index, (x, y) in enumerate(places):
        tone = mix(tones[(index * 2 + index // columns) % 5], colours.paper, 0.08)
        sheet.pen.block(x - half, y - half, x + half, y + half, tone, side * 0.17)
        bright = mix(colours.paper, WHITE, 0.5) if sum(tone) < 480 else colours.night
        inks = {"a": bright, "b": mix(tone, bright, 0.45), "c": tone}
        _icon(sheet.pen, _ICONS[motif][order[index % len(order)]], (x, y), half * 0.62, inks)
    return sheet.finish(grain=2)


# Icons in a square from -1 to 1. Each stroke: what, its numbers, its ink (a bright, b half-tone, c tile).
_ICONS: dict[str, tuple[str, ...]] = {
    "cafe": (
        (
            "ring .62 0 .34 .16 a; block -.7 -.5 .6 .62 .3 a; block -.85 .72 .8 .86 .07 b; "
            "line -.25 -.95 -.25 -.68 b; line .15 -.95 .15 -.68 b"
        ),
        (
            "shape -.55 -.55 .55 -.55 .4 .95 -.4 .95 a; block -.68 -.75 .68 -.5 .1 b; block -.5 0 .5 .42 0 b; "
            "line .1 -.75 .3 -1.05 a"
        ),
        ("disc 0 .1 .8 a; disc 0 .1 .3 c; disc -.4 -.3 .1 b; disc .45 .2 .1 b; disc -.35 .55 .1 b; disc .3 -.4 .1 b"),
        "disc -.3 .1 .52 a; line -.55 -.25 -.05 .45 c; disc .45 -.25 .42 b; line .25 -.55 .65 .05 c",
        ("shape -.9 .7 .9 .7 .9 .1 -.9 -.35 a; shape -.9 -.35 .9 .1 .3 -.6 b; disc -.3 .35 .14 c; disc .3 .45 .1 c"),
        "slice 0 .15 .85 180 360 b; block -.95 .1 .95 .34 .1 a; block -.8 .4 .8 .75 .18 a",
        "shape -.5 -.1 .5 -.1 0 1 b; disc -.26 -.3 .38 a; disc .26 -.3 .38 a; disc 0 -.62 .36 a",
        ("block -.45 -.45 .45 .85 .12 a; slice 0 -.45 .45 180 360 b; block -.08 -.8 .08 .2 0 c; ring .5 .15 .3 .14 a"),
        "block -.75 -.1 .75 .8 .08 a; shape -.9 -.1 -.7 -.7 .7 -.7 .9 -.1 b; block -.2 .25 .2 .8 0 c",
        "ring 0 0 .75 .16 a; line 0 0 0 -.45 a; line 0 0 .32 .14 b",
        "block -.6 -.85 .6 .85 .14 a; line -.3 -.4 .3 -.4 c; line -.3 0 .3 0 c; line -.3 .4 .1 .4 c",
        "shape 0 .85 -.85 -.1 -.4 -.7 0 -.3 .4 -.7 .85 -.1 a; disc -.42 -.28 .43 a; disc .42 -.28 .43 a",
    ),
    "travel": (
        "shape -.95 .15 .95 -.7 .45 .85 .05 .3 a; shape .05 .3 .95 -.7 -.05 .8 b",
        "block -.8 -.35 .8 .75 .16 a; ring 0 -.45 .32 .14 b; line -.35 -.3 -.35 .7 c; line .35 -.3 .35 .7 c",
        "shape -1 .8 -.25 -.6 .2 .2 .45 -.2 1 .8 a; disc .55 -.6 .22 b",
        "disc 0 -.25 .6 a; shape -.52 .05 .52 .05 0 .95 a; disc 0 -.25 .25 c",
        "ring 0 0 .85 .13 a; shape 0 -.62 .18 0 -.18 0 b; shape 0 .62 .18 0 -.18 0 a",
        "shape 0 -.8 .95 .8 -.95 .8 a; shape 0 -.1 .36 .8 -.36 .8 c",
        "block -.9 -.45 .9 .65 .16 a; block -.3 -.7 .3 -.4 .08 b; disc 0 .1 .4 c; disc 0 .1 .24 b",
        ("shape -.85 .35 .85 .35 .55 .8 -.55 .8 a; shape -.05 -.9 -.05 .25 -.75 .25 b; shape .08 -.7 .08 .25 .7 .25 a"),
        "slice 0 -.05 .85 180 360 a; line 0 -.05 0 .9 a; line -.4 .9 .4 .9 b",
        (
            "block -.6 -.85 .6 .55 .2 a; block -.42 -.6 .42 -.1 .08 c; disc -.32 .22 .12 c; disc .32 .22 .12 c; "
            "line -.45 .85 -.25 .55 b; line .45 .85 .25 .55 b"
        ),
        "ring -.35 -.35 .42 .16 a; line -.05 -.05 .8 .8 a; line .5 .5 .75 .25 a",
        (
            "shape -.9 -.55 -.3 -.8 .3 -.55 .9 -.8 .9 .55 .3 .8 -.3 .55 -.9 .8 a; line -.3 -.7 -.3 .5 c; "
            "line .3 -.5 .3 .7 c"
        ),
    ),
    "weather": (
        (
            "disc 0 0 .45 a; line .62 0 .92 0 b; line .438 .438 .651 .651 b; line 0 .62 0 .92 b; "
            "line -.438 .438 -.651 .651 b; line -.62 0 -.92 0 b; line -.438 -.438 -.651 -.651 b; "
            "line -0 -.62 -0 -.92 b; line .438 -.438 .651 -.651 b"
        ),
        "disc -.35 .1 .42 a; disc .15 -.15 .5 a; block -.75 .1 .85 .55 .22 a",
        "disc .35 -.4 .38 b; disc -.35 .1 .38 a; disc .12 -.02 .42 a; block -.72 .1 .75 .5 .2 a",
        (
            "disc -.3 -.3 .36 a; disc .15 -.42 .42 a; block -.66 -.35 .72 .05 .2 a; line -.35 .3 -.5 .75 b; "
            "line .05 .3 -.1 .75 b; line .45 .3 .3 .75 b"
        ),
        (
            "disc -.3 -.3 .36 a; disc .15 -.42 .42 a; block -.66 -.35 .72 .05 .2 a; "
            "shape .1 .1 -.3 .6 -.02 .6 -.15 .98 .32 .42 .05 .42 b"
        ),
        "disc 0 0 .75 a; disc .32 -.22 .62 c",
        "line -.85 -.35 .5 -.35 a; line -.6 .05 .85 .05 b; line -.85 .45 .3 .45 a",
        "line 0 -.85 0 .85 a; line -.74 -.43 .74 .43 a; line -.74 .43 .74 -.43 a; disc 0 0 .2 b",
        "slice 0 .1 .85 180 360 a; line 0 .1 0 .7 a; line 0 .75 .28 .75 b",
        "shape 0 -.95 .52 .2 -.52 .2 a; disc 0 .32 .54 a; disc -.16 .4 .16 b",
        "block -.16 -.9 .16 .4 .15 a; disc 0 .55 .36 a; block -.06 -.3 .06 .5 .05 b; disc 0 .55 .2 b",
        "bow 0 .5 .9 a; bow 0 .5 .62 b; bow 0 .5 .34 a",
    ),
}


def _icon(pen: Pen, icon: str, at: Point, s: float, inks: dict[str, Colour]) -> None:
    x, y = at
    for stroke in icon.split("; "):
        what, *words, letter = stroke.split()
        ink, n = inks[letter], [float(word) for word in words]
        if what == "shape":
            pen.shape([(x + px * s, y + py * s) for px, py in zip(n[::2], n[1::2], strict=True)], ink)
        elif what == "disc":
            pen.disc(x + n[0] * s, y + n[1] * s, n[2] * s, ink)
        elif what == "ring":
            pen.ring(x + n[0] * s, y + n[1] * s, n[2] * s, ink, n[3] * s)
        elif what == "block":
            pen.block(x + n[0] * s, y + n[1] * s, x + n[2] * s, y + n[3] * s, ink, n[4] * s)
        elif what == "slice":
            pen.slice(x + n[0] * s, y + n[1] * s, n[2] * s, n[3], n[4], ink)
        elif what == "bow":
            pen.bow(x + n[0] * s, y + n[1] * s, n[2] * s, 180, 360, ink, s * 0.17)
        else:
            pen.stroke([(x + n[0] * s, y + n[1] * s), (x + n[2] * s, y + n[3] * s)], ink, s * 0.14)


STYLES = {"icon_set": icon_set}
