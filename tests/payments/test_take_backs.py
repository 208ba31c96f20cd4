"""What a seller was paid and a refund needs: taken back once, or owed."""

import pytest

from accounts import outbox
from payments import gateway, ledger, payouts, reconcile, refunds
from payments.models import Payout, Refund, Reversal
from tests.factories.payments import PaidOrder, control

pytestmark = pytest.mark.django_db


def seller_of(order):
    return order.lines.get().seller


def books_agree():
    assert [str(one) for one in reconcile.differences(with_stripe=False)] == []


def refund_all(order):
    return refunds.give(order, None, cause=Refund.Cause.PROMISE, key="test")


def test_a_refund_after_the_payout_is_taken_back_from_the_seller(sale):
    seller = seller_of(sale)
    payout = payouts.pay(seller.pk)
    refund_all(sale)
    assert ledger.seller_balance(seller).debt == 399

    outbox.drain()

    assert Reversal.objects.get().state == Reversal.State.DONE
    balance = ledger.seller_balance(seller)
    assert (balance.available, balance.debt, balance.paid_out) == (0, 0, 0)
    assert gateway.read_transfer(payout.transfer).reversed == 399
    books_agree()


def test_a_refund_while_the_transfer_is_unknown_is_taken_back_once_it_is_known(sale, fault):
    seller = seller_of(sale)
    fault("reset", "/v1/transfers", when="after", count=2)
    with pytest.raises(gateway.Away):
        payouts.pay(seller.pk)
    refund_all(sale)
    payouts.send(Payout.objects.get().pk)
    outbox.drain()

    assert gateway.read_transfer(Payout.objects.get().transfer).reversed == 399
    assert ledger.seller_balance(seller).debt == 0
    books_agree()


@pytest.mark.parametrize(
    ("action", "when"), [("reset", "after"), ("error", "after"), ("error", "before"), ("refuse", "after")]
)
def test_a_take_back_without_an_answer_happens_once(sale, fault, action, when):
    seller = seller_of(sale)
    payout = payouts.pay(seller.pk)
    refund_all(sale)
    fault(action, "/v1/transfers/*/reversals", when=when, count=2 if action != "refuse" else 1)
    reversal = Reversal.objects.get()
    for _ in range(4):
        try:
            payouts.reverse(reversal.pk)
        except gateway.Away:
            continue
        break

    reversal.refresh_from_db()
    assert reversal.state == Reversal.State.DONE
    assert gateway.read_transfer(payout.transfer).reversed == 399
    assert ledger.seller_balance(seller).debt == 0


def test_an_empty_account_leaves_a_debt_that_the_next_sales_pay(sandbox, sale):
    seller = seller_of(sale)
    payouts.pay(seller.pk)
    control(sandbox, "payouts/run")
    refund_all(sale)
    outbox.drain()

    assert Reversal.objects.get().state == Reversal.State.REFUSED
    assert ledger.seller_balance(seller).debt == 399
    assert sale.refunds.get().state == "succeeded", "The buyer is refunded all the same."
    again = PaidOrder(sandbox, sale.lines.get().listing)
    assert ledger.seller_balance(seller).available == 0
    assert payouts.pay(seller.pk) is None
    PaidOrder(sandbox, again.lines.get().listing)
    assert payouts.pay(seller.pk).amount == 399
    books_agree()


def test_a_take_back_that_was_given_up_and_made_all_the_same_is_booked(sale):
    payout = payouts.pay(seller_of(sale).pk)
    refund_all(sale)
    reversal = Reversal.objects.get()
    made = gateway.reverse_transfer(payout.transfer, amount=reversal.amount, intent=reversal.public_id, key_round=0)
    Reversal.objects.update(state=Reversal.State.REFUSED)
    payout.refresh_from_db()

    for _ in range(2):
        payouts.take_in_reversals(payout)

    reversal.refresh_from_db()
    assert (reversal.state, reversal.stripe_id) == (Reversal.State.DONE, made.id)
    assert ledger.seller_balance(seller_of(sale)).debt == 0
