from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.ids import new_id
from marketplace.models.library import Entitlement
from marketplace.models.listings import Listing


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible(self) -> ReviewQuerySet:
        return self.filter(hidden_at=None)

    def counting(self) -> ReviewQuerySet:
        """Reviews that move a rating: visible, by someone who still holds what was paid for."""
        return self.visible().filter(entitlement__revoked_at=None, author__suspended_at=None)


class Review(models.Model):
    """What somebody who bought a prompt says of it; one for each purchase."""

    public_id = models.CharField(max_length=32, unique=True, default=new_id, editable=False)
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="reviews")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews")
    entitlement = models.OneToOneField(Entitlement, on_delete=models.PROTECT, related_name="review")
    rating = models.PositiveSmallIntegerField(_("stars"))
    text = models.TextField(_("your review"), max_length=4000, blank=True)
    output = models.TextField(_("what came out"), max_length=8000, blank=True)
    version_number = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    reply = models.TextField(_("reply"), max_length=4000, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            models.CheckConstraint(name="review_rating_in_range", condition=Q(rating__gte=1, rating__lte=5)),
            models.UniqueConstraint(fields=["listing", "author"], name="review_one_each"),
        ]
        indexes = [models.Index(fields=["listing", "-created_at", "-id"], name="review_newest")]

    def __str__(self) -> str:
        return f"{self.rating} stars for {self.listing_id}"
