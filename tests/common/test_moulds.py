import pytest
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from common import moulds

CARD = {
    "url": "/prompts/rain/",
    "title": "Rain & <light>",
    "model_name": "Midjourney",
    "medium": "image",
    "frame": "r-150 tone-4",
    "price_text": "$4.99",
    "rating_text": "4.8",
    "rating_label": "4.8 of 5 stars",
    "rating_count": "12",
    "seller_name": "Ada",
    "picture": {"src": "/a.webp", "srcset": "/a.webp 320w", "width": 3, "height": 2, "alt": 'A "wet" street'},
    "excerpt": "",
    "tint": 0,
    "favourite_url": "/f/",
    "is_favourite": True,
}
FIXED = {"heart": mark_safe("<svg/>"), "favourite_label": "Keep", "excerpt_label": "An answer", "loading": ""}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"picture": None, "excerpt": "Dear <you>", "tint": 5},
        {"rating_text": "", "rating_label": ""},
        {"favourite_url": "", "is_favourite": False},
        {"title": mark_safe("Already &amp; safe"), "price_text": "Free"},
    ],
)
def test_what_is_cast_is_what_the_engine_renders(settings, changes):
    card = CARD | changes
    expected = render_to_string("components/card.html", {"card": card, **FIXED})

    for debug in (True, False, False):
        settings.DEBUG = debug
        assert moulds.cast("components/card.html", "card", card, **FIXED) == expected


def test_each_shape_is_rendered_once(settings):
    settings.DEBUG = False
    moulds._mould.cache_clear()

    for title in ("One", "Two", "Three"):
        moulds.cast("components/card.html", "card", CARD | {"title": title}, **FIXED)

    assert moulds._mould.cache_info().misses == 1
