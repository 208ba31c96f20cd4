from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import clock


class Alert(models.Model):
    """Something a person has to look at; one open alert for each key."""

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    message = models.TextField()
    data = models.JSONField(default=dict)
    raised_at = models.DateTimeField(default=clock.now)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints = [models.UniqueConstraint(fields=["key"], name="alert_one_open", condition=Q(resolved_at=None))]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Switch(models.Model):
    """A switch of the house, such as "payouts": off while the books do not balance."""

    name = models.CharField(max_length=20, primary_key=True)
    is_on = models.BooleanField(default=True)
    reason = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.name


class ManualEntry(models.Model):
    """A correction of the books by hand: one person proposes it, another approves it."""

    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=300)
    # [{"account": id, "amount": minor units}], summing to zero
    legs = models.JSONField()
    proposed_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    refused = models.BooleanField(default=False)
    transaction = models.OneToOneField(
        "Transaction", on_delete=models.PROTECT, null=True, blank=True, related_name="manual_entry"
    )

    class Meta:
        verbose_name = _("manual entry")
        verbose_name_plural = _("manual entries")
        constraints = [
            models.CheckConstraint(
                name="manual_entry_second_person",
                condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by")),
            )
        ]

    def __str__(self) -> str:
        return self.reason


class LargePayout(models.Model):
    """Leave for one payout above the limit: one person asks for it, another gives it; used once."""

    seller = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="large_payouts")
    amount = models.PositiveIntegerField(_("up to"))
    currency = models.CharField(max_length=3)
    reason = models.CharField(_("reason"), max_length=300)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    refused = models.BooleanField(default=False)
    payout = models.OneToOneField(
        "Payout", on_delete=models.PROTECT, null=True, blank=True, related_name="large_payout"
    )

    class Meta:
        verbose_name = _("large payout")
        verbose_name_plural = _("large payouts")
        constraints = [
            models.CheckConstraint(
                name="large_payout_second_person",
                condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="large_payout_not_to_oneself",
                condition=~Q(seller=F("proposed_by")) & (Q(approved_by=None) | ~Q(seller=F("approved_by"))),
            ),
            models.CheckConstraint(
                name="large_payout_used_when_approved", condition=Q(payout=None) | Q(approved_by__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.reason
