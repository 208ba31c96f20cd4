"""The pages of one model and of one category: their own words, and what stands there."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace import pagecache, search, shelves, structured
from marketplace.models import Category, GenerativeModel
from marketplace.search import Query
from marketplace.views import public


@require_safe
@pagecache.with_hearts
def show_model(request: HttpRequest, slug: str) -> HttpResponse:
    model = get_object_or_404(GenerativeModel.objects.prefetch_related("versions"), slug=slug)
    near = [one for one in shelves.models() if one.medium == model.medium and one.slug != slug]
    context = _listed(request, model=slug) | {
        "model": model,
        "title": model.name,
        "words": _own_words(model),
        "near": near,
        "trail": [(_("Prompts"), reverse("browse")), (model.name, "")],
        "canonical_url": structured.absolute(model.get_absolute_url()),
    }
    return render(request, "marketplace/shelves/model.html", context)


@require_safe
@pagecache.with_hearts
def show_category(request: HttpRequest, slug: str) -> HttpResponse:
    category = get_object_or_404(Category.objects.select_related("parent"), slug=slug)
    parents = [(category.parent.name, category.parent.get_absolute_url())] if category.parent else []
    trail = [(_("Prompts"), reverse("browse")), *parents, (category.name, "")]
    context = _listed(request, category=slug) | {
        "category": category,
        "title": category.name,
        "words": _own_words(category),
        "inner": shelves.on(category.parent.slug if category.parent else slug),
        "trail": trail,
        "trail_json": structured.script(structured.breadcrumb(trail)),
        "canonical_url": structured.absolute(category.get_absolute_url()),
    }
    return render(request, "marketplace/shelves/category.html", context)


def _listed(request: HttpRequest, **fixed: str) -> dict[str, Any]:
    """The results on this shelf, in the order asked for."""
    language = get_language() or "en"
    asked = replace(Query.from_params({**fixed, "sort": request.GET.get("sort", "")}, language), only_keys=True)
    found = search.find(asked, cursor=request.GET.get("cursor") or None, facets=True, newcomers=True)
    more = reverse("browse") + "?" + "&".join(f"{name}={value}" for name, value in fixed.items())
    # The shelf itself is no filter that could be taken off here.
    return public.listed(request, asked, found) | {
        "chips": [],
        "search_words": "",
        "more_url": more,
        "sort_links": sort_links(request.path, asked.order),
    }


def sort_links(path: str, chosen: str) -> list[dict[str, Any]]:
    names = {"trending": _("Trending"), "newest": _("Newest"), "top_rated": _("Top rated"), "price": _("Price")}
    return [
        {"name": label, "url": path if name == "trending" else f"{path}?sort={name}", "current": name == chosen}
        for name, label in names.items()
    ]


def _own_words(row: Any) -> str:
    french = (get_language() or "").startswith("fr")
    return str(row.words_fr if french and row.words_fr else row.words)
