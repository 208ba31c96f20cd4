"""What is thrown away when its time is over."""

from collections.abc import Callable
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.deletion import ProtectedError, RestrictedError

from accounts import outbox
from accounts.models import IdempotentCall, Notification, User
from common import clock

ANSWERS_KEPT = timedelta(hours=24)
NOTIFICATIONS_KEPT = timedelta(days=365)
UNCONFIRMED_KEPT = timedelta(days=7)


def run() -> dict[str, int]:
    """Each step on its own, so that one which fails keeps the others from nothing; how many rows each removed."""
    steps: list[Callable[[], int]] = [
        outbox.purge,
        forget_answers,
        forget_sessions,
        forget_notifications,
        forget_unconfirmed,
        forget_webhooks,
    ]
    return {step.__name__: step() for step in steps}


def forget_answers() -> int:
    return IdempotentCall.objects.filter(created_at__lt=clock.now() - ANSWERS_KEPT).delete()[0]


def forget_sessions() -> int:
    return Session.objects.filter(expire_date__lt=clock.now()).delete()[0]


def forget_notifications() -> int:
    return Notification.objects.filter(created_at__lt=clock.now() - NOTIFICATIONS_KEPT).delete()[0]


def forget_webhooks() -> int:
    from accounts import webhooks  # which promises work to the outbox, which promises to be tidied here

    return webhooks.forget()


def forget_unconfirmed() -> int:
    """Accounts whose address nobody ever confirmed: a typing error, or somebody else's address."""
    addresses = EmailAddress.objects.filter(user=OuterRef("pk"))
    never = User.objects.filter(
        Exists(addresses),
        ~Exists(addresses.filter(verified=True)),
        last_login=None,
        joined_at__lt=clock.now() - UNCONFIRMED_KEPT,
    )
    return sum(_forget(user) for user in never[:1000])


def _forget(user: User) -> bool:
    try:
        with transaction.atomic():
            user.consents.all().delete()
            user.delete()
    except (ProtectedError, RestrictedError):
        return False
    return True
