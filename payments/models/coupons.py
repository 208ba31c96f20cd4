from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from common import clock
from marketplace.models import Listing


class Coupon(models.Model):
    """A seller's own code: percent or amount off that seller's listings."""

    seller = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="coupons")
    code = models.CharField(_("code"), max_length=24)
    percent_bps = models.PositiveIntegerField(_("percent off"), null=True, blank=True, help_text="Basis points")
    amount = models.PositiveIntegerField(_("amount off"), null=True, blank=True, help_text="Minor units per listing")
    listings = models.ManyToManyField(Listing, blank=True, related_name="coupons", help_text="Empty: all")
    starts_at = models.DateTimeField(_("from"), default=clock.now)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    limit = models.PositiveIntegerField(_("how often in all"), null=True, blank=True)
    limit_per_buyer = models.PositiveIntegerField(_("how often for one buyer"), default=1)
    used = models.PositiveIntegerField(default=0)
    stopped_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("coupon")
        verbose_name_plural = _("coupons")
        constraints = [
            models.UniqueConstraint(Upper("code"), name="coupon_code_unique"),
            models.CheckConstraint(name="coupon_percent_or_amount", condition=Q(percent_bps=None) ^ Q(amount=None)),
            models.CheckConstraint(
                name="coupon_percent_in_range",
                condition=Q(percent_bps=None) | Q(percent_bps__gt=0, percent_bps__lte=9000),
            ),
            models.CheckConstraint(name="coupon_within_limit", condition=Q(limit=None) | Q(used__lte=F("limit"))),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def percent(self) -> int:
        return (self.percent_bps or 0) // 100


class Redemption(models.Model):
    """One use of a coupon, reserved with the order and freed when the order expires unpaid."""

    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="redemptions")
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    order = models.OneToOneField("Order", on_delete=models.PROTECT, related_name="redemption")
    created_at = models.DateTimeField(default=clock.now)
    freed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.coupon_id} in {self.order_id}"


class Sale(models.Model):
    """A price for a while on one listing, set by its seller."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="sale_prices")
    price = models.PositiveIntegerField(_("sale price"))
    starts_at = models.DateTimeField(_("from"), default=clock.now)
    ends_at = models.DateTimeField(_("until"))
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="sale_price_minimum", condition=Q(price__gte=300)),
            models.CheckConstraint(name="sale_window", condition=Q(ends_at__gt=F("starts_at"))),
        ]

    def __str__(self) -> str:
        return f"{self.listing_id} at {self.price}"
