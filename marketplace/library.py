"""What people own, and the only place where the words of a prompt are read.

Who may read: the seller; who holds an entitlement (approved versions only); a moderator with a claimed case on the
listing, each time on record. Nobody else, whatever else they may do here.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import activity
from accounts.models import User
from common import clock, encryption, rows
from common.problems import Problem
from marketplace import content, figures, formats, permissions, prompts, variables
from marketplace.models import Case, Entitlement, Listing, Preset, Version
from marketplace.prompts import Prompt
from marketplace.variables import BadValues, Rendered, Variable

__all__ = ["BadValues", "MayNotRead", "Prompt", "Rendered"]

CLAIM_LASTS = timedelta(minutes=60)
MOST_PRESETS = 50


class MayNotRead(Problem):
    """Refused the same way whether the prompt exists or not."""

    status = 404
    code = "may_not_read"
    default_detail = gettext_lazy("There is nothing here, or nothing that you may see.")


class NotYours(Problem):
    status = 404
    code = "not_found"
    default_detail = gettext_lazy("There is nothing here, or nothing that you may see.")


class TooManyPresets(Problem):
    code = "too_many_presets"
    default_detail = gettext_lazy("That is as many saved sets as one prompt can have. Delete one first.")


@dataclass(frozen=True, slots=True)
class Filled:
    """A prompt with values filled in: the template's text, and the negative prompt's."""

    text: str
    negative: str
    missing: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class Grant:
    """One right to give: the version as bought, and the fact that gives it, named once ("line:123")."""

    listing: Listing
    version: Version
    key: str
    is_paid: bool = True
    counts: bool = True


# ---- Granting and taking back ----------------------------------------------------------------------------------------


@transaction.atomic
def grant(
    owner: User,
    listing: Listing,
    *,
    version: Version | None = None,
    key: str,
    is_paid: bool = True,
    counts: bool = True,
) -> Entitlement:
    """The right to read, once for each key; who holds it already keeps what they have.

    `counts` is false for purchases that must not move a rank (a seller's own, a ring).
    """
    return grant_all(owner, [Grant(listing, version or current_version(listing), key, is_paid, counts)])[0]


# Without a savepoint: whoever hands over an order hands over all of it.
@transaction.atomic(savepoint=False)
def grant_all(owner: User, grants: Sequence[Grant]) -> list[Entitlement]:
    """As `grant`, for everything in one order, in as many statements as for one."""
    # Written before it is looked for: two constraints tell what is there already, and mostly nothing is. In one order,
    # so that two purchases of the same things by one person wait for each other instead of both for ever.
    known = rows.insert_new(
        [
            Entitlement(
                owner=owner,
                listing=one.listing,
                version=one.version,
                key=one.key,
                is_paid=one.is_paid,
                counts=one.counts and owner.pk != one.listing.seller_id,
            )
            for one in sorted(grants, key=lambda one: one.listing.pk)
        ]
    )
    made = {row.public_id for row in known}
    if len(made) < len(grants):
        known += _granted(owner, grants)
    held = [_found(known, one) for one in grants]
    for one, entitlement in zip(grants, held, strict=True):
        if entitlement is None:
            raise IntegrityError(f"The right to read could not be granted: {one.key}.")
    given = cast("list[Entitlement]", held)
    new = [(one, each) for one, each in zip(grants, given, strict=True) if each.public_id in made]
    figures.changed(*(one.listing.pk for one, _ in new))
    activity.record_all(
        activity.row(None, "entitlement.granted", each, listing=one.listing.public_id, key=one.key) for one, each in new
    )
    return given


@transaction.atomic
def revoke(entitlement: Entitlement, because: str) -> Entitlement:
    """Close the book on a refund or a lost dispute; the first cause stays."""
    entitlement = Entitlement.objects.select_for_update(of=("self",)).get(pk=entitlement.pk)
    if entitlement.revoked_at is None:
        entitlement.revoked_at = clock.now()
        entitlement.revoked_because = Entitlement.Cause(because)
        entitlement.save(update_fields=["revoked_at", "revoked_because"])
        figures.changed(entitlement.listing_id)
        activity.record(None, "entitlement.revoked", entitlement, because=because)
    return entitlement


@transaction.atomic
def reinstate(entitlement: Entitlement) -> Entitlement:
    """Give back what a won dispute had taken; if it was bought again meanwhile, that one stays the active one."""
    entitlement = Entitlement.objects.select_for_update(of=("self",)).get(pk=entitlement.pk)
    if entitlement.revoked_at is None:
        return entitlement
    other = Entitlement.objects.active().filter(owner=entitlement.owner_id, listing=entitlement.listing_id).first()
    if other is not None:
        return other
    entitlement.revoked_at, entitlement.revoked_because = None, ""
    entitlement.save(update_fields=["revoked_at", "revoked_because"])
    figures.changed(entitlement.listing_id)
    activity.record(None, "entitlement.reinstated", entitlement)
    return entitlement


def _granted(owner: User, grants: Sequence[Grant]) -> list[Entitlement]:
    keys, listings = [one.key for one in grants], [one.listing.pk for one in grants]
    mine = Q(owner=owner, listing__in=listings, revoked_at=None)
    return list(Entitlement.objects.filter(Q(key__in=keys) | mine))


def _found(known: Sequence[Entitlement], grant: Grant) -> Entitlement | None:
    """Granted for this very reason, be it taken back since; else the one that is held already."""
    return next((one for one in known if one.key == grant.key), None) or next(
        (one for one in known if one.listing_id == grant.listing.pk and one.revoked_at is None), None
    )


def current_version(listing: Listing) -> Version:
    """What a buyer gets today."""
    approved = listing.approved
    assert approved is not None, "Only what was approved is sold."
    assert approved.version is not None, "A prompt is a part of what is approved."
    return approved.version


# ---- Reading ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def open(reader: Any, version: Version, *, case: Case | None = None, reason: str = "") -> Prompt:  # noqa: A001
    """The words, or MayNotRead. With a case it is a moderator's reading, and is put on record."""
    if case is not None:
        if not _may_read_for(reader, version, case):
            raise MayNotRead
        activity.record(
            reader, "prompt.read", version.listing, reason=reason, case=case.public_id, version=version.number
        )
    elif not _may_read(reader, version):
        raise MayNotRead
    return _decrypted(version)


def _may_read(reader: Any, version: Version) -> bool:
    if not isinstance(reader, User) or not reader.is_active or reader.erased_at is not None:
        return False
    if version.listing.seller_id == reader.pk:
        return True
    return version.approved_at is not None and permissions.holds(reader, version.listing)


def _may_read_for(reader: Any, version: Version, case: Case) -> bool:
    case = Case.objects.get(pk=case.pk)  # the claim as it is now
    if not permissions.is_moderator(reader) or permissions.owns(reader, version.listing):
        return False
    if case.listing_id != version.listing_id or case.claimed_by_id != reader.pk or case.claimed_at is None:
        return False
    return case.state == Case.State.CLAIMED and case.claimed_at > claim_holds_since()


def words_for_checks(version: Version) -> Prompt:
    """For marketplace.screening alone: no person sees what it gets, and no finding quotes it."""
    return _decrypted(version)


def words_for_editing(version: Version) -> Prompt:
    """For marketplace.editing alone, which has made sure that the seller is at work: what an edit leaves unchanged."""
    return _decrypted(version)


def _decrypted(version: Version) -> Prompt:
    from marketplace.models import PromptText

    blob = PromptText.objects.only("ciphertext").get(version=version).ciphertext
    words = json.loads(encryption.decrypt(blob, context=prompts.context(version.listing, version.number)))
    described = tuple(Variable.from_json(entry) for entry in version.variables)
    return Prompt(words["template"], words["negative"], words["parameters"], words["instructions"], described)


# ---- The shelf of one person -----------------------------------------------------------------------------------------


def of(owner: User | int) -> QuerySet[Entitlement]:
    """What the person (or who has this key) holds, newest first."""
    held = Entitlement.objects.active().filter(owner=owner)
    return held.select_related("listing__seller__seller_profile", "listing__model", "version").order_by(
        "-granted_at", "-pk"
    )


def find(owner: Any, public_id: str) -> Entitlement:
    """One of the person's own, or NotYours."""
    if not isinstance(owner, User):
        raise NotYours
    found = of(owner).filter(public_id=public_id).first()
    if found is None:
        raise NotYours
    return found


def versions_for(entitlement: Entitlement) -> list[Version]:
    """Every approved version, newest first: later ones come free."""
    if entitlement.revoked_at is not None:
        return []
    approved = Version.objects.filter(listing=entitlement.listing_id, approved_at__isnull=False)
    return list(approved.select_related("listing").order_by("-number"))


def version_for(entitlement: Entitlement, number: int | None = None) -> Version:
    """The version of that number, or the newest; MayNotRead when there is none for them."""
    found = [version for version in versions_for(entitlement) if number in (None, version.number)]
    if not found:
        raise MayNotRead
    return found[0]


def mark_seen(entitlement: Entitlement, version: Version) -> None:
    if version.number > entitlement.seen_version:
        Entitlement.objects.filter(pk=entitlement.pk, seen_version__lt=version.number).update(
            seen_version=version.number
        )
        entitlement.seen_version = version.number


def render(entitlement: Entitlement, values: Mapping[str, str], version: Version | None = None) -> Filled:
    """The newest version (or the given one) with the owner's values filled in; raises BadValues."""
    version = version or version_for(entitlement)
    prompt = open(entitlement.owner, version)
    text = variables.render(prompt.template, values, prompt.variables)
    negative = variables.render(prompt.negative, values, prompt.variables)
    missing = dict.fromkeys([*text.missing, *negative.missing])
    unknown = [name for name in text.unknown if name in negative.unknown]
    return Filled(text.text, negative.text, tuple(missing), tuple(unknown))


def document(entitlement: Entitlement, version: Version | None = None) -> formats.PromptDocument:
    """Everything a file of the prompt holds; the licence names the number it was bought under."""
    version = version or version_for(entitlement)
    prompt = open(entitlement.owner, version)
    listing = entitlement.listing
    shown = _revision_of(version) or listing
    model = " ".join(str(part) for part in (shown.model, shown.model_version) if part)
    profile = getattr(listing.seller, "seller_profile", None)
    licence = _("Licensed to one buyer for personal and commercial use; not for resale. Licence %(id)s.")
    return formats.PromptDocument(
        title=shown.title,
        template=prompt.template,
        model=model,
        version=str(version.number),
        negative=prompt.negative,
        parameters=prompt.parameters,
        instructions=prompt.instructions,
        variables=prompt.variables,
        licence=licence % {"id": entitlement.public_id},
        url=settings.SITE_URL + listing.get_absolute_url(),
        seller=profile.name if profile else "",
        summary=shown.summary,
    )


def download(entitlement: Entitlement, kind: str, version: Version | None = None) -> tuple[str, str, str]:
    """File name, content type and text in one of formats.FORMATS; raises formats.UnknownFormat."""
    if kind not in formats.FORMATS:
        formats.write(formats.PromptDocument("", ""), kind)
    written = document(entitlement, version)
    return formats.file_name(written, kind), formats.CONTENT_TYPES[kind], formats.write(written, kind)


def _revision_of(version: Version) -> Any:
    """The page under which this version was sold last."""
    approved = version.revisions.filter(state="approved").select_related("model", "model_version")
    return approved.order_by("-number").first()


# ---- Values people keep ----------------------------------------------------------------------------------------------


@transaction.atomic
def keep_preset(entitlement: Entitlement, *, name: str, values: Mapping[str, str]) -> Preset:
    """Keep values of the variables under a name, or put others in their place."""
    Entitlement.objects.select_for_update().get(pk=entitlement.pk)
    kept, is_new = Preset.objects.update_or_create(
        entitlement=entitlement,
        name=content.named("name", name, 60),
        defaults={"values": content.read_inputs("values", values)},
    )
    if is_new and entitlement.presets.count() > MOST_PRESETS:
        raise TooManyPresets
    return kept


def drop_preset(entitlement: Entitlement, name: str) -> None:
    entitlement.presets.filter(name=name).delete()


def keep_note(entitlement: Entitlement, note: str) -> None:
    """The owner's own words beside a prompt."""
    Entitlement.objects.filter(pk=entitlement.pk).update(note=content.prose("note", note, 10_000, needed=False))


def has_news(entitlement: Entitlement, newest: int) -> bool:
    """Whether a version came out that the owner has not opened."""
    return newest > max(entitlement.seen_version, entitlement.version.number)


def claim_holds_since() -> datetime:
    """Claims from before this moment have lapsed."""
    return clock.now() - CLAIM_LASTS
