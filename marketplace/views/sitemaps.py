"""What search engines are told: a sitemap in parts that stay small, and what they need not look at.

Listings are parted by their key, so that a part is one look along the index however many there are.
"""

from collections.abc import Iterator
from datetime import datetime
from xml.sax.saxutils import escape

from django.conf import settings
from django.core.cache import cache
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models import SellerProfile
from marketplace import shelves, structured
from marketplace.models import Listing
from marketplace.social import public_collections

PROTOCOL = "http://www.sitemaps.org/schemas/sitemap/0.9"
PART = 20_000  # keys in one part; the protocol allows 50,000 addresses
KEPT = 3600  # seconds
PAGES = (
    "home",
    "browse",
    "collections",
    "guide-how",
    "guide-selling",
    "terms",
    "privacy",
    "refunds-promise",
    "licence",
)
CLOSED = (
    *("/account/", "/admin/", "/api/", "/cart/", "/checkout/", "/favourites/", "/library/", "/moderation/", "/orders/"),
    *("/notifications/", "/sell/", "/prompts/suggest/", "/prompts/*/collect/", "/prompts/*/report/", "/*?*cursor="),
)

Entry = tuple[str, datetime | None]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    highest = Listing.objects.aggregate(highest=Max("pk"))["highest"] or 0
    names = ["pages", "shelves", "sellers", *(f"listings-{number}" for number in range(highest // PART + 1))]
    rows = "".join(
        f"<sitemap><loc>{escape(structured.absolute(reverse('sitemap-part', args=[name])))}</loc></sitemap>"
        for name in names
    )
    return _xml(f'<sitemapindex xmlns="{PROTOCOL}">{rows}</sitemapindex>')


@require_safe
def part(request: HttpRequest, part: str) -> HttpResponse:
    key = f"sitemap:languages:{part}"
    body: str | None = cache.get(key)
    if body is None:
        rows = "".join(_row(*entry) for entry in _entries(part))
        body = f'<urlset xmlns="{PROTOCOL}" xmlns:xhtml="http://www.w3.org/1999/xhtml">{rows}</urlset>'
        cache.set(key, body, KEPT)
    return _xml(body)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]
    lines += ["", f"Sitemap: {structured.absolute(reverse('sitemap'))}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def _entries(name: str) -> Iterator[Entry]:
    if name == "pages":
        return ((reverse(page), None) for page in PAGES)
    if name == "shelves":
        return _shelves()
    if name == "sellers":
        return _sellers()
    number = name.removeprefix("listings-")
    if not name.startswith("listings-") or not (number.isascii() and number.isdigit() and len(number) < 7):
        raise Http404
    return _listings(int(number) * PART)


def _shelves() -> Iterator[Entry]:
    for shelf in shelves.categories():
        yield reverse("category", args=[shelf.slug]), None
    for maker in shelves.models():
        yield reverse("model", args=[maker.slug]), None
    for collection in public_collections().order_by("pk")[:PART]:
        yield collection.get_absolute_url(), None


def _sellers() -> Iterator[Entry]:
    sellers = SellerProfile.objects.filter(user__suspended_at=None, user__erased_at=None).order_by("pk")
    for handle in sellers.values_list("handle", flat=True)[:PART]:
        yield reverse("seller", args=[handle]), None


def _listings(first: int) -> Iterator[Entry]:
    live = Listing.objects.live().filter(pk__gte=first, pk__lt=first + PART).order_by("pk")
    for slug, updated_at in live.values_list("slug", "updated_at"):
        yield reverse("listing", args=[slug]), updated_at


def _row(path: str, changed_at: datetime | None) -> str:
    """The address, when it last changed, and where the same is in each language."""
    place = escape(structured.absolute(path))
    changed = f"<lastmod>{changed_at.date().isoformat()}</lastmod>" if changed_at else ""
    languages = [(code, f"{place}?lang={code}") for code, _name in settings.LANGUAGES] + [("x-default", place)]
    links = "".join(f'<xhtml:link rel="alternate" hreflang="{code}" href="{address}"/>' for code, address in languages)
    return f"<url><loc>{place}</loc>{changed}{links}</url>"


def _xml(body: str) -> HttpResponse:
    response = HttpResponse(f'<?xml version="1.0" encoding="UTF-8"?>\n{body}', content_type="application/xml")
    response["Cache-Control"] = "public, max-age=3600"
    return response
