from __future__ import annotations

from django.conf import settings
from django.db import models

from common import clock


class IdempotentCall(models.Model):
    """The first answer to a mutating API call that carried an Idempotency-Key, to be given again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of method, path and body.")
    status = models.PositiveSmallIntegerField(null=True, help_text="Null while the first call is running.")
    body = models.JSONField(null=True)
    headers = models.JSONField(default=dict)
    leased_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotent_call_unique")]
        indexes = [models.Index(fields=["created_at"], name="idempotent_call_age")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.key}"
