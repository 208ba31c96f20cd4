"""What a person has to look at, and the switch that holds payouts back while the books are in doubt."""

import logging
import time
from datetime import timedelta
from typing import Any

from django.db import transaction

from accounts import activity
from accounts.models import User
from common import clock
from payments.models import Alert, Switch

log = logging.getLogger(__name__)
PAYOUTS = "payouts"
LONGEST_KEY = 120


def raise_(kind: str, key: str, message: str, **data: Any) -> Alert:
    """Open an alert; while one with the same key is open, nothing more happens."""
    key = key[:LONGEST_KEY]
    alert, is_new = Alert.objects.get_or_create(
        key=key, resolved_at=None, defaults={"kind": kind, "message": message, "data": data}
    )
    if is_new:
        log.error("alert %s %s", kind, key)
    return alert


def settle(key: str, *, by: User | None = None) -> None:
    """The trouble is over, by itself or because somebody saw to it."""
    Alert.objects.filter(key=key[:LONGEST_KEY], resolved_at=None).update(resolved_at=clock.now(), resolved_by=by)


def payouts_held_because() -> str:
    """The reason given when payouts were switched off; empty while they are on."""
    return Switch.objects.filter(name=PAYOUTS, is_on=False).values_list("reason", flat=True).first() or ""


def payouts_on() -> bool:
    return not Switch.objects.filter(name=PAYOUTS, is_on=False).exists()


# ---- Is the clock alive? ---------------------------------------------------------------------------------------------
BEAT, BEAT_MISSED_AFTER, BEAT_LOOKED_EVERY = "beat", timedelta(minutes=4), 60.0
_looked_at_beat = 0.0


def beat_seen() -> None:
    """The sweep came from beat: it is alive."""
    Switch.objects.update_or_create(name=BEAT, defaults={"changed_at": clock.now()})
    settle("beat_missing")


def look_at_beat() -> None:
    """Called by whoever is at work (webhooks come and go without beat): once a minute, raise an alert if it is dead."""
    global _looked_at_beat  # noqa: PLW0603 — one process looks once a minute
    if time.monotonic() - _looked_at_beat < BEAT_LOOKED_EVERY:
        return
    _looked_at_beat = time.monotonic()
    seen = Switch.objects.filter(name=BEAT).values_list("changed_at", flat=True).first()
    if seen is not None and seen < clock.now() - BEAT_MISSED_AFTER:
        raise_("beat_missing", "beat_missing", f"Beat was last seen at {seen:%Y-%m-%d %H:%M} UTC; nothing is swept.")


@transaction.atomic
def switch_payouts(*, on: bool, reason: str, by: User | None = None) -> None:
    """Hold every payout back, or let them go again. Sales go on either way."""
    Switch.objects.update_or_create(
        name=PAYOUTS, defaults={"is_on": on, "reason": reason[:200], "changed_at": clock.now()}
    )
    activity.record(
        by, "payouts.switched_on" if on else "payouts.switched_off", ("switch", PAYOUTS, PAYOUTS), reason=reason
    )
