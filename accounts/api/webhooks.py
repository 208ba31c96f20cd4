"""Webhooks of a seller: where, for what, how it went, once more."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import webhooks
from accounts.api import shapes
from accounts.api.door import SELLERS, Act, Door
from accounts.api.shapes import page_of
from accounts.api.telling import tells
from accounts.api.throttling import CallThrottle, Throttle
from accounts.models import User, Webhook, WebhookDelivery
from common import problems, text


class MessageThrottle(Throttle):
    """Messages somebody sends by hand."""

    scope, limit, seconds = "webhook-messages", 30, 3600


def shown(webhook: Webhook) -> dict[str, Any]:
    return {
        "id": webhook.public_id,
        "url": webhook.url,
        "description": webhook.description,
        "events": webhook.events,
        "is_on": webhook.stopped_at is None,
        "stopped_because": webhook.stopped_because or None,
        "failures": webhook.failures,
        "succeeded_at": _moment(webhook.succeeded_at),
        "created_at": _moment(webhook.created_at),
    }


def shown_delivery(delivery: WebhookDelivery) -> dict[str, Any]:
    return {
        "id": delivery.public_id,
        "event": delivery.event,
        "state": delivery.state,
        "attempts": delivery.log,
        "payload": delivery.payload,
        "created_at": _moment(delivery.created_at),
        "due_at": _moment(delivery.due_at),
        "delivered_at": _moment(delivery.delivered_at),
    }


def _moment(at: Any) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at else None


def find(user: User, webhook_id: str) -> Webhook:
    found = webhooks.of(user).filter(public_id=webhook_id).first()
    if found is None:
        raise Http404
    return found


class Webhooks(Door):
    who = {"GET": SELLERS, "POST": SELLERS}

    @tells("Your webhooks", answer=page_of(shapes.WEBHOOK), pages=True)
    def get(self, request: Request) -> Response:
        return self.page(webhooks.of(self.caller), shown)

    @tells(
        "Subscribe to events",
        body=shapes.NEW_WEBHOOK,
        needs_body=True,
        answer=shapes.MADE_WEBHOOK,
        status=201,
        words="The answer has the secret that signs the messages, this once. Messages are signed as Standard Webhooks"
        " describes (webhook-id, webhook-timestamp, webhook-signature), sent again for three days while nobody"
        " answers with 2xx, and may come twice: go by webhook-id.",
        example={"url": "https://hooks.example.com/promptuary", "events": ["sale.completed"]},
    )
    def post(self, request: Request) -> Response:
        sent = read(self.sent())
        if missing := {name: [_("This is required.")] for name in ("url", "events") if name not in sent}:
            raise problems.invalid(missing)
        sent.pop("is_on", None)
        made, secret = webhooks.subscribe(self.caller, **sent)
        return Response(shown(made) | {"secret": secret}, status=201)


class OneWebhook(Door):
    who = {"GET": SELLERS, "PATCH": SELLERS, "DELETE": SELLERS}

    @tells("A webhook", answer=shapes.WEBHOOK)
    def get(self, request: Request, webhook_id: str) -> Response:
        return Response(shown(find(self.caller, webhook_id)))

    @tells("Change a webhook, switch it on or off", body=shapes.WEBHOOK_CHANGES, answer=shapes.WEBHOOK, matches=True)
    def patch(self, request: Request, webhook_id: str) -> Response:
        found = find(self.caller, webhook_id)
        self.must_match(lambda: shown(found))
        return Response(shown(webhooks.change(found, **read(self.sent()))))

    @tells("Delete a webhook", status=204)
    def delete(self, request: Request, webhook_id: str) -> Response:
        webhooks.delete(find(self.caller, webhook_id))
        return Response(status=204)


class NewSecret(Act):
    who = {"POST": SELLERS}

    @tells("A new secret", answer=shapes.MADE_WEBHOOK, words="The one before signs as well for 24 hours.")
    def post(self, request: Request, webhook_id: str) -> Response:
        found = find(self.caller, webhook_id)
        secret = webhooks.new_secret(found)
        return Response(shown(find(self.caller, webhook_id)) | {"secret": secret})


class Test(Act):
    who = {"POST": SELLERS}
    throttle_classes = (CallThrottle, MessageThrottle)

    @tells("Send a test message", answer=shapes.DELIVERY, status=201)
    def post(self, request: Request, webhook_id: str) -> Response:
        return Response(shown_delivery(webhooks.test(find(self.caller, webhook_id))), status=201)


class Deliveries(Door):
    who = {"GET": SELLERS}

    @tells("What was sent, newest first, and how it went", answer=page_of(shapes.DELIVERY), pages=True)
    def get(self, request: Request, webhook_id: str) -> Response:
        return self.page(find(self.caller, webhook_id).deliveries.all(), shown_delivery, order=("-created_at", "-pk"))


class SendAgain(Act):
    who = {"POST": SELLERS}
    throttle_classes = (CallThrottle, MessageThrottle)

    @tells("Send a message again", answer=shapes.DELIVERY, words="The same message, with the same webhook-id.")
    def post(self, request: Request, webhook_id: str, delivery_id: str) -> Response:
        found = find(self.caller, webhook_id).deliveries.filter(public_id=delivery_id).first()
        if found is None:
            raise Http404
        return Response(shown_delivery(webhooks.send_again(found)))


def read(sent: dict[str, Any]) -> dict[str, Any]:
    """What may be written of a webhook, of the right kinds."""
    found: dict[str, Any] = {name: sent[name] for name in ("url", "events", "description", "is_on") if name in sent}
    errors: dict[str, list[str]] = {}
    for name in ("url", "description"):
        if name in found and not isinstance(found[name], str):
            errors[name] = [_("This must be text.")]
    events = found.get("events", [])
    if not isinstance(events, list) or not all(isinstance(each, str) for each in events):
        errors["events"] = [_("This must be a list.")]
    if not isinstance(found.get("is_on", True), bool):
        errors["is_on"] = [_("This must be true or false.")]
    if not errors and "description" in found:
        try:
            text.clean_line(found["description"])
        except text.BadText as problem:
            errors["description"] = [str(problem)]
    if errors:
        raise problems.invalid(errors)
    return found
