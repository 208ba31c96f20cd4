"""The front room: home, browse and search, and what is suggested while somebody types."""

from dataclasses import replace
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common import pagination
from marketplace import cards, highlights, pagecache, search, shelves
from marketplace.search import Query, demand
from marketplace.views import filters

TYPED_AT_LEAST = 2  # characters before anything is suggested
SUGGESTIONS_KEPT = 60  # seconds, or until the shelves change


@require_safe
@pagecache.with_hearts
def home(request: HttpRequest) -> HttpResponse:
    trending = search.find(Query(sort="trending", only_keys=True), size=24, facets=True)
    counts = {facet.value: facet.count for name in ("medium", "model") for facet in trending.facets[name]}
    voices = highlights.new_voices(size=8, besides=trending.results)
    known = cards.of_keys(trending.results, request.user, trending.rows)
    specimens = highlights.specimens(known)
    context = {
        "specimens": specimens,
        "trending": highlights.mixed([card for card in known if card not in specimens], 12),
        "voices": cards.of_rows(voices, request.user),
        "media": highlights.media(counts),
        "models": [maker for maker in shelves.models() if counts.get(maker.slug)] or shelves.models()[:12],
        "shelves": shelves.top(),
        "collections": highlights.house_collections(),
        "least": settings.MIN_PRICE,
        "promise_days": settings.REFUND_DAYS,
        "canonical_url": settings.SITE_URL + reverse("home"),
    }
    return render(request, "marketplace/home.html", context)


@require_safe
@pagecache.with_hearts
def browse(request: HttpRequest) -> HttpResponse:
    query = replace(Query.from_params(request.GET, get_language() or "en"), only_keys=True)
    found = _found(request, replace(query, asker=demand.asker(request) if query.words else ""))
    context = listed(request, query, found) | {
        "title": _title(query),
        "canonical_url": _canonical(query),
        "is_search": bool(query.words),
    }
    if request.headers.get("HX-Target") == "found":
        response = render(request, "marketplace/browse/found.html", context | {"swapped": True})
        # The address bar gets the question alone, without empty fields.
        response["HX-Push-Url"] = filters.address(reverse("browse"), query)
        return response
    return render(request, "marketplace/browse/page.html", context)


def _found(request: HttpRequest, query: Query) -> search.Found:
    """A page of results; how many there are of everything is counted once a minute for those who are known.

    Whoever is not gets whole pages that are kept.
    """
    cursor = request.GET.get("cursor") or None
    if query.words or query.is_filtered or pagecache.is_impersonal(request):
        return search.find(query, cursor=cursor, facets=True, newcomers=True)
    counted = pagecache.known("facets")
    found = search.find(query, cursor=cursor, facets=counted is None, newcomers=True)
    if counted is None:
        pagecache.know("facets", (found.facets, found.count))
        return found
    return replace(found, facets=counted[0], count=counted[1])


def listed(request: HttpRequest, query: Query, found: search.Found) -> dict[str, Any]:
    """What a page of results needs: cards, filters, order, pages, and what to try when there is nothing."""
    nothing = not found.results and not request.GET.get("cursor")
    hung = cards.of_keys([*found.results, *found.newcomers], request.user, found.rows)
    return {
        "query": query,
        "search_words": query.words,
        "found": found,
        "cards": cards.picked(hung, found.results),
        "newcomers": cards.picked(hung, found.newcomers),
        "rail": filters.rail(query, found.facets),
        "chips": filters.chips(request.path, query),
        "sorts": filters.sorts(query),
        "extra": filters.hidden(query),
        "previous_url": pagination.address(request, found.previous),
        "next_url": pagination.address(request, found.next),
        "count_text": filters.count_text(found),
        "instead": cards.of_rows(highlights.trending(6), request.user) if nothing else [],
    }


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """A list of links under the search field."""
    words = " ".join(request.GET.get("q", "").split())[:80]

    def written() -> str:
        context: dict[str, Any] = {"words": words}
        if len(words) >= TYPED_AT_LEAST:
            context["found"] = search.suggest(words, get_language() or "en")
        return render_to_string("marketplace/browse/suggestions.html", context, request)

    # Many people begin with the same letters; the name is a digest, so that no words stand in the cache.
    name = sha256(words.encode()).hexdigest()[:32]
    response = HttpResponse(pagecache.part(f"suggest:{name}", written, SUGGESTIONS_KEPT))
    response["Cache-Control"] = "private, max-age=60"
    return response


def _title(query: Query) -> str:
    if query.words:
        return _("“%(words)s”") % {"words": query.words}
    return {
        "newest": _("New prompts"),
        "top_rated": _("Top rated prompts"),
        "best_selling": _("Best selling prompts"),
    }.get(query.sort, _("Free prompts") if query.free else _("All prompts"))


def _canonical(query: Query) -> str:
    """Every order and page of the same shelf is one page to search engines."""
    pairs = query.without("sort").params()
    return settings.SITE_URL + reverse("browse") + (f"?{urlencode(pairs)}" if pairs else "")
