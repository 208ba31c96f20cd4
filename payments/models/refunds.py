from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.ids import new_id
from payments.models.orders import Order, OrderLine


class Claim(models.Model):
    """A buyer asks for money back under the promise: evidence, the seller's answer, a moderator's decision."""

    class State(models.TextChoices):
        OPEN = "open", _("Waiting for the seller")
        ANSWERED = "answered", _("Answered by the seller")
        GRANTED = "granted", _("Granted")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Reason(models.TextChoices):
        NOT_AS_SHOWN = "not_as_shown", _("It does not do what its examples show")
        BROKEN = "broken", _("It does not work on the named model")
        DUPLICATE = "duplicate", _("I paid twice")
        FRAUD = "fraud", _("I did not make this purchase")
        WITHDRAWAL = "withdrawal", _("I withdraw from the contract")

    public_id = models.CharField(max_length=32, unique=True, default=new_id, editable=False)
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="claims")
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="claims")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    reason = models.CharField(max_length=16, choices=Reason.choices)
    words = models.TextField(_("what happened"), max_length=4000, blank=True)
    evidence = models.TextField(_("what came out"), max_length=20_000, blank=True)
    asked_at = models.DateTimeField(default=clock.now)
    answer_due_at = models.DateTimeField()
    answer = models.TextField(_("your answer"), max_length=4000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="claims_decided"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(max_length=4000, blank=True)

    class Meta:
        verbose_name = _("refund request")
        verbose_name_plural = _("refund requests")
        constraints = [
            models.UniqueConstraint(fields=["line"], name="claim_one_open", condition=Q(state__in=["open", "answered"]))
        ]
        indexes = [models.Index(fields=["asked_at"], name="claim_queue", condition=Q(state__in=["open", "answered"]))]

    def __str__(self) -> str:
        return self.public_id


class Refund(models.Model):
    """Money going back to a buyer. Booked when it is decided; undone in the books if Stripe fails it later."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Being sent")
        UNKNOWN = "unknown", _("Being confirmed")
        PENDING = "pending", _("On its way")
        SUCCEEDED = "succeeded", _("Refunded")
        FAILED = "failed", _("Failed")

    class Cause(models.TextChoices):
        PROMISE = "promise", _("Refund promise")
        WITHDRAWAL = "withdrawal", _("Withdrawal")
        FRAUD = "fraud", _("Fraud")
        DUPLICATE = "duplicate", _("Paid twice")
        LATE = "late", _("Paid after the order had expired")
        MISMATCH = "mismatch", _("Wrong amount or currency")
        BANNED = "banned", _("No longer on sale")
        OUTSIDE = "outside", _("Made in the Stripe dashboard")

    public_id = models.CharField(max_length=32, unique=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="refunds")
    claim = models.OneToOneField(Claim, on_delete=models.PROTECT, null=True, blank=True, related_name="refund")
    # What a payment refunded that is not the order's own (a second payment, say).
    payment_intent = models.CharField(max_length=120)
    amount = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    cause = models.CharField(max_length=12, choices=Cause.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    key = models.CharField(max_length=120, unique=True, help_text="Names the reason, so that it is given once.")
    stripe_id = models.CharField(max_length=120, null=True, blank=True, unique=True)
    failure = models.CharField(max_length=60, blank=True)
    key_round = models.PositiveSmallIntegerField(default=1, help_text="Part of the idempotency key.")
    attempts = models.PositiveSmallIntegerField(default=0)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)
    asked_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [models.CheckConstraint(name="refund_amount_positive", condition=Q(amount__gt=0))]

    def __str__(self) -> str:
        return self.public_id


class RefundLine(models.Model):
    """How much of a refund belongs to which line, and what each side gives up for it."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="refund_lines")
    amount = models.PositiveIntegerField()
    tax = models.PositiveIntegerField(default=0)
    commission = models.PositiveIntegerField()
    seller_share = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["refund", "line"], name="refund_line_unique"),
            models.CheckConstraint(
                name="refund_line_adds_up",
                condition=Q(amount=models.F("tax") + models.F("commission") + models.F("seller_share")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.refund_id}: {self.line_id}"
