"""What a seller took in a year, by quarter: sales, fees, refunds, disputes, payouts, straight from the ledger."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, Sum
from django.db.models.functions import ExtractQuarter

from accounts.models import User
from common import clock
from common.money import plain_amount
from payments.ledger import K
from payments.models import Entry

REFUNDS = ("refund", "refund_undone")
DISPUTES = ("dispute_withdrawn", "dispute_reinstated")
PAYOUTS = ("payout_sent", "payout_reversed", "payout_reserved", "payout_voided")


@dataclass
class Quarter:
    """Sums in minor units, as the seller sees them: what came in is positive, what was given up negative.

    `gross` is what buyers paid without tax, `commission` what the house kept of it, so gross - commission = earned.
    `net` is what the balance grew by before payouts.
    """

    sales: int = 0
    gross: int = 0
    commission: int = 0
    earned: int = 0
    refunds: int = 0
    refunded: int = 0
    disputes: int = 0
    disputed: int = 0
    other: int = 0
    net: int = 0
    paid_out: int = 0

    def add(self, more: "Quarter") -> None:
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(more, one.name))


COUNTS = {"sales", "refunds", "disputes"}


@dataclass(frozen=True)
class Report:
    year: int
    currency: str
    quarters: list[Quarter]

    @property
    def whole(self) -> Quarter:
        sum_ = Quarter()
        for quarter in self.quarters:
            sum_.add(quarter)
        return sum_


def years(seller: User) -> list[int]:
    """The years in which something was booked for a seller, newest first, and always the present one."""
    booked = Entry.objects.filter(account__user=seller).dates("transaction__created_at", "year")
    return sorted({clock.now().year, *(day.year for day in booked)}, reverse=True)


def of(seller: User, year: int, currency: str | None = None) -> Report:
    """The four quarters of a year, by the time (UTC) at which each fact was booked."""
    currency = currency or settings.CURRENCY
    quarters = [Quarter() for _ in range(4)]
    for row in _booked(seller, year, currency):
        _count(quarters[row["quarter"] - 1], row["transaction__kind"], row["account__kind"], row["sum"], row["facts"])
    for quarter in quarters:
        quarter.gross = quarter.earned + quarter.commission
        quarter.net = quarter.earned + quarter.refunded + quarter.disputed + quarter.other
    return Report(year, currency, quarters)


def _booked(seller: User, year: int, currency: str) -> Iterator[dict[str, Any]]:
    start, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    own = Q(account__user=seller) | Q(account__kind=K.COMMISSION, line__seller=seller, transaction__kind="sale")
    rows = (
        Entry.objects.filter(own, account__currency=currency)
        .filter(transaction__created_at__gte=start, transaction__created_at__lt=end)
        .annotate(quarter=ExtractQuarter("transaction__created_at", tzinfo=UTC))
        .values("quarter", "transaction__kind", "account__kind")
        .annotate(sum=-Sum("amount"), facts=Count("pk"))
        .order_by("quarter")
    )
    for row in rows:
        yield dict(row)


def _count(quarter: Quarter, fact: str, account: str, sum_: int, facts: int) -> None:
    if account == K.COMMISSION:
        quarter.commission += sum_
    elif fact == "sale":
        quarter.sales, quarter.earned = quarter.sales + facts, quarter.earned + sum_
    elif fact in REFUNDS:
        quarter.refunds += facts if fact == "refund" else -facts
        quarter.refunded += sum_
    elif fact in DISPUTES:
        quarter.disputes += facts if fact == "dispute_withdrawn" else 0
        quarter.disputed += sum_
    elif fact in PAYOUTS:
        # Reserving and giving back cancel out between the seller's two accounts; what left or came back stays.
        quarter.paid_out -= sum_
    else:
        quarter.other += sum_


def cells(report: Report) -> tuple[list[str], list[list[Any]]]:
    """Head and rows for a spreadsheet: a row for each quarter and one for the year, amounts as plain decimals."""
    names = [one.name for one in fields(Quarter)]
    rows = []
    for label, part in [*((f"Q{n}", q) for n, q in enumerate(report.quarters, 1)), (str(report.year), report.whole)]:
        values = [(name, getattr(part, name)) for name in names]
        shown = [value if name in COUNTS else plain_amount(value, report.currency) for name, value in values]
        rows.append([label, *shown, report.currency.upper()])
    return ["period", *names, "currency"], rows
