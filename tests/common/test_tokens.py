"""The colours of the design keep the contrast that WCAG 2.2 AA asks for, in both schemes."""

import math
import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).parents[2] / "static/css/tokens.css").read_text()
_OKLCH = r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)"
_PAIR = re.compile(r"--([\w-]+): light-dark\(" + _OKLCH + ", " + _OKLCH + r"\);")
COLOURS = {
    scheme: {
        found[1]: tuple(float(number) for number in found.groups()[1 + 3 * place : 4 + 3 * place])
        for found in _PAIR.finditer(TOKENS)
    }
    for place, scheme in enumerate(("light", "dark"))
}
PAPERS = ("paper", "paper-raised", "paper-sunken")
TEXTS = ("ink", "ink-soft", "ink-faint", "vermilion", "vermilion-deep", "verdigris", "ochre", "slate")
READ = [
    *((text, paper) for text in TEXTS for paper in PAPERS),
    *((text, f"tint-{number}") for text in ("ink", "ink-soft") for number in range(8)),
    *(("ink", f"{voice}-wash") for voice in ("vermilion", "verdigris", "ochre", "slate")),
    *((voice, f"{voice}-wash") for voice in ("vermilion", "verdigris", "ochre", "slate")),
    ("ink-soft", "paper-deep"),
    ("on-vermilion", "vermilion"),
    ("on-vermilion", "vermilion-deep"),
    ("on-verdigris", "verdigris"),
    ("paper", "ink"),
    ("paper", "ink-soft"),
]
SEEN = [(mark, paper) for mark in ("hairline-strong", "star", "vermilion", "verdigris") for paper in PAPERS]


def linear(lightness, chroma, hue):
    """oklch to linear sRGB, clipped to the gamut."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    lightness /= 100
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    rows = (
        (4.0767416621, -3.3077115913, 0.2309699292),
        (-1.2684380046, 2.6097574011, -0.3413193965),
        (-0.0041960863, -0.7034186147, 1.7076147010),
    )
    return [min(max(row[0] * long + row[1] * medium + row[2] * short, 0), 1) for row in rows]


def contrast(first, second):
    lights = [0.2126 * red + 0.7152 * green + 0.0722 * blue for red, green, blue in (linear(*first), linear(*second))]
    return (max(lights) + 0.05) / (min(lights) + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), READ)
def test_text_can_be_read_on_its_ground(scheme, text, ground):
    assert contrast(COLOURS[scheme][text], COLOURS[scheme][ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), SEEN)
def test_marks_and_edges_of_controls_can_be_seen(scheme, mark, ground):
    assert contrast(COLOURS[scheme][mark], COLOURS[scheme][ground]) >= 3


def test_no_other_stylesheet_names_a_raw_colour():
    raw = re.compile(r"oklch\(|rgba?\(|hsla?\(|#[0-9a-fA-F]{3,8}\b(?![\w-])|: (?:white|red)\b")
    sheets = [path for path in (Path(__file__).parents[2] / "static/css").rglob("*.css") if path.name != "tokens.css"]
    assert len(sheets) >= 5
    assert [path.name for path in sheets if raw.search(path.read_text())] == []
