"""Papers as PDF files: a head, who it is for, a table, notes; on as many A4 pages as they need."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _

from payments import typefaces

NARROW = "\u202f"
MARGIN = 20  # millimetres beside the text
FRAME = 6  # points that reportlab keeps free inside the margins


@dataclass(frozen=True)
class Sheet:
    """What is printed, in the reader's words: amounts and dates are text already.

    `widths` are millimetres, one for each column, the last of which is amounts; `sums` are set in bold, `after`
    stands below them.
    """

    title: str
    head: Sequence[str]
    widths: Sequence[int]
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    sums: Sequence[Sequence[str]] = ()
    after: Sequence[Sequence[str]] = ()
    notes: Sequence[str] = field(default_factory=tuple)


def pdf(sheet: Sheet) -> bytes:
    """The sheet as a PDF file."""
    from reportlab.lib.enums import TA_RIGHT
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

    face, heavy = typefaces.faces()
    plain = ParagraphStyle("plain", fontName=face, fontSize=9, leading=13)
    bold = ParagraphStyle("bold", parent=plain, fontName=heavy)
    title = ParagraphStyle("title", parent=bold, fontSize=16, leading=22)

    def row(cells: Sequence[str], style: ParagraphStyle) -> list[Any]:
        *words, amount = (_set(cell) for cell in cells)
        aside = ParagraphStyle("amount", parent=style, alignment=TA_RIGHT)
        return [*(Paragraph(text, style) for text in words), Paragraph(amount, aside)]

    body = [row(sheet.columns, bold)]
    body += [row(cells, plain) for cells in sheet.rows]
    body += [row(cells, bold) for cells in sheet.sums]
    body += [row(cells, plain) for cells in sheet.after]
    table = Table(body, colWidths=[width * mm for width in sheet.widths], repeatRows=1)
    rules: list[Any] = [("LINEBELOW", (0, 0), (-1, -1), 0.25, "#999999"), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    # The table begins and ends where the text does.
    rules += [("LEFTPADDING", (0, 0), (0, -1), 0), ("RIGHTPADDING", (-1, 0), (-1, -1), 0)]
    table.setStyle(TableStyle(rules))
    parts: list[Any] = [Paragraph(_set(settings.SITE_NAME), bold), Paragraph(_set(sheet.title), title)]
    parts += [Paragraph(_set(words), plain) for words in sheet.head]
    parts += [Spacer(1, 6 * mm), table, Spacer(1, 6 * mm)]
    parts += [Paragraph(_set(words), plain) for words in sheet.notes]

    def foot(canvas: Any, document: Any) -> None:
        canvas.setFont(face, 8)
        words = _("%(title)s, page %(page)s") % _foot(sheet, document.page)
        canvas.drawRightString(A4[0] - MARGIN * mm, 12 * mm, typefaces.legible(words.replace(NARROW, "\u00a0")))

    out = BytesIO()
    side = MARGIN * mm - FRAME
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=side, rightMargin=side, title=sheet.title, author=settings.SITE_NAME
    )
    document.build(parts, onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _set(words: str) -> str:
    """Text for a paragraph, with plain no-break spaces (not every face has a narrow one) and no boxes."""
    return escape(typefaces.legible(words.replace(NARROW, "\u00a0")))


def _foot(sheet: Sheet, page: int) -> dict[str, object]:
    return {"title": sheet.title, "page": page}


def respond(sheet: Sheet, name: str) -> HttpResponse:
    """The PDF as a download that no cache keeps."""
    response = HttpResponse(pdf(sheet), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    return response
