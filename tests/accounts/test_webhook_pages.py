"""Webhooks by hand: made with a secret shown once, their log, sent again, switched off; never somebody else's."""

import pytest
from django.urls import reverse

from accounts import webhooks
from accounts.models import Webhook, WebhookDelivery
from common import outbound
from tests.factories.accounts import SellerFactory, UserFactory, sign_in

pytestmark = pytest.mark.django_db
SENT = {"url": "https://hooks.example.com/in", "events": ["sale.completed"], "description": "Bookkeeping"}


@pytest.fixture(autouse=True)
def public_addresses(monkeypatch):
    monkeypatch.setattr(outbound, "check", lambda url: None)


@pytest.fixture
def webhook(client):
    made, _secret = webhooks.subscribe(SellerFactory(), **SENT)
    sign_in(client, made.user)
    return made


def at(webhook, name="account-webhook", *more):
    return reverse(name, args=[webhook.public_id, *more])


def test_the_secret_of_a_new_webhook_is_shown_once(client):
    sign_in(client, SellerFactory())
    answer = client.post(reverse("account-webhooks"), SENT)

    made = Webhook.objects.get()
    assert webhooks._secrets(made)[0] in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    for path in (reverse("account-webhooks"), at(made)):
        assert webhooks.PREFIX not in client.get(path).content.decode()


def test_what_is_refused_is_said_and_kept(client, monkeypatch):
    def refuse(url):
        raise outbound.BadAddress

    monkeypatch.setattr(outbound, "check", refuse)
    sign_in(client, SellerFactory())
    answer = client.post(reverse("account-webhooks"), SENT)

    assert answer.status_code == 422
    assert SENT["url"] in answer.content.decode()
    assert not Webhook.objects.exists()


def test_the_log_shows_each_attempt_and_sends_again(client, webhook):
    attempt = {"at": "2026-01-31T12:00:00Z", "status": 503, "error": "status 503", "milliseconds": 12}
    delivery = WebhookDelivery.objects.create(
        webhook=webhook, event="sale.completed", key="one", payload={}, state="failed", log=[attempt], attempts=1
    )
    page = client.get(at(webhook)).content.decode()
    assert "503" in page
    assert delivery.public_id in page

    client.post(at(webhook, "account-webhook-again", delivery.public_id))
    delivery.refresh_from_db()
    assert delivery.state == WebhookDelivery.State.WAITING


def test_it_is_tested_changed_switched_and_deleted_by_buttons(client, webhook):
    client.post(at(webhook, "account-webhook-test"))
    assert webhook.deliveries.get().event == webhooks.TEST
    client.post(at(webhook), SENT | {"events": ["payout.paid", "review.posted"]})
    client.post(at(webhook, "account-webhook-switch"))
    webhook.refresh_from_db()
    assert webhook.events == ["payout.paid", "review.posted"]
    assert webhook.stopped_at is not None
    before = webhook.secrets
    assert webhooks.PREFIX in client.post(at(webhook, "account-webhook-secret")).content.decode()
    client.post(at(webhook, "account-webhook-switch"))
    webhook.refresh_from_db()
    assert webhook.stopped_at is None
    assert webhook.secrets != before
    client.post(at(webhook, "account-webhook-delete"))
    assert not Webhook.objects.exists()


def test_somebody_elses_webhook_does_not_exist_and_buyers_make_none(client, webhook):
    sign_in(client, SellerFactory())
    delivery = WebhookDelivery.objects.create(webhook=webhook, event="sale.completed", key="one", payload={})
    assert client.get(at(webhook)).status_code == 404
    for name in ("test", "switch", "secret", "delete"):
        assert client.post(at(webhook, f"account-webhook-{name}")).status_code == 404
    assert client.post(at(webhook, "account-webhook-again", delivery.public_id)).status_code == 404
    sign_in(client, UserFactory())
    assert client.post(reverse("account-webhooks"), SENT).status_code == 404
    assert Webhook.objects.get() == webhook


def test_security_has_an_address_of_its_own(client):
    sign_in(client, UserFactory())
    assert client.get("/account/security/", follow=True).status_code == 200
