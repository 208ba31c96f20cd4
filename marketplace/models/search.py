from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Case, F, Q, Value, When
from pgvector.django import HalfVectorField, HnswIndex

from common import clock
from marketplace.models.listings import Listing

DIMENSIONS = 384
# Of each tier of standing but the last. The index of words is made of one index for each, so that what stands best is
# found without looking at the rest (marketplace/search/candidates.py).
TIERS = (0.56, 0.5, 0.46, 0.42)
_TIER = Case(
    *(When(standing__gte=least, then=Value(number)) for number, least in enumerate(TIERS)), default=Value(len(TIERS))
)


class SearchDocument(models.Model):
    """The public words of a live listing as search reads them: stems, words as written, and marks to narrow by."""

    listing = models.OneToOneField(Listing, on_delete=models.CASCADE, primary_key=True, related_name="document")
    # Which words these are; when it differs from the listing's, the document is stale.
    revision_id = models.BigIntegerField()
    vector = SearchVectorField()
    # What narrows (marketplace/search/marks.py): marks in the vector, the same packed, and what marks say too roughly.
    facts = models.BigIntegerField(default=0)
    price = models.PositiveIntegerField(default=0)
    rating = models.FloatField(default=0)
    changed_at = models.DateTimeField(default=clock.now)
    # What ranks beside the words, 0 to 1 (marketplace/search/standing.py); its step is a mark in the vector, too.
    standing = models.FloatField(default=0)
    tier = models.GeneratedField(expression=_TIER, output_field=models.SmallIntegerField(), db_persist=True)
    title_words = models.PositiveSmallIntegerField(default=1)
    language = models.CharField(max_length=2, default="en", help_text="Of the public words.")
    made_by = models.PositiveSmallIntegerField(default=0, help_text="Version of the code that made it.")

    class Meta:
        indexes = [
            *(
                GinIndex(fields=["vector"], name=f"search_words_{number}", fastupdate=False, condition=Q(tier=number))
                for number in range(len(TIERS) + 1)
            ),
            models.Index(F("standing").desc(), F("listing_id").desc(), name="search_standing"),
        ]

    def __str__(self) -> str:
        return f"document of listing {self.listing_id}"


class SearchMeaning(models.Model):
    """Where the public words of a live listing point in the space of meaning."""

    listing = models.OneToOneField(Listing, on_delete=models.CASCADE, primary_key=True, related_name="meaning")
    digest = models.CharField(max_length=32, help_text="Of the text that was encoded.")
    embedding = HalfVectorField(dimensions=DIMENSIONS)

    class Meta:
        indexes = [
            HnswIndex(
                name="search_meaning",
                fields=["embedding"],
                m=16,
                ef_construction=64,
                opclasses=["halfvec_ip_ops"],
            )
        ]

    def __str__(self) -> str:
        return f"meaning of listing {self.listing_id}"


class SearchWord(models.Model):
    """A word of the public texts and in how many of them it stands; kept by a task for spelling and completion."""

    word = models.CharField(max_length=60, primary_key=True)
    documents = models.PositiveIntegerField()
    titles = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.word


class SearchState(models.Model):
    """One row: how far the vocabulary is."""

    version = models.PositiveIntegerField(default=0)
    documents = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"vocabulary {self.version}"


class SearchDemand(models.Model):
    """How often something was looked for on a day, without who asked."""

    day = models.DateField()
    words = models.CharField(max_length=80)
    searches = models.PositiveIntegerField(default=0)
    results = models.PositiveIntegerField(default=0, help_text="That hold all the words.")
    clicks = models.PositiveIntegerField(default=0)
    positions = models.PositiveIntegerField(default=0, help_text="Sum of the positions that were clicked.")
    askers = models.PositiveIntegerField(default=0, help_text="Different people within the last 30 days, nearly.")

    class Meta:
        verbose_name = "search"
        verbose_name_plural = "searches"
        constraints = [models.UniqueConstraint(fields=["day", "words"], name="search_demand_unique")]
        indexes = [models.Index(fields=["words", "day"], name="search_demand_words")]

    def __str__(self) -> str:
        return f"{self.words} on {self.day}"
