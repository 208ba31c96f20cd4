from __future__ import annotations

from functools import partial

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from common.ids import new_id


class Webhook(models.Model):
    """Where an account wants to be told of events by a message to a program of its own."""

    class Event(models.TextChoices):
        LISTING_APPROVED = "listing.approved", _("A listing of mine was approved")
        LISTING_REJECTED = "listing.rejected", _("A listing of mine needs changes")
        SALE_COMPLETED = "sale.completed", _("Something of mine was sold")
        REFUND_COMPLETED = "refund.completed", _("A sale of mine was refunded")
        PAYOUT_PAID = "payout.paid", _("A payout was sent to me")
        REVIEW_POSTED = "review.posted", _("Somebody reviewed a listing of mine")

    class Stop(models.TextChoices):
        OWNER = "owner", _("Switched off by you")
        FAILING = "failing", _("Switched off after repeated failure")
        GONE = "gone", _("The receiver says it is gone for good")

    public_id = models.CharField(max_length=32, unique=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="webhooks")
    url = models.CharField(_("address"), max_length=500)
    description = models.CharField(_("description"), max_length=120, blank=True)
    events = ArrayField(models.CharField(max_length=24, choices=Event.choices), verbose_name=_("events"))
    # Newest first, each encrypted, hexadecimal; the one before signs as well for a day after a change.
    secrets = models.JSONField(default=list)
    secret_changed_at = models.DateTimeField(default=clock.now)
    created_at = models.DateTimeField(default=clock.now)
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_because = models.CharField(max_length=8, choices=Stop.choices, blank=True)
    failures = models.PositiveIntegerField(default=0, help_text="Attempts that failed in a row.")
    failing_since = models.DateTimeField(null=True, blank=True)
    succeeded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.public_id


class WebhookDelivery(models.Model):
    """One message to one webhook, with how it went."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Being sent")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Given up")

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_id, "msg"), editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=24)
    # What the event is about, named once: the same fact is never told twice.
    key = models.CharField(max_length=80)
    payload = models.JSONField(help_text="The message as sent. Never words of a prompt, nothing of a buyer.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    # [{"at", "status": 503|null, "error": "timeout"|"", "milliseconds"}], the last twenty
    log = models.JSONField(default=list)
    created_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("webhook message")
        verbose_name_plural = _("webhook messages")
        constraints = [models.UniqueConstraint(fields=["webhook", "key"], name="webhook_told_once")]
        indexes = [
            models.Index(fields=["webhook", "-created_at", "-id"], name="webhook_delivery_newest"),
            models.Index(fields=["created_at"], name="webhook_delivery_age"),
        ]

    def __str__(self) -> str:
        return self.public_id
