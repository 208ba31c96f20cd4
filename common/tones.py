"""Names for looks that a strict content security policy forbids to write inline: colours and shapes as CSS classes."""

import colorsys
import zlib

GREYS = 8
HUES = 12
TINTS = 8
TALLEST, WIDEST, STEP = 60, 220, 5  # hundredths of width by height


def tone(red: int, green: int, blue: int) -> int:
    """The number 0-31 of the placeholder colour (class tone-N) nearest to a picture's dominant colour, 0-255 each."""
    hue, lightness, saturation = colorsys.rgb_to_hls(red / 255, green / 255, blue / 255)
    if saturation < 0.12 or lightness < 0.08 or lightness > 0.94:
        return min(int(lightness * GREYS), GREYS - 1)
    # The CSS hues are perceptual (oklch), which puts red near 30 degrees instead of 0.
    slot = round((hue * 360 + 28) / (360 / HUES)) % HUES
    return GREYS + slot * 2 + (1 if lightness >= 0.45 else 0)


def tone_of(colour: str) -> int:
    """The same for a colour written #rrggbb; the middle grey for anything else."""
    digits = colour.removeprefix("#")
    try:
        red, green, blue = bytes.fromhex(digits)
    except ValueError:
        return GREYS // 2
    return tone(red, green, blue)


def shape(width: int | None, height: int | None) -> str:
    """The class that gives a card its picture's own aspect ratio; beyond the extremes the picture stands on a mat."""
    if not width or not height:
        return "r-80"
    percent = round(width / height * 100 / STEP) * STEP
    if percent < TALLEST:
        return "r-tall"
    return "r-wide" if percent > WIDEST else f"r-{percent}"


def tint(name: str) -> int:
    """The number 0-7 of the paper (class tint-N) that always goes with this name."""
    return zlib.crc32(name.encode()) % TINTS
