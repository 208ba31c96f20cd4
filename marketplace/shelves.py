"""What the house sorts by, as plain values for pages: categories and models, kept in the cache for minutes."""

import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils.translation import get_language

from marketplace.models import Category, GenerativeModel
from marketplace.models.catalogue import Medium

KEPT = 300  # seconds
NEAR = 10  # seconds that a process does not even ask the cache
_CATEGORIES, _MODELS = "shelves:categories", "shelves:makers"
_near: dict[str, tuple[float, Any]] = {}


@dataclass(frozen=True, slots=True)
class Shelf:
    """A category."""

    slug: str
    name_en: str
    name_fr: str
    parent: str = ""  # slug
    pk: int = 0

    @property
    def name(self) -> str:
        return self.name_fr if self.name_fr and (get_language() or "").startswith("fr") else self.name_en


@dataclass(frozen=True, slots=True)
class Maker:
    """A generative model."""

    slug: str
    name: str
    medium: str
    pk: int = 0


def categories() -> list[Shelf]:
    """Every category, each followed by those on it."""
    found: list[Shelf] | None = _at_hand(_CATEGORIES) or cache.get(_CATEGORIES)
    if found is None:
        rows = Category.objects.select_related("parent").order_by("position", "slug")
        found = [
            Shelf(row.slug, row.name_en, row.name_fr, row.parent.slug if row.parent else "", row.pk) for row in rows
        ]
        cache.set(_CATEGORIES, found, KEPT)
    _keep_near(_CATEGORIES, found)
    return found


def top() -> list[Shelf]:
    return [shelf for shelf in categories() if not shelf.parent]


def on(slug: str) -> list[Shelf]:
    """The categories on this one."""
    return [shelf for shelf in categories() if shelf.parent == slug]


def models() -> list[Maker]:
    found: list[Maker] | None = _at_hand(_MODELS) or cache.get(_MODELS)
    if found is None:
        rows = GenerativeModel.objects.order_by("pk").values_list("slug", "name", "medium", "pk")
        found = [Maker(*row) for row in rows]
        cache.set(_MODELS, found, KEPT)
    _keep_near(_MODELS, found)
    return found


def models_by_medium() -> list[tuple[str, str, list[Maker]]]:
    """(medium, its name, its models) for every medium that has any."""
    known = models()
    grouped = [(value, str(label), [one for one in known if one.medium == value]) for value, label in Medium.choices]
    return [group for group in grouped if group[2]]


def _at_hand(name: str) -> Any:
    until, found = _near.get(name, (0.0, None))
    return found if time.monotonic() < until else None


def _keep_near(name: str, found: Any) -> None:
    if settings.PAGE_SECONDS and _at_hand(name) is None:
        _near[name] = (time.monotonic() + NEAR, found)


@receiver([post_save, post_delete], sender=Category)
@receiver([post_save, post_delete], sender=GenerativeModel)
def forget(**_: Any) -> None:
    _near.clear()
    cache.delete_many([_CATEGORIES, _MODELS])
