from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from common.ids import new_order_number
from marketplace.models import Entitlement, Listing, Version

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Order(models.Model):
    """One purchase. Amounts are minor units of its currency and never change after it was placed."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting for payment")
        PAID = "paid", _("Paid, being prepared")
        FULFILLED = "fulfilled", _("Delivered")
        EXPIRED = "expired", _("Expired")
        HELD = "held", _("Held for a check")

    number = models.CharField(max_length=16, unique=True, default=new_order_number, editable=False)
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="orders")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    currency = models.CharField(max_length=3, default="usd")
    subtotal = models.PositiveIntegerField(help_text="Sum of line prices after discounts.")
    tax = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField()
    refunded = models.PositiveIntegerField(default=0, help_text="Sum of effective refunds.")
    coupon = models.ForeignKey("Coupon", on_delete=models.PROTECT, null=True, blank=True, related_name="orders")

    email = models.EmailField(help_text="Where the receipt goes; emptied on erasure.", blank=True)
    language = models.CharField(max_length=8, default="en")
    billing = models.JSONField(default=dict, blank=True, help_text="Name, address and tax id on the receipt.")
    # Set when both consents were given at checkout; without them the right of withdrawal lives on.
    withdrawal_waived_at = models.DateTimeField(null=True, blank=True)

    attempt = models.PositiveSmallIntegerField(default=1, help_text="Part of the idempotency key of the session.")
    session_id = models.CharField(max_length=120, null=True, blank=True, unique=True)
    checkout_url = models.TextField(blank=True)
    payment_intent = models.CharField(max_length=120, null=True, blank=True, unique=True)
    charge = models.CharField(max_length=120, null=True, blank=True, unique=True)
    card_fingerprint = models.CharField(max_length=64, blank=True)
    stripe_fee = models.PositiveIntegerField(null=True, blank=True, help_text="Set once when the fee is booked.")

    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    fulfilled_at = models.DateTimeField(null=True, blank=True)
    expired_at = models.DateTimeField(null=True, blank=True)
    disputed_at = models.DateTimeField(null=True, blank=True, help_text="While a dispute is open or was lost.")
    hold_reason = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            models.CheckConstraint(name="order_total_adds_up", condition=Q(total=F("subtotal") + F("tax"))),
            models.CheckConstraint(name="order_refunded_within_total", condition=Q(refunded__lte=F("total"))),
            models.CheckConstraint(
                name="order_fulfilled_has_times",
                condition=~Q(status="fulfilled") | Q(paid_at__isnull=False, fulfilled_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["buyer", "-created_at", "-id"], name="order_newest"),
            models.Index(fields=["expires_at"], name="order_waiting", condition=Q(status="pending")),
            models.Index(fields=["paid_at"], name="order_paid_not_done", condition=Q(status="paid")),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("order", args=[self.number])

    @property
    def state(self) -> str:
        """The state as the outside knows it (docs: interfaces)."""
        if self.disputed_at:
            return "disputed"
        if self.refunded and self.refunded == self.total:
            return "refunded"
        if self.refunded:
            return "partially_refunded"
        return "paid" if self.status == self.Status.HELD else str(self.status)

    @property
    def state_label(self) -> StrOrPromise:
        return STATE_LABELS[self.state]


class OrderLine(models.Model):
    """One listing in an order, with everything that decides who gets what, frozen."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    seller = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sales")
    title = models.CharField(max_length=120)
    list_price = models.PositiveIntegerField(help_text="Before discounts.")
    price = models.PositiveIntegerField(help_text="What the buyer pays for it, without tax added on top.")
    tax = models.PositiveIntegerField(default=0)
    commission_bps = models.PositiveIntegerField()
    commission = models.PositiveIntegerField()
    seller_share = models.PositiveIntegerField()
    via = models.CharField(max_length=30, blank=True)
    refunded = models.PositiveIntegerField(default=0, help_text="Price and tax given back so far.")
    entitlement = models.OneToOneField(
        Entitlement, on_delete=models.PROTECT, null=True, blank=True, related_name="order_line"
    )

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            models.UniqueConstraint(fields=["order", "listing"], name="line_listing_once"),
            models.CheckConstraint(name="line_shares_add_up", condition=Q(price=F("commission") + F("seller_share"))),
            models.CheckConstraint(name="line_price_free_or_minimum", condition=Q(price=0) | Q(price__gte=300)),
            models.CheckConstraint(name="line_price_not_above_list", condition=Q(price__lte=F("list_price"))),
            models.CheckConstraint(name="line_refunded_within_price", condition=Q(refunded__lte=F("price") + F("tax"))),
            models.CheckConstraint(
                name="line_rate_in_range", condition=Q(commission_bps__gte=0, commission_bps__lte=10_000)
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-id"], name="line_by_seller"),
            models.Index(fields=["listing", "-id"], name="line_by_listing"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.title}"


STATE_LABELS = {
    "pending": _("Waiting for payment"),
    "paid": _("Paid, being prepared"),
    "fulfilled": _("Delivered"),
    "expired": _("Expired"),
    "refunded": _("Refunded"),
    "partially_refunded": _("Refunded in part"),
    "disputed": _("Payment disputed"),
}


class BillingDetails(models.Model):
    """What a buyer wants on receipts."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="billing_details")
    name = models.CharField(_("name or company"), max_length=120, blank=True)
    address = models.TextField(_("address"), max_length=400, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    tax_id = models.CharField(_("tax number"), max_length=40, blank=True)

    def __str__(self) -> str:
        return self.name
