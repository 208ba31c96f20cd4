from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock


class Consent(models.Model):
    """Words somebody agreed to: the exact wording, its version, when, and for which order or listing."""

    class Kind(models.TextChoices):
        TERMS = "terms", _("Terms of use")
        IMMEDIATE_DELIVERY = "immediate_delivery", _("Delivery at once")
        WITHDRAWAL_LOST = "withdrawal_lost", _("Right of withdrawal given up")
        RIGHT_TO_SELL = "right_to_sell", _("Right to sell")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=24, choices=Kind.choices)
    version = models.CharField(max_length=20)
    language = models.CharField(max_length=8)
    wording = models.TextField()
    subject = models.CharField(max_length=64, blank=True, help_text="order:<number> or listing:<slug>@<revision>")
    given_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes = [models.Index(fields=["subject"], name="consent_subject")]

    def __str__(self) -> str:
        return f"{self.kind} {self.version} {self.subject}"
