from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from payments.models.orders import Order


class Dispute(models.Model):
    """A payment contested at the buyer's bank, as Stripe last told us."""

    stripe_id = models.CharField(max_length=120, unique=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="disputes")
    payment_intent = models.CharField(
        max_length=120,
        blank=True,
        db_default="",
        help_text="The contested payment; not the order's own when it was to be given back.",
    )
    status = models.CharField(max_length=32, help_text="Stripe's own word.")
    reason = models.CharField(max_length=60, blank=True)
    amount = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    fee = models.PositiveIntegerField(default=0)
    # What has been booked so far; each moves once, forward only.
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    reinstated_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True, help_text="Won, lost or closed.")
    evidence_sent_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")

    def __str__(self) -> str:
        return self.stripe_id
