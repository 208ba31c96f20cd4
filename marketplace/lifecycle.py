"""What the acts on a listing share: the lock, the refusals, the revision being worked on, its digest."""

import hashlib
import json
from http import HTTPStatus
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.problems import Problem
from marketplace import catalogue, prompts
from marketplace.models import Case, Listing, PromptText, Revision, Version
from marketplace.prompts import Prompt

Status = Listing.Status
State = Revision.State

# What a revision and its listing say in the same words.
SHARED = ("title", "summary", "description", "model", "model_version", "tested_on", "category", "language", "price")


class IsSuspended(Problem):
    code = "listing_suspended"
    default_detail = _("This listing is suspended. You can appeal against the decision.")


class NothingToSubmit(Problem):
    code = "nothing_to_submit"
    default_detail = _("Nothing has changed since this was last decided.")


class AlreadyInReview(Problem):
    code = "already_in_review"
    default_detail = _("This is in review already.")


class NotInReview(Problem):
    code = "not_in_review"
    default_detail = _("This is not in review.")


class NotOnSale(Problem):
    code = "not_on_sale"
    default_detail = _("This listing is not on sale.")


class NotWithdrawn(Problem):
    code = "not_withdrawn"
    default_detail = _("This listing has not been withdrawn.")


class SentBack(Problem):
    code = "sent_back"
    default_detail = _("This was taken off sale after a report. Change what was asked for and submit it again.")


class NotApproved(Problem):
    code = "not_approved"
    default_detail = _("This listing has not been approved yet.")


class ChangedMeanwhile(Problem):
    status = HTTPStatus.CONFLICT
    code = "changed_meanwhile"
    default_detail = _("Somebody changed this while you were writing. Look at the new state and try again.")


class AlreadyPublished(Problem):
    code = "already_published"
    default_detail = _("This was approved already.")


def locked(listing: Listing) -> Listing:
    """The listing as it is now, held until the transaction ends; the one lock of every act on a listing."""
    Listing.objects.select_for_update().values_list("pk").get(pk=listing.pk)
    # A second statement, because rows joined to one that was waited for are those from before the wait.
    return Listing.objects.select_related("seller", "working", "approved").get(pk=listing.pk)


def working(listing: Listing) -> Revision:
    assert listing.working is not None, "A listing is made together with its first revision."
    return listing.working


def open_submission(listing: Listing) -> Case | None:
    """The case the listing's revision is waiting in, locked."""
    waiting = Case.objects.select_for_update(of=("self",)).filter(
        listing=listing,
        kind=Case.Kind.SUBMISSION,
        state__in=[Case.State.SCREENING, Case.State.OPEN, Case.State.CLAIMED],
    )
    return waiting.first()


def is_sent_back(listing: Listing) -> bool:
    """Whether a report took what is approved off sale, and no decision since has put something on sale again."""
    off = Q(kind=Case.Kind.REPORT, decision=Case.Decision.REJECT)
    on = Q(decision__in=[Case.Decision.APPROVE, Case.Decision.RESTORE])
    judged = listing.cases.filter(off | on, state=Case.State.DECIDED).order_by("-decided_at", "-pk")
    return judged.values_list("decision", flat=True).first() == Case.Decision.REJECT


def take_out_of_review(listing: Listing) -> Case | None:
    """Close the case nobody has decided and make the revision a draft again; the listing is locked."""
    case = open_submission(listing)
    if case is not None:
        case.state = Case.State.WITHDRAWN
        case.save(update_fields=["state"])
    revision = working(listing)
    if revision.state == State.SUBMITTED:
        revision.state, revision.digest, revision.submitted_at = State.DRAFT, "", None
        revision.save(update_fields=["state", "digest", "submitted_at"])
    if listing.status == Status.IN_REVIEW:
        listing.status = Status.DRAFT
        listing.save(update_fields=["status"])
    return case


def begin_draft(listing: Listing) -> Revision:
    """The revision that may be changed: the draft, the one taken back, or a copy of what was decided."""
    revision = working(listing)
    if revision.state == State.SUBMITTED:
        take_out_of_review(listing)
    elif revision.state != State.DRAFT:
        revision = _copy(listing, revision)
        listing.working = revision
        listing.save(update_fields=["working"])
    return revision


def _copy(listing: Listing, revision: Revision) -> Revision:
    fields: dict[str, Any] = {name: getattr(revision, name) for name in SHARED}
    newest = listing.revisions.order_by("-number").values_list("number", flat=True).first() or 0
    return Revision.objects.create(
        listing=listing,
        number=newest + 1,
        tags=list(revision.tags),
        examples=list(revision.examples),
        pictures=list(revision.pictures),
        version=revision.version,
        **fields,
    )


def put_prompt(listing: Listing, revision: Revision, prompt: Prompt, *, note: str | None = None) -> Version:
    """Give the draft these words: in place while nobody has judged them, else as a new version."""
    version = revision.version
    judged = version is None or version.approved_at is not None or version.revisions.count() > 1
    if version is None or judged:
        newest = listing.versions.order_by("-number").values_list("number", flat=True).first() or 0
        version = prompts.add_version(listing, prompt, number=newest + 1, note=note or "")
    else:
        prompts.keep(version, prompt)
        if note is not None:
            Version.objects.filter(pk=version.pk).update(note=note)
        version.refresh_from_db()
    revision.version = version
    revision.save(update_fields=["version"])
    return version


def show(listing: Listing, revision: Revision) -> list[str]:
    """Let the listing say what the revision says; the names of the fields to save."""
    for name in SHARED:
        setattr(listing, name, getattr(revision, name))
    if revision.model is not None:
        listing.medium = revision.model.medium
    listing.updated_at = clock.now()
    listing.tags.set(catalogue.find_tags(revision.tags))
    return [*SHARED, "medium", "updated_at"]


def digest(revision: Revision) -> str:
    """Names everything a moderator sees, and the exact words of the prompt without telling them."""
    seal = PromptText.objects.filter(version=revision.version_id).values_list("seal", flat=True).first()
    seen = {
        "title": revision.title,
        "summary": revision.summary,
        "description": revision.description,
        "model": revision.model_id,
        "model_version": revision.model_version_id,
        "tested_on": revision.tested_on.isoformat() if revision.tested_on else None,
        "category": revision.category_id,
        "tags": revision.tags,
        "language": revision.language,
        "price": revision.price,
        "examples": revision.examples,
        "pictures": revision.pictures,
        "version": revision.version_id,
        "note": revision.version.note if revision.version else "",
        "variables": revision.version.variables if revision.version else [],
        "seal": seal,
    }
    return hashlib.sha256(json.dumps(seen, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
