"""Favourites and follows: said once, said again, the same."""

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.door import ACCOUNTS, MEMBERS, Door
from accounts.api.shapes import SELLER_LINE, page_of
from accounts.api.telling import tells
from accounts.models import User
from marketplace import permissions, social
from marketplace.api import shapes, shown, shown_cards
from marketplace.models import Favourite, Listing


class Favourites(Door):
    who = {"GET": ACCOUNTS}

    @tells("What you like, newest first", answer=page_of(shapes.CARD), pages=True)
    def get(self, request: Request) -> Response:
        mine = Favourite.objects.filter(user=self.caller, listing__in=Listing.objects.live())
        liked = mine.select_related("listing__seller__seller_profile", "listing__model")
        answer = self.page(liked, lambda one: one.listing, order=("-pk",))
        answer.data["results"] = shown_cards.cards(answer.data["results"])
        return answer


class OneFavourite(Door):
    who = {"PUT": MEMBERS, "DELETE": MEMBERS}

    @tells("Like a listing", status=204)
    def put(self, request: Request, slug: str) -> Response:
        social.favourite(self.caller, self._listing(slug))
        return Response(status=204)

    @tells("Like it no more", status=204)
    def delete(self, request: Request, slug: str) -> Response:
        social.unfavourite(self.caller, self._listing(slug))
        return Response(status=204)

    def _listing(self, slug: str) -> Listing:
        known = Listing.objects.select_related("seller")
        found = known.filter(permissions.visible(self.caller), slug=slug).first()
        if found is None:
            raise Http404
        return found


class Follows(Door):
    who = {"GET": ACCOUNTS}

    @tells("The sellers you follow", answer=page_of(SELLER_LINE), pages=True)
    def get(self, request: Request) -> Response:
        mine = self.caller.follows.filter(seller__suspended_at=None, seller__erased_at=None)
        followed = mine.select_related("seller__seller_profile")
        return self.page(followed, lambda one: shown.seller(one.seller), order=("-pk",))


class OneFollow(Door):
    who = {"PUT": MEMBERS, "DELETE": MEMBERS}

    @tells("Follow a seller", status=204)
    def put(self, request: Request, handle: str) -> Response:
        social.follow(self.caller, self._seller(handle))
        return Response(status=204)

    @tells("Follow them no more", status=204)
    def delete(self, request: Request, handle: str) -> Response:
        social.unfollow(self.caller, self._seller(handle))
        return Response(status=204)

    def _seller(self, handle: str) -> User:
        handle = handle.removeprefix("@")
        found = User.objects.filter(seller_profile__handle__iexact=handle, suspended_at=None, erased_at=None).first()
        if found is None:
            raise Http404
        return found
