from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from common.ids import new_id
from marketplace.models.listings import Listing, Version


class EntitlementQuerySet(models.QuerySet["Entitlement"]):
    def active(self) -> EntitlementQuerySet:
        return self.filter(revoked_at=None)


class Entitlement(models.Model):
    """The right to read a prompt: granted once per paid line, revoked by a refund or a lost dispute."""

    class Cause(models.TextChoices):
        REFUND = "refund", _("Refunded")
        DISPUTE = "dispute", _("Payment disputed")
        FRAUD = "fraud", _("Fraud")

    public_id = models.CharField(max_length=32, unique=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="entitlements")
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="entitlements")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+", help_text="As bought.")
    # Whatever granted it, named once: "line:123".
    key = models.CharField(max_length=64, unique=True)
    is_paid = models.BooleanField(default=True, help_text="False: the listing was free.")
    # False: the seller's own purchase, a ring, anything else that must not move a rank.
    counts = models.BooleanField(default=True)
    granted_at = models.DateTimeField(default=clock.now)
    seen_version = models.PositiveIntegerField(default=0, help_text="Newest version number the owner has opened.")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_because = models.CharField(max_length=8, choices=Cause.choices, blank=True)
    note = models.TextField(_("my notes"), blank=True, max_length=10_000)

    objects = EntitlementQuerySet.as_manager()

    class Meta:
        verbose_name = _("entitlement")
        verbose_name_plural = _("entitlements")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "listing"], name="entitlement_one_active", condition=Q(revoked_at=None)
            ),
            models.CheckConstraint(
                name="entitlement_revoked_has_cause",
                condition=Q(revoked_at=None, revoked_because="") | Q(revoked_at__isnull=False) & ~Q(revoked_because=""),
            ),
        ]
        indexes = [models.Index(fields=["owner", "-granted_at", "-id"], name="entitlement_newest")]

    def __str__(self) -> str:
        return f"{self.owner_id} may read {self.listing_id}"

    def get_absolute_url(self) -> str:
        return reverse("library-item", args=[self.public_id])


class Preset(models.Model):
    """Values of the variables that an owner keeps for one prompt."""

    entitlement = models.ForeignKey(Entitlement, on_delete=models.CASCADE, related_name="presets")
    name = models.CharField(_("name"), max_length=60)
    values = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entitlement", "name"], name="preset_name_unique")]

    def __str__(self) -> str:
        return self.name
