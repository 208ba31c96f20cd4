"""Webhook deliveries and the list of events."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import stripe
from django.conf import settings

from payments.gateway.client import BadSignature, Switched, ask, client, every, is_live

LONGEST = 120  # of an id, ours or Stripe's


@dataclass(frozen=True)
class Event:
    """What the inbox keeps of an event: a hint where to look."""

    id: str
    kind: str
    object_id: str
    account: str
    created: int
    data: dict[str, str]


def read_event(body: bytes, header: str) -> Event:
    """Verify a delivery against any of our secrets (two endpoints, or one being replaced) and read the hint in it."""
    secrets = [secret.strip() for secret in settings.STRIPE_WEBHOOK_SECRET.split(",") if secret.strip()]
    if not secrets or not header:
        raise BadSignature
    text = body.decode("utf-8", "strict") if _is_text(body) else ""
    for secret in secrets:
        try:
            stripe.WebhookSignature.verify_header(text, header, secret, tolerance=300)
        except stripe.SignatureVerificationError:
            continue
        return _event_of(text)
    raise BadSignature


def _is_text(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _event_of(text: str) -> Event:
    try:
        event = json.loads(text)
        found = event_from(event)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadSignature("The event could not be read.") from error
    if bool(event.get("livemode")) != is_live():
        raise Switched(found.id)
    return found


def event_from(event: dict[str, Any]) -> Event:
    """The hint in an event, fat (v1) or thin (v2)."""
    if event.get("object") == "v2.core.event":
        related = event.get("related_object") or {}
        created = int(datetime.fromisoformat(str(event["created"])).timestamp())
        return Event(str(event["id"]), str(event["type"]), str(related.get("id") or ""), "", created, {})
    thing = event["data"]["object"]
    metadata = thing.get("metadata") or {}
    kept = {
        name: value
        for name, value in {
            "order": metadata.get("order"),
            "intent": metadata.get("intent"),
            "charge": thing.get("charge"),
            "payment_intent": thing.get("payment_intent"),
            "session": thing["id"] if thing.get("object") == "checkout.session" else None,
        }.items()
        if isinstance(value, str) and len(value) <= LONGEST and "\x00" not in value
    }
    return Event(
        str(event["id"]),
        str(event["type"]),
        str(thing.get("id") or ""),
        str(event.get("account") or ""),
        int(event["created"]),
        kept,
    )


def events_since(created: int, kinds: list[str]) -> Iterator[Event]:
    """Events of these kinds (20 at most) from that second on, newest first; Stripe keeps them for 30 days."""
    page = ask(lambda: client().v1.events.list({"types": kinds, "created": {"gte": created}, "limit": 100}))
    for event in every(page):
        yield event_from(event.to_dict())
