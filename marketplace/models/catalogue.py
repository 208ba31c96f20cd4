from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Medium(models.TextChoices):
    TEXT = "text", _("Text")
    IMAGE = "image", _("Image")
    VIDEO = "video", _("Video")
    AUDIO = "audio", _("Audio")
    CODE = "code", _("Code")


class GenerativeModel(models.Model):
    """A generative model that prompts are written for: ChatGPT, Midjourney, …"""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=60)
    maker = models.CharField(_("maker"), max_length=60, blank=True)
    medium = models.CharField(_("medium"), max_length=8, choices=Medium.choices)
    site = models.URLField(_("site"), max_length=200, blank=True)
    aliases = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    words = models.TextField(_("description"), blank=True)
    words_fr = models.TextField(_("description in French"), blank=True)

    class Meta:
        verbose_name = _("model")
        verbose_name_plural = _("models")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("model", args=[self.slug])


class ModelVersion(models.Model):
    """A dated state of a model; listings say which one they were tested with."""

    model = models.ForeignKey(GenerativeModel, on_delete=models.CASCADE, related_name="versions")
    name = models.CharField(_("name"), max_length=60)
    position = models.PositiveSmallIntegerField(default=0, help_text="Higher is newer.")

    class Meta:
        verbose_name = _("model version")
        verbose_name_plural = _("model versions")
        ordering = ["model", "-position"]
        constraints = [models.UniqueConstraint(fields=["model", "name"], name="model_version_unique")]

    def __str__(self) -> str:
        return self.name


class Category(models.Model):
    """A shelf; two levels."""

    slug = models.SlugField(max_length=60, unique=True)
    name_en = models.CharField(_("name"), max_length=60)
    name_fr = models.CharField(_("name in French"), max_length=60, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    aliases = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    words = models.TextField(_("description"), blank=True)
    words_fr = models.TextField(_("description in French"), blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("category", args=[self.slug])

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_fr if self.name_fr and (get_language() or "").startswith("fr") else self.name_en


class Tag(models.Model):
    slug = models.SlugField(max_length=40, unique=True, allow_unicode=True)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def __str__(self) -> str:
        return self.slug
