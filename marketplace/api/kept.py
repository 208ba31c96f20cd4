"""Answers that are the same for every caller, kept as they were written, for as long as pages are.

What is kept dies with the shelves' generation (marketplace.pagecache): a listing published or taken down is seen in the
next answer. Figures that move without it (hearts, ratings) may be settings.PAGE_SECONDS old.
"""

from collections.abc import Callable
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from django.utils.translation import get_language
from rest_framework.request import Request

from marketplace import pagecache

# What many ask alike; a search, or a page deep inside, is rarely asked twice, and would only fill the cache.
OFTEN = {"model", "category", "medium", "language", "price", "free", "sort", "facets", "new_work", "page_size"}


def answer(request: Request, make: Callable[[], bytes]) -> HttpResponse:
    """The JSON that `make` gives; from the cache if the same was asked moments ago."""
    if not settings.PAGE_SECONDS or set(request.query_params) - OFTEN:
        return HttpResponse(make(), content_type="application/json")
    key = _key(request)
    found = cache.get_many([pagecache.GENERATION, key])
    # Read before anything is looked up: what changes meanwhile makes the answer old before it is kept.
    generation = found.get(pagecache.GENERATION) or pagecache.begin()
    kept = found.get(key)
    if kept is None or kept[0] != generation:
        kept = (generation, make())
        cache.set(key, kept, settings.PAGE_SECONDS)
    return HttpResponse(kept[1], content_type="application/json")


def _key(request: Request) -> str:
    parts = (request.build_absolute_uri(), get_language() or "")
    return f"api:{sha256(chr(10).join(parts).encode()).hexdigest()}"
