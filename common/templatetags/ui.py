"""What every page's templates need: icons, money, dates, initials, fields, states."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField, CheckboxInput
from django.forms.widgets import ChoiceWidget, ClearableFileInput, Select, Textarea
from django.template.context import RequestContext
from django.template.defaultfilters import date as format_date
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from common import clock, moulds, states, tones
from common.money import format_money

register = template.Library()

THEMES = ("light", "dark")
DIRECTIONAL = frozenset(("arrow-left", "arrow-right", "chevron-left", "chevron-right", "refund", "logout", "external"))


# ---- Icons and pictures --------------------------------------------------------------------------------------------
@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """An icon of the sprite; silent to screen readers unless it has a label. Sizes: small, large."""
    return _icon(name, str(label), size)


@lru_cache(maxsize=512)
def _icon(name: str, label: str, size: str) -> SafeString:
    classes = "icon" + (f" icon-{size}" if size else "") + (" icon-directional" if name in DIRECTIONAL else "")
    voice = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    sprite = static("img/icons.svg")  # with hashed names its address costs a look-up
    return format_html('<svg class="{}" viewBox="0 0 24 24" {}><use href="{}#{}"/></svg>', classes, voice, sprite, name)


@register.filter
def frame(picture: Any) -> str:
    """The classes of a picture's frame, from anything with width, height and tone (a number or #rrggbb)."""
    if not picture:
        return "r-80"
    width, height, colour = (
        picture.get(name) if isinstance(picture, dict) else getattr(picture, name, None)
        for name in ("width", "height", "tone")
    )
    return f"{tones.shape(width, height)} {tone(colour)}"


@register.filter
def pictured(cards: Iterable[Mapping[str, Any]]) -> bool:
    """Whether any of the cards has a picture: a wall of texts stands otherwise, and must from its first line on."""
    return any(card.get("picture") for card in cards)


@register.filter
def tone(colour: int | str | None) -> str:
    """The placeholder class of a dominant colour: tone-0 to tone-31."""
    if colour in (None, ""):
        return ""
    return f"tone-{colour if isinstance(colour, int) else tones.tone_of(colour)}"


@register.filter
def tint(name: object) -> str:
    """A paper for this name, always the same: tint-0 to tint-7."""
    return f"tint-{tones.tint(str(name))}"


@register.filter
def initials(name: object) -> str:
    """Up to two letters for a face without a picture."""
    words = [word for word in str(name).replace("-", " ").replace("_", " ").split() if word[0].isalnum()]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[0] for word in words]
    return "".join(letters).upper() or "?"


# ---- Addresses -----------------------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def addresses(context: RequestContext, url: str) -> SafeString:
    """For search engines: this page's own address, and where it is in each language."""
    joined = url + ("&" if "?" in url else "?") + "lang="
    request = context.get("request")
    named = request.GET.get("lang", "") if request else ""
    known = [code for code, _name in settings.LANGUAGES]
    links = [format_html('<link rel="canonical" href="{}">', joined + named if named in known else url)]
    for code, place in [*((code, joined + code) for code in known), ("x-default", url)]:
        links.append(format_html('<link rel="alternate" hreflang="{}" href="{}">', code, place))
    return SafeString("".join(links))


# ---- Numbers and money ---------------------------------------------------------------------------------------------
@register.filter
def money(amount: int | None, currency: str | None = None) -> str:
    """Minor units as the reader writes them; nothing for no amount. The currency is the house's unless given."""
    return "" if amount is None else format_money(int(amount), currency or settings.CURRENCY)


@register.filter
def price(amount: int | None, currency: str | None = None) -> str:
    """Like money, but nothing is "Free"."""
    return _("Free") if amount == 0 else money(amount, currency)


@register.filter
def compact(number: int | None) -> str:
    """12,345 as 12.3k: for counts where the exact number does not matter."""
    if number is None:
        return ""
    for size, suffix in ((1_000_000, "M"), (1_000, "k")):
        if number >= size:
            short = number / size
            places = 0 if short >= 100 or number % size < size // 10 else 1
            return number_format(int(short * 10**places) / 10**places, places) + suffix
    return number_format(number, 0)


@register.filter
def percent(part: float | None, whole: float | None = None) -> str:
    """A share (0.25, or part of whole) as a whole percentage in the reader's spelling."""
    if part is None or whole == 0:
        return "–"
    share = part / whole if whole is not None else part
    return _("%(number)s%%") % {"number": number_format(share * 100, 0)}


# ---- Dates ---------------------------------------------------------------------------------------------------------
@register.filter
def ago(moment: datetime | date | None) -> str:
    """How far away a moment is, in one unit: just now, 3 hours ago, in 2 days; a date when it is more than a month."""
    if moment is None:
        return ""
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, tzinfo=timezone.get_current_timezone())
    seconds = (moment - clock.now()).total_seconds()
    past, distance = seconds < 0, abs(seconds)
    if distance < 60:
        return _("just now") if past else _("in a moment")
    if distance > 31 * 86400:
        return format_date(timezone.localtime(moment), "DATE_FORMAT")
    return _minutes(distance, past) if distance < 3600 else _hours_or_days(distance, past)


def _minutes(distance: float, past: bool) -> str:
    count = int(distance // 60)
    if past:
        return ngettext("%(count)d minute ago", "%(count)d minutes ago", count) % {"count": count}
    return ngettext("in %(count)d minute", "in %(count)d minutes", count) % {"count": count}


def _hours_or_days(distance: float, past: bool) -> str:
    if distance < 86400:
        count = int(distance // 3600)
        if past:
            return ngettext("%(count)d hour ago", "%(count)d hours ago", count) % {"count": count}
        return ngettext("in %(count)d hour", "in %(count)d hours", count) % {"count": count}
    count = int(distance // 86400)
    if past:
        return ngettext("%(count)d day ago", "%(count)d days ago", count) % {"count": count}
    return ngettext("in %(count)d day", "in %(count)d days", count) % {"count": count}


@register.simple_tag
def when(moment: datetime | date | None, style: str = "ago") -> SafeString:
    """A <time> element. Styles: ago (default), date, datetime, short, month."""
    if moment is None:
        return mark_safe("")
    # A day long past is written the same way each time.
    write = _written if style == "ago" else _written_once
    return write(moment, style, get_language(), timezone.get_current_timezone_name())


DATES = {
    "date": "DATE_FORMAT",
    "datetime": "DATETIME_FORMAT",
    "short": "SHORT_DATE_FORMAT",
    "month": "YEAR_MONTH_FORMAT",
}


def _written(moment: datetime | date, style: str, _language: str | None, _zone: str) -> SafeString:
    local = timezone.localtime(moment) if isinstance(moment, datetime) else moment
    words = ago(moment) if style == "ago" else format_date(local, DATES[style])
    if style == "datetime" and isinstance(moment, datetime):
        words += format_date(local, " T")  # an hour says little without its zone
    full = format_date(local, "DATETIME_FORMAT" if isinstance(moment, datetime) else "DATE_FORMAT")
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), full, words)


_written_once = lru_cache(maxsize=4096)(_written)


# ---- States --------------------------------------------------------------------------------------------------------
@register.simple_tag
def status(state: str, label: object = "") -> SafeString:
    """A state as a pill; the words are the label given (usually get_status_display) or the house's own."""
    return format_html('<span class="status status-{}">{}</span>', states.voice(state), label or states.words(state))


@register.simple_tag
def stars(rating: float | None) -> SafeString:
    """Five stars to the nearest half, with a spoken label."""
    value = float(rating or 0)
    halves = round(value * 2)
    names = [
        "star-filled" if halves >= place * 2 else "star-half" if halves == place * 2 - 1 else "star"
        for place in range(1, 6)
    ]
    label = _("%(rating)s of 5 stars") % {"rating": number_format(value, 1)}
    drawn = mark_safe("".join(icon(name) for name in names))  # noqa: S308 — our own tags
    return format_html('<span class="stars" role="img" aria-label="{}">{}</span>', label, drawn)


# ---- Forms ---------------------------------------------------------------------------------------------------------
FIELD_KINDS = ((CheckboxInput, "check"), (Textarea, "textarea"), (Select, "select"), (ClearableFileInput, "file"))


def kind_of(bound: BoundField) -> str:
    """Which markup a field needs: check, choices, select, textarea, file or text."""
    widget = bound.field.widget
    if bound.use_fieldset and isinstance(widget, ChoiceWidget):
        return "choices"
    return next((name for widget_class, name in FIELD_KINDS if isinstance(widget, widget_class)), "text")


@register.simple_tag
def field(bound: BoundField, **extra: object) -> SafeString:
    """One form field with its label, help and errors, wired for screen readers (components/field.html).

    Options: label, help, prefix (a currency sign), counter=True, classes; any attr_x goes to the control as x
    (attr_placeholder, attr_autocomplete, attr_data_variable → data-variable).
    """
    if bound.is_hidden:
        return mark_safe(str(bound))  # noqa: S308 — a widget's own markup
    attributes: dict[str, str | bool] = {
        name.removeprefix("attr_").replace("_", "-"): str(value)
        for name, value in extra.items()
        if name.startswith("attr_")
    }
    if extra.get("counter") and bound.field.widget.attrs.get("maxlength"):
        attributes["data-counter"] = ""
    kind = kind_of(bound)
    context = {
        "field": bound,
        "kind": kind,
        "control": bound.as_widget(attrs=attributes),
        "optional": not bound.field.required and kind not in ("check", "choices"),
        "label": extra.get("label") or bound.label,
        "help": extra.get("help") or bound.help_text,
        "prefix": extra.get("prefix"),
        "classes": extra.get("classes", ""),
        "counter": "data-counter" in attributes,
        "maxlength": bound.field.widget.attrs.get("maxlength"),
    }
    return get_template("components/field.html").render(context)  # type: ignore[return-value]


@register.simple_tag
def fields(form: Any, *names: str) -> SafeString:
    """All visible fields of a form (or those named) in order, with the hidden ones after them."""
    chosen = [form[name] for name in names] if names else [*form.visible_fields(), *form.hidden_fields()]
    return mark_safe("".join(field(bound) for bound in chosen))  # noqa: S308 — rendered templates


# ---- The page ------------------------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def theme(context: RequestContext) -> str:
    """The scheme the reader chose (cookie "theme"): light, dark, or nothing for the system's own."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme", "") if request else ""
    return chosen if chosen in THEMES else ""


@register.simple_tag
def fixed(name: str) -> str:
    """A template that depends on nothing but the language (footer, links of the head): rendered once a process."""
    if settings.DEBUG:
        return get_template(name).render()
    return _fixed(name, get_language() or settings.LANGUAGE_CODE)


@lru_cache(maxsize=128)
def _fixed(name: str, language: str) -> str:
    return get_template(name).render()


@register.simple_tag(takes_context=True)
def header(context: RequestContext) -> str:
    """The bar at the top: the same for all who have the same in it, so it is made once for each of them."""
    request = context.get("request")
    user = getattr(request, "user", None)
    is_known = bool(getattr(user, "is_authenticated", False))
    person = tuple(getattr(user, name, "") for name in PERSON) if is_known else ()
    # Asked for only where there is somebody: a visitor without a cart costs no question.
    rings = context.get("notification_count") if is_known else None
    rings = rings() if callable(rings) else rings
    match = getattr(request, "resolver_match", None)
    words = str(context.get("search_words") or "")
    shown = (
        (match.url_name or "") if match else "",
        words,
        int(str(context.get("cart_count") or 0)),  # a lazy number is none to int()
        rings,
        person,
    )
    build = _header.__wrapped__ if settings.DEBUG else _header
    made = build(get_language() or settings.LANGUAGE_CODE, *shown)
    if request is not None:
        request.header_words, request.header_made = words, made  # for who keeps the page without its header
    return made


PERSON = ("email", "name", "is_moderator", "is_staff")


@lru_cache(maxsize=512)
def _header(
    _language: str, url_name: str, words: str, in_cart: int, rings: int | None, person: tuple[Any, ...]
) -> SafeString:
    user = SimpleNamespace(is_authenticated=bool(person), **dict(zip(PERSON, person, strict=False)))
    request = SimpleNamespace(user=user, resolver_match=SimpleNamespace(url_name=url_name))
    values = {"request": request, "search_words": words, "cart_count": in_cart, "notification_count": rings}
    return mark_safe(get_template("components/header.html").render(values))  # noqa: S308 — a rendered template


@register.simple_tag
def cast(template: str, name: str, values: Mapping[str, Any], **fixed: Any) -> SafeString:
    """A template for one of many: {% cast "components/card.html" "card" card heart=heart %}; see common.moulds."""
    return moulds.cast(template, name, values, **fixed)


@register.simple_tag
def wall(cards: Sequence[Mapping[str, Any]], loading: str = "") -> SafeString:
    """Cards one after the other; the first four are on the first screen, the others wait until somebody scrolls."""
    words = {
        "heart": icon("heart"),
        "favourite_label": _("Keep among the favourites"),
        "excerpt_label": _("An answer"),
    }
    parts = [(cards[:AT_ONCE], loading), (cards[AT_ONCE:], "lazy")] if loading else [(cards, "lazy")]
    return mark_safe(  # noqa: S308 — rendered templates
        "".join(moulds.cast_all(CARD, "card", part, **words, loading=how) for part, how in parts)
    )


AT_ONCE = 4  # cards whose pictures are fetched before anybody scrolls
CARD = "components/card.html"


@register.simple_tag
def link_to(name: str, *args: object) -> str:
    """The address of a named page, or nothing while that page does not exist."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@register.simple_tag(takes_context=True)
def current(context: RequestContext, *names: str) -> SafeString:
    """aria-current for a link to the page we are on, by the names of its URLs."""
    request = context.get("request")
    match = getattr(request, "resolver_match", None)
    return mark_safe('aria-current="page"' if match and match.url_name in names else "")  # noqa: S308


@register.filter
def attribute(value: object, name: str) -> SafeString:
    """name="value" when there is a value, else nothing."""
    return format_html(' {}="{}"', name, value) if value not in (None, "", False) else mark_safe("")


@register.filter
def soft_breaks(text: object) -> SafeString:
    """Let very long words break at slashes, dots and underscores."""
    escaped: str = conditional_escape(str(text))
    for mark in ("/", "_", "."):
        escaped = escaped.replace(mark, f"{mark}<wbr>")
    return mark_safe(escaped)  # noqa: S308 — escaped above
