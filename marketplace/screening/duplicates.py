"""Prompts that are here already, word for word or nearly."""

from collections.abc import Iterator

from marketplace import prompts
from marketplace.models import Listing
from marketplace.screening.subject import NOTE, SERIOUS, WARNING, Found, Subject

NEAR = 0.5
VERY_NEAR = 0.8


def check(subject: Subject) -> Iterator[Found]:
    same = _others(subject, prompts.same_words(subject.version))
    for listing in same[:5]:
        own = listing.seller_id == subject.listing.seller_id
        evidence = {"listing": listing.slug, "percent": 100, "same_seller": own}
        yield Found("duplicates", "exact_duplicate", WARNING if own else SERIOUS, evidence)
    known = {listing.pk for listing in same}
    near = {one.listing_id: one.likeness for one in prompts.neighbours(subject.version, least=NEAR)}
    for listing in _others(subject, [pk for pk in near if pk not in known]):
        alike = near[listing.pk]
        own = listing.seller_id == subject.listing.seller_id
        severity = NOTE if own else SERIOUS if alike >= VERY_NEAR else WARNING
        evidence = {"listing": listing.slug, "percent": round(100 * alike), "same_seller": own}
        yield Found("duplicates", "near_duplicate", severity, evidence)


def _others(subject: Subject, ids: list[int]) -> list[Listing]:
    """Those that somebody may be selling: a draft nobody submitted proves nothing."""
    found = Listing.objects.filter(pk__in=ids).exclude(pk=subject.listing.pk)
    return list(found.exclude(status=Listing.Status.DRAFT).order_by("pk"))
