from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from common import clock
from marketplace.models import Listing


class CartItem(models.Model):
    """A listing put aside to buy; a visitor's cart hangs on a random key in the session until sign-in."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="cart_items"
    )
    visitor = models.CharField(max_length=32, blank=True)
    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="+")
    via = models.CharField(max_length=30, blank=True, help_text="Handle of the seller whose link brought the buyer.")
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "listing"], name="cart_user_once", condition=Q(user__isnull=False)),
            models.UniqueConstraint(fields=["visitor", "listing"], name="cart_visitor_once", condition=Q(user=None)),
            models.CheckConstraint(name="cart_has_one_owner", condition=Q(user=None) ^ Q(visitor="")),
        ]

    def __str__(self) -> str:
        return f"{self.listing_id} in a cart"
