"""The tags and filters that every page uses."""

import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from common import clock, states, tones
from common.templatetags import ui

STATIC = Path(__file__).parents[2] / "static"


def render(source, **context):
    return Template("{% load ui %}" + source).render(Context(context)).strip()


def test_an_icon_is_silent_unless_it_has_a_label():
    assert 'aria-hidden="true"' in ui.icon("heart")
    assert 'role="img" aria-label="Kept &amp; dear"' in ui.icon("heart", "Kept & dear")


def test_every_icon_that_a_template_names_is_drawn():
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "img/icons.svg").read_text()))
    templates = Path(__file__).parents[2]
    named = {
        name
        for folder in ("config", "accounts", "marketplace", "payments")
        for path in (templates / folder).rglob("templates/**/*.html")
        for name in re.findall(r'{% icon "([\w-]+)"', path.read_text())
    }
    assert len(named) > 20
    assert named <= drawn


def test_money_follows_the_reader_and_nothing_costs_nothing():
    assert ui.price(0, "usd") == "Free"
    assert ui.money(499, "usd") == "$4.99"
    with translation.override("fr"):
        assert ui.money(499, "usd").startswith("4,99")


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0"), (999, "999"), (1000, "1k"), (1240, "1.2k"), (2_500_000, "2.5M")]
)
def test_large_counts_are_shortened(number, words):
    assert ui.compact(number) == words


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=2), "2 days ago"),
        (-timedelta(days=3, minutes=1), "in 3 days"),
    ],
)
def test_moments_are_told_by_their_distance(before, words):
    assert ui.ago(clock.now() - before) == words


def test_far_moments_are_dates():
    assert "ago" not in ui.ago(clock.now() - timedelta(days=90))


@pytest.mark.parametrize(
    ("name", "letters"), [("Mira Example", "ME"), ("q", "Q"), ("the-letter-office", "TO"), ("", "?"), ("…", "?")]
)
def test_initials_stand_for_people_without_a_picture(name, letters):
    assert ui.initials(name) == letters


@pytest.mark.parametrize(
    ("width", "height", "name"),
    [(1000, 1000, "r-100"), (1600, 900, "r-180"), (300, 900, "r-tall"), (3000, 900, "r-wide")],
)
def test_pictures_keep_their_shape(width, height, name):
    assert tones.shape(width, height) == name


def test_every_shape_and_tone_has_its_rule():
    sheet = (STATIC / "css/components.css").read_text() + (STATIC / "css/tokens.css").read_text()
    shapes = {tones.shape(width, 100) for width in range(20, 400)}
    steps = range(0, 256, 51)
    colours = {tones.tone(red, green, blue) for red in steps for green in steps for blue in steps}
    assert all(f".{name} {{" in sheet for name in shapes)
    assert all(f".tone-{number} {{" in sheet for number in colours)


def test_a_frame_is_named_from_a_mapping_or_an_object():
    picture = {"width": 100, "height": 100, "tone": "#c04020"}
    assert ui.frame(picture) == ui.frame(SimpleNamespace(**picture))
    assert ui.frame(None) == "r-80"


def test_states_speak_with_one_voice():
    assert 'class="status status-good"' in ui.status("live")
    assert ui.status("in_review", "Being read") == '<span class="status status-wait">Being read</span>'
    assert states.voice("never heard of") == "idle"


def test_stars_are_rounded_to_the_half_and_spoken():
    drawn = ui.stars(3.6)
    assert 'aria-label="3.6 of 5 stars"' in drawn
    assert (drawn.count("#star-filled"), drawn.count("#star-half")) == (3, 1)


class Sample(forms.Form):
    title = forms.CharField(help_text="One line.", widget=forms.TextInput(attrs={"maxlength": 80}))
    price = forms.IntegerField(required=False)
    agreed = forms.BooleanField()


def test_a_field_wires_label_help_and_error_to_its_control():
    html = render("{% field form.title counter=True %}", form=Sample({}))
    assert '<label for="id_title">' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'id="id_title_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'data-count-for="id_title"' in html


def test_optional_fields_say_so():
    assert "optional" in render("{% field form.price %}", form=Sample())
    assert "optional" not in render("{% field form.title %}", form=Sample())


def test_what_people_write_is_escaped_in_components():
    html = render('{% include "components/notice.html" with text=words %}', words="<script>alert(1)</script>")
    assert "<script>" not in html


@pytest.mark.parametrize(("cookie", "chosen"), [("dark", "dark"), ("light", "light"), ('"><script>', ""), ("", "")])
def test_the_theme_comes_from_the_cookie_and_from_nothing_else(cookie, chosen):
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = cookie
    assert render("{% theme %}", request=request) == chosen


def test_links_to_pages_that_do_not_exist_are_empty():
    assert ui.link_to("no-such-page") == ""


def test_what_never_changes_is_rendered_once_for_each_language(settings, monkeypatch):
    settings.DEBUG = False
    ui._fixed.cache_clear()
    asked = []
    monkeypatch.setattr(ui, "get_template", lambda name: SimpleNamespace(render=lambda: asked.append(name) or name))
    for language in ("en", "fr", "en"):
        with translation.override(language):
            assert ui.fixed("components/footer.html") == "components/footer.html"
    assert len(asked) == 2
    ui._fixed.cache_clear()


CARD = {
    "url": "/prompts/rain/",
    "title": "Rain <b>on</b> the harbour",
    "model_name": "Midjourney 7",
    "medium": "image",
    "frame": "r-75 tone-3",
    "price_text": "$4.99",
    "rating_text": "4.8",
    "rating_label": "4.8 of 5 stars, 32 reviews",
    "rating_count": "32",
    "seller_name": "Mira Example",
    "picture": {"src": "/a.webp", "srcset": "/a.webp 480w", "width": 900, "height": 1200, "alt": "Rain", "tone": 3},
    "favourite_url": "/favourites/rain/",
    "is_favourite": True,
}


def test_a_card_is_one_link_with_the_favourite_beside_it():
    html = render('{% include "components/grid.html" %}', cards=[CARD])
    assert html.count("<a ") == 1
    assert html.count("<button") == 1
    assert 'aria-pressed="true"' in html
    assert 'width="900" height="1200"' in html
    assert "<b>" not in html
    assert "style=" not in html


def test_a_text_card_shows_its_answer_on_paper():
    card = CARD | {"picture": None, "excerpt": "Dear neighbours", "tint": 3, "medium": "text"}
    html = render('{% include "components/card.html" %}', card=card)
    assert "card-page tint-3" in html
    assert "<img" not in html


def test_no_template_of_ours_writes_styles_or_handlers_into_its_markup():
    folder = Path(__file__).parents[2] / "config/templates"
    inline = re.compile(
        r"""\sstyle=|\son(?:click|change|submit|input|load)=|<script(?![^>]*(?:src=|type="application/|nonce=))"""
    )
    pages = [path for path in folder.rglob("*.html") if "email" not in path.parts]
    assert len(pages) > 40
    assert [path.name for path in pages if inline.search(path.read_text())] == []


def test_only_the_tokens_name_raw_colours():
    sheets = [path for path in (STATIC / "css").rglob("*.css") if path.name != "tokens.css"]
    assert len(sheets) > 8
    raw = re.compile(r"#[0-9a-f]{3,8}\b(?=[^{]*[;}])|\b(?:oklch|oklab|rgba?|hsla?|lab|lch)\(", re.IGNORECASE)
    assert [f"{path.name}: {found}" for path in sheets for found in raw.findall(path.read_text())] == []
