"""When the way into an account changes: noted, told, other sessions ended. Payouts wait a while after it."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest

from accounts import activity, security, signals
from accounts.models import User
from common import clock


@transaction.atomic
def changed(user: User, what: str, *, request: HttpRequest | None = None, **facts: Any) -> None:
    """Note that `what` (password, e-mail, second factor) changed; every session but the request's own ends."""
    user.credentials_changed_at = clock.now()
    User.objects.filter(pk=user.pk).update(credentials_changed_at=user.credentials_changed_at)
    activity.record(user, "credentials.changed", user, what=what, **facts)
    keep = request.session.session_key if request is not None and request.user == user else None
    security.end_sessions(user, keep=keep)
    signals.credentials_changed.send(User, user=user, what=what)
