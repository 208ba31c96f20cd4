"""Finish what a crash, a lost webhook or a lost task left half done. Beat runs this every minute."""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TypeVar

from django.db.models import F, Q
from django.db.models.functions import Mod

from accounts import outbox
from common import clock
from payments import gateway, orders, payout_accounts, payouts, refunds, webhooks
from payments.models import Order, StripeEvent

log = logging.getLogger(__name__)
BATCH = 500
LOOK_BACK = timedelta(minutes=5)
LOOK_FAR_BACK = timedelta(hours=1)
LOOK_EVERY = 5  # minutes
LOOK_FAR_EVERY = 10  # minutes

Subject = TypeVar("Subject")


def run() -> dict[str, int]:
    """Every step on its own: one that fails leaves the others their turn. Returns how much each found."""
    steps: dict[str, Callable[[], int]] = {
        "missed_events": fetch_missed_events,
        "events": handle_waiting_events,
        "paid_orders": fulfil_paid_orders,
        "pending_orders": look_at_pending_orders,
        "refunds": refunds.sweep,
        "payouts": payouts.sweep,
        "payout_accounts": payout_accounts.sweep,
        "outbox": outbox.sweep,
    }
    found = {}
    for name, step in steps.items():
        try:
            found[name] = step()
        except gateway.Away:
            log.warning("sweep %s: Stripe is away", name)
            found[name] = -1
        except Exception:
            log.exception("sweep %s failed", name)
            found[name] = -1
    return found


def catch_up() -> None:
    """What a difference in the books may only be waiting for: an event that was lost, a fee that came late."""
    run()
    orders.book_missing_fees()


def fetch_missed_events() -> int:
    """Events that Stripe has and our inbox lacks, from before the newest we know, now and then from long before."""
    newest = StripeEvent.objects.order_by("-happened_at").values_list("happened_at", flat=True).first()
    now = clock.now()
    back = LOOK_BACK if newest and now.minute % LOOK_FAR_EVERY else LOOK_FAR_BACK
    since = min(newest or now, now) - back
    kinds = sorted(kind for kind in webhooks.HANDLERS if not kind.startswith("v2."))
    missed = 0
    for start in range(0, len(kinds), 20):
        for event in gateway.events_since(int(since.timestamp()), kinds[start : start + 20]):
            missed += webhooks.file(event)
    return missed


def handle_waiting_events() -> int:
    now = clock.now()
    waiting = (
        StripeEvent.objects.filter(Q(leased_until=None) | Q(leased_until__lt=now), state=StripeEvent.State.NEW)
        .filter(received_at__lt=now - timedelta(seconds=5))
        .order_by("received_at")
        .values_list("pk", flat=True)[:BATCH]
    )
    for pk in (found := list(waiting)):
        webhooks.handle(pk)
    return len(found)


def fulfil_paid_orders() -> int:
    waiting = Order.objects.filter(status=Order.Status.PAID).order_by("paid_at").values_list("pk", flat=True)[:BATCH]
    return each(waiting, orders.fulfil)


def look_at_pending_orders() -> int:
    """Pending orders whose page has been open for a while are looked up; those past their time are closed."""
    now = clock.now()
    pending = Order.objects.filter(status=Order.Status.PENDING)
    past = pending.filter(expires_at__lt=now).order_by("expires_at").values_list("pk", flat=True)[:BATCH]
    found = each(past, lambda pk: orders.close(Order.objects.get(pk=pk)))
    # The buyer is gone and no event came: each open page is looked at once in so many minutes.
    turn = int(now.timestamp() // 60) % LOOK_EVERY
    still = pending.filter(expires_at__gte=now, created_at__lt=now - timedelta(minutes=2)).exclude(session_id=None)
    still = still.annotate(turn=Mod(F("pk"), LOOK_EVERY)).filter(turn=turn).order_by("pk")
    pages = still.values_list("session_id", flat=True)[:BATCH]
    return found + each([page for page in pages if page], orders.sync_session)


def each(subjects: Iterable[Subject], act: Callable[[Subject], object]) -> int:
    """One that cannot be finished leaves its neighbours their turn; when Stripe is away nobody is asked further."""
    found = list(subjects)
    for subject in found:
        try:
            act(subject)
        except gateway.Away:
            raise
        except Exception:
            log.exception("%s %s could not be finished", getattr(act, "__name__", "sweep"), subject)
    return len(found)
