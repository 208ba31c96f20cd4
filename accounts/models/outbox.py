from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock


class OutboxEntry(models.Model):
    """Work promised inside a transaction. The queue only hurries it; this row is what guarantees it."""

    handler = models.CharField(max_length=80, help_text="Registered name, as payments.deliver_receipt")
    arguments = models.JSONField(default=dict, help_text="Ids and other primitives, never words of a person.")
    # Entries with the same key are one promise.
    key = models.CharField(max_length=120, null=True, blank=True, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(default=clock.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True, help_text="Class of the last error, without its words.")
    done_at = models.DateTimeField(null=True, blank=True)
    parked_at = models.DateTimeField(null=True, blank=True, help_text="Given up; a person has to look.")

    class Meta:
        verbose_name = _("promised work")
        verbose_name_plural = _("promised work")
        indexes = [
            models.Index(fields=["due_at"], name="outbox_waiting", condition=Q(done_at=None, parked_at=None)),
            models.Index(fields=["done_at"], name="outbox_done", condition=Q(done_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.handler} {self.pk}"
