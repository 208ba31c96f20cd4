"""What people should know: told in the transaction that makes it true, put into words when it is read.

An app above registers its kinds in its `notices.py`; the words are lazy templates such as
`_("%(buyer)s bought %(title)s for %(price)s")`. A value may be a string, a number or money as the API writes it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import mail, outbox
from accounts.models import Notification, User
from common import clock, money, rows

MOST_UNREAD = 99  # beyond which the header does not count
# Mail servers are sometimes away for a day.
MAIL_ATTEMPTS = 200


class UnknownKind(LookupError):
    """Nobody registered this kind of notification."""


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    title: Any
    body: Any
    label: Any  # what the settings call it
    mail: bool
    optional: bool  # whether its mail may be turned off


@dataclass(frozen=True, slots=True)
class Words:
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Telling:
    """One person, one fact (named by its key, so that it is told once), and the data its words are made of."""

    user: User
    key: str | None
    data: Mapping[str, Any]


_kinds: dict[str, Kind] = {}


def register(kind: str, *, title: Any, body: Any, mail: bool = False, label: Any = "", optional: bool = True) -> None:
    """Make a kind known; `label` names it in a person's settings, where optional mail can be turned off."""
    _kinds[kind] = Kind(kind, title, body, label or title, mail, optional)


def tell(user: User, kind: str, *, url: str = "", key: str | None = None, **data: Any) -> Notification | None:
    """Let somebody know, once for each key; None when they were told before or are not there any more."""
    told = tell_all(kind, [Telling(user, key, data)], url=url)
    return told[0] if told else None


def tell_all(kind: str, tellings: Iterable[Telling], *, url: str = "") -> list[Notification]:
    """Let several people know of things of one kind; what is new of it."""
    if kind not in _kinds:
        raise UnknownKind(kind)
    if url and (not url.startswith("/") or url.startswith("//")):
        raise ValueError("A notification leads to a page of ours.")
    wanted = [
        Notification(user=each.user, key=each.key, kind=kind, url=url, data=dict(each.data), created_at=clock.now())
        for each in tellings
        if each.user.erased_at is None
    ]
    if not wanted:
        return []
    told = rows.insert_new(wanted)
    outbox.promise_many(
        outbox.Promise("accounts.mail_notification", {"notification_id": each.pk}, f"notification:{each.pk}")
        for each in told
        if _wants_mail(each.user, _kinds[kind])
    )
    return told


def words(notification: Notification) -> Words:
    """What it says, in the active language; a kind nobody knows any more says so plainly."""
    kind = _kinds.get(notification.kind)
    if kind is None:
        return Words(_("Something happened on your account."), "")
    values = _Forgiving({name: _shown(value) for name, value in notification.data.items()})
    return Words(str(kind.title) % values, str(kind.body) % values)


def optional_mail() -> list[Kind]:
    """The kinds whose mail a person may turn off."""
    return sorted((kind for kind in _kinds.values() if kind.mail and kind.optional), key=lambda kind: kind.name)


def mute(user: User, kinds: Iterable[str]) -> None:
    """Send no mail for these kinds from now on, and mail for all others."""
    allowed = {kind.name for kind in optional_mail()}
    user.muted_mail = sorted(allowed & set(kinds))
    user.save(update_fields=["muted_mail"])


def of(user: User) -> QuerySet[Notification]:
    return Notification.objects.filter(user=user).order_by("-created_at", "-pk")


def unread(user: User) -> int:
    """How many are new to them, counted up to a hundred."""
    with connection.cursor() as cursor:
        cursor.execute(_UNREAD, [user.pk, MOST_UNREAD + 1])
        return int(cursor.fetchone()[0])


_UNREAD = """
    SELECT count(*) FROM (
        SELECT FROM accounts_notification WHERE user_id = %s AND read_at IS NULL LIMIT %s
    ) AS new
"""


def mark_read(user: User, notifications: Iterable[Notification] | None = None) -> int:
    """All of theirs unless some are given; how many were new."""
    new = Notification.objects.filter(user=user, read_at=None)
    if notifications is not None:
        new = new.filter(pk__in=[each.pk for each in notifications])
    return new.update(read_at=clock.now())


@outbox.handler("accounts.mail_notification", attempts=MAIL_ATTEMPTS)
def mail_notification(notification_id: int) -> None:
    """A second run sends a second copy with the same Message-ID, which a mailbox shows once."""
    notification = Notification.objects.select_related("user").filter(pk=notification_id, mailed_at=None).first()
    if notification is None:
        return
    user, kind = notification.user, _kinds.get(notification.kind)
    if kind is None or user.erased_at or not _wants_mail(user, kind):
        return
    with mail.speaking(user.language):
        said, action = words(notification), _("Have a look")
    mail.send(
        template="accounts/mail/notification",
        to=user.email,
        language=user.language,
        context={
            "words": said,
            "title": said.title,
            "action": action,
            "action_url": settings.SITE_URL + notification.url if notification.url else "",
            "settings_url": settings.SITE_URL + reverse("account-preferences") if kind.optional else "",
        },
        message_id=f"notification-{notification.public_id}",
    )
    Notification.objects.filter(pk=notification.pk).update(mailed_at=clock.now())


def _wants_mail(user: User, kind: Kind) -> bool:
    return kind.mail and not (kind.optional and kind.name in user.muted_mail)


class _Forgiving(dict[str, Any]):
    """Words written for other data than was kept show a gap, not an error page."""

    def __missing__(self, name: str) -> str:
        return "…"


def _shown(value: Any) -> Any:
    if isinstance(value, Mapping) and value.keys() == {"amount", "currency"}:
        return money.format_money(value["amount"], value["currency"])
    return value
