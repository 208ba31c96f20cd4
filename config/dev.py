"""The living page of every component in every state; only in development."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from common import clock, tones
from common.templatetags import ui

COLOURS = [
    "paper",
    "paper-raised",
    "paper-sunken",
    "paper-deep",
    "hairline",
    "hairline-strong",
    "ink",
    "ink-soft",
    "ink-faint",
    "vermilion",
    "vermilion-deep",
    "vermilion-wash",
    "verdigris",
    "verdigris-wash",
    "ochre",
    "ochre-wash",
    "slate",
    "slate-wash",
    "star",
]
ICONS = [
    "search",
    "heart",
    "heart-filled",
    "cart",
    "user",
    "users",
    "follow",
    "star",
    "star-filled",
    "star-half",
    "check",
    "x",
    "chevron-down",
    "chevron-up",
    "chevron-left",
    "chevron-right",
    "arrow-right",
    "arrow-left",
    "arrow-up",
    "arrow-down",
    "copy",
    "download",
    "upload",
    "edit",
    "trash",
    "plus",
    "minus",
    "image",
    "text",
    "video",
    "audio",
    "code",
    "shield",
    "flag",
    "clock",
    "calendar",
    "tag",
    "filter",
    "sort",
    "bell",
    "lock",
    "key",
    "eye",
    "eye-off",
    "external",
    "link",
    "sun",
    "moon",
    "theme",
    "menu",
    "more",
    "refund",
    "receipt",
    "wallet",
    "chart",
    "spark",
    "versions",
    "globe",
    "warning",
    "info",
    "help",
    "drag",
    "book",
    "mail",
    "settings",
    "store",
    "scales",
    "expand",
    "keyboard",
    "logout",
    "reload",
    "collection",
]
STATES = [
    "draft",
    "in_review",
    "live",
    "rejected",
    "suspended",
    "withdrawn",
    "pending",
    "paid",
    "fulfilled",
    "expired",
    "refunded",
    "disputed",
    "open",
    "claimed",
]
VARIABLES: list[dict[str, Any]] = [
    {
        "name": "product",
        "label": "Product",
        "help": "What is it called, and what is it?",
        "default": "a linen notebook",
    },
    {"name": "tone", "label": "Tone of voice", "choices": ["Plain", "Warm", "Dry", "Festive"], "default": "Warm"},
    {"name": "audience", "label": "Who reads it", "default": "people who still write by hand"},
    {"name": "facts", "label": "What must be in it", "long": True, "help": "One fact a line."},
]
TEMPLATE = (
    "You write product pages for [product]. Speak in a [tone] voice to [audience].\n\n"
    "Open with the moment somebody reaches for it, not with its features. "
    "Then work these facts in, one a sentence:\n[facts]"
)
EXCERPTS = (
    "Dear neighbours,\n\nThe hedge between us has grown faster than our friendship, and I should like to trim one and "
    "water the other. On Saturday morning I shall be outside with shears, coffee and, weather "
    "allowing, my better manners.",
    "The rye wants eighteen hours. Mix it before supper, forget it by the window, and let the kitchen do what kitchens "
    "do at night. In the morning the surface will have cracked like a dry lake: that is the sign.",
    'def settle(order):\n    """Close the day\'s books."""\n    for line in order.lines:\n        ledger.post(line)\n'
    "    return ledger.balance()",
    "Week one is for looking. Walk the same street at three hours of the day and write down only what changed. Do not "
    "look for subjects; let them be late.",
)


class Sample(forms.Form):
    """Every kind of control, so that the page can show each with and without errors."""

    title = forms.CharField(
        max_length=80, help_text="What a buyer gets, in one line.", widget=forms.TextInput(attrs={"maxlength": 80})
    )
    price = forms.DecimalField(min_value=3, required=False, help_text="Free, or from $3.00.")
    summary = forms.CharField(widget=forms.Textarea(attrs={"maxlength": 240, "rows": 3}), required=False)
    model = forms.ChoiceField(choices=[("", "Choose a model"), ("mj", "Midjourney 7"), ("claude", "Claude Opus 4.5")])
    audience = forms.ChoiceField(
        choices=[("all", "Everybody"), ("few", "Those with the link")], widget=forms.RadioSelect, label="Who may see it"
    )
    picture = forms.FileField(required=False)
    rights = forms.BooleanField(
        label="I have the right to sell this prompt.", help_text="We keep the wording and the time."
    )


@require_http_methods(["GET", "HEAD", "POST"])
def components(request: HttpRequest) -> HttpResponse:
    if request.GET.get("toast"):
        messages.success(request, "The listing is saved.")
    wrong = Sample({"title": "", "price": "1", "summary": "Short and plain.", "audience": "few"})
    now = clock.now()
    context = {
        "colours": COLOURS,
        "icons": ICONS,
        "states": STATES,
        "cards": list(_cards()),
        "texts": [card for card in _cards() if card["picture"] is None],
        "sample": Sample(),
        "wrong": wrong,
        "variables": VARIABLES,
        "template_text": TEMPLATE,
        "pictures": _pictures(),
        "steps": ["Your handle", "Your payout account", "Done"],
        "trail": [("Prompts", "/prompts/"), ("Images", "/prompts/?medium=image"), ("Rain on the harbour", "")],
        "tabs": _tabs(),
        "events": [
            {
                "title": "Approved",
                "text": "Looks right and does what it shows.",
                "actor": "Moderator",
                "at": now,
                "kind": "good",
            },
            {
                "title": "Sent back",
                "text": "Two examples are missing.",
                "actor": "Moderator",
                "at": now - timedelta(hours=5),
                "kind": "bad",
            },
            {"title": "Submitted", "actor": "Mira Example", "at": now - timedelta(days=2)},
        ],
        "now": now,
        "columns": [{"name": "Day"}, {"name": "Listing"}, {"name": "State"}, {"name": "You get", "number": True}],
        "rows": _rows(),
        "distribution": [(5, 41), (4, 12), (3, 3), (2, 1), (1, 0)],
        "long_word": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2,
    }
    return render(request, "dev/components.html", context | _figures())


def _tabs() -> list[dict[str, Any]]:
    names = (("Overview", None), ("Reviews", 57), ("Versions", 3), ("Questions", 1204))
    return [{"name": name, "url": "#tabs", "count": count, "current": name == "Reviews"} for name, count in names]


def _rows() -> list[list[dict[str, Any]]]:
    sales = (
        ("3 November", "Rain on the harbour", "Delivered", 399),
        ("2 November", "Letters that get answered", "Refunded", -399),
    )
    return [
        [
            {"label": "Day", "text": day},
            {"label": "Listing", "text": name, "url": "#tables"},
            {"label": "State", "text": state},
            {"label": "You get", "text": ui.money(amount), "number": True},
        ]
        for day, name, state, amount in sales
    ]


def _figures() -> dict[str, Any]:
    days = [f"{day} Nov" for day in range(1, 31)]
    after = TEMPLATE.replace("one a sentence", "two a paragraph, never as a list").replace("Open with", "Begin with")
    return {
        "days": [(day, (place * 7919) % 4300 if place % 6 else 0) for place, day in enumerate(days)],
        "views": [(day, 20 + (place * 37) % 90 + place * 2) for place, day in enumerate(days)],
        "before": TEMPLATE,
        "after": after + "\nEnd with the price.",
    }


def _cards() -> Iterator[dict[str, Any]]:
    wall = (
        ("Rain on the harbour, in gouache", "Midjourney 7", 1200, 800, 200),
        ("Paper theatre stage sets", "FLUX 2", 800, 1200, 20),
        ("Botanical plates with a wrong century", "Stable Diffusion XL", 900, 1200, 140),
        ("A street that never was", "DALL·E 3", 1600, 900, 50),
        ("Glass still lifes", "GPT Image 1.5", 1000, 1000, 280),
        ("Maps of small islands", "Midjourney 7", 1000, 1250, 230),
        ("Portraits in one lamp", "Nano Banana Pro", 900, 1400, 350),
        ("Harvest posters", "Ideogram 3.0", 1400, 1000, 80),
    )
    words = (
        ("Letters to neighbours that get answered", "Claude Opus 4.5", "text"),
        ("Bread, explained like a friend would", "ChatGPT GPT-5.1", "text"),
        ("Readable refactorings, with reasons", "Claude Code 2", "code"),
        ("Twelve weeks of looking: a photography course", "Gemini 3 Pro", "text"),
    )
    for place, (title, model, width, height, hue) in enumerate(wall):
        picture = _picture(width, height, hue, title)
        yield _card(title, model, "image", 300 + place * 100 - 1, picture=picture, seller="Mira Example")
        if place % 2:
            amount = 0 if place == 3 else 499
            yield _card(*words[place // 2], amount, excerpt=EXCERPTS[place // 2], seller="The Letter Office")


def _card(
    title: str, model: str, medium: str, amount: int, *, seller: str, picture: Any = None, excerpt: str = ""
) -> dict[str, Any]:
    reviewed = len(title) % 3 != 0
    return {
        "url": "#cards",
        "title": title,
        "model_name": model,
        "medium": medium,
        "frame": ui.frame(picture) if picture else "r-80",
        "price_text": ui.price(amount),
        "before_text": ui.price(amount + 200) if "paper" in title.lower() else "",
        "rating_text": "4.8" if reviewed else "",
        "rating_label": "4.8 of 5 stars, 32 reviews",
        "rating_count": "32",
        "seller_name": seller,
        "picture": picture,
        "excerpt": excerpt,
        "tint": tones.tint(title),
        "favourite_url": "?favourite",
        "is_favourite": "glass" in title.lower(),
    }


def _pictures() -> list[dict[str, Any]]:
    sizes = (
        (1500, 1000, 200, "Morning"),
        (800, 1200, 20, "Evening"),
        (1000, 1000, 280, "Glass"),
        (1600, 900, 50, "Street"),
    )
    return [
        _picture(width, height, hue, name) | {"caption": f"place: {name.lower()} · weather: rain"}
        for width, height, hue, name in sizes
    ]


def _picture(width: int, height: int, hue: int, alt: str) -> dict[str, Any]:
    """A hill landscape drawn on the spot, so that the page needs no files."""
    hills = "".join(
        f'<path d="M0 {height * (0.4 + step * 0.13):.0f}C{width * 0.3:.0f} {height * (0.22 + step * 0.16):.0f} '
        f"{width * 0.55:.0f} {height * (0.56 + step * 0.1):.0f} {width} {height * (0.34 + step * 0.15):.0f}"
        f'V{height}H0Z" fill="hsl({hue + step * 9} {34 + step * 5}% {66 - step * 13}%)"/>'
        for step in range(5)
    )
    sun = f'cx="{width * 0.68:.0f}" cy="{height * 0.27:.0f}" r="{min(width, height) * 0.1:.0f}"'
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<rect width="100%" height="100%" fill="hsl({hue + 20} 44% 86%)"/>'
        f'<circle {sun} fill="hsl({hue + 170} 72% 66%)"/>{hills}</svg>'
    )
    source = "data:image/svg+xml," + quote(drawing)
    return {
        "src": source,
        "srcset": "",
        "width": width,
        "height": height,
        "alt": alt,
        "tone": tones.tone(120, 110, 100),
    }
