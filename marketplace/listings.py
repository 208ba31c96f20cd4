"""The life of a listing: drafted, submitted, taken back, withdrawn, put back, deleted.

A page, an API call, the admin and a task all come through here. Each act locks the listing, looks again, changes it
and tells, in one transaction. Editing is in marketplace.editing, approval in marketplace.publishing; both are offered
here as well, so that callers need one name.
"""

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.text import slugify
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts import activity, consents, outbox
from accounts.models import Consent, User
from common import clock, ids
from common.problems import Problem
from marketplace import content as contents
from marketplace import images, lifecycle, permissions, signals
from marketplace.content import BadContent
from marketplace.editing import edit, editable, new_version, set_note
from marketplace.lifecycle import (
    AlreadyInReview,
    AlreadyPublished,
    ChangedMeanwhile,
    IsSuspended,
    NothingToSubmit,
    NotInReview,
    NotOnSale,
    NotWithdrawn,
    SentBack,
)
from marketplace.models import Case, ExampleImage, Listing, PromptText, Revision, Version
from marketplace.publishing import card, publish, refresh_card

__all__ = [
    "AlreadyInReview",
    "AlreadyPublished",
    "BadContent",
    "ChangedMeanwhile",
    "IsSuspended",
    "Item",
    "NotComplete",
    "NotInReview",
    "NotOnSale",
    "NotWithdrawn",
    "NothingToSubmit",
    "SentBack",
    "card",
    "checklist",
    "create",
    "delete",
    "edit",
    "erase",
    "forget_versions",
    "new_version",
    "publish",
    "put_back",
    "refresh_card",
    "set_note",
    "shelve",
    "submit",
    "take_back",
    "was_ever_seen",
    "withdraw",
]

SHORTEST_TITLE = 5
SHORTEST_TEMPLATE = 20
LONGEST_SLUG = 80

Status = Listing.Status
State = Revision.State


class NotComplete(Problem):
    """Something is missing before a moderator can look at it; `errors` says what, field by field."""

    status = 400
    code = "not_complete"
    title = gettext_lazy("Not complete yet")
    default_detail = gettext_lazy("Some things are missing before this can be reviewed.")

    def __init__(self, problems: dict[str, list[str]]) -> None:
        super().__init__(errors=problems)
        self.problems = problems


class TooManyDrafts(Problem):
    code = "too_many_drafts"
    default_detail = gettext_lazy("You have very many drafts. Submit or delete some of them first.")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a listing needs before it can be submitted."""

    name: str  # the field
    label: str
    is_done: bool
    problem: str


MOST_DRAFTS = 500


@transaction.atomic
def create(seller: User, **sent: Any) -> Listing:
    """A draft of what was sent; only a title is needed to begin."""
    permissions.require(seller, "create")
    content = contents.read({"title": None, **sent})
    if content.fields.get("pictures"):
        raise BadContent(errors={"pictures": [_("Pictures are added once the draft is there.")]})
    if seller.listings.filter(status=Status.DRAFT).count() >= MOST_DRAFTS:
        raise TooManyDrafts
    fields = content.fields
    wanted, named = fields.get("model_version"), content.model_as_written
    fields["model_version"] = contents.model_version(fields.get("model"), wanted, named=named)
    listing = _make(seller, fields["title"])
    revision = Revision.objects.create(listing=listing, number=1, **fields)
    listing.working = revision
    prompt = content.whole_prompt(None)
    if prompt is not None and (prompt.template or prompt.negative or prompt.instructions or prompt.parameters):
        lifecycle.put_prompt(listing, revision, prompt)
    listing.save(update_fields=[*lifecycle.show(listing, revision), "working"])
    activity.record(seller, "listing.created", listing)
    return listing


@transaction.atomic
def submit(listing: Listing, *, by: User, rights_affirmed: bool = True) -> Case:
    """Ask for review of the draft; machines look at it in seconds, then a person does."""
    listing = editable(listing, by)
    revision = lifecycle.working(listing)
    if revision.state == State.SUBMITTED:
        raise AlreadyInReview
    if revision.state != State.DRAFT:
        raise NothingToSubmit
    problems = {item.name: [item.problem] for item in checklist(listing) if not item.is_done}
    if not rights_affirmed:
        problems["rights_affirmed"] = [_("Please affirm that you have the right to sell this.")]
    if problems:
        raise NotComplete(problems)
    case = _open_case(listing, revision, by)
    if listing.status != Status.LIVE:
        listing.status = Status.IN_REVIEW
        listing.save(update_fields=["status"])
    consents.give(
        by,
        Consent.Kind.RIGHT_TO_SELL,
        subject=f"listing:{listing.public_id}@{revision.number}",
        language=(get_language() or by.language or "en").split("-")[0],
    )
    activity.record(by, "listing.submitted", listing, revision=revision.number, case=case.public_id)
    outbox.promise("marketplace.screen_case", key=f"screen:{case.pk}", case_id=case.pk)
    return case


@transaction.atomic
def take_back(listing: Listing, by: User) -> Listing:
    """Out of review again, to work on it; what is on sale stays on sale."""
    listing = lifecycle.locked(listing)
    permissions.require(by, "edit", listing)
    if lifecycle.working(listing).state != State.SUBMITTED:
        raise NotInReview
    lifecycle.take_out_of_review(listing)
    activity.record(by, "listing.taken_back", listing)
    return listing


@transaction.atomic
def withdraw(listing: Listing, by: User) -> Listing:
    """Out of sale, and out of review; who bought it keeps it."""
    listing = editable(listing, by)
    if listing.status == Status.IN_REVIEW and listing.approved_id is None:
        return take_back(listing, by)
    if listing.status != Status.LIVE:
        raise NotOnSale
    lifecycle.take_out_of_review(listing)
    listing.status = Status.WITHDRAWN
    listing.updated_at = clock.now()
    listing.save(update_fields=["status", "updated_at"])
    activity.record(by, "listing.withdrawn", listing)
    signals.listing_taken_down.send(Listing, listing=listing, because="withdrawn")
    return listing


@transaction.atomic
def put_back(listing: Listing, by: User) -> Listing:
    """On sale again as it was approved; what never was approved becomes a draft again."""
    listing = editable(listing, by)
    if listing.status != Status.WITHDRAWN:
        raise NotWithdrawn
    # Deleting withdraws what was sent back, too: that is no way round the moderators.
    if lifecycle.is_sent_back(listing):
        raise SentBack
    listing.status = Status.LIVE if listing.approved_id is not None else Status.DRAFT
    listing.updated_at = clock.now()
    listing.save(update_fields=["status", "updated_at"])
    activity.record(by, "listing.put_back", listing)
    if listing.approved_id is not None:
        signals.listing_restored.send(Listing, listing=listing)
    return listing


@transaction.atomic
def delete(listing: Listing, by: User) -> None:
    """A draft that was never submitted goes for good; anything else is only withdrawn, for the books and the owners."""
    listing = lifecycle.locked(listing)
    permissions.require(by, "delete", listing)
    if listing.status == Status.SUSPENDED:
        raise IsSuspended
    if was_ever_seen(listing):
        shelve(listing, by)
        return
    activity.record(by, "listing.deleted", listing)
    erase(listing)


def checklist(listing: Listing) -> list[Item]:
    """What the working revision needs before it can be submitted, in the order a seller fills it in."""
    revision = lifecycle.working(listing)
    version = revision.version
    characters = version.characters if version is not None else 0
    has_example = bool(revision.examples or revision.pictures)
    rows: list[tuple[str, str, bool, str]] = [
        ("title", _("A title"), len(revision.title) >= SHORTEST_TITLE, _("Use at least 5 characters.")),
        (
            "summary",
            _("One line on what it does"),
            bool(revision.summary),
            _("Say in one line what it does."),
        ),
        (
            "description",
            _("A description"),
            bool(revision.description.strip()),
            _("Describe what a buyer gets."),
        ),
        ("model", _("The model it is for"), revision.model_id is not None, _("Choose a model.")),
        ("category", _("A category"), revision.category_id is not None, _("Choose a category.")),
        (
            "prompt.template",
            _("The prompt"),
            characters >= SHORTEST_TEMPLATE,
            _("Write the prompt, in at least 20 characters."),
        ),
        (
            "examples",
            _("An example"),
            has_example,
            _("Show at least one example: what goes in and what comes out, or a picture."),
        ),
        *_picture_items(revision),
    ]
    return [Item(*row) for row in rows]


def _picture_items(revision: Revision) -> list[tuple[str, str, bool, str]]:
    """A picture that could not be prepared cannot be shown to anybody."""
    failed = images.failed(revision)
    if not failed:
        return []
    return [("pictures", _("Pictures"), False, _("A picture could not be prepared. Remove it or upload it again."))]


def _make(seller: User, title: str) -> Listing:
    """A row with a slug of its own; two of one title at the same moment get different ones."""
    stem = slugify(title)[:LONGEST_SLUG].strip("-") or "prompt"
    for attempt in range(8):
        slug = stem if attempt == 0 else f"{stem[: LONGEST_SLUG - 8]}-{ids.new_id()[-7:]}"
        if Listing.objects.filter(slug=slug).exists():
            continue
        try:
            with transaction.atomic():
                return Listing.objects.create(seller=seller, slug=slug, title=title)
        except IntegrityError:
            continue
    raise RuntimeError("No free slug was found.")


def _open_case(listing: Listing, revision: Revision, by: User) -> Case:
    revision.digest = lifecycle.digest(revision)
    revision.state = State.SUBMITTED
    revision.submitted_at = clock.now()
    revision.save(update_fields=["digest", "state", "submitted_at"])
    return Case.objects.create(
        kind=Case.Kind.SUBMISSION,
        state=Case.State.SCREENING,
        listing=listing,
        revision=revision,
        digest=revision.digest,
        opened_by=by,
    )


def was_ever_seen(listing: Listing) -> bool:
    """By anybody but its seller."""
    return listing.published_at is not None or listing.cases.exists() or listing.entitlements.exists()


def shelve(listing: Listing, by: User | None) -> None:
    """Out of review and out of sale; the listing is locked."""
    was_live = listing.status == Status.LIVE
    lifecycle.take_out_of_review(listing)
    if listing.status == Status.WITHDRAWN:
        return
    listing.status = Status.WITHDRAWN
    listing.updated_at = clock.now()
    listing.save(update_fields=["status", "updated_at"])
    activity.record(by, "listing.withdrawn", listing)
    if was_live:
        signals.listing_taken_down.send(Listing, listing=listing, because="withdrawn")


def erase(listing: Listing) -> None:
    """The rows of a draft nobody but its seller has seen."""
    Listing.objects.filter(pk=listing.pk).update(working=None, approved=None)
    for image in ExampleImage.objects.filter(listing=listing):
        images.forget(image)
    Revision.objects.filter(listing=listing).delete()
    PromptText.objects.filter(version__listing=listing).delete()
    Version.objects.filter(listing=listing).delete()
    listing.favourites.all().delete()
    Listing.objects.get(pk=listing.pk).delete()


def forget_versions(listing: Listing, drafts: QuerySet[Revision]) -> None:
    """Delete these revisions with the versions that belong to no other."""
    numbers = list(drafts.values_list("pk", flat=True))
    versions = list(Version.objects.filter(revisions__in=numbers, approved_at=None).values_list("pk", flat=True))
    Revision.objects.filter(pk__in=numbers).delete()
    unused = Version.objects.filter(pk__in=versions, revisions=None)
    PromptText.objects.filter(version__in=unused).delete()
    unused.delete()
