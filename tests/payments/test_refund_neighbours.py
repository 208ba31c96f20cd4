"""A refund moves its own line's money and tells its own people, whatever is beside it. Stripe is played."""

from datetime import timedelta

import pytest

from accounts.models import Activity, Notification, OutboxEntry
from common import clock
from marketplace.models import Entitlement, Listing
from payments import gateway, ledger, orders, refunds, signals
from payments.ledger import K
from payments.models import Claim, Entry, Order, Refund, RefundLine, Transaction
from tests.factories.accounts import ModeratorFactory
from tests.factories.marketplace import ListingFactory
from tests.payments import played

pytestmark = pytest.mark.django_db
race = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def pages(monkeypatch):
    def page(order):
        return played.payment(order, status="open", paid=False, url="http://localhost/page")

    monkeypatch.setattr(gateway, "open_checkout", page)


def give(order, amounts=None, *, key="test", cause=Refund.Cause.PROMISE, **how):
    return refunds.give(order, amounts, cause=cause, key=key, **how)


def made(refund, **how):
    known = {"id": f"re_{refund.pk}", "intent": refund.public_id, "amount": refund.amount}
    return played.refund_made(**known | {"payment_intent": refund.payment_intent} | how)


def two_lines(**how):
    """An order of two sellers' prompts, and its lines."""
    order = played.paid(ListingFactory(live=True, price=500), ListingFactory(live=True, price=1000), **how)
    return order, *order.lines.order_by("pk")


def again(*things):
    for thing in things:
        thing.refresh_from_db()


def entries(kind):
    rows = Entry.objects.filter(transaction__kind=kind).exclude(account__kind=K.UNALLOCATED)
    return {(one.account.kind, one.account.user_id, one.line_id, one.amount) for one in rows}


# ---- Deciding --------------------------------------------------------------------------------------------------------
def test_a_refund_says_whose_money_goes_where_and_why():
    order, first, second = two_lines()
    moderator = ModeratorFactory()
    claim = Claim.objects.create(
        line=first, buyer=order.buyer, reason=Claim.Reason.BROKEN, answer_due_at=clock.now(), state=Claim.State.GRANTED
    )

    refund = give(order, {first.pk: 200, second.pk: 0}, cause=Refund.Cause.FRAUD, by=moderator, claim=claim)

    again(refund, order, first, second)
    assert (refund.order, refund.claim, refund.made_by) == (order, claim, moderator)
    assert (refund.payment_intent, refund.currency, refund.amount) == (order.payment_intent, "usd", 200)
    assert (refund.cause, refund.key, refund.stripe_id) == (Refund.Cause.FRAUD, "test", None)
    assert [(part.line, part.amount) for part in RefundLine.objects.all()] == [(first, 200)]
    assert (order.refunded, first.refunded, second.refunded) == (200, 200, 0)
    assert Activity.objects.get(verb="refund.decided").data == {"amount": 200, "cause": "fraud"}
    assert OutboxEntry.objects.get(handler="payments.send_refund").arguments == {"refund_id": refund.pk}


def test_each_side_gives_its_part_of_each_line_up_and_gets_it_back_when_the_refund_fails():
    order, first, second = two_lines(tax=150, amount=1650)
    refund = give(order)

    taken = {
        (K.SELLER, first.seller_id, first.pk, 400),
        (K.COMMISSION, None, first.pk, 100),
        (K.TAX, None, first.pk, 50),
        (K.SELLER, second.seller_id, second.pk, 800),
        (K.COMMISSION, None, second.pk, 200),
        (K.TAX, None, second.pk, 100),
    }
    assert entries("refund") == taken
    assert Entry.objects.filter(transaction__kind="refund", matures_at=None, account__kind=K.SELLER).count() == 0
    refunds.fail(refund.pk, "declined")

    assert entries("refund_undone") == {(kind, user, line, -amount) for kind, user, line, amount in taken}
    assert Entry.objects.filter(transaction__kind="refund_undone", matures_at=None, account__kind=K.SELLER).count() == 0
    assert set(Transaction.objects.filter(kind__startswith="refund").values_list("order", flat=True)) == {order.pk}
    again(order, refund)
    assert (order.refunded, refund.failure, refund.settled_at is not None) == (0, "declined", True)
    assert order.lines.filter(refunded=0).count() == 2


def test_a_refund_counts_at_its_own_order_only():
    order, other = played.paid(), played.paid()

    refund = give(order)
    other_refund = give(other, {other.lines.get().pk: 100}, key="other")
    refunds.fail(refund.pk, "declined")

    again(order, other, other_refund)
    assert (order.refunded, other.refunded) == (0, 100)
    assert other_refund.state == Refund.State.PLANNED
    assert other.lines.get().refunded == 100


def test_only_a_whole_line_that_goes_back_ends_reading_and_only_a_whole_one_that_returns_restores_it():
    order, first, second = two_lines()
    part = give(order, {first.pk: 499}, key="part")
    assert len(orders.entitlements(order)) == 2

    rest = give(order, {first.pk: 1}, key="rest")
    assert [right.listing_id for right in orders.entitlements(order)] == [second.listing_id]
    assert Entitlement.objects.get(order_line=first).revoked_because == Entitlement.Cause.REFUND
    give(order, {second.pk: 1000}, key="fraud", cause=Refund.Cause.FRAUD)
    assert Entitlement.objects.get(order_line=second).revoked_because == Entitlement.Cause.FRAUD

    refunds.fail(rest.pk, "declined")
    assert [right.listing_id for right in orders.entitlements(order)] == [first.listing_id]
    refunds.fail(part.pk, "declined")
    assert len(orders.entitlements(order)) == 1


def test_a_refund_that_fails_while_the_bank_has_the_money_gives_no_right_back():
    order = played.paid()
    refund = give(order)
    Order.objects.filter(pk=order.pk).update(disputed_at=clock.now())

    refunds.fail(refund.pk, "charge_disputed")

    assert orders.entitlements(order) == []


def test_a_failed_refund_leaves_room_for_another():
    order = played.paid()
    refunds.fail(give(order).pk, "declined")

    refund = give(order, key="again")

    assert refund.amount == 499
    assert refunds.given_of(order.lines.get()) == refunds.Slice(499, 0, 100, 399)


def test_what_cannot_be_handed_over_goes_back_with_its_reason_less_what_went_back_before():
    order, first, second = two_lines()
    give(order, {first.pk: 100}, key="before")
    Listing.objects.filter(pk=first.listing_id).update(status=Listing.Status.SUSPENDED)
    for line in order.lines.select_related("listing"):
        refunds.give_line_back(order, line)
        refunds.give_line_back(order, line)

    given = {one.key: (one.cause, one.amount) for one in Refund.objects.exclude(key="before")}
    assert given == {
        f"undelivered:{first.pk}": (Refund.Cause.BANNED, 400),
        f"undelivered:{second.pk}": (Refund.Cause.DUPLICATE, 1000),
    }


def test_nothing_is_decided_for_what_was_never_paid_or_is_not_in_the_order():
    order, other = played.paid(), played.paid()
    line = order.lines.get()
    with pytest.raises(refunds.TooMuch):
        give(order, {other.lines.get().pk: 1})
    with pytest.raises(refunds.TooMuch):
        give(order, {line.pk: -1})
    assert give(order, {line.pk: 0}) is None
    Order.objects.filter(pk=order.pk).update(payment_intent=None)
    assert give(order) is None

    assert not Refund.objects.exists()


@race
def test_the_same_reason_twice_at_once_is_one_refund_for_both(at_once, meet):
    order = played.paid()
    line = order.lines.get()
    meet(refunds, "slice_of")

    answers = at_once(*[lambda: give(order, {line.pk: 100}, key="same")] * 2)

    assert [answer.pk for answer in answers] == [Refund.objects.get().pk] * 2


# ---- Sending and settling --------------------------------------------------------------------------------------------
def test_what_is_asked_of_stripe_is_this_refund_and_the_others_wait(monkeypatch):
    order, other = played.paid(), played.paid()
    refund, waiting = give(order, cause=Refund.Cause.FRAUD), give(other, key="other")
    asked = []

    def answer(**words):
        asked.append(words)
        raise gateway.Away("no", answered=len(asked) < 2)

    monkeypatch.setattr(gateway, "refund", answer)
    played.says(monkeypatch, find_refund=None)
    for _ in range(3):
        with pytest.raises(gateway.Away):
            refunds.send(refund.pk)

    about = {"payment_intent": order.payment_intent, "amount": 499, "intent": refund.public_id, "order": order.number}
    assert asked == [about | {"fraud": True, "key_round": key_round} for key_round in (1, 2, 2)]
    again(refund, waiting)
    assert (refund.state, refund.attempts, refund.asked_at is not None) == (Refund.State.UNKNOWN, 3, True)
    assert (waiting.state, waiting.attempts, waiting.key_round) == (Refund.State.PLANNED, 0, 1)
    with pytest.raises(gateway.Away):
        refunds.send(waiting.pk)
    assert asked[-1]["fraud"] is False


def test_a_first_try_does_not_ask_whether_it_was_made_and_a_second_one_does(monkeypatch):
    refund = give(played.paid())
    monkeypatch.setattr(gateway, "find_refund", played.fails(AssertionError("Nothing was asked for yet.")))
    played.says(monkeypatch, refund=gateway.Away("no"))
    with pytest.raises(gateway.Away):
        refunds.send(refund.pk)

    played.says(monkeypatch, find_refund=made(refund))
    monkeypatch.setattr(gateway, "refund", played.fails(AssertionError("It is there already.")))
    refunds.send(refund.pk)
    refunds.send(refund.pk)

    again(refund)
    assert (refund.state, refund.stripe_id) == (Refund.State.SUCCEEDED, f"re_{refund.pk}")


def test_what_stripe_refuses_is_looked_for_in_its_dashboard(monkeypatch):
    order = played.paid()
    refund = give(order)
    played.says(monkeypatch, find_refund=None, refund=gateway.Refused("charge_already_refunded"))

    refunds.send(refund.pk)

    again(refund)
    assert (refund.state, refund.failure) == (Refund.State.FAILED, "charge_already_refunded")
    promised = OutboxEntry.objects.get(handler="payments.sync_refunds")
    assert promised.arguments == {"payment_intent": order.payment_intent}


def test_news_in_any_order_end_in_one_state_and_are_told_once():
    order = played.paid()
    refund, heard = give(order), []
    signals.refund_completed.connect(listener := lambda refund, **_: heard.append(refund.pk))
    try:
        refunds.settle(refund.pk, made(refund, status="pending", moved=False))
        again(refund)
        assert (refund.state, refund.settled_at) == (Refund.State.PENDING, None)
        assert not Transaction.objects.filter(kind="refund_sent").exists()
        refunds.settle(refund.pk, made(refund))
        again(refund)
        settled_at = refund.settled_at
        refunds.settle(refund.pk, made(refund, status="pending"))
        with clock.at(clock.now() + timedelta(hours=1)):
            refunds.settle(refund.pk, made(refund))
    finally:
        signals.refund_completed.disconnect(listener)

    again(refund)
    assert (refund.state, refund.settled_at) == (Refund.State.SUCCEEDED, settled_at)
    assert heard == [refund.pk]
    assert Transaction.objects.get(kind="refund_sent").order == order
    assert OutboxEntry.objects.get(handler="payments.send_credit_note").arguments == {"refund_id": refund.pk}
    told = Notification.objects.get(kind="sale_refunded")
    line = order.lines.get()
    assert (told.user, told.data) == (line.seller, {"title": line.title, "amount": {"amount": 399, "currency": "usd"}})


def test_a_refund_that_comes_back_from_the_bank_is_ours_again_once():
    order = played.paid()
    refund = give(order)
    refunds.settle(refund.pk, made(refund))
    assert ledger.totals()["stripe"] == -44

    for _ in range(2):
        refunds.settle(refund.pk, made(refund, status="failed", failure="lost_or_stolen_card"))

    again(refund)
    assert (refund.state, refund.failure) == (Refund.State.FAILED, "lost_or_stolen_card")
    assert Transaction.objects.get(kind="refund_returned").order == order
    assert ledger.totals() == {
        "stripe": 455, "seller": -399, "commission": -100, "stripe_fees": 44, "unallocated": 0
    }  # fmt: skip
    assert "refund_failed" in played.alerts()


def test_a_refund_that_fails_without_a_reason_has_failed(monkeypatch):
    refund = give(played.paid())

    refunds.settle(refund.pk, made(refund, status="canceled", moved=False))

    again(refund)
    assert (refund.state, refund.failure) == (Refund.State.FAILED, "canceled")
    refunds.settle(refund.pk, made(refund, status="pending"))
    assert "refund_late" not in played.alerts()
