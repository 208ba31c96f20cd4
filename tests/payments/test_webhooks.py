"""Only Stripe's own words are heard, each once, in any order."""

import json
import time
from datetime import timedelta

import pytest
import stripe
from django.utils import timezone

from accounts import outbox
from common import clock
from payments import gateway, orders, sweeping, webhooks
from payments.models import Alert, Order, StripeEvent, Transaction
from tests.factories.payments import PaidOrder, PendingOrder, pay

pytestmark = pytest.mark.django_db
race = pytest.mark.django_db(transaction=True)
SECRET = "whsec_for_these_tests"
URL = "/stripe/webhook/"


@pytest.fixture(autouse=True)
def our_secret(settings):
    settings.STRIPE_WEBHOOK_SECRET = SECRET


def event(number=1, kind="checkout.session.completed", **thing):
    return {
        "id": f"evt_{number}",
        "object": "event",
        "type": kind,
        "created": int(time.time()),
        "livemode": False,
        "data": {"object": {"id": "cs_1", "object": "checkout.session", "metadata": {}} | thing},
    }


def signed(body, secret=SECRET, at=None):
    moment = int(at or time.time())
    signature = stripe.WebhookSignature._compute_signature(f"{moment}.{body}", secret)
    return f"t={moment},v1={signature}"


def deliver(client, what, header=None):
    body = what if isinstance(what, str) else json.dumps(what)
    headers = {"Stripe-Signature": signed(body) if header is None else header}
    return client.post(URL, body, content_type="application/json", headers=headers).status_code


def test_a_signed_event_is_filed_once(client):
    assert [deliver(client, event()) for _ in range(3)] == [200, 200, 200]
    assert StripeEvent.objects.get().state == StripeEvent.State.NEW


@pytest.mark.parametrize(
    "header",
    [
        "",
        "nonsense",
        "t=1,v1=",
        lambda body: signed(body, "whsec_of_somebody_else"),
        lambda body: signed(body, at=time.time() - 301),
        lambda body: signed(body + " "),
        lambda body: signed(body).replace("v1=", "v0="),
    ],
)
def test_what_stripe_did_not_sign_leaves_nothing(client, header):
    body = json.dumps(event())

    assert deliver(client, body, header(body) if callable(header) else header) == 400
    assert not StripeEvent.objects.exists()


@pytest.mark.parametrize("secret", ["", " ", ",", " , "])
def test_without_a_secret_the_door_is_shut(client, settings, secret):
    settings.STRIPE_WEBHOOK_SECRET = secret
    body = json.dumps(event())

    assert deliver(client, body, signed(body, secret)) == 400
    assert deliver(client, body, signed(body, "")) == 400
    assert not StripeEvent.objects.exists()


def test_the_other_mode_is_refused(client):
    assert deliver(client, event() | {"livemode": True}) == 400
    assert not StripeEvent.objects.exists()


def test_while_a_secret_is_replaced_both_are_good(client, settings):
    settings.STRIPE_WEBHOOK_SECRET = f"whsec_new, {SECRET}"

    assert deliver(client, event()) == 200


@pytest.mark.parametrize("body", ["", "[]", "null", "{}", '{"id": "evt_1"}', "[" * 50_000, '{"data": {"object": 1}}'])
def test_signed_nonsense_is_refused_without_a_trace(client, body):
    assert deliver(client, body) == 400
    assert not StripeEvent.objects.exists()


def test_a_megabyte_of_metadata_is_a_hint_like_any_other(client):
    assert deliver(client, event(metadata={"order": "x" * 1_000_000, "intent": "a\x00b"})) == 200
    assert StripeEvent.objects.get().data == {"session": "cs_1"}


def test_three_megabytes_are_refused(client):
    assert deliver(client, event(metadata={"order": "x" * 3_000_000})) in {400, 413}


def test_an_unknown_kind_is_kept_and_ignored(client):
    deliver(client, event(kind="invoice.created"))

    assert StripeEvent.objects.get().state == StripeEvent.State.IGNORED


def test_an_event_of_an_unknown_order_is_parked_for_a_person_in_the_end(sandbox):
    filed = StripeEvent.objects.create(
        stripe_id="evt_1", kind="checkout.session.completed", object_id="cs_unknown", happened_at=timezone.now()
    )
    for _ in range(webhooks.ATTEMPTS):
        StripeEvent.objects.update(leased_until=None)
        webhooks.handle(filed.pk)

    filed.refresh_from_db()
    assert filed.state == StripeEvent.State.PARKED
    assert Alert.objects.get().kind == "event_parked"


def test_workers_are_told_once_of_what_they_have_to_handle(monkeypatch, django_capture_on_commit_callbacks):
    told = []
    monkeypatch.setattr(webhooks.tasks, "hurry_event", told.append)
    known, strange = gateway.event_from(event()), gateway.event_from(event(2, "plan.created"))

    with django_capture_on_commit_callbacks(execute=True):
        answers = [webhooks.file(one) for one in (known, known, strange)]

    assert answers == [True, False, True]
    assert told == [StripeEvent.objects.get(state=StripeEvent.State.NEW).pk]


@pytest.mark.parametrize(("problem", "first"), [(gateway.Away("no answer"), 5), (OSError(), 10)], ids=["away", "ours"])
def test_an_event_that_fails_waits_twice_as_long_each_time_and_ten_minutes_at_most(monkeypatch, problem, first):
    now = timezone.now()
    filed = StripeEvent.objects.create(stripe_id="evt_waits", kind="charge.updated", happened_at=now)
    acts = [problem, problem, problem, None]

    def act(_event):
        if failed := acts.pop(0):
            raise failed

    monkeypatch.setitem(webhooks.HANDLERS, "charge.updated", act)
    waits = []
    with clock.at(now):
        for attempts in (0, 1, 7):
            StripeEvent.objects.update(attempts=attempts, leased_until=None)
            webhooks.handle(filed.pk)
            waits.append(StripeEvent.objects.get().leased_until - now)
        StripeEvent.objects.update(leased_until=None, state=StripeEvent.State.NEW)
        webhooks.handle(filed.pk)

    assert [wait.total_seconds() for wait in waits] == [first, 2 * first, 600]
    assert StripeEvent.objects.get().handled_at == now


@race
def test_one_event_many_times_at_once_is_one_sale(sandbox, at_once, crowd):
    order = PendingOrder()
    pay(sandbox, order)
    hint = gateway.event_from(event(id=order.session_id))

    at_once(*crowd(6, lambda: webhooks.file(hint)))
    pk = StripeEvent.objects.get().pk
    at_once(*crowd(6, lambda: webhooks.handle(pk)))

    assert Transaction.objects.filter(kind="sale").count() == 1
    assert Order.objects.get().status == Order.Status.FULFILLED
    assert StripeEvent.objects.get().state == StripeEvent.State.DONE


@race
@pytest.mark.parametrize(("lease", "looked"), [(webhooks.LEASE, 1), (-webhooks.LEASE, 2)], ids=["leased", "twin"])
def test_of_two_who_handle_an_event_one_looks_and_without_the_lease_both(at_once, meet, monkeypatch, lease, looked):
    filed = StripeEvent.objects.create(stripe_id="evt_twice", kind="charge.updated", happened_at=timezone.now())
    acts = []
    monkeypatch.setattr(webhooks, "LEASE", lease)
    monkeypatch.setattr(webhooks, "_charge", acts.append)
    meet(webhooks, "_charge", 0.3 if looked == 1 else 8)
    monkeypatch.setitem(webhooks.HANDLERS, "charge.updated", webhooks._charge)

    at_once(*[lambda: webhooks.handle(filed.pk)] * 2)

    assert len(acts) == looked


@pytest.mark.parametrize(("minute", "minutes_back"), [(1, 5), (10, 60)])
def test_the_last_minutes_are_asked_for_often_and_the_last_hour_now_and_then(monkeypatch, minute, minutes_back):
    asked = []
    monkeypatch.setattr(gateway, "events_since", lambda since, kinds: asked.append(since) or [])
    moment = timezone.now().replace(minute=minute)
    StripeEvent.objects.create(stripe_id="evt_newest", kind="charge.updated", happened_at=moment)

    with clock.at(moment):
        sweeping.fetch_missed_events()

    assert set(asked) == {int((moment - timedelta(minutes=minutes_back)).timestamp())}


def test_what_was_never_delivered_is_fetched(sandbox):
    order = PendingOrder()
    pay(sandbox, order)

    assert sweeping.fetch_missed_events() > 0
    StripeEvent.objects.update(received_at=timezone.now() - timedelta(minutes=1))
    sweeping.handle_waiting_events()
    outbox.drain()

    assert Order.objects.get(pk=order.pk).status == Order.Status.FULFILLED
    before = Transaction.objects.count()
    sweeping.fetch_missed_events()
    StripeEvent.objects.update(received_at=timezone.now() - timedelta(minutes=1))
    sweeping.handle_waiting_events()
    assert Transaction.objects.count() == before


def test_an_expiry_that_arrives_after_the_payment_changes_nothing(sandbox):
    order = PaidOrder(sandbox)

    orders.expire(order.pk)
    orders.sync_session(order.session_id)

    assert Order.objects.get().status == Order.Status.FULFILLED
