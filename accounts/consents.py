"""Words that somebody agreed to, kept exactly as they were shown."""

from dataclasses import dataclass

from accounts import wording as texts
from accounts.models import Consent, User
from common import clock


@dataclass(frozen=True, slots=True)
class Wording:
    """The current words of one kind, in the language they are shown in."""

    kind: str
    version: str
    language: str
    text: str

    def __str__(self) -> str:
        return self.text


def wording(kind: str, language: str) -> Wording:
    """What a page shows beside the box; English where the language has no words of its own."""
    current = texts.CURRENT[Consent.Kind(kind)]
    spoken = language.split("-", maxsplit=1)[0]
    if spoken not in current.words:
        spoken = "en"
    return Wording(kind, current.version, spoken, current.words[spoken])


def give(user: User, kind: str, *, subject: str = "", language: str) -> Consent:
    """Keep that the person agreed now; saying it again about the same thing is one consent."""
    agreed = wording(kind, language)
    same = {"user": user, "kind": kind, "version": agreed.version, "language": agreed.language, "subject": subject}
    if subject and (before := Consent.objects.filter(**same).first()):
        return before
    return Consent.objects.create(**same, wording=agreed.text, given_at=clock.now())


def given(user: User, kind: str, *, subject: str = "") -> Consent | None:
    """The newest of this kind about this subject."""
    mine = user.consents.filter(kind=kind, subject=subject)
    return mine.order_by("-given_at", "-pk").first()
