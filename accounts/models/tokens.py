from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.ids import new_id


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def valid(self) -> ApiTokenQuerySet:
        """Neither revoked nor run out."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=clock.now()), revoked_at=None)


class ApiToken(models.Model):
    """A bearer token of the API, kept as a digest and shown once."""

    class Scope(models.TextChoices):
        READ = "read", _("Read what the account sees, buy, review")
        LIBRARY = "library", _("Read what was bought")
        SELL = "sell", _("List and manage prompts, see sales")
        MODERATE = "moderate", _("Work on moderation cases")

    public_id = models.CharField(max_length=32, unique=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=60)
    hint = models.CharField(max_length=16, help_text="The first characters, to recognise it by.")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token, hexadecimal.")
    scopes = ArrayField(models.CharField(max_length=12, choices=Scope.choices), verbose_name=_("scopes"))
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"
