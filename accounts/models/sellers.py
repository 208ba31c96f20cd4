from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock

HANDLE = RegexValidator(
    r"^[a-z0-9](?:[a-z0-9-]{1,28}[a-z0-9])\Z",
    _("Use 3 to 30 letters (a to z), digits and hyphens, beginning and ending with a letter or digit."),
)


class SellerProfile(models.Model):
    """How a seller appears to everybody else."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="seller_profile", verbose_name=_("account")
    )
    handle = models.CharField(_("handle"), max_length=30, validators=[HANDLE])
    name = models.CharField(_("name"), max_length=60)
    bio = models.TextField(_("about you"), max_length=600, blank=True)
    website = models.URLField(_("web site"), max_length=200, blank=True)
    country = models.CharField(_("country"), max_length=2, default="US", help_text="ISO 3166-1 alpha-2")
    picture = models.ImageField(_("picture"), upload_to="sellers/", blank=True, max_length=200)
    is_new_voice = models.BooleanField(default=True, help_text="Few sales so far (marketplace/figures.py).")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("seller")
        verbose_name_plural = _("sellers")
        constraints = [models.UniqueConstraint(Lower("handle"), name="seller_handle_unique")]
        indexes = [GinIndex(SearchVector("name", "handle", config="simple"), name="seller_words")]

    def __str__(self) -> str:
        return f"@{self.handle}"

    def get_absolute_url(self) -> str:
        return reverse("seller", args=[self.handle])

    @property
    def picture_url(self) -> str:
        return self.picture.url if self.picture else ""
