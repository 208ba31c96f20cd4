from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock


class StripeEvent(models.Model):
    """The inbox: each event of Stripe's once, as a hint to look at the object it names."""

    class State(models.TextChoices):
        NEW = "new", _("Waiting")
        DONE = "done", _("Handled")
        IGNORED = "ignored", _("Not for us")
        PARKED = "parked", _("Needs a person")

    stripe_id = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=120)
    object_id = models.CharField(max_length=120, blank=True)
    account = models.CharField(max_length=120, blank=True, help_text="Connected account it came from.")
    # Ids the handler needs besides the object's: {"payment_intent": …, "order": …}
    data = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.NEW)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField(default=clock.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    handled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Stripe event")
        verbose_name_plural = _("Stripe events")
        indexes = [models.Index(fields=["received_at"], name="stripe_event_waiting", condition=Q(state="new"))]

    def __str__(self) -> str:
        return f"{self.kind} {self.stripe_id}"
