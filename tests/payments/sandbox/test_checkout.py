"""Paying on the hosted page."""

import re
from pathlib import Path

import pytest
import requests

from payments.sandbox import cards
from payments.sandbox.pages import checkout, setup, words
from tests.payments.sandbox.machine import CHALLENGE, DECLINED, GOOD, Machine, visible


def test_a_purchase_charges_the_total_and_returns_to_the_shop(machine: Machine) -> None:
    session = machine.session(499)

    answer = machine.submit(session.id)

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"https://shop.example/thanks?session_id={session.id}"
    paid = machine.read(session.id, "line_items.data.price.product", "payment_intent.latest_charge.balance_transaction")
    charge = paid.payment_intent.latest_charge
    assert (paid.status, paid.payment_status, paid.amount_total, paid.url) == ("complete", "paid", 499, None)
    assert (charge.amount, charge.metadata["order"], charge.transfer_group) == (499, "7", "order_7")
    assert (charge.balance_transaction.fee, charge.balance_transaction.net) == (44, 455)
    assert paid.line_items.data[0].price.product.name == "A prompt"
    assert machine.available() == 455


def test_the_events_of_a_purchase_come_in_order(machine: Machine) -> None:
    machine.buy()

    assert machine.happened() == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
        "charge.updated",
    ]


def test_the_balance_transaction_comes_with_charge_updated_only(machine: Machine) -> None:
    machine.buy()

    events = {event.type: event for event in machine.client().v1.events.list({"limit": 100}).data}

    assert events["charge.succeeded"].data.object["balance_transaction"] is None
    assert events["charge.updated"].data.object["balance_transaction"].startswith("txn_")
    assert events["charge.updated"].data.previous_attributes.to_dict() == {"balance_transaction": None}


def test_the_page_says_that_it_is_a_sandbox_and_lists_cards_and_items(machine: Machine) -> None:
    session = machine.session(1250)

    page = requests.get(session.url, timeout=20)

    text = visible(page.text)
    assert page.status_code == 200
    assert "This is not Stripe; no money moves here." in text
    assert "A prompt" in text
    assert "$12.50" in text
    assert "4000 0027 6000 3184" in text
    assert '<a href="https://shop.example/cart">' in page.text


def test_the_page_speaks_the_language_of_the_session_else_the_browsers(machine: Machine) -> None:
    french, open_ = machine.session(123450, locale="fr"), machine.session(1250, locale="auto")

    said = visible(requests.get(french.url, timeout=20).text)
    asked = visible(requests.get(open_.url, headers={"Accept-Language": "fr-FR"}, timeout=20).text)
    declined = visible(machine.submit(french.id, DECLINED).text)

    assert ("Cartes de test" in said, "Payer 1 234,50 $" in said, "Test cards" in said) == (True, True, False)
    assert "Numéro de carte" in asked
    assert "Card number" in visible(requests.get(open_.url, timeout=20).text)
    assert "Votre carte a été refusée." in declined


def test_every_word_that_buyers_and_sellers_read_has_its_french() -> None:
    shown = [card.label for card in cards.CARDS] + [*cards.MESSAGES.values(), cards.DECLINED, cards.REAL_CARD]
    source = "".join(Path(module.__file__ or "").read_text(encoding="utf-8") for module in (checkout, setup))
    said = re.findall(r'(?:say\(|button\(|WrongEntry\(|field\(\s*"\w+",)\s*"([^"]+)"', source)

    assert len(said) > 40
    whole = [one for one in [*shown, *said] if not one.endswith(" ")]  # a sentence over two lines is found by its first
    assert [one for one in whole if one not in words.FRENCH] == []


def test_a_decline_says_why_and_leaves_the_session_open(machine: Machine) -> None:
    session = machine.session()

    answer = machine.submit(session.id, DECLINED)

    assert (answer.status_code, "Your card was declined." in visible(answer.text)) == (200, True)
    after = machine.read(session.id, "payment_intent.latest_charge")
    assert (after.status, after.payment_status) == ("open", "unpaid")
    assert after.payment_intent.status == "requires_payment_method"
    assert after.payment_intent.last_payment_error.decline_code == "generic_decline"
    assert after.payment_intent.latest_charge.status == "failed"
    assert machine.available() == 0
    assert machine.happened() == ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]


def test_a_second_try_after_a_decline_pays_with_the_same_intent(machine: Machine) -> None:
    session = machine.session()
    machine.submit(session.id, DECLINED)
    intent = machine.read(session.id).payment_intent

    machine.submit(session.id, GOOD)

    after = machine.read(session.id)
    assert (after.payment_status, after.payment_intent) == ("paid", intent)


@pytest.mark.parametrize(
    ("number", "code", "decline_code"),
    [
        ("4000000000009995", "card_declined", "insufficient_funds"),
        ("4000000000009987", "card_declined", "lost_card"),
        ("4000000000009979", "card_declined", "stolen_card"),
        ("4000000000006975", "card_declined", "card_velocity_exceeded"),
        ("4000000000000069", "expired_card", None),
        ("4000000000000127", "incorrect_cvc", None),
        ("4000000000000119", "processing_error", None),
        ("4111111111111111", "card_declined", "test_mode_live_card"),
    ],
)
def test_each_card_that_declines_says_so_in_its_own_way(machine, number, code, decline_code) -> None:
    session = machine.session()

    assert machine.submit(session.id, number).status_code == 200

    error = machine.read(session.id, "payment_intent").payment_intent.last_payment_error.to_dict()
    assert (error["code"], error.get("decline_code")) == (code, decline_code)


@pytest.mark.parametrize(
    "entered",
    [
        {"card_number": "4242424242424241"},
        {"card_number": "1234"},
        {"exp": "13/34"},
        {"exp": "01/20"},
        {"cvc": "1"},
        {"email": "nobody"},
    ],
)
def test_a_wrong_entry_tries_nothing(machine, entered) -> None:
    session = machine.session()

    answer = machine.submit(session.id, **{"number": GOOD, **entered} if "card_number" not in entered else entered)

    assert answer.status_code == 200
    assert machine.read(session.id).payment_intent is None


def test_a_card_may_ask_for_3d_secure(machine: Machine) -> None:
    session = machine.session()

    answer = machine.submit(session.id, CHALLENGE)
    intent = machine.read(session.id, "payment_intent").payment_intent
    assert (answer.headers["Location"], intent.status) == (f"/3ds/{intent.id}", "requires_action")
    assert intent.next_action.redirect_to_url.url == f"{machine.url}/3ds/{intent.id}"
    done = requests.post(
        machine.url + answer.headers["Location"], data={"result": "complete"}, allow_redirects=False, timeout=20
    )

    assert done.headers["Location"] == f"https://shop.example/thanks?session_id={session.id}"
    paid = machine.read(session.id, "payment_intent.latest_charge")
    assert paid.payment_status == "paid"
    assert paid.payment_intent.latest_charge.payment_method_details.card.three_d_secure.result == "authenticated"
    assert machine.happened()[1] == "payment_intent.requires_action"


def test_failing_3d_secure_leaves_the_session_open(machine: Machine) -> None:
    session = machine.session()
    challenge = machine.url + machine.submit(session.id, CHALLENGE).headers["Location"]

    answer = requests.post(challenge, data={"result": "fail"}, timeout=20)

    assert "unable to authenticate" in visible(answer.text)
    after = machine.read(session.id, "payment_intent")
    assert after.status == "open"
    assert after.payment_intent.last_payment_error.code == "payment_intent_authentication_failure"


def test_paying_twice_charges_once(machine: Machine) -> None:
    session = machine.session()

    answers = [machine.submit(session.id) for _ in range(3)]

    assert {answer.headers["Location"] for answer in answers} == {
        f"https://shop.example/thanks?session_id={session.id}"
    }
    assert len(machine.client().v1.charges.list().data) == 1


def test_an_expired_session_cannot_be_paid(machine: Machine) -> None:
    session = machine.session()

    machine.client().v1.checkout.sessions.expire(session.id)

    assert machine.submit(session.id).status_code == 410
    assert machine.read(session.id).status == "expired"
    assert machine.happened() == ["checkout.session.expired"]


def test_a_session_expires_by_the_clock(machine: Machine) -> None:
    session = machine.session()

    machine.control("clock", advance=86_401)

    assert machine.read(session.id).status == "expired"


def test_a_promotion_code_is_taken_off_and_counted(machine: Machine) -> None:
    client = machine.client()
    coupon = client.v1.coupons.create({"percent_off": 25, "duration": "once"})
    client.v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "spring"})
    session = machine.session(1000, allow_promotion_codes=True)

    requests.post(f"{session.url}/discount", data={"promotion_code": "SPRING"}, timeout=20)
    machine.submit(session.id)

    paid = machine.read(session.id)
    assert (paid.amount_subtotal, paid.total_details.amount_discount, paid.amount_total) == (1000, 250, 750)
    assert client.v1.coupons.retrieve(coupon.id).times_redeemed == 1


def test_a_coupon_cannot_be_used_more_often_than_allowed(machine: Machine) -> None:
    client = machine.client()
    coupon = client.v1.coupons.create({"amount_off": 100, "currency": "usd", "max_redemptions": 1})
    machine.buy(discounts=[{"coupon": coupon.id}])

    answer = machine.raw(
        "POST",
        "/v1/checkout/sessions",
        "mode=payment&success_url=https://a.example/&line_items[0][quantity]=1&line_items[0][price_data][currency]=usd"
        "&line_items[0][price_data][unit_amount]=500&line_items[0][price_data][product_data][name]=x"
        f"&discounts[0][coupon]={coupon.id}",
    )

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "coupon_expired")


def test_nothing_to_pay_needs_no_card(machine: Machine) -> None:
    coupon = machine.client().v1.coupons.create({"percent_off": 100, "duration": "once"})
    session = machine.session(discounts=[{"coupon": coupon.id}])

    machine.submit(session.id, "")

    after = machine.read(session.id)
    assert (after.payment_status, after.payment_intent) == ("no_payment_required", None)


def test_tax_is_added_for_the_buyers_country(machine: Machine) -> None:
    session = machine.session(1000, automatic_tax={"enabled": True})
    assert (session.automatic_tax.status, session.amount_total) == ("requires_location_inputs", 1000)

    machine.submit(session.id, country="DE")

    paid = machine.read(session.id)
    assert (paid.total_details.amount_tax, paid.amount_total, paid.automatic_tax.status) == (190, 1190, "complete")


@pytest.mark.parametrize(
    ("account", "status", "event"),
    [
        ("000123456789", "paid", "checkout.session.async_payment_succeeded"),
        ("000111111116", "unpaid", "checkout.session.async_payment_failed"),
    ],
)
def test_a_bank_debit_completes_unpaid_and_is_decided_days_later(machine, account, status, event) -> None:
    session = machine.session(allowed_payment_method_types=["card", "us_bank_account"])

    machine.submit(session.id, "", bank=f"us_bank_account:{account}")
    before = machine.read(session.id)
    machine.control("clock", advance=3 * 86_400 + 1)

    assert (before.status, before.payment_status) == ("complete", "unpaid")
    assert machine.read(session.id).payment_status == status
    assert event in machine.happened()


def test_demo_data_can_be_paid_in_the_past_without_webhooks(machine: Machine, mailbox) -> None:
    session = machine.session()
    moment = machine.look("clock")["now"] - 90 * 86_400

    machine.control(f"sessions/{session.id}/pay", email="demo@example.com", created=moment, deliver=False)
    machine.drain()

    paid = machine.read(session.id, "payment_intent.latest_charge.balance_transaction")
    charge = paid.payment_intent.latest_charge
    assert {paid.payment_intent.created, charge.created, charge.balance_transaction.created} == {moment}
    assert paid.created < moment
    assert mailbox.received == []
