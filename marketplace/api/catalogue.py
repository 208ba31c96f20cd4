"""What there is to choose from: models, categories, collections, sellers; and completions while somebody types."""

from typing import Any

from django.http import Http404
from django.utils.translation import get_language
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.door import EVERYBODY, Door
from accounts.api.shapes import STRING, both, page_of
from accounts.api.telling import Parameter, tells
from accounts.models import SellerProfile
from marketplace import permissions, search, social
from marketplace.api import shapes, shown, shown_cards
from marketplace.models import Category, Collection, CollectionItem, GenerativeModel, Listing

LONGEST_WORDS = 80


class Suggest(Door):
    who = {"GET": EVERYBODY}
    is_private = False

    @tells("Completions and a corrected spelling", answer=shapes.SUGGESTIONS, query=(Parameter("q", STRING),))
    def get(self, request: Request) -> Response:
        words = request.query_params.get("q", "").replace("\x00", "")[:LONGEST_WORDS]
        found = search.suggest(words, get_language() or "en")
        names = [*(one.name for one in found.models), *(one.name for one in found.categories)]
        titles = [one.title for one in found.listings]
        return Response(
            {
                "completions": list(dict.fromkeys([*found.queries, *names, *titles]))[:10],
                "corrected": found.corrected,
                "listings": [
                    {"slug": one.slug, "title": one.title, "url": shown_cards.address(f"/prompts/{one.slug}/")}
                    for one in found.listings
                ],
                "models": [shown.model(one) for one in found.models],
                "categories": [{"slug": one.slug, "name": one.name} for one in found.categories],
                "sellers": [{"handle": one.handle, "name": one.name} for one in found.sellers],
            }
        )


class Models(Door):
    who = {"GET": EVERYBODY}
    is_private = False

    @tells("Generative models", answer=page_of(shapes.MODEL), pages=True)
    def get(self, request: Request) -> Response:
        return self.page(GenerativeModel.objects.prefetch_related("versions"), shown.model_page, order=("name", "pk"))


class Categories(Door):
    who = {"GET": EVERYBODY}
    is_private = False

    @tells("Categories", answer=page_of(shapes.CATEGORY), pages=True)
    def get(self, request: Request) -> Response:
        return self.page(Category.objects.select_related("parent"), shown.category_page, order=("position", "slug"))


class Collections(Door):
    who = {"GET": EVERYBODY}
    is_private = False

    @tells("Collections everybody may see", answer=page_of(shapes.COLLECTION), pages=True)
    def get(self, request: Request) -> Response:
        return self.page(social.public_collections(), shown.collection, order=("position", "-created_at", "pk"))


class OneCollection(Door):
    """A collection with a page of what is in it."""

    who = {"GET": EVERYBODY}
    is_private = False

    @tells("A collection with a page of its listings", answer=both(shapes.COLLECTION, page_of(shapes.CARD)), pages=True)
    def get(self, request: Request, slug: str) -> Response:
        found = Collection.objects.select_related("owner__seller_profile").filter(slug=slug).first()
        if found is None or not permissions.may(request.user, "see", found):
            raise Http404
        held: Any = CollectionItem.objects.filter(collection=found, listing__in=Listing.objects.live())
        held = held.select_related("listing__seller__seller_profile", "listing__model")
        answer = self.page(held, lambda one: one.listing, order=("position", "pk"))
        answer.data["results"] = shown_cards.cards(answer.data["results"])
        answer.data = shown.collection(found) | answer.data
        return answer


class Seller(Door):
    """A seller as everybody sees them; their prompts are at listings/?seller=handle."""

    who = {"GET": EVERYBODY}
    is_private = False

    @tells("A seller as everybody sees them", answer=shapes.SELLER)
    def get(self, request: Request, handle: str) -> Response:
        known = SellerProfile.objects.select_related("user").filter(user__suspended_at=None, user__erased_at=None)
        found = known.filter(handle__iexact=handle.removeprefix("@")).first()
        if found is None:
            raise Http404
        return Response(
            shown.seller(found.user)
            | {
                "bio": found.bio,
                "website": found.website,
                "country": found.country,
                "picture": shown_cards.media(found.picture_url) if found.picture else None,
                "joined_at": shown_cards.moment(found.created_at),
            }
        )
