"""Buying, delivering, refunding and paying out, against the real sandbox."""

import pytest

from marketplace import library
from payments import claims, ledger, payouts, reconcile
from payments.models import Claim, Order, Payout
from tests.factories.marketplace import ListingFactory
from tests.factories.payments import PaidOrder, onboarded

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_paid_order_is_delivered_once_and_the_books_agree(sandbox):
    order = PaidOrder(sandbox)

    line = order.lines.get()
    assert order.status == Order.Status.FULFILLED
    assert library.open(order.buyer, line.version).template
    balance = ledger.seller_balance(line.seller)
    assert (balance.pending, balance.available, balance.paid_out) == (399, 0, 0)
    assert [str(one) for one in reconcile.differences(with_stripe=False)] == []


def test_a_matured_sale_is_paid_out_by_one_transfer(sandbox, settings):
    settings.HOLD_DAYS = 0
    settings.MIN_PAYOUT = 300
    listing = ListingFactory(live=True)
    onboarded(sandbox, listing.seller)
    PaidOrder(sandbox, listing)

    payout = payouts.pay(listing.seller.pk)

    assert payout is not None
    assert (payout.state, payout.amount) == (Payout.State.SENT, 399)
    balance = ledger.seller_balance(listing.seller)
    assert (balance.pending, balance.available, balance.paid_out) == (0, 0, 399)
    assert payouts.pay(listing.seller.pk) is None


def test_a_withdrawal_gives_the_money_back_and_takes_the_prompt(sandbox):
    order = PaidOrder(sandbox, consented=False)
    line = order.lines.get()

    claim = claims.ask(line, by=order.buyer, reason=Claim.Reason.WITHDRAWAL)
    from accounts import outbox

    outbox.drain()

    claim.refresh_from_db()
    order.refresh_from_db()
    assert claim.state == Claim.State.GRANTED
    assert order.state == "refunded"
    assert order.refunds.get().state == "succeeded"
    assert ledger.seller_balance(line.seller).pending == 0
    with pytest.raises(library.MayNotRead):
        library.open(order.buyer, line.version)
    assert [str(one) for one in reconcile.differences(with_stripe=False)] == []
