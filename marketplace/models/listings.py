from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from common.ids import new_id
from marketplace.models.catalogue import Category, GenerativeModel, Medium, ModelVersion, Tag

HIGHEST_PRICE = 10_000_00


class ListingQuerySet(models.QuerySet["Listing"]):
    def live(self) -> ListingQuerySet:
        """What the public may see and buy."""
        return self.filter(status=Listing.Status.LIVE, seller__suspended_at=None)

    def for_cards(self) -> ListingQuerySet:
        """Load what a listing card shows, in one query."""
        return self.select_related("seller__seller_profile", "model")


class Listing(models.Model):
    """What is for sale. Its words are those of the approved revision (of the first draft until there is one)."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_REVIEW = "in_review", _("In review")
        LIVE = "live", _("Live")
        REJECTED = "rejected", _("Needs changes")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        SUSPENDED = "suspended", _("Suspended")

    public_id = models.CharField(max_length=32, unique=True, default=new_id, editable=False)
    slug = models.SlugField(max_length=90, unique=True)
    seller = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="listings")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)

    title = models.CharField(_("title"), max_length=120)
    summary = models.CharField(_("summary"), max_length=200, blank=True)
    description = models.TextField(_("description"), blank=True, max_length=20_000)
    model = models.ForeignKey(GenerativeModel, on_delete=models.PROTECT, related_name="listings", null=True)
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    tested_on = models.DateField(_("tested on"), null=True, blank=True)
    medium = models.CharField(max_length=8, choices=Medium.choices, default=Medium.TEXT)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="listings", null=True)
    tags = models.ManyToManyField(Tag, related_name="listings", blank=True)
    language = models.CharField(_("language of the prompt"), max_length=8, default="en")
    price = models.PositiveIntegerField(_("price"), default=0, help_text="Minor units; 0 is free.")
    currency = models.CharField(max_length=3, default="usd")

    # The state on sale, and the one being edited or reviewed (the same row until an edit begins).
    approved = models.ForeignKey("Revision", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    working = models.ForeignKey("Revision", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # What a card shows, formatted when the revision was approved: {"picture": {...}|null, "excerpt": str}.
    card = models.JSONField(default=dict, blank=True)

    # Kept by a task that recounts, never on the way of a sale.
    sales_count = models.PositiveIntegerField(default=0)
    rating_count = models.PositiveIntegerField(default=0)
    rating_average = models.FloatField(default=0)
    rating_bayesian = models.FloatField(default=0)
    favourites_count = models.PositiveIntegerField(default=0)
    trending = models.FloatField(default=0)
    quality = models.FloatField(default=0)

    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now, help_text="Last change of what the public sees.")
    published_at = models.DateTimeField(null=True, blank=True, help_text="First time live.")

    objects = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = _("listing")
        verbose_name_plural = _("listings")
        constraints = [
            models.CheckConstraint(
                name="listing_price_free_or_minimum",
                condition=Q(price=0) | Q(price__gte=300, price__lte=HIGHEST_PRICE),
            ),
            models.CheckConstraint(
                name="listing_live_is_complete",
                condition=~Q(status="live")
                | Q(published_at__isnull=False, approved__isnull=False, model__isnull=False, category__isnull=False),
            ),
        ]
        indexes = [
            models.Index(F("published_at").desc(), F("id").desc(), name="listing_newest", condition=Q(status="live")),
            models.Index(F("trending").desc(), F("id").desc(), name="listing_trending", condition=Q(status="live")),
            models.Index(
                F("rating_bayesian").desc(), F("id").desc(), name="listing_top_rated", condition=Q(status="live")
            ),
            models.Index(
                F("sales_count").desc(), F("id").desc(), name="listing_best_selling", condition=Q(status="live")
            ),
            models.Index(fields=["price", "id"], name="listing_price", condition=Q(status="live")),
            models.Index(fields=["model", "-trending", "-id"], name="listing_by_model", condition=Q(status="live")),
            models.Index(
                fields=["category", "-trending", "-id"], name="listing_by_category", condition=Q(status="live")
            ),
            models.Index(fields=["seller", "-created_at"], name="listing_by_seller"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("listing", args=[self.slug])

    @property
    def is_live(self) -> bool:
        return self.status == self.Status.LIVE


class Version(models.Model):
    """An immutable state of a prompt. Its words are in PromptText; what is here may be shown to all."""

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    # [{"name", "label", "help", "default", "choices": [..], "long": bool}, …] in the order of the template
    variables = models.JSONField(default=list)
    characters = models.PositiveIntegerField(default=0)
    words = models.PositiveIntegerField(default=0)
    has_negative = models.BooleanField(default=False)
    has_parameters = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["listing", "number"], name="version_number_unique")]

    def __str__(self) -> str:
        return f"{self.listing} v{self.number}"


class PromptText(models.Model):
    """The secret words of a version, encrypted. Only marketplace.library reads this table."""

    version = models.OneToOneField(Version, on_delete=models.PROTECT, primary_key=True, related_name="text")
    ciphertext = models.BinaryField(help_text="JSON of template, negative, parameters, instructions; AES-256-GCM.")
    # Keyed (HMAC), so that equal prompts are found without the words being guessable from the digest.
    fingerprint = models.CharField(max_length=64, db_index=True)
    # Keyed digest of the exact words, so that an approval binds to nothing less.
    seal = models.CharField(max_length=64, blank=True)
    # Keyed shingle hashes, for near-duplicates; bands are hashes of runs of them, and find the candidates.
    sketch = models.BinaryField(default=bytes, help_text="64 unsigned numbers of 32 bits.")
    bands = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        verbose_name = _("prompt text")
        indexes = [GinIndex(fields=["bands"], name="prompt_text_bands")]

    def __str__(self) -> str:
        return f"text of version {self.version_id}"


class Revision(models.Model):
    """One state of everything a listing shows, with the version of the prompt it sells; what a moderator approves."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("In review")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Needs changes")

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    title = models.CharField(_("title"), max_length=120)
    summary = models.CharField(_("summary"), max_length=200, blank=True)
    description = models.TextField(_("description"), blank=True, max_length=20_000)
    model = models.ForeignKey(GenerativeModel, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    tested_on = models.DateField(_("tested on"), null=True, blank=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    language = models.CharField(_("language of the prompt"), max_length=8, default="en")
    price = models.PositiveIntegerField(_("price"), default=0)
    # [{"inputs": {name: value}, "output": str}]: text examples
    examples = models.JSONField(default=list, blank=True)
    # [{"id": ExampleImage.public_id, "alt": str, "inputs": {name: value}}] in the order shown
    pictures = models.JSONField(default=list, blank=True)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, null=True, blank=True, related_name="revisions")
    # SHA-256 of all of the above with the prompt's fingerprint; set when submitted, approval names it.
    digest = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["listing", "number"], name="revision_number_unique"),
            models.CheckConstraint(
                name="revision_price_free_or_minimum",
                condition=Q(price=0) | Q(price__gte=300, price__lte=HIGHEST_PRICE),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.listing} r{self.number}"


class ExampleImage(models.Model):
    """A picture a prompt made. Re-encoded on arrival; renditions are made by a task."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Being prepared")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Could not be prepared")

    public_id = models.CharField(max_length=32, unique=True, default=new_id, editable=False)
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="images")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    original = models.CharField(max_length=200, help_text="Name in the private part of the media store.")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField(default=0, help_text="Bytes")
    tone = models.CharField(max_length=7, blank=True, help_text="Dominant colour, #rrggbb")
    # How the picture looks in 64 bits (signed), to find it again when somebody else shows it.
    likeness = models.BigIntegerField(null=True, blank=True, db_index=True)
    # [{"width", "height", "format": "webp"|"avif", "name"}] smallest first
    renditions = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("example image")
        verbose_name_plural = _("example images")

    def __str__(self) -> str:
        return self.public_id
