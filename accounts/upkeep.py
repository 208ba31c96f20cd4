"""What is thrown away when its time is over."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib.sessions.models import Session

from accounts import outbox
from accounts.models import IdempotentCall, Notification
from common import clock

ANSWERS_KEPT = timedelta(hours=24)
NOTIFICATIONS_KEPT = timedelta(days=365)


def run() -> dict[str, int]:
    """Each step on its own, so that one which fails keeps the others from nothing; how many rows each removed."""
    steps: list[Callable[[], int]] = [outbox.purge, forget_answers, forget_sessions, forget_notifications]
    return {step.__name__: step() for step in steps}


def forget_answers() -> int:
    return IdempotentCall.objects.filter(created_at__lt=clock.now() - ANSWERS_KEPT).delete()[0]


def forget_sessions() -> int:
    return Session.objects.filter(expire_date__lt=clock.now()).delete()[0]


def forget_notifications() -> int:
    return Notification.objects.filter(created_at__lt=clock.now() - NOTIFICATIONS_KEPT).delete()[0]
