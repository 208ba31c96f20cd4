from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.ids import new_id


class PayoutAccount(models.Model):
    """A seller's account at Stripe. A replaced one is retired and kept, for what already went there."""

    class State(models.TextChoices):
        NEW = "new", _("Not set up yet")
        PENDING = "pending", _("Being checked by Stripe")
        ACTIVE = "active", _("Ready for payouts")
        RESTRICTED = "restricted", _("Stripe needs something from you")
        REJECTED = "rejected", _("Refused by Stripe")

    public_id = models.CharField(max_length=32, unique=True, default=new_id, editable=False)
    seller = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="payout_accounts")
    stripe_id = models.CharField(max_length=120, null=True, blank=True, unique=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.NEW)
    key_round = models.PositiveSmallIntegerField(default=1, help_text="Part of the idempotency key.")
    country = models.CharField(max_length=2, default="US")
    created_at = models.DateTimeField(default=clock.now)
    checked_at = models.DateTimeField(null=True, blank=True)
    # After a change of account nothing is sent for 72 hours.
    held_until = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("payout account")
        verbose_name_plural = _("payout accounts")
        constraints = [
            models.UniqueConstraint(fields=["seller"], name="payout_account_one", condition=Q(retired_at=None))
        ]

    def __str__(self) -> str:
        return self.stripe_id or self.public_id


class Payout(models.Model):
    """One transfer of matured earnings: reserved in the books, then sent, then settled or given back."""

    class State(models.TextChoices):
        RESERVED = "reserved", _("Being sent")
        UNKNOWN = "unknown", _("Being confirmed")
        SENT = "sent", _("Sent")
        PAID = "paid", _("Arrived at the bank")
        FAILED = "failed", _("Failed, back in your balance")
        CANCELLED = "cancelled", _("Cancelled, back in your balance")

    public_id = models.CharField(max_length=32, unique=True, default=new_id, editable=False)
    seller = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="payouts")
    account = models.ForeignKey(PayoutAccount, on_delete=models.PROTECT, related_name="payouts")
    amount = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RESERVED)
    transfer = models.CharField(max_length=120, null=True, blank=True, unique=True)
    destination_payment = models.CharField(max_length=120, blank=True)
    bank_payout = models.CharField(
        max_length=120, blank=True, db_default="", help_text="Stripe's payout to the bank that it came with."
    )
    reversed_amount = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=60, blank=True)
    key_round = models.PositiveSmallIntegerField(default=1, help_text="Part of the idempotency key.")
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    asked_at = models.DateTimeField(null=True, blank=True, help_text="Last time Stripe was asked.")
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "currency"],
                name="payout_one_in_flight",
                condition=Q(state__in=["reserved", "unknown"]),
            ),
            models.CheckConstraint(name="payout_amount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="payout_sent_has_transfer", condition=~Q(state__in=["sent", "paid"]) | Q(transfer__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["seller", "-created_at"], name="payout_newest")]

    def __str__(self) -> str:
        return self.public_id


class PayoutItem(models.Model):
    """A ledger entry of the seller that a payout covers, so that a statement can list its sales."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="items")
    entry = models.ForeignKey("Entry", on_delete=models.PROTECT, related_name="payout_items")
    released = models.BooleanField(default=False, help_text="The payout failed; the entry is free again.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry"], name="payout_item_once", condition=Q(released=False))]

    def __str__(self) -> str:
        return f"{self.payout_id}: {self.entry_id}"

    @property
    def shown(self) -> int:
        """What it adds to the payout, in minor units."""
        return -self.entry.amount


class Reversal(models.Model):
    """Money taken back from a seller's Stripe account after a payout."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")

    public_id = models.CharField(max_length=32, unique=True, default=new_id, editable=False)
    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="reversals")
    amount = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.PLANNED)
    stripe_id = models.CharField(max_length=120, null=True, blank=True, unique=True)
    key_round = models.PositiveSmallIntegerField(default=1, help_text="Part of the idempotency key.")
    because = models.CharField(max_length=120, unique=True, help_text="refund:<id> or dispute:<id>")
    created_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="reversal_amount_positive", condition=Q(amount__gt=0))]

    def __str__(self) -> str:
        return self.public_id
