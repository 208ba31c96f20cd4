"""How an account becomes a seller, and how a seller appears to everybody else."""

import re
import unicodedata
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts import activity, countries, permissions, pictures, signals
from accounts.models import SellerProfile, User
from common import clock, text
from common.problems import Problem

SHORTEST_HANDLE = 3
LONGEST_HANDLE = 30
# Names that would read as if the house itself spoke, or as a part of the site.
_RESERVED = """
    about account accounts admin administrator anonymous api billing blog cart checkout collections contact demo
    deleted docs everyone faq feed guides help home house legal library licence login logout mail me moderation
    moderator moderators new news nobody null official order orders payments press pricing privacy prompt prompts
    promptuary refund refunds root search security seller sellers settings sell signin signup staff static status
    store stripe support system team terms trust undefined user users webmaster www
"""
RESERVED: Final = frozenset(_RESERVED.split())
EDITABLE = frozenset({"handle", "name", "bio", "website", "country", "picture"})
_NOT_HANDLE = re.compile(r"[^a-z0-9]+")


class MayNotSell(Problem):
    """The account is suspended, or not there any more."""

    status = HTTPStatus.FORBIDDEN
    code = "may_not_sell"
    default_detail = _("This account may not sell at present.")


class AlreadySeller(Problem):
    """Asked to begin what has begun."""

    code = "already_seller"
    default_detail = _("You are a seller already.")


class HandleTaken(Problem):
    """The handle belongs to somebody else, or is kept for the house."""

    code = "handle_taken"
    default_detail = _("This handle is taken. Please choose another.")


class BadProfile(Problem):
    """What was written cannot be shown; `errors` says which field and why."""

    status = HTTPStatus.BAD_REQUEST
    code = "invalid"
    title = _("Invalid input")
    default_detail = _("Some of what was sent needs correcting.")


def become(
    user: User, *, handle: str, name: str, bio: str = "", country: str = "US", website: str = ""
) -> SellerProfile:
    """Open a shop under this handle."""
    if not permissions.in_good_standing(user):
        raise MayNotSell
    with transaction.atomic():
        # Two clicks at once: the second waits here and then finds the profile.
        if User.objects.select_for_update().get(pk=user.pk).is_suspended:
            raise MayNotSell
        if SellerProfile.objects.filter(user=user).exists():
            raise AlreadySeller
        profile = SellerProfile(user=user, created_at=clock.now())
        _set(profile, handle=handle, name=name, bio=bio, country=country, website=website)
        _save(profile)
        activity.record(user, "seller.began", profile, country=profile.country)
        signals.became_seller.send(SellerProfile, profile=profile)
    return profile


def edit(profile: SellerProfile, *, by: User | None = None, **changes: Any) -> SellerProfile:
    """Change what others see: handle, name, bio, website, country, picture (an uploaded file, or None to remove)."""
    if unknown := changes.keys() - EDITABLE:
        raise TypeError(f"Not part of a profile: {', '.join(sorted(unknown))}")
    if by is not None and by.pk == profile.user_id and not permissions.in_good_standing(by):
        raise MayNotSell
    with transaction.atomic():
        profile = SellerProfile.objects.select_for_update().select_related("user").get(pk=profile.pk)
        before = {field: getattr(profile, field) for field in ("handle", "name", "bio", "website", "country")}
        if "picture" in changes:
            pictures.put(profile, changes.pop("picture"))
        _set(profile, **changes)
        _save(profile)
        changed = sorted(field for field, value in before.items() if getattr(profile, field) != value)
        activity.record(by, "seller.edited", profile, changed=changed)
        signals.profile_changed.send(SellerProfile, profile=profile)
    return profile


def suggest_handle(name: str) -> str:
    """A free handle that looks like the name (or the first part of an address)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = _NOT_HANDLE.sub("-", plain).strip("-")[: LONGEST_HANDLE - 5].strip("-") or "seller"
    if len(stem) < SHORTEST_HANDLE:
        stem = f"{stem}-prompts"
    taken = set(SellerProfile.objects.filter(handle__startswith=stem).values_list("handle", flat=True)) | RESERVED
    number = 1
    while (candidate := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return candidate


def find(handle: str) -> SellerProfile | None:
    """The seller of this handle, however it is written, unless erased."""
    return SellerProfile.objects.filter(handle=handle.lower(), user__erased_at=None).select_related("user").first()


def _set(profile: SellerProfile, **values: str) -> None:
    for field, value in values.items():
        cleaned = text.clean(value, newlines=True).strip() if field == "bio" else text.clean_line(value)
        if field == "handle":
            cleaned = cleaned.lower().removeprefix("@")
        if field == "country":
            cleaned = cleaned.upper()
        setattr(profile, field, cleaned)


def _save(profile: SellerProfile) -> None:
    if profile.handle in RESERVED:
        raise HandleTaken
    if not countries.known(profile.country):
        raise BadProfile(errors={"country": [str(_("Choose a country from the list."))]})
    try:
        profile.clean_fields(exclude=["user", "picture"])
    except ValidationError as error:
        raise BadProfile(errors=error.message_dict) from None
    try:
        # A savepoint, so that the refusal leaves the caller's transaction usable.
        with transaction.atomic():
            profile.save()
    except IntegrityError:
        raise HandleTaken from None
