"""Receipts as data, as a page and as a PDF: frozen with the order, but for the buyer's own details."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import override

from common.money import format_money
from payments.models import BillingDetails, Order, Refund


@dataclass(frozen=True)
class Row:
    title: str
    seller: str
    price: str
    refunded: str


@dataclass(frozen=True)
class Receipt:
    """Everything on a receipt, in the order's language, amounts as text."""

    number: str
    paid_at: datetime | None
    buyer: list[str]
    rows: list[Row]
    subtotal: str
    tax: str
    total: str
    refunds: list[tuple[str, str, str]]
    language: str


def of(order: Order) -> Receipt:
    """The receipt of a paid order with the credit notes that belong to it."""
    with override(order.language):
        lines = order.lines.select_related("seller__seller_profile").order_by("pk")
        given = order.refunds.filter(state__in=[Refund.State.PENDING, Refund.State.SUCCEEDED]).order_by("pk")
        return Receipt(
            number=order.number,
            paid_at=order.paid_at,
            buyer=_buyer(order),
            rows=[
                Row(
                    line.title,
                    line.seller.seller_profile.name if line.seller.is_seller else "",
                    _shown(line.price, order),
                    _shown(line.refunded, order) if line.refunded else "",
                )
                for line in lines
            ],
            subtotal=_shown(order.subtotal, order),
            tax=_shown(order.tax, order) if order.tax else "",
            total=_shown(order.total, order),
            refunds=[
                (f"{order.number}-{index}", formats.date_format(one.created_at), _shown(-one.amount, order))
                for index, one in enumerate(given, start=1)
            ],
            language=order.language,
        )


def _shown(amount: int, order: Order) -> str:
    return format_money(amount, order.currency, order.language)


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


def pdf(receipt: Receipt) -> bytes:
    """The receipt on one or more A4 pages."""
    from xml.sax.saxutils import escape

    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

    pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
    pdfmetrics.registerFont(TTFont("VeraBd", "VeraBd.ttf"))
    plain = ParagraphStyle("plain", fontName="Vera", fontSize=9, leading=13)
    bold = ParagraphStyle("bold", parent=plain, fontName="VeraBd")
    title = ParagraphStyle("title", parent=bold, fontSize=16, leading=22)

    def text(words: str, style: ParagraphStyle = plain) -> Paragraph:
        return Paragraph(escape(words), style)

    with override(receipt.language):
        date = formats.date_format(receipt.paid_at) if receipt.paid_at else ""
        parts: list[Any] = [
            text(settings.SITE_NAME, bold),
            text(_("Receipt %s") % receipt.number, title),
            text(date),
            Spacer(1, 6 * mm),
        ]
        parts += [text(line) for line in receipt.buyer]
        rows: list[list[Any]] = [[text(_("Prompt"), bold), text(_("Seller"), bold), text(_("Price"), bold)]]
        rows += [[text(row.title), text(row.seller), text(row.price)] for row in receipt.rows]
        if receipt.tax:
            rows.append([text(_("Tax")), "", text(receipt.tax)])
        rows.append([text(_("Total"), bold), "", text(receipt.total, bold)])
        rows += [[text(_("Credit note %s") % number), text(day), text(sum_)] for number, day, sum_ in receipt.refunds]
        table = Table(rows, colWidths=[95 * mm, 45 * mm, 30 * mm], repeatRows=1)
        rules: list[Any] = [("LINEBELOW", (0, 0), (-1, -1), 0.25, "#999999"), ("VALIGN", (0, 0), (-1, -1), "TOP")]
        table.setStyle(TableStyle(rules))
        parts += [Spacer(1, 6 * mm), table, Spacer(1, 6 * mm)]
        parts.append(text(_("Licence: personal and commercial use of what the prompt makes; no resale of the prompt.")))
    out = BytesIO()
    SimpleDocTemplate(out, pagesize=A4, title=receipt.number, author=settings.SITE_NAME).build(parts)
    return out.getvalue()
