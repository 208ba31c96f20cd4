"""Pictures that another listing shows already."""

from collections.abc import Iterator

from django.db import connection

from marketplace.models import ExampleImage, Listing
from marketplace.screening.subject import NOTE, SERIOUS, WARNING, Found, Subject

NEAR = 4  # of 64 bits
PLAIN = 8  # fewer edges, or nothing but edges, and a picture looks like many others


def check(subject: Subject) -> Iterator[Found]:
    ids = [picture["id"] for picture in subject.revision.pictures]
    shown = ExampleImage.objects.filter(public_id__in=ids)
    waiting = sum(1 for image in shown if image.state != ExampleImage.State.READY)
    if waiting:
        yield Found("pictures", "pictures_not_ready", NOTE, {"count": waiting})
    seen: dict[int, int] = {}
    for image in shown:
        if image.likeness is not None and is_telling(image.likeness):
            for listing_id in alike(image.likeness, subject.listing.pk):
                seen[listing_id] = seen.get(listing_id, 0) + 1
    for listing in Listing.objects.filter(pk__in=seen).exclude(status=Listing.Status.DRAFT).order_by("pk")[:5]:
        own = listing.seller_id == subject.listing.seller_id
        evidence = {"listing": listing.slug, "count": seen[listing.pk], "same_seller": own}
        yield Found("pictures", "same_picture", WARNING if own else SERIOUS, evidence)


def is_telling(likeness: int) -> bool:
    return PLAIN <= (likeness & (1 << 64) - 1).bit_count() <= 64 - PLAIN


def alike(likeness: int, listing_id: int) -> list[int]:
    """Other listings with a picture that differs in hardly anything."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT listing_id FROM marketplace_exampleimage
            WHERE likeness IS NOT NULL AND listing_id <> %s AND removed_at IS NULL
              AND bit_count((likeness # %s::bigint)::bit(64)) <= %s
            LIMIT 20
            """,
            [listing_id, likeness, NEAR],
        )
        return [row[0] for row in cursor.fetchall()]
