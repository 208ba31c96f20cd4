from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock
from payments.models.orders import Order
from payments.models.payouts import Payout
from payments.models.refunds import Refund

LETTERS = {"receipt": "R", "credit_note": "C", "statement": "S"}


class Paper(models.Model):
    """A number given to a receipt, a credit note or a statement: one after the other within its year, without gaps."""

    class Kind(models.TextChoices):
        RECEIPT = "receipt", _("Receipt")
        CREDIT_NOTE = "credit_note", _("Credit note")
        STATEMENT = "statement", _("Statement")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    order = models.OneToOneField(Order, on_delete=models.PROTECT, null=True, blank=True, related_name="paper")
    refund = models.OneToOneField(Refund, on_delete=models.PROTECT, null=True, blank=True, related_name="paper")
    payout = models.OneToOneField(Payout, on_delete=models.PROTECT, null=True, blank=True, related_name="paper")
    issued_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        constraints = [
            models.UniqueConstraint(fields=["kind", "year", "sequence"], name="paper_number_once"),
            models.CheckConstraint(
                name="paper_has_its_subject",
                condition=Q(kind="receipt", order__isnull=False, refund=None, payout=None)
                | Q(kind="credit_note", order=None, refund__isnull=False, payout=None)
                | Q(kind="statement", order=None, refund=None, payout__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"{LETTERS[self.kind]}{self.year}-{self.sequence:06}"


class PaperSeries(models.Model):
    """How far the numbers of one kind have come in a year; its row is the lock of whoever takes the next."""

    kind = models.CharField(max_length=12, choices=Paper.Kind.choices)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "year"], name="paper_series_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.last}"
