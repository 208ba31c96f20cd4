"""The voice in which a state is shown: good, wait, bad, info or idle, the same everywhere for the same word."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VOICES = {
    "good": "live approved paid fulfilled delivered sent succeeded active ready done granted handled verified restore",
    "wait": "in_review submitted pending reserved unknown open answered screening waiting processing held planned new "
    "restricted",
    "bad": "rejected suspended failed disputed refused lost parked reject suspend serious unverified",
    "info": "claimed refunded partially_refunded note appeal",
    "idle": "draft withdrawn expired cancelled dismissed decided ignored dismiss",
}
_VOICE_OF = {state: voice for voice, listed in VOICES.items() for state in listed.split()}

WORDS: dict[str, Promise] = {
    "draft": _("Draft"),
    "in_review": _("In review"),
    "live": _("Live"),
    "rejected": _("Needs changes"),
    "withdrawn": _("Withdrawn"),
    "suspended": _("Suspended"),
    "pending": _("Waiting for payment"),
    "paid": _("Paid"),
    "fulfilled": _("Delivered"),
    "expired": _("Expired"),
    "refunded": _("Refunded"),
    "partially_refunded": _("Partly refunded"),
    "disputed": _("Disputed"),
    "open": _("Open"),
    "claimed": _("Claimed"),
    "decided": _("Decided"),
    "failed": _("Failed"),
}


def voice(state: str) -> str:
    return _VOICE_OF.get(state, "idle")


def words(state: str) -> str:
    return str(WORDS.get(state, state.replace("_", " ").capitalize()))
