"""Example pictures: taken in, prepared by a worker, shown in the width that fits.

What arrives is checked by common.images (JPEG, PNG and WebP, in a process of its own), kept privately under a random
name, re-encoded into renditions by a worker and then thrown away: nothing of a camera's or editor's metadata is ever
served. Names are random, so one picture's address tells nothing about another's.
"""

import io
import logging
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import IO, Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from PIL import Image

from accounts import activity, outbox
from accounts.models import User
from common import clock, ids
from common import images as common_images
from common.problems import Problem
from marketplace import content, editing, publishing
from marketplace.models import ExampleImage, Listing, Revision

log = logging.getLogger(__name__)

NOISE = 2  # shades of grey that compression may add to a flat area
QUOTA = 12  # pictures of one listing, those of older revisions included
DAILY = 200  # uploads of one seller in a day
KEPT_AFTER_REMOVAL = timedelta(hours=24)
LOOK_BACK = timedelta(days=14)

State = ExampleImage.State


class TooManyImages(Problem):
    code = "too_many_images"
    default_detail = _("A listing can have at most 12 pictures. Remove one first.")


class TooManyUploads(Problem):
    status = 429
    code = "too_many_uploads"
    default_detail = _("That is as many pictures as one account may upload in a day.")


class NoSuchImage(Problem):
    status = 404
    code = "not_found"
    default_detail = _("There is no such picture here.")


def add(listing: Listing, by: User, file: IO[bytes] | bytes, alt: str = "") -> ExampleImage:
    """Take in a picture and put it last in the working revision. Raises common.images.BadImage."""
    try:
        alt = content.line(alt, content.LONGEST_ALT)
    except content.Wrong as wrong:
        raise content.BadContent(errors={"alt": [str(wrong)]}) from None
    # Who may not is told before any work is done for them; looked at again under the lock.
    _check_quota(editing.may_edit(listing, by), by)
    facts = common_images.inspect(file)
    data = common_images.read(file)
    name = default_storage.save(f"arrivals/{secrets.token_hex(16)}", ContentFile(data))
    try:
        return _keep(listing, by, facts=facts, name=name, size=len(data), alt=alt)
    except BaseException:
        _delete_files([name])
        raise


@transaction.atomic
def _keep(
    listing: Listing, by: User, *, facts: common_images.ImageFacts, name: str, size: int, alt: str
) -> ExampleImage:
    listing = editing.editable(listing, by)
    _check_quota(listing, by)
    image = ExampleImage.objects.create(
        listing=listing, original=name, width=facts.width, height=facts.height, size=size
    )
    editing.add_picture(listing, image, alt=alt)
    activity.record(by, "image.added", listing, image=image.public_id)
    outbox.promise("marketplace.make_renditions", key=f"renditions:{image.pk}", image_id=image.pk)
    return image


@transaction.atomic
def remove(listing: Listing, by: User, public_id: str) -> None:
    """Out of the draft; the files stay while what is on sale shows them."""
    listing = editing.editable(listing, by)
    image = listing.images.filter(public_id=public_id, removed_at=None).first()
    if image is None:
        raise NoSuchImage
    revision = editing.drop_picture(listing, image)
    on_sale = listing.approved
    if on_sale is None or on_sale.pk == revision.pk or public_id not in _shown_in([on_sale]):
        image.removed_at = clock.now()
        image.save(update_fields=["removed_at"])
    activity.record(by, "image.removed", listing, image=public_id)


def release(listing: Listing) -> None:
    """After an approval: what the approved and the working revision do not show is to go."""
    kept = _shown_in(revision for revision in (listing.approved, listing.working) if revision is not None)
    listing.images.filter(removed_at=None).exclude(public_id__in=kept).update(removed_at=clock.now())


# ---- Preparing -------------------------------------------------------------------------------------------------------


@outbox.handler("marketplace.make_renditions", lease=180)
def make_renditions(image_id: int) -> None:
    """Re-encode what arrived, then throw the arrival away. Running again changes nothing."""
    image = ExampleImage.objects.filter(pk=image_id, state=State.WAITING).first()
    if image is None:
        return
    with default_storage.open(image.original) as arrival:
        data = arrival.read()
    try:
        made = common_images.process(data)
    except common_images.BadImage as refusal:
        _settle(image, state=State.FAILED, original="", tone="")
        log.info("A picture could not be prepared", extra={"image": image.pk, "reason": refusal.reason})
        return
    folder = f"pictures/{ids.new_id()[-4:]}/{secrets.token_hex(16)}"
    renditions = [_store(folder, rendition) for rendition in made.renditions]
    renditions.sort(key=lambda one: (one["width"], one["format"] != "webp"))
    smallest = min(made.renditions, key=lambda one: one.width)
    if not _settle(
        image,
        state=State.READY,
        width=made.facts.width,
        height=made.facts.height,
        tone=made.colour,
        renditions=renditions,
        likeness=likeness_of(smallest.data),
        original="",
    ):
        _delete_files(rendition["name"] for rendition in renditions)


def _settle(image: ExampleImage, **fields: Any) -> bool:
    """Record what became of the picture, unless another run already did; then the arrival is deleted."""
    with transaction.atomic():
        is_ours = ExampleImage.objects.filter(pk=image.pk, state=State.WAITING).update(**fields) == 1
        if is_ours:
            publishing.refresh_card(Listing.objects.select_related("approved").get(pk=image.listing_id))
            transaction.on_commit(lambda: _delete_files([image.original]))
    return is_ours


def _store(folder: str, rendition: common_images.Rendition) -> dict[str, Any]:
    wanted = f"{folder}/{rendition.width}.{rendition.format}"
    name = default_storage.save(wanted, ContentFile(rendition.data))
    return {"width": rendition.width, "height": rendition.height, "format": rendition.format, "name": name}


def likeness_of(data: bytes) -> int:
    """Sixty-four comparisons of neighbouring greys, as a signed number; only ever given renditions of our own."""
    with Image.open(io.BytesIO(data), formats=["WEBP"]) as picture:
        grey = picture.convert("L").resize((9, 8), Image.Resampling.LANCZOS)
        pixels = grey.tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            at = row * 9 + column
            bits = bits << 1 | (pixels[at] > pixels[at + 1] + NOISE)
    return bits - (1 << 64) if bits >= 1 << 63 else bits


# ---- Showing ---------------------------------------------------------------------------------------------------------


def sources(image: ExampleImage) -> dict[str, Any]:
    """Everything a <picture> needs: {"src", "width", "height", "tone", "webp": srcset, "avif": srcset}."""
    webp = [one for one in image.renditions if one["format"] == "webp"]
    widest = max(webp, key=lambda one: one["width"], default=None)
    return {
        "id": image.public_id,
        "state": image.state,
        "src": url(widest["name"]) if widest else "",
        "width": widest["width"] if widest else image.width,
        "height": widest["height"] if widest else image.height,
        "tone": image.tone,
        "webp": _srcset(webp),
        "avif": _srcset(one for one in image.renditions if one["format"] == "avif"),
    }


def shown(revision: Revision) -> list[dict[str, Any]]:
    """The revision's pictures in order, those that are ready, each with its alternative text and inputs."""
    ids_ = [picture["id"] for picture in revision.pictures]
    if not ids_:
        return []
    known = {image.public_id: image for image in ExampleImage.objects.filter(public_id__in=ids_)}
    found = [(known[picture["id"]], picture) for picture in revision.pictures if picture["id"] in known]
    return [
        sources(image) | {"alt": picture["alt"], "inputs": picture.get("inputs", {})}
        for image, picture in found
        if image.state == State.READY
    ]


def first(revision: Revision) -> dict[str, Any] | None:
    """The picture for a card: names of files, not addresses, because the store may move."""
    for picture in revision.pictures:
        image = ExampleImage.objects.filter(public_id=picture["id"], state=State.READY).first()
        if image is not None:
            return {
                "id": image.public_id,
                "alt": picture["alt"],
                "width": image.width,
                "height": image.height,
                "tone": image.tone,
                "renditions": image.renditions,
            }
    return None


def card_sources(picture: dict[str, Any]) -> dict[str, Any]:
    """What `first` kept, as a <picture> needs it; asks the database nothing."""
    image = ExampleImage(
        public_id=picture["id"],
        state=State.READY,
        width=picture["width"],
        height=picture["height"],
        tone=picture["tone"],
        renditions=picture["renditions"],
    )
    return sources(image) | {"alt": picture["alt"]}


def url(name: str) -> str:
    return str(default_storage.url(name))


def failed(revision: Revision) -> list[str]:
    """Pictures of the revision that could not be prepared."""
    ids_ = [picture["id"] for picture in revision.pictures]
    found = ExampleImage.objects.filter(public_id__in=ids_, state=State.FAILED)
    return list(found.values_list("public_id", flat=True)) if ids_ else []


def _srcset(renditions: Iterable[dict[str, Any]]) -> str:
    return ", ".join(f"{url(one['name'])} {one['width']}w" for one in renditions)


# ---- Clearing up -----------------------------------------------------------------------------------------------------


def clear_up() -> int:
    """Delete pictures nothing shows since a day; how many. Run now and then by a task."""
    before = clock.now() - KEPT_AFTER_REMOVAL
    removed = ExampleImage.objects.filter(removed_at__lt=before)
    forgotten = ExampleImage.objects.filter(
        removed_at=None, created_at__lt=before, created_at__gt=clock.now() - LOOK_BACK
    )
    gone = 0
    for image in [*removed[:1000], *_without_revision(forgotten)]:
        if image.public_id not in _kept_for(image.listing_id):
            forget(image)
            gone += 1
    _clear_arrivals(before)
    return gone


def _clear_arrivals(before: datetime) -> None:
    """Uploads whose row was never written, because something broke in between."""
    try:
        _folders, names = default_storage.listdir("arrivals")
    except FileNotFoundError:
        return
    paths = {f"arrivals/{name}" for name in names}
    known = set(ExampleImage.objects.filter(original__in=paths).values_list("original", flat=True))
    _delete_files(path for path in paths - known if default_storage.get_modified_time(path) < before)


def forget(image: ExampleImage) -> None:
    """Delete the row and, once that is certain, the files."""
    names = [rendition["name"] for rendition in image.renditions] + ([image.original] if image.original else [])
    with transaction.atomic():
        image.delete()
        transaction.on_commit(lambda: _delete_files(names))


def _without_revision(images: QuerySet[ExampleImage]) -> list[ExampleImage]:
    return [image for image in images[:2000] if image.public_id not in _kept_for(image.listing_id)]


def _kept_for(listing_id: int) -> set[str]:
    """What the approved, the working and any waiting revision of the listing show."""
    listing = Listing.objects.select_related("approved", "working").get(pk=listing_id)
    waiting = Revision.objects.filter(listing=listing, state=Revision.State.SUBMITTED)
    return _shown_in([*(each for each in (listing.approved, listing.working) if each is not None), *waiting])


def _shown_in(revisions: Iterable[Revision]) -> set[str]:
    return {picture["id"] for revision in revisions for picture in revision.pictures}


def _check_quota(listing: Listing, by: User) -> None:
    if listing.images.filter(removed_at=None).count() >= QUOTA:
        raise TooManyImages
    today = ExampleImage.objects.filter(listing__seller=by, created_at__gt=clock.now() - timedelta(days=1))
    if today.count() >= DAILY:
        raise TooManyUploads


def _delete_files(names: Iterable[str]) -> None:
    """As far as the store lets us: a file left behind is found by its name not being in any row."""
    for name in names:
        if name:
            try:
                default_storage.delete(name)
            except Exception as problem:  # noqa: BLE001 — each kind of store has errors of its own
                log.warning("A file could not be deleted", extra={"error": type(problem).__name__})
