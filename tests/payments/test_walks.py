"""Random walks through everything that moves money: books, model, sandbox, pages and API say the same at each step.

PROMPTUARY_WALK_STEPS=5000 walks that far; Hypothesis shrinks a walk that fails to the shortest one it can find.
"""

import os
import re
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts import outbox, people
from common import clock
from common.money import format_money
from payments import (
    checkout,
    coupons,
    disputes,
    gateway,
    ledger,
    orders,
    payout_accounts,
    payouts,
    prices,
    reconcile,
    refunds,
)
from payments.models import Order, Payout, Refund
from tests.factories.accounts import ModeratorFactory, SellerFactory, UserFactory
from tests.factories.marketplace import ListingFactory
from tests.factories.payments import PaidOrder, control, onboarded, pay

pytestmark = pytest.mark.django_db
STEPS = int(os.environ.get("PROMPTUARY_WALK_STEPS", "0"))
NUMBERS = st.integers(0, 10_000)


@dataclass
class Part:
    """What the model knows of a line: frozen shares, and how much of it went back."""

    line: int
    seller: int
    price: int
    commission: int
    gone: int = 0

    @property
    def share(self) -> int:
        """What stands to the seller; the commission given up is rounded down with each slice."""
        return self.price - self.commission - (self.gone - self.commission * self.gone // self.price)


@dataclass
class Bought:
    order: Order
    parts: list[Part]
    dispute: str = ""
    fate: str = ""  # contested, lost, won
    refunds: list[Refund] = field(default_factory=list)


class Market(RuleBasedStateMachine):
    """Two sellers and any number of buyers. The model knows shares and fates and never looks at the books."""

    sandbox = None

    def __init__(self) -> None:
        super().__init__()
        self.frame = transaction.atomic()
        self.frame.__enter__()
        self.now = timezone.now()
        self.clock = clock.at(self.now)
        self.clock.__enter__()
        control(self.sandbox, "reset")
        control(self.sandbox, "topup", amount=1_000_000, currency="usd")
        ledger.post("manual", "topup", "usd", [ledger.Leg("stripe", 1_000_000), ledger.Leg("losses", -1_000_000)])
        self.moderator = ModeratorFactory()
        self.sellers, self.listings, self.suspended = [], [], set()
        self.bought: list[Bought] = []
        self.codes = self.given = 0

    def teardown(self) -> None:
        self.clock.__exit__(None, None, None)
        transaction.set_rollback(True)
        self.frame.__exit__(None, None, None)
        gateway.breaker.failures, gateway.breaker.open_until = 0, 0.0

    @initialize()
    def open_shop(self) -> None:
        for price in (999, 500):
            seller = SellerFactory(seller_profile__country="US")
            self.sellers.append(onboarded(self.sandbox, seller))
            self.listings.append(ListingFactory(live=True, seller=seller, price=price))

    # ---- Steps -------------------------------------------------------------------------------------------------------
    @rule(number=NUMBERS, price=st.integers(300, 5000))
    @precondition(lambda self: len(self.listings) < 5)
    def list_another(self, number, price) -> None:
        if seller := self._active(number):
            self.listings.append(ListingFactory(live=True, seller=seller, price=price))

    @rule(number=NUMBERS, both=st.booleans(), code=st.booleans())
    def buy(self, number, both, code) -> None:
        wanted = [self.listings[number % len(self.listings)]]
        if both:
            wanted.append(self.listings[(number + 1) % len(self.listings)])
        if any(one.seller_id in self.suspended for one in wanted):
            return
        coupon = None
        if code:
            self.codes += 1
            coupon = coupons.make(wanted[0].seller, code=f"LESS{self.codes}", percent_bps=1 + number % 9000).code
        order = PaidOrder(self.sandbox, *wanted, coupon=coupon)
        lines = order.lines.order_by("pk")
        assert order.total == sum(line.price for line in lines) >= 300
        self.bought.append(Bought(order, [Part(one.pk, one.seller_id, one.price, one.commission) for one in lines]))

    @rule(number=NUMBERS)
    def coupon_is_sold_once(self, number) -> None:
        listing = self.listings[number % len(self.listings)]
        if listing.seller_id in self.suspended:
            return
        self.codes += 1
        coupons.make(listing.seller, code=f"ONCE{self.codes}", amount=100, limit=1)
        checkout.start(UserFactory(), [listing], coupon=f"ONCE{self.codes}", consented=True)
        with pytest.raises(prices.CouponUsedUp):
            checkout.start(UserFactory(), [listing], coupon=f"ONCE{self.codes}", consented=True)

    @rule(number=NUMBERS, amount=st.none() | st.integers(1, 700))
    def refund(self, number, amount) -> None:
        if not (one := self._choose(number, "")):
            return
        part = one.parts[number % len(one.parts)]
        if given := min(amount or part.price, part.price - part.gone):
            self.given += 1
            key = f"walk:{self.given}"  # a key of its own: the same one would name a refund that failed late
            one.refunds.append(refunds.give(one.order, {part.line: given}, cause="promise", key=key))
            part.gone += given
            outbox.drain()

    @rule(number=NUMBERS)
    def refund_fails_late(self, number) -> None:
        if not (one := self._choose(number, "")) or len(one.refunds) != 1:
            return
        refund = one.refunds.pop()
        refund.refresh_from_db()
        control(self.sandbox, f"refunds/{refund.stripe_id}/fail", reason="lost_or_stolen_card")
        refunds.sync(refund.stripe_id)
        for part in one.parts:
            part.gone = 0

    @rule(number=NUMBERS, inquiry=st.integers(0, 4).map(lambda n: n == 0))
    def dispute(self, number, inquiry) -> None:
        one = self._choose(number, "")
        if not one or any(part.gone for part in one.parts):
            return
        control(self.sandbox, f"charges/{one.order.charge}/dispute", inquiry=inquiry)
        one.dispute = gateway.disputes_of(one.order.payment_intent)[0].id
        one.fate = "asked" if inquiry else "contested"
        disputes.sync(one.dispute)

    @rule(number=NUMBERS)
    def win(self, number) -> None:
        self._end(number, "win", "won")

    @rule(number=NUMBERS)
    def lose(self, number) -> None:
        self._end(number, "lose", "lost")

    def _end(self, number, how, fate) -> None:
        if one := self._choose(number, "contested"):
            control(self.sandbox, f"disputes/{one.dispute}/{how}")
            disputes.sync(one.dispute)
            one.fate = fate

    @rule(number=NUMBERS)
    def hold(self, number) -> None:
        """A payment that is not what was asked for delivers nothing and goes back."""
        listing = self.listings[number % len(self.listings)]
        if listing.seller_id in self.suspended:
            return
        order = checkout.start(UserFactory(), [listing], consented=True)
        pay(self.sandbox, order)
        order.lines.update(price=6000, list_price=6000, commission=1200, seller_share=4800)
        Order.objects.filter(pk=order.pk).update(subtotal=6000, total=6000)
        assert orders.sync_session(order.session_id).status == Order.Status.HELD
        outbox.drain()

    @rule(number=NUMBERS)
    def pay_out(self, number) -> None:
        seller = self.sellers[number % 2]
        before = Payout.objects.filter(seller=seller).count()
        payout = payouts.pay(seller.pk)
        assert not (payout and seller.pk in self.suspended), "Nobody suspended is paid."
        assert Payout.objects.filter(seller=seller).count() - before <= 1

    @rule(number=NUMBERS)
    def payout_fails(self, number) -> None:
        rules = {"scope": "call", "action": "refuse", "method": "POST", "path": "/v1/transfers", "count": 1}
        control(self.sandbox, "faults", **rules, status=400, code="balance_insufficient")
        payout = payouts.pay(self.sellers[number % 2].pk)
        self.sandbox.control("_control/faults", "DELETE")
        assert payout is None or payout.state == Payout.State.FAILED

    @rule()
    def banks_are_paid(self) -> None:
        control(self.sandbox, "payouts/run")
        for seller in self.sellers:
            payout_accounts.look_at(seller.payout_accounts.get())

    @rule(number=NUMBERS)
    def suspend(self, number) -> None:
        seller = self.sellers[number % 2]
        seller.refresh_from_db()
        if seller.pk in self.suspended:
            people.restore(seller, by=self.moderator)
        else:
            people.suspend(seller, by=self.moderator, reason="a test")
        seller.refresh_from_db()
        self.suspended ^= {seller.pk}

    @rule(days=st.integers(1, 9))
    def clock_jumps(self, days) -> None:
        self.clock.__exit__(None, None, None)
        self.now += timedelta(days=days)
        self.clock = clock.at(self.now)
        self.clock.__enter__()
        control(self.sandbox, "clock", advance=days * 86_400)

    def _active(self, number):
        seller = self.sellers[number % 2]
        return None if seller.pk in self.suspended else seller

    def _choose(self, number, fate) -> Bought | None:
        found = [one for one in self.bought if one.fate == fate]
        return found[number % len(found)] if found else None

    # ---- What holds after each ---------------------------------------------------------------------------------------
    @invariant()
    def everybody_says_the_same(self) -> None:
        if not self.sellers:
            return
        outbox.drain()
        for seller in self.sellers:
            standing = sum(
                part.share
                for one in self.bought
                for part in one.parts
                if part.seller == seller.pk and one.fate not in {"contested", "lost"}
            )
            account = seller.payout_accounts.get().stripe_id
            page = gateway.client.client().v1.transfers.list({"destination": account, "limit": 100})
            arrived = sum(one.amount - one.amount_reversed for one in page.data)
            balance = ledger.seller_balance(seller)
            assert balance.paid_out == arrived
            assert balance.pending + balance.available + balance.in_transit + arrived == standing
            if seller.pk not in self.suspended:
                self._shown_to(seller, balance)
        assert ledger.totals()["stripe"] == gateway.balance("usd")
        assert [str(one) for one in reconcile.differences(with_stripe=False)] == []

    @staticmethod
    def _shown_to(seller, balance) -> None:
        client = Client()
        client.force_login(seller)
        told = client.get("/api/v1/seller/balance/").json()
        names = ("pending", "available", "paid_out")
        assert {name: told[name]["amount"] for name in names} == {name: getattr(balance, name) for name in names}
        page = re.sub(r"\s+", " ", client.get(reverse("sell-payouts")).content.decode())
        for name in names:
            assert format_money(getattr(balance, name), "usd", "en") in page


@pytest.mark.timeout(36_000 if STEPS else 300)
def test_books_model_sandbox_pages_and_api_agree_at_every_step(sandbox):
    Market.sandbox = sandbox
    many = max(1, STEPS // 50)
    size = (
        {"max_examples": many, "stateful_step_count": 50} if STEPS else {"max_examples": 2, "stateful_step_count": 15}
    )
    try:
        run_state_machine_as_test(
            Market,
            settings=settings(
                **size,
                deadline=None,
                derandomize=not STEPS,
                database=None,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.generate, Phase.shrink] if STEPS else [Phase.generate],
            ),
        )
    finally:
        control(sandbox, "clock", reset=True)
