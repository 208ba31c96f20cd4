"""Messages to programs of our sellers: subscribed, signed as Standard Webhooks has it, retried, switched off.

An announcement writes one delivery for each webhook that wants the event, in the transaction of the event itself; the
outbox sends it. Messages carry ids, titles and amounts: never words of a prompt, nothing of a buyer.
"""

import base64
import hmac
import json
import logging
import secrets
import time
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import activity, notifications, outbox, permissions, privacy
from accounts.models import User, Webhook, WebhookDelivery
from common import clock, encryption, outbound, text
from common.problems import Problem

log = logging.getLogger(__name__)

Event = Webhook.Event
State = WebhookDelivery.State

PREFIX = "whsec_"
MOST = 10  # webhooks of one account
LOGGED = 20  # attempts kept of one message
KEPT = timedelta(days=30)
BOTH_SIGN = timedelta(hours=24)
# Seconds until the next attempt: a minute's outage costs nothing, a weekend's is survived.
PAUSES = (5, 60, 300, 1800, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
FAILURES = 50  # in a row, over at least …
FAILING_FOR = timedelta(hours=6)  # … this long, switch a webhook off
TEST = "webhook.test"


class BadWebhook(Problem):
    status, code = 400, "invalid"
    default_detail = _("Some of what was sent needs correcting.")


class TooMany(Problem):
    code = "too_many_webhooks"
    default_detail = _("An account can have at most ten webhooks. Delete one first.")


class IsStopped(Problem):
    code = "webhook_stopped"
    default_detail = _("This webhook is switched off. Switch it on first.")


# ---- Subscribing -----------------------------------------------------------------------------------------------------


@transaction.atomic
def subscribe(user: User, *, url: str, events: Iterable[str], description: str = "") -> tuple[Webhook, str]:
    """A new webhook and its secret, which is shown now and never again."""
    wanted = _events(events)
    _check_url(url)
    User.objects.select_for_update().get(pk=user.pk)
    if of(user).count() >= MOST:
        raise TooMany
    made = Webhook(user=user, url=url, events=wanted, description=text.clean_line(description)[:120])
    secret = _put_secret(made)
    made.save()
    activity.record(user, "webhook.made", made, events=wanted)
    return made, secret


@transaction.atomic
def change(webhook: Webhook, **changes: Any) -> Webhook:
    """Another address, other events, on or off; switching on forgets the failures."""
    webhook = Webhook.objects.select_for_update().get(pk=webhook.pk)
    if "url" in changes:
        _check_url(changes["url"])
        webhook.url = changes["url"]
    if "events" in changes:
        webhook.events = _events(changes["events"])
    if "description" in changes:
        webhook.description = text.clean_line(changes["description"])[:120]
    if "is_on" in changes:
        webhook.stopped_at = None if changes["is_on"] else (webhook.stopped_at or clock.now())
        webhook.stopped_because = "" if changes["is_on"] else (webhook.stopped_because or Webhook.Stop.OWNER)
        webhook.failures, webhook.failing_since = 0, None
    webhook.save()
    return webhook


@transaction.atomic
def new_secret(webhook: Webhook) -> str:
    """From now on this one signs; the one before signs as well for a day."""
    webhook = Webhook.objects.select_for_update().get(pk=webhook.pk)
    secret = _put_secret(webhook)
    webhook.save(update_fields=["secrets", "secret_changed_at"])
    activity.record(webhook.user, "webhook.secret_changed", webhook)
    return secret


def delete(webhook: Webhook) -> None:
    activity.record(webhook.user, "webhook.deleted", webhook)
    webhook.delete()


def of(user: User) -> QuerySet[Webhook]:
    return Webhook.objects.filter(user=user).order_by("-created_at", "-pk")


# ---- Announcing ------------------------------------------------------------------------------------------------------


def listeners(users: Collection[int], event: str) -> set[int]:
    """Which of these accounts (ids) have a webhook that wants the event."""
    with connection.cursor() as cursor:
        cursor.execute(_LISTENERS, [list(users), [Event(event).value]])
        return {user_id for (user_id,) in cursor.fetchall()}


# Asked on the way of every delivery.
_LISTENERS = """
    SELECT DISTINCT user_id FROM accounts_webhook
    WHERE user_id = ANY(%s::bigint[]) AND stopped_at IS NULL AND events @> %s::varchar[]
"""


def announce(user: User, event: str, data: Mapping[str, Any], *, key: str) -> int:
    """Tell the account's webhooks that want the event; how many. In the transaction of the event."""
    wanting = list(Webhook.objects.filter(user=user, stopped_at=None, events__contains=[Event(event).value]))
    if not wanting:
        return 0
    payload = message(event, data)
    made = WebhookDelivery.objects.bulk_create(
        [WebhookDelivery(webhook=each, event=event, key=f"{event}:{key}"[:80], payload=payload) for each in wanting],
        ignore_conflicts=True,
    )
    known = WebhookDelivery.objects.filter(public_id__in=[each.public_id for each in made])
    outbox.promise_many(_promise(each) for each in known)
    return len(made)


def test(webhook: Webhook) -> WebhookDelivery:
    """A message that says nothing, to try the receiver."""
    if webhook.stopped_at is not None:
        raise IsStopped
    payload = message(TEST, {"words": "This is a test."})
    with transaction.atomic():
        made = WebhookDelivery.objects.create(
            webhook=webhook, event=TEST, key=f"{TEST}:{secrets.token_hex(8)}", payload=payload
        )
        outbox.promise_many([_promise(made)])
    return made


@transaction.atomic
def send_again(delivery: WebhookDelivery) -> WebhookDelivery:
    """The same message with the same id, once more, now."""
    delivery = WebhookDelivery.objects.select_for_update(of=("self",)).select_related("webhook").get(pk=delivery.pk)
    if delivery.webhook.stopped_at is not None:
        raise IsStopped
    delivery.state = State.WAITING
    delivery.attempts += 1  # what was promised for the attempt before is void
    delivery.save(update_fields=["state", "attempts"])
    outbox.promise_many([_promise(delivery)])
    return delivery


def message(event: str, data: Mapping[str, Any]) -> dict[str, Any]:
    moment = clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"type": str(event), "timestamp": moment, "data": dict(data)}


def _promise(delivery: WebhookDelivery, pause: float = 0) -> outbox.Promise:
    number = delivery.attempts
    return outbox.Promise(
        "accounts.send_webhook",
        {"delivery_id": delivery.pk, "attempt": number},
        key=f"webhook:{delivery.pk}:{number}",
        delay=pause,
    )


# ---- Sending ---------------------------------------------------------------------------------------------------------


@outbox.handler("accounts.send_webhook", lease=60)
def send(delivery_id: int, attempt: int) -> None:
    """One attempt. What comes of it is written down; a further attempt is promised with a pause."""
    found = WebhookDelivery.objects.select_related("webhook__user").filter(pk=delivery_id, state=State.WAITING)
    delivery = found.filter(attempts=attempt).first()
    if delivery is None:
        return
    webhook = delivery.webhook
    if webhook.stopped_at is not None or not permissions.is_person(webhook.user):
        WebhookDelivery.objects.filter(pk=delivery.pk).update(state=State.FAILED)
        return
    began = time.monotonic()
    status, error = _try(webhook, delivery)
    entry = {
        "at": clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "status": status,
        "error": error,
        "milliseconds": round((time.monotonic() - began) * 1000),
    }
    with transaction.atomic():
        _settle(delivery, entry, went_well=status is not None and 200 <= status < 300, is_gone=status == 410)


def _try(webhook: Webhook, delivery: WebhookDelivery) -> tuple[int | None, str]:
    body = json.dumps(delivery.payload, ensure_ascii=False, separators=(",", ":")).encode()
    try:
        status = outbound.post(webhook.url, body, headers(webhook, delivery.public_id, body))
    except outbound.BadAddress:
        return None, "not a public address"
    except outbound.Unreachable as problem:
        return None, str(problem)
    return status, "" if 200 <= status < 300 else f"status {status}"


def headers(webhook: Webhook, message_id: str, body: bytes) -> dict[str, str]:
    """As Standard Webhooks has it: id, time, and a signature for each secret that is good at present."""
    moment = str(int(clock.now().timestamp()))
    signed = f"{message_id}.{moment}.".encode() + body
    return {
        "Content-Type": "application/json",
        "User-Agent": "Promptuary-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(f"v1,{_signature(secret, signed)}" for secret in _secrets(webhook)),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()


def _settle(delivery: WebhookDelivery, entry: dict[str, Any], *, went_well: bool, is_gone: bool) -> None:
    """Write the attempt down, under the lock of the webhook, and do what follows from it."""
    webhook = Webhook.objects.select_for_update().select_related(None).get(pk=delivery.webhook_id)
    delivery = WebhookDelivery.objects.select_for_update().get(pk=delivery.pk)
    delivery.log = [*delivery.log, entry][-LOGGED:]
    delivery.attempts += 1
    delivery.due_at = None
    if went_well:
        delivery.state, delivery.delivered_at = State.DELIVERED, clock.now()
        webhook.failures, webhook.failing_since, webhook.succeeded_at = 0, None, clock.now()
    else:
        webhook.failures += 1
        webhook.failing_since = webhook.failing_since or clock.now()
        failed = sum(1 for each in delivery.log if each["error"])
        is_last = failed > len(PAUSES)
        if is_last or is_gone:
            delivery.state = State.FAILED
        else:
            pause = PAUSES[failed - 1]
            delivery.due_at = clock.now() + timedelta(seconds=pause)
            outbox.promise_many([_promise(delivery, pause)])
        if is_gone or _is_hopeless(webhook, gave_up=is_last):
            _stop(webhook, Webhook.Stop.GONE if is_gone else Webhook.Stop.FAILING)
    delivery.save()
    webhook.save()


def _is_hopeless(webhook: Webhook, *, gave_up: bool) -> bool:
    """Nothing got through for as long as one message was tried, or very much failed in half a day."""
    if webhook.failing_since is None:
        return False
    failing_for = clock.now() - webhook.failing_since
    if gave_up and failing_for >= timedelta(seconds=sum(PAUSES)):
        return True
    return webhook.failures >= FAILURES and failing_for >= FAILING_FOR


def _stop(webhook: Webhook, because: str) -> None:
    webhook.stopped_at, webhook.stopped_because = clock.now(), because
    activity.record(None, "webhook.stopped", webhook, reason=str(because))
    notifications.tell(
        webhook.user,
        "webhook_stopped",
        key=f"webhook:{webhook.pk}:{int(clock.now().timestamp())}",
        host=webhook.url.split("/")[2][:100],
    )


# ---- Odds and ends ---------------------------------------------------------------------------------------------------


def forget() -> int:
    """Messages a month old."""
    return WebhookDelivery.objects.filter(created_at__lt=clock.now() - KEPT).delete()[0]


def _put_secret(webhook: Webhook) -> str:
    secret = PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
    sealed = encryption.encrypt(secret, context=_context(webhook)).hex()
    webhook.secrets = [sealed, *webhook.secrets[:1]]
    webhook.secret_changed_at = clock.now()
    return secret


def _secrets(webhook: Webhook) -> list[str]:
    lasting = 2 if clock.now() - webhook.secret_changed_at < BOTH_SIGN else 1
    return [
        encryption.decrypt(bytes.fromhex(sealed), context=_context(webhook)) for sealed in webhook.secrets[:lasting]
    ]


def _context(webhook: Webhook) -> str:
    return f"webhook:{webhook.public_id}"


def _events(events: Iterable[str]) -> list[str]:
    wanted = sorted(set(events))
    if not wanted or set(wanted) - set(Event.values):
        raise BadWebhook(errors={"events": [_("Choose at least one of: %s.") % ", ".join(Event.values)]})
    return wanted


def _check_url(url: str) -> None:
    try:
        outbound.check(url)
    except outbound.BadAddress as problem:
        raise BadWebhook(errors={"url": [problem.detail]}) from problem


notifications.register(
    "webhook_stopped",
    title=_("A webhook of yours was switched off"),
    body=_("Messages to %(host)s could not be delivered for too long. Switch it on again when it answers."),
    mail=True,
    label=_("A webhook of mine was switched off"),
)


@privacy.exporter("webhooks", covers=["accounts.Webhook"])
def export(user: User) -> list[dict[str, Any]]:
    return [
        {"url": each.url, "events": each.events, "created_at": each.created_at.isoformat().replace("+00:00", "Z")}
        for each in of(user)
    ]


@privacy.eraser(order=850)
def erase(user: User) -> None:
    of(user).delete()
