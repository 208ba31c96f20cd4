from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Account(models.Model):
    """One account of the books, in one currency. Debits are positive, credits negative.

    What we own (money at Stripe, fees paid) stands positive; what we owe (sellers, tax) and have earned
    (commission) stands negative. The sum over everything is zero.
    """

    class Kind(models.TextChoices):
        STRIPE = "stripe", _("Money at Stripe")
        SELLER = "seller", _("Owed to a seller")
        IN_TRANSIT = "in_transit", _("On its way to a seller")
        COMMISSION = "commission", _("Commission earned")
        STRIPE_FEES = "stripe_fees", _("Fees paid to Stripe")
        DISPUTE_FEES = "dispute_fees", _("Dispute fees paid to Stripe")
        DISPUTED = "disputed", _("Withheld by disputes")
        TAX = "tax", _("Tax to hand on")
        UNALLOCATED = "unallocated", _("Received, to be given back")
        LOSSES = "losses", _("Borne by the house")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_accounts"
    )
    currency = models.CharField(max_length=3)

    class Meta:
        verbose_name = _("ledger account")
        verbose_name_plural = _("ledger accounts")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "user", "currency"], name="ledger_account_unique", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="ledger_account_has_user",
                condition=Q(kind__in=["seller", "in_transit"], user__isnull=False)
                | ~Q(kind__in=["seller", "in_transit"]) & Q(user=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.user_id or ''} {self.currency}"


class Transaction(models.Model):
    """A fact about money: entries that sum to zero in each currency. Never changed, only reversed by another."""

    kind = models.CharField(max_length=24, help_text="sale, refund, dispute_opened, payout_reserved, …")
    key = models.CharField(max_length=120, unique=True, help_text="Names the fact, so that it is booked once.")
    order = models.ForeignKey("Order", on_delete=models.PROTECT, null=True, blank=True, related_name="transactions")
    payout = models.ForeignKey("Payout", on_delete=models.PROTECT, null=True, blank=True, related_name="transactions")
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("ledger transaction")
        verbose_name_plural = _("ledger transactions")
        indexes = [models.Index(fields=["created_at"], name="ledger_transaction_age")]

    def __str__(self) -> str:
        return self.key


class Entry(models.Model):
    """One leg of a transaction, in minor units: debit positive, credit negative."""

    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="entries")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="entries")
    amount = models.BigIntegerField()
    line = models.ForeignKey("OrderLine", on_delete=models.PROTECT, null=True, blank=True, related_name="entries")
    # Seller entries only: from when on it counts as available. Null counts at once.
    matures_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [models.CheckConstraint(name="ledger_entry_not_zero", condition=~Q(amount=0))]
        indexes = [models.Index(fields=["account", "id"], include=["amount", "matures_at"], name="ledger_by_account")]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.amount}"
