"""Money goes back to buyers exactly once, to the cent, and each side gives up its own part."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts import outbox, privacy
from common import clock
from marketplace import library
from payments import claims, fees, gateway, ledger, limits, reconcile, refunds, webhooks
from payments.models import Claim, Order, OrderLine, Refund, StripeEvent
from tests.factories.accounts import ModeratorFactory, UserFactory
from tests.factories.marketplace import ListingFactory
from tests.factories.payments import PaidOrder, control

pytestmark = pytest.mark.django_db
race = pytest.mark.django_db(transaction=True)


def books_agree():
    assert [str(one) for one in reconcile.differences(with_stripe=False)] == []


def give(order, amounts=None, key="test"):
    return refunds.give(order, amounts, cause=Refund.Cause.PROMISE, key=key)


def made_at_stripe(order):
    return sorted(one.amount for one in gateway.refunds_of(order.payment_intent))


def sent(refund):
    """Tried again until Stripe has said what happened."""
    for _ in range(4):
        try:
            refunds.send(refund.pk)
        except gateway.Away:
            continue
        break
    refund.refresh_from_db()
    return refund


# ---- To the cent -----------------------------------------------------------------------------------------------------
@given(
    price=st.integers(300, 1_000_000),
    tax=st.integers(0, 200_000),
    bps=st.sampled_from([0, 1, 333, 2000, 2500, 9999, 10_000]),
    cuts=st.lists(st.tuples(st.integers(1, 1_000_000), st.booleans()), max_size=8),
)
def test_slices_are_exact_though_some_of_them_fail(price, tax, bps, cuts):
    commission, share = fees.split(price, bps)
    line = OrderLine(price=price, tax=tax, commission_bps=bps, commission=commission, seller_share=share)
    given_so_far = refunds.Slice(0, 0, 0, 0)
    taken = []
    for wanted, fails in cuts:
        amount = min(wanted, price + tax - given_so_far.amount)
        if not amount:
            continue
        part = refunds.slice_of(line, amount, given_so_far)
        assert min(part) >= 0
        assert part.amount == part.tax + part.commission + part.seller_share
        taken.append(part)
        if fails:
            taken.remove(taken[0])
        given_so_far = (
            refunds.Slice(*(sum(values) for values in zip(*taken, strict=True)))
            if taken
            else (refunds.Slice(0, 0, 0, 0))
        )
    left = price + tax - given_so_far.amount
    if left:
        taken.append(refunds.slice_of(line, left, given_so_far))

    assert [sum(values) for values in zip(*taken, strict=True)] == [price + tax, tax, commission, share]


def test_two_sellers_in_seven_slices_each_give_up_their_own(sandbox):
    first, second = ListingFactory(live=True, price=999), ListingFactory(live=True, price=1003)
    order = PaidOrder(sandbox, first, second)
    one, two = order.lines.order_by("pk")
    for number, amounts in enumerate([{one.pk: 100}, {one.pk: 1, two.pk: 333}, {two.pk: 1}, {one.pk: 898, two.pk: 9}]):
        give(order, amounts, key=f"slice:{number}")
    assert ledger.seller_balance(first.seller).pending == 0
    assert ledger.seller_balance(second.seller).pending == 802 - (343 - 201 * 343 // 1003)
    for number, amount in enumerate([400, 259, 1]):
        give(order, {two.pk: amount}, key=f"more:{number}")
    outbox.drain()

    order.refresh_from_db()
    assert order.state == "refunded"
    assert ledger.seller_balance(second.seller).pending == 0
    assert ledger.totals().get("commission", 0) == 0
    assert sum(made_at_stripe(order)) == order.total
    books_agree()


def test_more_than_what_is_left_is_refused(sandbox):
    order = PaidOrder(sandbox)
    line = order.lines.get()
    give(order, {line.pk: 400})

    with pytest.raises(refunds.TooMuch):
        give(order, {line.pk: 100}, key="another")
    assert give(order, {line.pk: 400}).amount == 400, "The same reason again is the same refund."
    assert order.refunds.count() == 1


# ---- At once ---------------------------------------------------------------------------------------------------------
@race
def test_parallel_refunds_never_exceed_the_payment(sandbox, at_once, crowd):
    order = PaidOrder(sandbox)
    line = order.lines.get()

    keys = enumerate(crowd(8, "parallel"))

    at_once(*[lambda key=key: give(order, {line.pk: 200}, key=str(key)) for key in keys])
    at_once(*crowd(4, *[lambda pk=pk: refunds.send(pk) for pk in Refund.objects.values_list("pk", flat=True)]))
    outbox.drain()

    assert made_at_stripe(order) == [200, 200]
    order.refresh_from_db()
    assert order.refunded == 400
    books_agree()


@race
def test_without_the_lock_two_refunds_see_the_same_money_and_only_the_database_refuses(
    sandbox, at_once, meet, without_locks
):
    order = PaidOrder(sandbox)
    line = order.lines.get()
    meet(refunds, "given_of", 8)

    at_once(*[lambda n=n: give(order, {line.pk: 300}, key=f"race:{n}") for n in range(2)])

    given = sum(Refund.objects.values_list("amount", flat=True))
    booked = ledger.seller_balance(line.seller).pending
    line.refresh_from_db()
    assert (given, line.refunded) == (600, 300) or Refund.objects.count() == 1, "The line forgot one of them."
    assert given <= 499 or booked < 0


@race
def test_many_claims_of_one_line_are_one_refund(sandbox, at_once, crowd):
    order = PaidOrder(sandbox, consented=False)
    line = order.lines.get()

    at_once(*crowd(8, lambda: claims.ask(line, by=order.buyer, reason=Claim.Reason.WITHDRAWAL)))
    outbox.drain()

    assert Claim.objects.count() == 1
    assert made_at_stripe(order) == [499]


@race
def test_without_the_lock_two_claims_of_one_line_are_both_let_in(sandbox, at_once, meet, without_locks, monkeypatch):
    order = PaidOrder(sandbox, consented=False)
    line = order.lines.get()
    monkeypatch.setattr(limits, "one_refund_at_a_time", lambda order: None)
    meet(claims, "_check", 8)

    at_once(*[lambda: claims.ask(line, by=order.buyer, reason=Claim.Reason.WITHDRAWAL)] * 2)

    assert Claim.objects.count() == 2


# ---- Unknown outcomes ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("action", "when"),
    [("reset", "before"), ("reset", "after"), ("error", "before"), ("error", "after"), ("truncate", "after")],
)
def test_a_refund_without_an_answer_is_made_once(sandbox, fault, action, when):
    order = PaidOrder(sandbox)
    refund = give(order, {order.lines.get().pk: 200})
    fault(action, "/v1/refunds", count=2, **({} if action == "truncate" else {"when": when}))

    assert sent(refund).state == Refund.State.SUCCEEDED
    assert made_at_stripe(order) == [200]
    books_agree()


def test_a_refusal_that_was_none_is_seen_through(sandbox, fault):
    order = PaidOrder(sandbox)
    refund = give(order)
    fault("refuse", "/v1/refunds", when="after")

    assert sent(refund).state == Refund.State.SUCCEEDED
    assert made_at_stripe(order) == [499]


def test_a_refused_refund_puts_everything_back(sandbox, fault):
    order = PaidOrder(sandbox)
    line = order.lines.get()
    refund = give(order)
    with pytest.raises(library.MayNotRead):
        library.open(order.buyer, line.version)
    fault("refuse", "/v1/refunds", status=400, code="charge_disputed")

    assert sent(refund).state == Refund.State.FAILED
    order.refresh_from_db()
    assert order.refunded == 0
    assert library.open(order.buyer, line.version).template
    assert ledger.seller_balance(line.seller).pending == 399
    books_agree()


def test_a_refund_that_is_given_up_while_another_looks_for_it_is_not_made(sandbox, monkeypatch):
    order = PaidOrder(sandbox)
    refund = give(order)
    Refund.objects.filter(pk=refund.pk).update(state=Refund.State.UNKNOWN, attempts=1)

    def given_up_meanwhile(*_):
        refunds.fail(refund.pk, "charge_disputed")

    monkeypatch.setattr(gateway, "find_refund", given_up_meanwhile)
    refunds.send(refund.pk)

    refund.refresh_from_db()
    assert refund.state == Refund.State.FAILED
    assert made_at_stripe(order) == []
    books_agree()


def test_a_refund_that_fails_later_is_undone_once(sandbox):
    order = PaidOrder(sandbox)
    line = order.lines.get()
    refund = sent(give(order))
    control(sandbox, f"refunds/{refund.stripe_id}/fail", reason="lost_or_stolen_card")

    for _ in range(3):
        refunds.sync(refund.stripe_id)

    refund.refresh_from_db()
    order.refresh_from_db()
    assert (refund.state, order.refunded) == (Refund.State.FAILED, 0)
    assert ledger.seller_balance(line.seller).pending == 399
    assert library.open(order.buyer, line.version).template
    books_agree()


def test_a_slow_refund_whose_events_are_lost_is_asked_after(sandbox):
    order = PaidOrder(sandbox)
    refund = sent(give(order))
    Refund.objects.update(state=Refund.State.PENDING, settled_at=None)

    with clock.at(timezone.now() + timedelta(minutes=20)):
        refunds.sweep()

    refund.refresh_from_db()
    assert refund.state == Refund.State.SUCCEEDED


def test_a_refund_that_waits_for_funds_is_booked_when_they_move(sandbox):
    """Stripe shows nothing on our balance until then, so neither do the books."""
    order = PaidOrder(sandbox)
    refund = give(order)
    waiting = gateway.StripeRefund(
        "re_1", "pending", 499, "usd", order.payment_intent, "", refund.public_id, "", moved=False
    )
    before = ledger.totals()["stripe"]

    refunds.settle(refund.pk, waiting)
    assert ledger.totals()["stripe"] == before
    books_agree()
    refunds.settle(refund.pk, gateway.StripeRefund(**waiting.__dict__ | {"status": "succeeded", "moved": True}))

    assert ledger.totals()["stripe"] == before - 499
    books_agree()


# ---- From outside ----------------------------------------------------------------------------------------------------
def outside(order, amount, key):
    return gateway.client.client().v1.refunds.create(
        {"payment_intent": order.payment_intent, "amount": amount}, {"idempotency_key": key}
    )


def test_a_refund_made_in_the_dashboard_is_taken_in_once(sandbox):
    order = PaidOrder(sandbox)
    made = outside(order, 200, f"a-{order.number}")

    for _ in range(3):
        refunds.sync(made.id)

    order.refresh_from_db()
    assert order.refunded == 200
    assert order.refunds.get().cause == Refund.Cause.OUTSIDE
    books_agree()


def test_news_of_a_refund_that_overtake_those_of_the_payment_wait_for_it(sandbox):
    """The dashboard refunds before we have heard of the payment: one entitlement, and that one ended."""
    from tests.factories.payments import PendingOrder, pay

    order = PendingOrder()
    pay(sandbox, order)
    payment = gateway.read_session(order.session_id)
    made = gateway.client.client().v1.refunds.create({"payment_intent": payment.payment_intent})
    event = StripeEvent.objects.create(
        stripe_id="evt_overtaking",
        kind="refund.created",
        object_id=made.id,
        data={"charge": payment.charge, "payment_intent": payment.payment_intent},
        happened_at=timezone.now(),
    )

    webhooks.handle(event.pk)

    order.refresh_from_db()
    assert order.state == "refunded"
    with pytest.raises(library.MayNotRead):
        library.open(order.buyer, order.lines.get().version)
    books_agree()


def test_an_erased_buyer_is_refunded_all_the_same(sandbox):
    order = PaidOrder(sandbox)
    privacy.erase(order.buyer)
    order.refresh_from_db()

    assert sent(give(order)).state == Refund.State.SUCCEEDED
    outbox.drain()
    assert made_at_stripe(order) == [499]
    books_agree()


# ---- Asking ----------------------------------------------------------------------------------------------------------
def test_taking_money_back_too_often_waits_for_a_person_whoever_holds_the_card(sandbox, monkeypatch):
    monkeypatch.setattr(limits, "REFUNDS_BEFORE_A_LOOK", 1)
    buyer, other = UserFactory(), UserFactory()
    order = PaidOrder(sandbox, buyer=buyer, consented=False)
    claims.ask(order.lines.get(), by=buyer, reason=Claim.Reason.FRAUD)
    again = PaidOrder(sandbox, buyer=other, consented=False)
    assert again.card_fingerprint == order.card_fingerprint != ""

    claim = claims.ask(again.lines.get(), by=other, reason=Claim.Reason.FRAUD)

    assert claim.state == Claim.State.OPEN
    assert not again.refunds.exists()


def test_a_claim_is_not_granted_while_the_bank_decides(sandbox):
    order = PaidOrder(sandbox)
    claim = claims.ask(order.lines.get(), by=order.buyer, reason="not_as_shown", evidence="nothing")
    Order.objects.update(disputed_at=timezone.now())

    with pytest.raises(claims.AtTheBank):
        claims.decide(claim, by=ModeratorFactory(), granted=True)
    assert not order.refunds.exists()
