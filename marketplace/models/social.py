from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common import clock
from marketplace.models.listings import Listing


class Favourite(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="favourites")
    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="favourites")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "listing"], name="favourite_unique")]

    def __str__(self) -> str:
        return f"{self.user_id} likes {self.listing_id}"


class Follow(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows")
    seller = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="followers")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "seller"], name="follow_unique")]

    def __str__(self) -> str:
        return f"{self.user_id} follows {self.seller_id}"


class Collection(models.Model):
    """Listings put together by the house (no owner) or by a person."""

    slug = models.SlugField(max_length=80, unique=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="collections"
    )
    title_en = models.CharField(_("title"), max_length=80)
    title_fr = models.CharField(_("title in French"), max_length=80, blank=True)
    words_en = models.TextField(_("description"), max_length=1000, blank=True)
    words_fr = models.TextField(_("description in French"), max_length=1000, blank=True)
    is_public = models.BooleanField(_("public"), default=True)
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    listings = models.ManyToManyField(Listing, through="CollectionItem", related_name="collections")

    class Meta:
        verbose_name = _("collection")
        verbose_name_plural = _("collections")
        ordering = ["position", "-created_at"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("collection", args=[self.slug])

    @property
    def title(self) -> str:
        return self.title_fr if self.title_fr and (get_language() or "").startswith("fr") else self.title_en

    @property
    def words(self) -> str:
        return self.words_fr if self.words_fr and (get_language() or "").startswith("fr") else self.words_en


class CollectionItem(models.Model):
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="items")
    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="collection_items")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["collection", "listing"], name="collection_item_unique")]

    def __str__(self) -> str:
        return f"{self.collection_id}: {self.listing_id}"


class ListingDay(models.Model):
    """What happened around a listing on one day, for its seller's figures; written by a task, in bulk."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    source = models.CharField(max_length=16, default="direct", help_text="direct, search, browse, seller, via, api")
    views = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["listing", "day", "source"], name="listing_day_unique"),
            models.CheckConstraint(name="listing_day_views", condition=Q(views__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.listing_id} on {self.day}"
