"""The statement of one payout: every sale, refund and take-back in it, and the sum that was sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.money import format_money, plain_amount
from payments import papers, printing
from payments.models import Payout, PayoutItem

SENT = (Payout.State.SENT, Payout.State.PAID)
NAMES = {
    "sale": gettext_lazy("Sale"),
    "refund": gettext_lazy("Refund"),
    "refund_undone": gettext_lazy("Refund that failed"),
    "dispute_withdrawn": gettext_lazy("Dispute"),
    "dispute_reinstated": gettext_lazy("Dispute won"),
    "payout_reversed": gettext_lazy("Taken back from an earlier payout"),
    "manual": gettext_lazy("Correction"),
}


@dataclass(frozen=True)
class Row:
    """One entry of the seller's account, in minor units as the seller sees it: what a refund took is negative."""

    day: datetime
    what: str
    order: str
    title: str
    amount: int


@dataclass(frozen=True)
class Statement:
    """Rows and `carried` (from earlier times, mostly nothing) sum to what was sent."""

    number: str
    payout: Payout
    rows: list[Row]
    carried: int


def of(payout: Payout) -> Statement:
    """Everything in a payout; one that was not sent has no number."""
    items = payout.items.select_related("entry__line__order", "entry__transaction").order_by("entry_id")
    rows = [_row(item) for item in items.iterator(chunk_size=2000)]
    return Statement(
        number=papers.of_payout(payout).number if payout.state in SENT else "",
        payout=payout,
        rows=rows,
        carried=payout.amount - sum(row.amount for row in rows),
    )


def _row(item: PayoutItem) -> Row:
    fact, line = item.entry.transaction, item.entry.line
    name = NAMES.get(fact.kind, fact.kind)
    return Row(fact.created_at, str(name), line.order.number if line else "", line.title if line else "", item.shown)


def sheet(statement: Statement, *, seller: str) -> printing.Sheet:
    payout = statement.payout

    def shown(amount: int) -> str:
        return format_money(amount, payout.currency)

    sent = formats.date_format(payout.sent_at) if payout.sent_at else ""
    head = [sent, seller, _("Payout %s") % payout.public_id, _("Stripe transfer %s") % payout.transfer]
    sums = [["", _("Carried over"), "", shown(statement.carried)]] if statement.carried else []
    after = [["", _("Taken back later"), "", shown(-payout.reversed_amount)]] if payout.reversed_amount else []
    return printing.Sheet(
        title=_("Statement %s") % statement.number,
        head=head,
        widths=(32, 30, 78, 30),
        columns=[_("Day"), _("What"), _("Prompt"), _("Amount")],
        rows=[[formats.date_format(row.day), row.what, _about(row), shown(row.amount)] for row in statement.rows],
        sums=[*sums, ["", _("Sent"), "", shown(payout.amount)]],
        after=after,
    )


def _about(row: Row) -> str:
    return ", ".join(text for text in (row.title, row.order) if text)


def cells(statement: Statement) -> list[list[Any]]:
    """The rows for a spreadsheet, with amounts as plain decimals."""
    currency = statement.payout.currency
    rows = [[row.day, row.what, row.order, row.title, plain_amount(row.amount, currency)] for row in statement.rows]
    if statement.carried:
        rows.append(["", _("Carried over"), "", "", plain_amount(statement.carried, currency)])
    return rows
