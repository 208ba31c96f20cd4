"""Favourites, follows and collections: small acts that may be repeated without effect."""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import ids
from common.problems import Problem
from marketplace import content, figures, permissions
from marketplace.models import Collection, CollectionItem, Favourite, Follow, Listing

MOST_COLLECTIONS = 100
MOST_ITEMS = 200


class OwnShop(Problem):
    code = "own_shop"
    default_detail = _("You cannot follow yourself.")


class CollectionFull(Problem):
    code = "collection_full"
    default_detail = _("A collection holds at most 200 prompts.")


class TooManyCollections(Problem):
    code = "too_many_collections"
    default_detail = _("That is as many collections as one person can keep.")


def favourite(user: User, listing: Listing) -> bool:
    """Whether it is new among the person's favourites."""
    permissions.require(user, "join", listing)
    with transaction.atomic():
        _row, is_new = Favourite.objects.get_or_create(user=user, listing=listing)
        if is_new:
            figures.changed(listing.pk)
    return is_new


def unfavourite(user: User, listing: Listing) -> bool:
    with transaction.atomic():
        number, _rows = Favourite.objects.filter(user=user, listing=listing).delete()
        if number:
            figures.changed(listing.pk)
    return bool(number)


def favourites(user: User) -> QuerySet[Listing]:
    """What the person liked and can still see, the newest liked first."""
    return Listing.objects.live().for_cards().filter(favourites__user=user).order_by("-favourites__pk")


def liked_among(user: Any, listing_ids: Iterable[int]) -> set[int]:
    """Which of these the person likes, for the hearts on a page of cards."""
    if not isinstance(user, User):
        return set()
    return set(Favourite.objects.filter(user=user, listing__in=listing_ids).values_list("listing_id", flat=True))


def liked_slugs(user: User, slugs: Iterable[str]) -> list[str]:
    """Which of the listings with these slugs the person likes."""
    found = Favourite.objects.filter(user=user, listing__slug__in=list(slugs))
    return list(found.values_list("listing__slug", flat=True))


def follow(user: User, seller: User) -> bool:
    permissions.require(user, "join")
    if not seller.is_seller or seller.is_suspended or seller.erased_at is not None:
        raise permissions.NotFound
    if user.pk == seller.pk:
        raise OwnShop
    _row, is_new = Follow.objects.get_or_create(user=user, seller=seller)
    return is_new


def unfollow(user: User, seller: User) -> bool:
    number, _rows = Follow.objects.filter(user=user, seller=seller).delete()
    return bool(number)


def follows(user: Any, seller: User) -> bool:
    return isinstance(user, User) and Follow.objects.filter(user=user, seller=seller).exists()


def followed(user: User) -> QuerySet[User]:
    """The sellers a person follows, the newest followed first."""
    sellers = User.objects.filter(followers__user=user, suspended_at=None, erased_at=None)
    return sellers.select_related("seller_profile").order_by("-followers__pk")


# ---- Collections -----------------------------------------------------------------------------------------------------


def collect(owner: User, *, title: str, words: str = "", is_public: bool = True) -> Collection:
    """Begin a collection of one's own."""
    permissions.require(owner, "join")
    title = content.named("title", title, 80)
    words = content.prose("words", words, 1000, needed=False)
    with transaction.atomic():
        # One person's collections are counted one at a time.
        User.objects.select_for_update().get(pk=owner.pk)
        if owner.collections.count() >= MOST_COLLECTIONS:
            raise TooManyCollections
        return _make(owner, title=title, words=words, is_public=is_public)


def edit_collection(collection: Collection, *, by: User, **changes: Any) -> Collection:
    """Change title, words or whether others see it."""
    permissions.require(by, "edit_collection", collection)
    if "title" in changes:
        collection.title_en, collection.title_fr = content.named("title", changes["title"], 80), ""
    if "words" in changes:
        collection.words_en, collection.words_fr = content.prose("words", changes["words"], 1000, needed=False), ""
    if "is_public" in changes:
        collection.is_public = bool(changes["is_public"])
    collection.save()
    return collection


@transaction.atomic
def put_in(collection: Collection, listing: Listing, *, by: User) -> bool:
    permissions.require(by, "edit_collection", collection)
    permissions.require(by, "join", listing)
    collection = Collection.objects.select_for_update().get(pk=collection.pk)
    if collection.items.filter(listing=listing).exists():
        return False
    if collection.items.count() >= MOST_ITEMS:
        raise CollectionFull
    last = collection.items.aggregate(last=Max("position"))["last"]
    CollectionItem.objects.create(collection=collection, listing=listing, position=(last or 0) + 1)
    return True


def take_out(collection: Collection, listing: Listing, *, by: User) -> bool:
    permissions.require(by, "edit_collection", collection)
    number, _rows = collection.items.filter(listing=listing).delete()
    return bool(number)


def delete_collection(collection: Collection, *, by: User) -> None:
    permissions.require(by, "edit_collection", collection)
    collection.delete()


def shown_in(collection: Collection) -> QuerySet[Listing]:
    """What of it is on sale, in its order."""
    live = Listing.objects.live().for_cards().filter(collection_items__collection=collection)
    return live.order_by("collection_items__position", "collection_items__pk")


def public_collections() -> QuerySet[Collection]:
    """The house's own first, then people's."""
    return Collection.objects.filter(is_public=True, owner__suspended_at=None).select_related("owner__seller_profile")


def _make(owner: User, *, title: str, words: str, is_public: bool) -> Collection:
    stem = slugify(title)[:60].strip("-") or "collection"
    for slug in (stem, *(f"{stem}-{ids.new_id()[-7:]}" for _attempt in range(4))):
        try:
            with transaction.atomic():
                return Collection.objects.create(
                    owner=owner, slug=slug, title_en=title, words_en=words, is_public=is_public
                )
        except IntegrityError:
            continue
    raise RuntimeError("No free slug was found.")
