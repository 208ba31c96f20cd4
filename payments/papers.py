"""Numbers on receipts, credit notes and statements: one after the other within a year, none missing, none twice.

A number is given when the paper is first wanted, by the letter that brings it or by the page that shows it, in a
transaction of its own: whoever takes a number waits for the one before, and deliveries must not wait for that.
"""

from django.db import transaction

from common import clock
from payments.models import Order, Paper, PaperSeries, Payout, Refund

Kind = Paper.Kind


def of_order(order: Order) -> Paper:
    """The number on the receipt of a paid order."""
    return _issue(Kind.RECEIPT, order=order)


def of_refund(refund: Refund) -> Paper:
    """The number on the credit note of a refund."""
    return _issue(Kind.CREDIT_NOTE, refund=refund)


def of_payout(payout: Payout) -> Paper:
    """The number on the statement of a payout that was sent."""
    return _issue(Kind.STATEMENT, payout=payout)


def _issue(kind: Kind, **subject: Order | Refund | Payout) -> Paper:
    given = Paper.objects.filter(kind=kind, **subject).first()
    return given or _take_next(kind, **subject)


@transaction.atomic
def _take_next(kind: Kind, **subject: Order | Refund | Payout) -> Paper:
    now = clock.now()
    PaperSeries.objects.bulk_create([PaperSeries(kind=kind, year=now.year)], ignore_conflicts=True)
    series = PaperSeries.objects.select_for_update(no_key=True).get(kind=kind, year=now.year)
    # Somebody may have been quicker, while we waited for the series.
    if given := Paper.objects.filter(kind=kind, **subject).first():
        return given
    series.last += 1
    series.save(update_fields=["last"])
    return Paper.objects.create(kind=kind, year=now.year, sequence=series.last, issued_at=now, **subject)
