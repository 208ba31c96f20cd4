"""Stripe's webhooks: verify, file once, answer; a task looks at the object the event names.

An event is a hint. It may come late, twice, in any order, or never (the sweep lists what Stripe has); what we do
follows from the object as Stripe shows it when asked.
"""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from common import clock
from payments import alerts, disputes, gateway, limits, orders, payout_accounts, refunds, tasks
from payments.models import Order, StripeEvent

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
ATTEMPTS = 12

BadSignature = gateway.BadSignature
OtherMode = gateway.Switched


def receive(body: bytes, header: str) -> bool:
    """File a delivery. False when it was filed before. Raises BadSignature, or OtherMode."""
    return file(gateway.read_event(body, header))


@transaction.atomic
def file(event: gateway.Event) -> bool:
    """Put an event into the inbox once and hurry its handling."""
    state = StripeEvent.State.NEW if handler_for(event.kind) else StripeEvent.State.IGNORED
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_stripeevent (stripe_id, kind, object_id, account, data, state, attempts, error,"
            " happened_at, received_at) VALUES (%s, %s, %s, %s, %s, %s, 0, '', %s, now())"
            " ON CONFLICT (stripe_id) DO NOTHING RETURNING id",
            [
                event.id,
                event.kind,
                event.object_id,
                event.account,
                json.dumps(event.data),
                state,
                datetime.fromtimestamp(event.created, UTC),
            ],
        )
        row = cursor.fetchone()
    if row is None:
        return False
    if state == StripeEvent.State.NEW:
        transaction.on_commit(lambda: tasks.hurry_event(row[0]))
    return True


def handle(event_id: int) -> None:
    """Do what an event hints at, once; parked for a person after too many failures."""
    now = clock.now()
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    claimed = StripeEvent.objects.filter(free, pk=event_id, state=StripeEvent.State.NEW).update(
        leased_until=now + LEASE
    )
    if not claimed:
        return
    event = StripeEvent.objects.get(pk=event_id)
    act = handler_for(event.kind)
    try:
        if act:
            act(event)
    except gateway.Away as error:
        _failed(event, error, wait=timedelta(seconds=min(600, 5 * 2**event.attempts)))
    except Exception as error:  # whatever it is, the event stays visible and its neighbours go on
        log.exception("event %s of kind %s failed", event.stripe_id, event.kind)
        _failed(event, error, wait=timedelta(seconds=min(600, 10 * 2**event.attempts)))
    else:
        StripeEvent.objects.filter(pk=event.pk).update(state=StripeEvent.State.DONE, handled_at=clock.now(), error="")


def _failed(event: StripeEvent, error: Exception, *, wait: timedelta) -> None:
    event.attempts += 1
    event.error = type(error).__name__
    event.leased_until = clock.now() + wait
    if event.attempts >= ATTEMPTS and not isinstance(error, gateway.Away):
        event.state = StripeEvent.State.PARKED
        alerts.raise_("event_parked", f"event:{event.stripe_id}", f"Stripe event {event.kind} could not be handled.")
    event.save(update_fields=["attempts", "error", "leased_until", "state"])


# ---- What each kind of event makes us look at -----------------------------------------------------------------------
def _session(event: StripeEvent) -> None:
    orders.sync_session(event.object_id)


def _declined(event: StripeEvent) -> None:
    if order := Order.objects.filter(number=event.data.get("order", "")).select_related("buyer").first():
        limits.declined(order)


def _charge(event: StripeEvent) -> None:
    order = Order.objects.filter(charge=event.object_id).first()
    if order is not None and order.stripe_fee is None:
        orders.book_fee(order.pk)


def _refund(event: StripeEvent) -> None:
    charge = event.data.get("charge") or (event.object_id if event.object_id.startswith(("ch_", "py_")) else "")
    orders.of_payment(event.data.get("payment_intent", ""), charge)
    refunds.sync(event.data.get("charge") or event.object_id)


def _dispute(event: StripeEvent) -> None:
    disputes.sync(event.object_id)


def _fraud_warning(event: StripeEvent) -> None:
    alerts.raise_(
        "fraud_warning", f"charge:{event.data.get('charge', event.object_id)}", "A card issuer warns of fraud."
    )


def _transfer(event: StripeEvent) -> None:
    payout_accounts.sync_transfer(event.object_id)


def _bank_payout(event: StripeEvent) -> None:
    payout_accounts.sync_bank_payout(event.object_id, event.account)


def _account(event: StripeEvent) -> None:
    payout_accounts.refresh_account(event.account or event.object_id)


Handler = Callable[[StripeEvent], None]
HANDLERS: dict[str, Handler] = {
    "checkout.session.completed": _session,
    "checkout.session.async_payment_succeeded": _session,
    "checkout.session.async_payment_failed": _session,
    "checkout.session.expired": _session,
    "payment_intent.payment_failed": _declined,
    "charge.updated": _charge,
    "charge.refunded": _refund,
    "refund.created": _refund,
    "refund.updated": _refund,
    "refund.failed": _refund,
    "charge.dispute.created": _dispute,
    "charge.dispute.updated": _dispute,
    "charge.dispute.closed": _dispute,
    "charge.dispute.funds_withdrawn": _dispute,
    "charge.dispute.funds_reinstated": _dispute,
    "radar.early_fraud_warning.created": _fraud_warning,
    "transfer.created": _transfer,
    "transfer.updated": _transfer,
    "transfer.reversed": _transfer,
    "payout.paid": _bank_payout,
    "payout.failed": _bank_payout,
    "payout.canceled": _bank_payout,
    "account.updated": _account,
    "account.application.deauthorized": _account,
    "v2.core.account[configuration.recipient].capability_status_updated": _account,
    "v2.core.account[requirements].updated": _account,
    "v2.core.account.closed": _account,
}


def handler_for(kind: str) -> Handler | None:
    return HANDLERS.get(kind)
