"""The cart: listings put aside, each once. A visitor's hangs on a random key and is merged at sign-in."""

from collections.abc import Container, Iterable
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.problems import Problem
from marketplace.models import Entitlement, Listing
from payments import prices
from payments.models import CartItem

LIMIT = 20


class CartFull(Problem):
    code, status = "cart_full", 409
    default_detail = _("A cart holds 20 prompts at most. Buy these first.")


class NotForSale(Problem):
    code, status = "not_for_sale", 409
    default_detail = _("This prompt is not on sale at the moment.")


class OwnListing(Problem):
    code, status = "own_listing", 409
    default_detail = _("This is your own prompt; you can read it without buying it.")


class AlreadyYours(Problem):
    code, status = "already_yours", 409
    default_detail = _("This prompt is already in your library.")


@dataclass(frozen=True)
class Owner:
    """Whose cart: an account, or a visitor's random key."""

    user: User | None = None
    visitor: str = ""

    def items(self) -> QuerySet[CartItem]:
        found = CartItem.objects.filter(user=self.user) if self.user else CartItem.objects.filter(visitor=self.visitor)
        return found.select_related("listing__seller__seller_profile", "listing__model").order_by("added_at", "pk")

    def size(self) -> int:
        """How many, for the header of every page: written by the ORM it takes longer to ask than to answer."""
        whose, key = ("user_id", self.user.pk) if self.user else ("visitor", self.visitor)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM payments_cartitem WHERE {whose} = %s", [key])  # noqa: S608 — a column
            return int(cursor.fetchone()[0])


def owned(user: User, listings: Iterable[Listing]) -> set[int]:
    """The ids of those that this person has in the library."""
    mine = Entitlement.objects.active().filter(owner=user, listing__in=[listing.pk for listing in listings])
    return set(mine.values_list("listing_id", flat=True))


def check(user: User | None, listing: Listing, has: Container[int] | None = None) -> None:
    """Refuse what this person cannot buy. Raises NotForSale, OwnListing or AlreadyYours; `has` as `owned` says."""
    if not listing.is_live or listing.seller.is_suspended:
        raise NotForSale
    if user is None:
        return
    if listing.seller_id == user.pk:
        raise OwnListing
    if listing.pk in (owned(user, [listing]) if has is None else has):
        raise AlreadyYours


@transaction.atomic
def add(owner: Owner, listing: Listing, *, via: str = "") -> None:
    """Put a listing into the cart; a second time changes nothing but the link it came by."""
    check(owner.user, listing)
    if owner.items().exclude(listing=listing).count() >= LIMIT:
        raise CartFull
    CartItem.objects.update_or_create(
        user=owner.user, visitor="" if owner.user else owner.visitor, listing=listing, defaults={"via": via}
    )


def remove(owner: Owner, listing: Listing) -> None:
    owner.items().filter(listing=listing).delete()


@dataclass(frozen=True)
class Contents:
    """What is in a cart, with prices as of now; `gone` is what cannot be bought any more."""

    items: list[CartItem]
    gone: list[CartItem]
    prices: dict[int, int]
    total: int


def contents(owner: Owner) -> Contents:
    items = list(owner.items())
    here = [item for item in items if item.listing.is_live and not item.listing.seller.is_suspended]
    found = prices.current([item.listing for item in here])
    return Contents(
        items=here, gone=[item for item in items if item not in here], prices=found, total=sum(found.values())
    )


@transaction.atomic
def merge(visitor: str, user: User) -> None:
    """Give a visitor's cart to the account that signed in, without what it has or owns."""
    if not visitor:
        return
    kept = set(CartItem.objects.filter(user=user).values_list("listing_id", flat=True))
    kept |= set(Entitlement.objects.active().filter(owner=user).values_list("listing_id", flat=True))
    brought = CartItem.objects.filter(visitor=visitor)
    brought.exclude(listing__in=kept).exclude(listing__seller=user).update(user=user, visitor="")
    brought.delete()
