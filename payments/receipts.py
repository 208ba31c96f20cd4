"""Receipts and credit notes as data and as sheets: frozen with the order, but for the buyer's own details."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import override

from common.money import format_money
from payments import papers, printing
from payments.models import BillingDetails, Order, OrderLine, Refund

GIVEN = (Refund.State.PENDING, Refund.State.SUCCEEDED)


@dataclass(frozen=True)
class Row:
    title: str
    seller: str
    price: str


@dataclass(frozen=True)
class Note:
    """A credit note as its receipt names it."""

    refund: str
    number: str
    day: str
    amount: str


@dataclass(frozen=True)
class Receipt:
    """Everything on a receipt, in the order's language, amounts as text."""

    number: str
    order: str
    paid_at: datetime | None
    buyer: list[str]
    rows: list[Row]
    tax: str
    total: str
    notes: list[Note]
    language: str


@dataclass(frozen=True)
class CreditNote:
    """Everything on a credit note, in the order's language, amounts as text; void when the refund failed later."""

    number: str
    receipt: str
    order: str
    issued_at: datetime
    buyer: list[str]
    cause: str
    rows: list[Row]
    tax: str
    total: str
    is_void: bool
    language: str


def of(order: Order, language: str = "") -> Receipt:
    """The receipt of a paid order with its credit notes, in the order's language unless the reader has another."""
    with override(language or order.language):
        lines = order.lines.select_related("seller__seller_profile").order_by("pk")
        given = credited(order)
        return Receipt(
            number=papers.of_order(order).number,
            order=order.number,
            paid_at=order.paid_at,
            buyer=_buyer(order),
            rows=[Row(line.title, _name(line), _shown(line.price, order)) for line in lines],
            tax=_shown(order.tax, order) if order.tax else "",
            total=_shown(order.total, order),
            notes=[
                Note(
                    one.public_id,
                    papers.of_refund(one).number,
                    formats.date_format(one.created_at),
                    _shown(-one.amount, order),
                )
                for one in given
            ],
            language=language or order.language,
        )


def credited(order: Order) -> list[Refund]:
    """Refunds of what was sold; a payment that bought nothing and went back had no receipt either."""
    return list(order.refunds.filter(state__in=GIVEN, lines__isnull=False).distinct().order_by("pk"))


def noted(order: Order, refund: str) -> Refund | None:
    """The refund behind a credit note of an order; also a failed one, whose note was given and is void now."""
    found = order.refunds.filter(public_id=refund, lines__isnull=False).select_related("order", "paper").first()
    if found is None or found.state in GIVEN:
        return found
    return found if found.state == Refund.State.FAILED and hasattr(found, "paper") else None


def credit_note(refund: Refund, language: str = "") -> CreditNote:
    """The credit note of a refund that has lines."""
    order = refund.order
    with override(language or order.language):
        parts = list(refund.lines.select_related("line__seller__seller_profile").order_by("pk"))
        tax = sum(part.tax for part in parts)
        paper = papers.of_refund(refund)
        return CreditNote(
            number=paper.number,
            receipt=papers.of_order(order).number,
            order=order.number,
            issued_at=paper.issued_at,
            buyer=_buyer(order),
            cause=str(refund.get_cause_display()),
            rows=[Row(part.line.title, _name(part.line), _shown(part.tax - part.amount, order)) for part in parts],
            tax=_shown(-tax, order) if tax else "",
            total=_shown(-refund.amount, order),
            is_void=refund.state == Refund.State.FAILED,
            language=language or order.language,
        )


def _name(line: OrderLine) -> str:
    return line.seller.seller_profile.name if line.seller.is_seller else ""


def _shown(amount: int, order: Order) -> str:
    return format_money(amount, order.currency)


def _buyer(order: Order) -> list[str]:
    details = order.billing
    address = str(details.get("address", "")).splitlines()
    country, tax_id = details.get("country", ""), details.get("tax_id", "")
    numbered = _("Tax number: %s") % tax_id if tax_id else ""
    return [text for text in [details.get("name", ""), *address, country, numbered, order.email] if text]


def rewrite(order: Order, details: BillingDetails) -> None:
    """Put the buyer's own details on a receipt; amounts stay as they are."""
    kept = {name: getattr(details, name) for name in ("name", "address", "country", "tax_id")}
    Order.objects.filter(pk=order.pk).update(billing=kept)


# ---- Printed ---------------------------------------------------------------------------------------------------------
WIDTHS = (95, 45, 30)


def sheet(receipt: Receipt) -> printing.Sheet:
    with override(receipt.language):
        date = formats.date_format(receipt.paid_at) if receipt.paid_at else ""
        return printing.Sheet(
            title=_("Receipt %s") % receipt.number,
            head=[date, _("Order %s") % receipt.order, "", *receipt.buyer],
            widths=WIDTHS,
            columns=[_("Prompt"), _("Seller"), _("Price")],
            rows=[[row.title, row.seller, row.price] for row in receipt.rows],
            sums=[*_tax(receipt.tax), [_("Total"), "", receipt.total]],
            after=[[_("Credit note %s") % note.number, note.day, note.amount] for note in receipt.notes],
            notes=[_("Licence: personal and commercial use of what the prompt makes; no resale of the prompt.")],
        )


def credit_note_sheet(note: CreditNote) -> printing.Sheet:
    with override(note.language):
        void = [_("This credit note is void: the refund did not go through.")] if note.is_void else []
        head = [formats.date_format(note.issued_at), _("For receipt %s") % note.receipt, _("Order %s") % note.order]
        return printing.Sheet(
            title=_("Credit note %s") % note.number,
            head=[*head, note.cause, "", *note.buyer],
            widths=WIDTHS,
            columns=[_("Prompt"), _("Seller"), _("Price")],
            rows=[[row.title, row.seller, row.price] for row in note.rows],
            sums=[*_tax(note.tax), [_("Total"), "", note.total]],
            notes=void,
        )


def _tax(tax: str) -> list[list[str]]:
    return [[_("Tax"), "", tax]] if tax else []
