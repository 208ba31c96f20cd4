"""How the back office looks: the house's name, mark and colours (settings.UNFOLD)."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static


def _mark(request: HttpRequest) -> str:
    return static("img/favicon.svg")


def _manners(request: HttpRequest) -> str:
    return static("js/office.js")


def _sizes(request: HttpRequest) -> str:
    return static("css/office.css")


def _scale(hue: int, *steps: tuple[float, float]) -> dict[str, str]:
    """Eleven steps of one hue, each with its lightness in per cent and its chroma."""
    names = ("50", *(str(hundred) for hundred in range(100, 1000, 100)), "950")
    return {name: f"oklch({light}% {chroma} {hue})" for name, (light, chroma) in zip(names, steps, strict=True)}


# Warm paper and ink, and the vermilion of the front room.
PAPER = _scale(
    75,
    *((98.4, 0.006), (96, 0.01), (91.5, 0.013), (86, 0.015), (71, 0.017), (55, 0.02)),
    *((44.5, 0.019), (37, 0.017), (28, 0.013), (21.5, 0.01), (16.5, 0.008)),
)
VERMILION = _scale(
    33,
    *((97.2, 0.012), (94.4, 0.026), (89, 0.056), (82, 0.095), (72, 0.15), (61, 0.185)),
    *((51, 0.178), (45, 0.16), (39, 0.135), (33.5, 0.11), (25, 0.08)),
)
LOOK: dict[str, Any] = {
    "SITE_TITLE": "Promptuary",
    "SITE_HEADER": "Promptuary",
    "SITE_ICON": _mark,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _mark}],
    "STYLES": [_sizes],
    "SCRIPTS": [_manners],
    "COLORS": {"base": PAPER, "primary": VERMILION},
}
