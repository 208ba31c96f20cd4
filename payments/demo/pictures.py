"""Pictures for the demonstration catalogue, painted by calculation: the same specification gives the same picture."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from PIL import Image

from payments.demo.painting.canvas import Job
from payments.demo.painting.palettes import PALETTES
from payments.demo.painting.styles import STYLES

PORTRAIT_SIDE = 640
PORTRAIT_STYLES = ("portrait_horizon", "portrait_leaves", "portrait_rings", "portrait_tiles")
COVER_STYLES = (
    "deco",
    "dunes",
    "flower_field",
    "glass",
    "jungle",
    "misty_mountains",
    "paper_cut",
    "seventies",
    "watercolour",
)


class UnknownPicture(LookupError):
    """A picture names a style or a palette that nobody has painted yet."""


@dataclass(frozen=True, slots=True)
class PictureSpec:
    """What to paint; `style` may name a motif after a slash, as in "botanical/fern"."""

    style: str
    seed: int = 1
    palette: str = "dusk"
    width: int = 1216
    height: int = 832
    alt: str = ""

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """The specification in a catalogue file."""
        return cls(**values)


def paint(spec: PictureSpec) -> Image.Image:
    style, _, motif = spec.style.partition("/")
    if style not in STYLES:
        raise UnknownPicture(f"There is no style “{style}”.")
    if spec.palette not in PALETTES:
        raise UnknownPicture(f"There is no palette “{spec.palette}”.")
    rng = random.Random(f"{spec.style} {spec.seed}")
    return STYLES[style](Job(spec.width, spec.height, PALETTES[spec.palette], rng, motif))


def portrait(handle: str) -> Image.Image:
    """A square abstract picture for a seller; every handle has its own."""
    rng = random.Random(f"portrait of {handle}")
    style, palette = rng.choice(PORTRAIT_STYLES), rng.choice(sorted(PALETTES))
    return paint(PictureSpec(style, rng.randrange(10_000), palette, PORTRAIT_SIDE, PORTRAIT_SIDE))


def cover(slug: str) -> Image.Image:
    """A wide picture for a collection; every slug has its own."""
    rng = random.Random(f"cover of {slug}")
    style, palette = rng.choice(COVER_STYLES), rng.choice(sorted(PALETTES))
    return paint(PictureSpec(style, rng.randrange(10_000), palette, 1280, 640))
