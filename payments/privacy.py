"""What money holds about a person: given to them on request; the books stay whole when they go."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts import privacy
from accounts.models import User
from common import clock
from common.money import MoneyJSON, as_json, format_money
from payments import ledger
from payments.models import (
    Alert,
    BillingDetails,
    CartItem,
    Claim,
    Coupon,
    Dispute,
    LargePayout,
    ManualEntry,
    Order,
    OrderLine,
    Payout,
    PayoutAccount,
    Redemption,
    Refund,
)

OPEN_CLAIMS = (Claim.State.OPEN, Claim.State.ANSWERED)
PAYOUTS_UNDER_WAY = (Payout.State.RESERVED, Payout.State.UNKNOWN, Payout.State.SENT)


# ---- Given on request ------------------------------------------------------------------------------------------------


@privacy.exporter("orders", covers=["payments.Order", "payments.Redemption"])
def orders(user: User) -> list[dict[str, Any]]:
    """Everything bought, with what was paid, given back and contested."""
    mine = Order.objects.filter(buyer=user).prefetch_related("lines", "refunds", "disputes").order_by("pk")
    coupons = dict(Redemption.objects.filter(buyer=user).values_list("order_id", "coupon__code"))
    return [
        {
            "number": order.number,
            "status": order.status,
            "total": as_json(order.total, order.currency),
            "tax": as_json(order.tax, order.currency),
            "refunded": as_json(order.refunded, order.currency),
            "coupon": coupons.get(order.pk),
            "email": order.email,
            "billing": order.billing,
            "created_at": _written(order.created_at),
            "paid_at": _written(order.paid_at),
            "lines": [
                {"title": line.title, "price": as_json(line.price, order.currency)} for line in order.lines.all()
            ],
            "refunds": [
                {"amount": as_json(each.amount, each.currency), "cause": each.cause, "state": each.state}
                for each in order.refunds.all()
            ],
            "disputes": [
                {"amount": as_json(each.amount, each.currency), "status": each.status} for each in order.disputes.all()
            ],
        }
        for order in mine
    ]


@privacy.exporter("sales", covers=["payments.OrderLine", "payments.Coupon"])
def sales(user: User) -> dict[str, Any]:
    """What was sold, without who bought it: that is the buyer's."""
    sold = OrderLine.objects.filter(seller=user).exclude(order__paid_at=None).select_related("order").order_by("pk")
    return {
        "lines": [
            {
                "order": line.order.number,
                "title": line.title,
                "price": as_json(line.price, line.order.currency),
                "commission": as_json(line.commission, line.order.currency),
                "share": as_json(line.seller_share, line.order.currency),
                "paid_at": _written(line.order.paid_at),
            }
            for line in sold
        ],
        "coupons": list(
            Coupon.objects.filter(seller=user).order_by("pk").values("code", "percent_bps", "amount", "used")
        ),
    }


@privacy.exporter("earnings", covers=["payments.Account", "payments.PayoutAccount", "payments.Payout"])
def earnings(user: User) -> dict[str, Any]:
    return {
        "balances": [_balance(each) for each in _balances(user)],
        "payout_accounts": [
            {
                "stripe_id": each.stripe_id,
                "state": each.state,
                "country": each.country,
                "since": _written(each.created_at),
            }
            for each in PayoutAccount.objects.filter(seller=user).order_by("pk")
        ],
        "payouts": [
            {
                "id": each.public_id,
                "amount": as_json(each.amount, each.currency),
                "state": each.state,
                "created_at": _written(each.created_at),
                "settled_at": _written(each.settled_at),
            }
            for each in Payout.objects.filter(seller=user).order_by("pk")
        ],
    }


@privacy.exporter("refund_claims", covers=["payments.Claim", "payments.Refund"])
def claims(user: User) -> list[dict[str, Any]]:
    """What was asked for, with the answers; and how many claims the person decided or paid back for the house."""
    asked = Claim.objects.filter(buyer=user).select_related("line__order").order_by("pk")
    return [
        {
            "order": each.line.order.number,
            "title": each.line.title,
            "reason": each.reason,
            "words": each.words,
            "evidence": each.evidence,
            "answer": each.answer,
            "state": each.state,
            "asked_at": _written(each.asked_at),
            "decided_at": _written(each.decided_at),
        }
        for each in asked
    ]


@privacy.exporter("billing", covers=["payments.BillingDetails", "payments.CartItem"])
def billing(user: User) -> dict[str, Any]:
    details = BillingDetails.objects.filter(user=user).values("name", "address", "country", "tax_id").first()
    cart = CartItem.objects.filter(user=user).select_related("listing").order_by("pk")
    return {"details": details, "cart": [item.listing.title for item in cart]}


@privacy.exporter("back_office", covers=["payments.Alert", "payments.ManualEntry", "payments.LargePayout"])
def back_office(user: User) -> dict[str, int]:
    """How often the person acted on the books of the house; what they did there is about others."""
    return {
        "alerts_resolved": Alert.objects.filter(resolved_by=user).count(),
        "corrections_proposed": ManualEntry.objects.filter(proposed_by=user).count(),
        "corrections_approved": ManualEntry.objects.filter(approved_by=user).count(),
        "large_payouts_proposed": LargePayout.objects.filter(proposed_by=user).count(),
        "large_payouts_approved": LargePayout.objects.filter(approved_by=user).count(),
        "large_payouts_received": LargePayout.objects.filter(seller=user, payout__isnull=False).count(),
    }


# ---- What stands against going ---------------------------------------------------------------------------------------


@privacy.hindrance
def open_money(user: User) -> list[str]:
    """No money is forfeited silently, and none that is owed goes with the account."""
    return [*_open_purchases(user), *_open_sales(user), *_open_balances(user)]


def _open_purchases(user: User) -> list[str]:
    reasons = []
    under_way = Order.objects.filter(buyer=user, status__in=[Order.Status.PENDING, Order.Status.PAID])
    held = Order.objects.filter(buyer=user, status=Order.Status.HELD).exclude(refunds__state=Refund.State.SUCCEEDED)
    if under_way.exists() or held.exists():
        reasons.append(_("An order is not finished. Wait until it is delivered, or has run out."))
    if Claim.objects.filter(buyer=user, state__in=OPEN_CLAIMS).exists():
        reasons.append(_("You asked for money back, and it is not decided yet."))
    if Dispute.objects.filter(order__buyer=user, settled_at=None).exists():
        reasons.append(_("A payment of yours is contested at the bank, and that is not settled yet."))
    return reasons


def _open_sales(user: User) -> list[str]:
    reasons = []
    if Payout.objects.filter(seller=user, state__in=PAYOUTS_UNDER_WAY).exists():
        reasons.append(_("A payout is on its way to you. Wait until it has arrived."))
    if Claim.objects.filter(line__seller=user, state__in=OPEN_CLAIMS).exists():
        reasons.append(_("A buyer asked for money back, and it is not decided yet."))
    if Dispute.objects.filter(order__lines__seller=user, settled_at=None).exists():
        reasons.append(_("A payment for a sale of yours is contested, and that is not settled yet."))
    return reasons


def _open_balances(user: User) -> list[str]:
    reasons = []
    for balance in _balances(user):
        owed = balance.pending + balance.available
        if owed > 0:
            amount = format_money(owed, balance.currency)
            reasons.append(
                _("%(amount)s of your earnings are not paid out yet. Wait for the payout, or write to us.")
                % {"amount": amount}
            )
        elif balance.debt:
            amount = format_money(balance.debt, balance.currency)
            reasons.append(
                _("After refunds %(amount)s are open on your side. Write to us to settle it.") % {"amount": amount}
            )
    return reasons


# ---- Taken away ------------------------------------------------------------------------------------------------------


@privacy.eraser(order=110)
def erase(user: User) -> None:
    """Orders, the ledger and payouts stay, as the law wants it; address, name and card mark go from them."""
    CartItem.objects.filter(user=user).delete()
    BillingDetails.objects.filter(user=user).delete()
    Order.objects.filter(buyer=user).update(email="", billing={}, card_fingerprint="", checkout_url="")
    Claim.objects.filter(buyer=user).update(words="", evidence="")
    Claim.objects.filter(line__seller=user).update(answer="")
    PayoutAccount.objects.filter(seller=user, retired_at=None).update(retired_at=clock.now())


def _balances(user: User) -> list[ledger.Balance]:
    currencies = set(user.ledger_accounts.values_list("currency", flat=True)) | {settings.CURRENCY}
    return [ledger.seller_balance(user, currency) for currency in sorted(currencies)]


def _balance(balance: ledger.Balance) -> dict[str, MoneyJSON]:
    parts = {
        "pending": balance.pending,
        "available": balance.available,
        "in_transit": balance.in_transit,
        "paid_out": balance.paid_out,
    }
    return {name: as_json(amount, balance.currency) for name, amount in parts.items()}


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
