"""What is easier looked at than read: charts and differences."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common import figures
from common.money import format_money

register = template.Library()


@register.simple_tag
def chart(
    rows: Iterable[Sequence[Any]], title: str = "", kind: str = "bars", currency: str = "", total: object = ""
) -> SafeString:
    """A chart of (label, value) rows, as bars or line, with its table; with a currency the values are minor units."""
    said = (str(title), str(kind), str(currency), str(total) if total else "")
    draw = _chart.__wrapped__ if settings.DEBUG else _chart
    return draw(tuple(tuple(map(_plain, row)) for row in rows), *said, get_language())


def _plain(value: Any) -> Any:
    """Words as text, numbers as they are: the same chart is drawn once."""
    return value if isinstance(value, int | float) else str(value)


@lru_cache(maxsize=256)
def _chart(
    rows: tuple[tuple[Any, ...], ...], title: str, kind: str, currency: str, total: str, _language: str | None
) -> SafeString:
    def spell(value: float) -> str:
        return format_money(int(value), currency) if currency else number_format(value, 0 if value == int(value) else 1)

    points = [figures.Point(str(row[0]), row[1], str(row[2]) if len(row) > 2 else spell(row[1])) for row in rows]
    drawn = figures.lay_out(points)
    highest = max(points, key=lambda point: point.value, default=None)
    summary = _("%(title)s: nothing yet.") % {"title": title}
    if highest and highest.value:
        summary = _("%(title)s, %(first)s to %(last)s. Highest: %(text)s (%(label)s).") % {
            "title": title,
            "first": points[0].label,
            "last": points[-1].label,
            "text": highest.text,
            "label": highest.label,
        }
    ticks = [spell(tick) for tick in reversed(drawn.ticks)]
    values = {"chart": drawn, "title": title, "kind": kind, "total": total, "summary": summary, "ticks": ticks}
    return mark_safe(get_template("components/chart.html").render(values))  # noqa: S308 — a rendered template


@register.inclusion_tag("components/diff.html")
def diff(before: str, after: str) -> dict[str, object]:
    """What changed between two texts, with the changed words marked."""
    return {"lines": figures.compare(before, after)}
