"""Changing what a listing says: always in a draft revision, while what was approved stays on sale."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from common import clock
from marketplace import content as contents
from marketplace import library, lifecycle, permissions
from marketplace.content import BadContent, Content
from marketplace.lifecycle import ChangedMeanwhile, IsSuspended
from marketplace.models import ExampleImage, Listing, Revision, Version
from marketplace.prompts import Prompt

LONGEST_NOTE = 300


@transaction.atomic
def edit(listing: Listing, *, by: User, expected: dt.datetime | str | None = None, **sent: Any) -> Revision:
    """Change the working revision; what was not sent stays. `expected` is the revision's changed_at as it was read."""
    content = contents.read(sent)
    listing = editable(listing, by)
    _expect(listing, expected)
    prompt = _prompt_to_put(listing, content)
    _look_up_version(lifecycle.working(listing), content)
    _check_pictures(listing, content.fields.get("pictures", []))
    if not _differs(lifecycle.working(listing), content.fields) and prompt is None:
        return lifecycle.working(listing)
    revision = lifecycle.begin_draft(listing)
    _fill(revision, content.fields)
    if prompt is not None:
        lifecycle.put_prompt(listing, revision, prompt)
    _settle(listing, revision)
    activity.record(by, "listing.edited", listing, revision=revision.number, fields=_changed_names(content, prompt))
    return revision


@transaction.atomic
def new_version(
    listing: Listing, *, by: User, prompt: Any, note: str = "", submit: bool = True, rights_affirmed: bool = True
) -> Version:
    """A new state of the prompt; on sale once it is approved, and free for everybody who bought the listing."""
    from marketplace import listings  # the acts of a listing build on one another

    content = contents.read({"prompt": prompt})
    note = read_note(note)
    listing = editable(listing, by)
    whole = _prompt_to_put(listing, content)
    if whole is None:
        raise lifecycle.NothingToSubmit(_("The words are the same as before."))
    revision = lifecycle.begin_draft(listing)
    version = lifecycle.put_prompt(listing, revision, whole, note=note)
    _settle(listing, revision)
    activity.record(by, "version.added", listing, number=version.number)
    if submit and listing.approved_id is not None:
        listings.submit(listing, by=by, rights_affirmed=rights_affirmed)
    return version


@transaction.atomic
def set_note(listing: Listing, *, by: User, note: str) -> Version:
    """The changelog line of the version being worked on."""
    note = read_note(note)
    listing = editable(listing, by)
    revision = lifecycle.begin_draft(listing)
    version = revision.version
    if version is None or version.approved_at is not None:
        raise lifecycle.NothingToSubmit(_("Change the prompt first: the note belongs to a new version."))
    version.note = note
    version.save(update_fields=["note"])
    _settle(listing, revision)
    return version


def add_picture(listing: Listing, image: ExampleImage, *, alt: str) -> Revision:
    """Put an uploaded image at the end of the draft's pictures; the listing is locked by the caller."""
    revision = lifecycle.begin_draft(listing)
    revision.pictures = [*revision.pictures, {"id": image.public_id, "alt": alt, "inputs": {}}]
    _settle(listing, revision)
    return revision


def drop_picture(listing: Listing, image: ExampleImage) -> Revision:
    revision = lifecycle.working(listing)
    if any(picture["id"] == image.public_id for picture in revision.pictures):
        revision = lifecycle.begin_draft(listing)
        revision.pictures = [picture for picture in revision.pictures if picture["id"] != image.public_id]
        _settle(listing, revision)
    return revision


def editable(listing: Listing, by: User) -> Listing:
    """The listing, locked, or why this person cannot change it."""
    return may_edit(lifecycle.locked(listing), by)


def may_edit(listing: Listing, by: User) -> Listing:
    permissions.require(by, "edit", listing)
    if listing.status == Listing.Status.SUSPENDED:
        raise IsSuspended
    return listing


def read_note(note: Any) -> str:
    return contents.named("note", note, LONGEST_NOTE) if note else ""


def _expect(listing: Listing, expected: dt.datetime | str | None) -> None:
    if not expected:
        return
    actual = lifecycle.working(listing).changed_at
    try:
        moment = dt.datetime.fromisoformat(expected) if isinstance(expected, str) else expected
    except ValueError:
        raise ChangedMeanwhile from None
    if moment != actual:
        raise ChangedMeanwhile


def _prompt_to_put(listing: Listing, content: Content) -> Prompt | None:
    """The prompt with the sent parts changed, if that makes it another one."""
    if content.prompt is None:
        return None
    version = lifecycle.working(listing).version
    before = library.words_for_editing(version) if version is not None else None
    prompt = content.whole_prompt(before)
    if prompt is None or prompt == before:
        return None
    if not prompt.template.strip():
        raise BadContent(errors={"prompt.template": [_("This is required.")]})
    return prompt


def _look_up_version(revision: Revision, content: Content) -> None:
    """The model's version depends on the model, which may be sent now or have been there before."""
    fields = content.fields
    if "model" not in fields and "model_version" not in fields:
        return
    model = fields.get("model", revision.model)
    wanted = fields.get("model_version")
    if "model_version" not in fields and revision.model_version and model == revision.model:
        wanted = revision.model_version
    fields["model_version"] = contents.model_version(model, wanted, named=content.model_as_written)


def _check_pictures(listing: Listing, pictures: list[dict[str, Any]]) -> None:
    ids = [picture["id"] for picture in pictures]
    known = set(listing.images.filter(public_id__in=ids, removed_at=None).values_list("public_id", flat=True))
    errors = {f"pictures.{i}": [_("There is no such image here.")] for i, one in enumerate(ids) if one not in known}
    if len(set(ids)) != len(ids):
        errors["pictures"] = [_("Each picture can be shown only once.")]
    if errors:
        raise BadContent(errors=errors)


def _differs(revision: Revision, fields: dict[str, Any]) -> bool:
    return any(getattr(revision, name) != value for name, value in fields.items())


def _fill(revision: Revision, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        setattr(revision, name, value)


def _settle(listing: Listing, revision: Revision) -> None:
    """Save the draft; the listing itself speaks with the draft's words only until something was approved."""
    revision.changed_at = clock.now()
    revision.save()
    if listing.approved_id is None:
        listing.save(update_fields=lifecycle.show(listing, revision))


def _changed_names(content: Content, prompt: Prompt | None) -> list[str]:
    return sorted([*content.fields, *(["prompt"] if prompt is not None else [])])
