"""Random walks through everything that moves money: the books, a model, and the sandbox say the same at each step."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import outbox, people
from common import clock
from payments import coupons, disputes, gateway, ledger, payouts, reconcile, refunds
from payments.models import Payout
from tests.factories.accounts import ModeratorFactory, SellerFactory
from tests.factories.marketplace import ListingFactory
from tests.factories.payments import PaidOrder, control, onboarded

pytestmark = pytest.mark.django_db
STEPS = ["buy", "buy", "buy cheaper", "refund part", "refund", "contest", "win", "lose", "pay out", "suspend", "jump"]


class Walk:
    """One seller's market. The model knows shares and fates; it never looks at the books."""

    def __init__(self, sandbox) -> None:
        self.sandbox = sandbox
        self.suspended = False
        self.won = 0  # shares of orders whose dispute was won
        self.orders = {}  # order → [share that stands, contested by]
        control(sandbox, "reset")
        control(sandbox, "topup", amount=1_000_000, currency="usd")
        ledger.post("manual", "topup", "usd", [ledger.Leg("stripe", 1_000_000), ledger.Leg("losses", -1_000_000)])
        self.listing = ListingFactory(live=True, seller=SellerFactory(seller_profile__country="US"), price=999)
        self.seller = onboarded(sandbox, self.listing.seller)
        self.moderator = ModeratorFactory()
        coupons.make(self.seller, code="LESS", percent_bps=1000)
        self.now = timezone.now()

    def step(self, name: str, chance: int) -> None:
        with clock.at(self.now):
            getattr(self, name.replace(" ", "_"))(chance)
            outbox.drain()
            self.check()

    def choose(self, chance, *, contested=False):
        found = [order for order, (_, dispute) in self.orders.items() if bool(dispute) is contested]
        return found[chance % len(found)] if found else None

    def buy(self, chance, **options) -> None:
        if not self.suspended:
            order = PaidOrder(self.sandbox, self.listing, **options)
            self.orders[order] = [order.lines.get().seller_share, ""]

    def buy_cheaper(self, chance) -> None:
        self.buy(chance, coupon="LESS")

    def refund_part(self, chance) -> None:
        self.refund(chance, part=1 + chance % 300)

    def refund(self, chance, part=None) -> None:
        if order := self.choose(chance):
            line = order.lines.get()
            left = line.price - line.refunded
            amount = min(part or left, left)
            refunds.give(order, {line.pk: amount}, cause="promise", key=f"walk:{order.number}:{line.refunded}")
            gone = line.refunded + amount
            self.orders[order][0] = line.seller_share - (gone - line.commission * gone // line.price)

    def contest(self, chance) -> None:
        order = self.choose(chance)
        if order and order.lines.get().refunded == 0:
            control(self.sandbox, f"charges/{order.charge}/dispute")
            dispute = gateway.disputes_of(order.payment_intent)[0].id
            disputes.sync(dispute)
            self.orders[order][1] = dispute

    def win(self, chance) -> None:
        if order := self.choose(chance, contested=True):
            control(self.sandbox, f"disputes/{self.orders[order][1]}/win")
            disputes.sync(self.orders[order][1])
            self.won += self.orders.pop(order)[0]  # nobody contests a payment twice

    def lose(self, chance) -> None:
        if order := self.choose(chance, contested=True):
            control(self.sandbox, f"disputes/{self.orders[order][1]}/lose")
            disputes.sync(self.orders.pop(order)[1])

    def pay_out(self, chance) -> None:
        before = Payout.objects.count()
        payout = payouts.pay(self.seller.pk)
        assert not (self.suspended and payout), "Nobody suspended is paid."
        assert Payout.objects.count() - before <= 1

    def suspend(self, chance) -> None:
        self.seller.refresh_from_db()
        if self.suspended:
            people.restore(self.seller, by=self.moderator)
        else:
            people.suspend(self.seller, by=self.moderator, reason="a test")
        self.suspended = not self.suspended

    def jump(self, chance) -> None:
        days = timedelta(days=1 + chance % 5)
        self.now += days
        control(self.sandbox, "clock", advance=int(days.total_seconds()))

    def check(self) -> None:
        balance = ledger.seller_balance(self.seller)
        standing = sum(share for share, dispute in self.orders.values() if not dispute) + self.won
        account = self.seller.payout_accounts.get().stripe_id
        page = gateway.client.client().v1.transfers.list({"destination": account, "limit": 100})
        arrived = sum(one.amount - one.amount_reversed for one in page.data)
        assert balance.paid_out == arrived
        assert balance.pending + balance.available + balance.in_transit + arrived == standing
        assert ledger.totals()["stripe"] == gateway.balance("usd")
        assert [str(one) for one in reconcile.differences(with_stripe=False)] == []


@pytest.mark.parametrize("seed", range(5))
def test_books_model_and_sandbox_agree_at_every_step(sandbox, settings, seed):
    settings.MIN_PAYOUT = 300
    chance = random.Random(seed)
    here = Walk(sandbox)
    try:
        for name in ["buy", "buy cheaper", *chance.choices(STEPS, k=25)]:
            here.step(name, chance.randrange(1000))
    finally:
        control(sandbox, "clock", reset=True)
