"""Putting an approved revision on sale, and what follows from it."""

import re
from itertools import islice
from typing import Any

from django.db import transaction
from django.urls import reverse

from accounts import activity, notifications, outbox
from accounts.models import User
from common import clock, markdown, text
from marketplace import images, lifecycle, signals
from marketplace.lifecycle import AlreadyPublished, IsSuspended
from marketplace.models import Entitlement, Follow, Listing, Revision, Version
from marketplace.models.catalogue import Medium

BATCH = 500
EXCERPT = 340  # characters: as many as fill a card
_TABLE_ROW = re.compile(r"^[ \t]*\|.*$", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n\s*\n")


@transaction.atomic
def publish(revision: Revision, by: User | None = None) -> Listing:
    """Let the listing say and sell what this revision says. The decision to do so has been taken elsewhere."""
    listing = lifecycle.locked(revision.listing)
    revision = Revision.objects.select_related("model", "model_version", "category", "version").get(pk=revision.pk)
    if revision.state == Revision.State.APPROVED and listing.approved_id == revision.pk:
        raise AlreadyPublished
    if listing.status == Listing.Status.SUSPENDED:
        raise IsSuspended
    is_new_version = _approve(revision)
    is_first = listing.published_at is None
    fields = lifecycle.show(listing, revision)
    listing.approved = revision
    listing.status = Listing.Status.LIVE
    listing.published_at = listing.published_at or clock.now()
    listing.card = card(revision)
    listing.save(update_fields=[*fields, "approved", "status", "published_at", "card"])
    images.release(listing)
    activity.record(by, "listing.published", listing, revision=revision.number, price=revision.price)
    _announce(listing, revision, is_first=is_first, is_new_version=is_new_version)
    return listing


def card(revision: Revision) -> dict[str, Any]:
    """What a card shows beside the title: the first picture that is ready, else the beginning of an output."""
    shown = images.first(revision)
    output = next((example["output"] for example in revision.examples), "")
    made = {"picture": shown, "excerpt": _excerpt(output, is_code=_is_code(revision))}
    return made | {"is_waiting": True} if revision.pictures and not shown else made


def _excerpt(output: str, *, is_code: bool) -> str:
    """The beginning of an output with its lines; of Markdown only the words, and no tables where there is more."""
    if is_code and not markdown.is_marked(output):
        words = output
    else:
        beginning = output[: EXCERPT * 6]
        words = markdown.plain(_TABLE_ROW.sub("", beginning)) or markdown.plain(beginning)
    lines = _BLANK_LINES.sub("\n", words).strip()
    if len(lines) <= EXCERPT:
        return lines
    return lines[:EXCERPT].rsplit(None, 1)[0].rstrip(" ,;:.-–—") + "…"


def _is_code(revision: Revision) -> bool:
    return revision.model is not None and revision.model.medium == Medium.CODE


def refresh_card(listing: Listing) -> None:
    """Once a picture is ready."""
    if listing.approved is not None:
        Listing.objects.filter(pk=listing.pk).update(card=card(listing.approved))


def _approve(revision: Revision) -> bool:
    """Mark the revision, and its version if this is the version's first approval."""
    revision.state = Revision.State.APPROVED
    revision.save(update_fields=["state"])
    version = revision.version
    if version is None or version.approved_at is not None:
        return False
    version.approved_at = clock.now()
    version.save(update_fields=["approved_at"])
    return True


def _announce(listing: Listing, revision: Revision, *, is_first: bool, is_new_version: bool) -> None:
    signals.listing_published.send(Listing, listing=listing, revision=revision, is_first=is_first)
    if is_first:
        outbox.promise("marketplace.tell_followers", key=f"followers:{listing.pk}", listing_id=listing.pk)
    elif is_new_version and revision.version is not None:
        version = revision.version
        signals.version_published.send(Listing, listing=listing, version=version)
        outbox.promise("marketplace.tell_owners", key=f"owners:{version.pk}", version_id=version.pk)


@outbox.handler("marketplace.tell_followers", lease=300, priority=outbox.SOMETIME)
def tell_followers(listing_id: int) -> None:
    """Those who followed the seller when it came hear of a new listing, once."""
    listing = Listing.objects.live().select_related("seller__seller_profile").filter(pk=listing_id).first()
    if listing is None:
        return
    followers = Follow.objects.filter(seller=listing.seller_id, created_at__lte=clock.now())
    followers = followers.select_related("user").order_by("pk")
    data = {"title": listing.title, "seller": listing.seller.seller_profile.name}
    waiting = (notifications.Telling(one.user, f"new_listing:{listing.pk}", data) for one in followers.iterator(BATCH))
    while batch := list(islice(waiting, BATCH)):
        notifications.tell_all("new_listing", batch, url=listing.get_absolute_url())


@outbox.handler("marketplace.tell_owners", lease=300, priority=outbox.SOMETIME)
def tell_owners(version_id: int) -> None:
    """Those who bought an earlier version hear of a new one, once."""
    version = Version.objects.select_related("listing").get(pk=version_id)
    owners = Entitlement.objects.active().filter(listing=version.listing_id, granted_at__lte=clock.now())
    owners = owners.select_related("owner").order_by("pk")
    for held in owners.iterator(BATCH):
        notifications.tell(
            held.owner,
            "new_version",
            url=reverse("library-item", args=[held.public_id]),
            key=f"version:{version.pk}",
            title=version.listing.title,
            number=version.number,
            note=text.as_sentence(version.note),
        )
