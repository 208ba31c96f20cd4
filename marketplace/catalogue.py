"""The models, categories and tags the market knows, and finding them by whatever name people use."""

import re
import unicodedata
import zlib
from collections.abc import Collection, Iterable
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from django.apps import apps as installed
from django.db import IntegrityError, models, transaction
from django.utils.text import slugify

from marketplace.models import Category, GenerativeModel, ModelVersion, Tag
from marketplace.models.catalogue import Medium

DATA = Path(__file__).resolve().parent / "data"
MOST_TAGS = 12

Row = TypeVar("Row", GenerativeModel, Category)

_TOKENS = re.compile(r"[^\W\d_]+|\d+", re.UNICODE)


@lru_cache(maxsize=20_000)
def key(text: str) -> str:
    """The name without case, accents, spaces, dots and hyphens: “DALL·E 3” and “dall-e-3” are one."""
    return "".join(_tokens(text))


def _tokens(text: str) -> list[str]:
    plain = text.casefold()
    if plain.isascii():
        return _TOKENS.findall(plain)
    plain = unicodedata.normalize("NFKD", plain)
    return _TOKENS.findall("".join(c for c in plain if not unicodedata.combining(c)))


class Names:
    """Every name of every model and category, each table read when it is asked; imports keep one for a file."""

    @cached_property
    def models(self) -> dict[str, GenerativeModel]:
        known: dict[str, GenerativeModel] = {}
        for model in GenerativeModel.objects.order_by("pk"):
            _note_model(known, model)
        return known

    @cached_property
    def categories(self) -> dict[str, Category]:
        known: dict[str, Category] = {}
        for category in Category.objects.order_by("pk"):
            _note_category(known, category)
        return known

    @cached_property
    def versions(self) -> dict[int, dict[str, ModelVersion]]:
        known: dict[int, dict[str, ModelVersion]] = {}
        for version in ModelVersion.objects.all():
            known.setdefault(version.model_id, {})[key(version.name)] = version
        return known

    def add_model(self, model: GenerativeModel) -> None:
        _note_model(self.models, model)

    def add_category(self, category: Category) -> None:
        _note_category(self.categories, category)

    def model(self, text: str) -> GenerativeModel | None:
        """The longest beginning of the text that names a model, so that “Claude 3+” and “GPT-4o mini” are found."""
        tokens = _tokens(text)
        for end in range(len(tokens), 0, -1):
            if found := self.models.get("".join(tokens[:end])):
                return found
        return None

    def version(self, model: GenerativeModel, text: str) -> ModelVersion | None:
        """The version of the model that the text names, with or without the model's own name before it."""
        known = self.versions.get(model.pk, {})
        wanted = key(text)
        names = sorted({key(name) for name in (model.slug, model.name, *model.aliases)}, key=len, reverse=True)
        tails = [wanted.removeprefix(name) for name in names if name and wanted.startswith(name)]
        return next((known[tail] for tail in (wanted, *tails) if tail in known), None)

    def category(self, text: str) -> Category | None:
        """The deepest part of “parent / child” that names a shelf."""
        parts = [part for part in re.split(r"[/>|]", text) if key(part)]
        candidates = [text, *reversed(parts)]
        return next((self.categories[key(part)] for part in candidates if key(part) in self.categories), None)


def _note_model(known: dict[str, GenerativeModel], model: GenerativeModel) -> None:
    for name in (model.slug, model.name, *model.aliases):
        known.setdefault(key(name), model)


def _note_category(known: dict[str, Category], category: Category) -> None:
    for name in (category.slug, category.name_en, category.name_fr):
        if name:
            # A shelf's own name wins over what somebody else is called on the side.
            known[key(name)] = category
    for alias in category.aliases:
        known.setdefault(key(alias), category)


def find_model(
    text: str, make: bool = False, *, medium: str = "", names: Names | None = None
) -> GenerativeModel | None:
    """The model of that name, however it is written; an unknown one is made when asked."""
    names = names or Names()
    found = names.model(text)
    if found is None and make and key(text):
        name = _tidy(text)[:60]
        known_medium = medium if medium in Medium.values else Medium.TEXT
        found = _make(GenerativeModel, slug=_slug(text, "model"), defaults={"name": name, "medium": known_medium})
        names.add_model(found)
    return found


def find_model_version(model: GenerativeModel, text: str, names: Names | None = None) -> ModelVersion | None:
    return (names or Names()).version(model, text)


def find_category(text: str, make: bool = False, *, names: Names | None = None) -> Category | None:
    """The shelf of that name, its French name or an alias; an unknown one is made when asked, at the top level."""
    names = names or Names()
    found = names.category(text)
    if found is None and make and key(text):
        name = _tidy(text.rpartition("/")[2] or text)[:60]
        name = name[:1].upper() + name[1:]
        found = _make(Category, slug=_slug(name, "category"), defaults={"name_en": name, "position": 900})
        names.add_category(found)
    return found


@lru_cache(maxsize=20_000)
def tag_slug(text: str) -> str:
    """How a tag is written: small letters and digits of any script, joined by hyphens."""
    return slugify(text, allow_unicode=True)[:40].strip("-")


def tag_slugs(texts: Iterable[str]) -> list[str]:
    """Each tag once, in the order given, at most a dozen."""
    return list(dict.fromkeys(slug for text in texts if (slug := tag_slug(text))))[:MOST_TAGS]


def find_tags(texts: Iterable[str], make: bool = True) -> list[Tag]:
    slugs = tag_slugs(texts)
    known = tags_by_slug(slugs, make=make)
    return [known[slug] for slug in slugs if slug in known]


def tags_by_slug(slugs: Collection[str], *, make: bool) -> dict[str, Tag]:
    """Any number of tags that are written as tags are."""
    found = Tag.objects.filter(slug__in=slugs)
    known = {tag.slug: tag for tag in found}
    if make and (missing := set(slugs) - known.keys()):
        # Sorted, so that two writers of the same tags never wait for each other in a circle.
        Tag.objects.bulk_create([Tag(slug=slug) for slug in sorted(missing)], ignore_conflicts=True)
        known = {tag.slug: tag for tag in found.all()}
    return known


def load(apps: Any = installed) -> None:
    """Put what data/*.yaml knows into the tables; fills what is missing and overwrites nobody's corrections."""
    _load_models(apps)
    position = 0
    for shelf in _read("categories.yaml"):
        position += 10
        parent = _load_category(apps, shelf, None, position)
        for child in shelf.get("children", []):
            position += 10
            _load_category(apps, child, parent, position)


def _load_models(apps: Any) -> None:
    models_, versions = apps.get_model("marketplace", "GenerativeModel"), apps.get_model("marketplace", "ModelVersion")
    for entry in _read("models.yaml"):
        fields = {name: entry.get(name, "") for name in ("name", "maker", "medium", "site", "words", "words_fr")}
        model, _is_new = models_.objects.get_or_create(slug=entry["slug"], defaults=fields)
        _fill(model, fields, entry.get("aliases", []))
        for position, name in enumerate(entry.get("versions", []), start=1):
            versions.objects.get_or_create(model=model, name=name, defaults={"position": position})


def _load_category(apps: Any, entry: dict[str, Any], parent: Any, position: int) -> Any:
    fields = {
        "name_en": entry["name"],
        "name_fr": entry.get("fr", ""),
        "words": entry.get("words", ""),
        "words_fr": entry.get("words_fr", ""),
    }
    category, _is_new = apps.get_model("marketplace", "Category").objects.get_or_create(
        slug=entry["slug"], defaults={**fields, "parent": parent, "position": position}
    )
    _fill(category, fields, entry.get("aliases", []))
    return category


def _fill(row: models.Model, fields: dict[str, str], aliases: list[str]) -> None:
    changed = [name for name, value in fields.items() if value and not getattr(row, name)]
    for name in changed:
        setattr(row, name, fields[name])
    known: list[str] = getattr(row, "aliases")  # noqa: B009 — of two kinds of row
    if missing := [alias for alias in aliases if alias not in known]:
        known.extend(missing)
        changed.append("aliases")
    if changed:
        row.save(update_fields=changed)


@lru_cache(maxsize=4)
def _read(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load((DATA / name).read_text(encoding="utf-8")))


def _make(kind: type[Row], *, slug: str, defaults: dict[str, Any]) -> Row:
    """A row of that slug, made unless somebody else just did."""
    try:
        with transaction.atomic():
            return kind._default_manager.create(slug=slug, **defaults)
    except IntegrityError:
        return kind._default_manager.get(slug=slug)


def _slug(text: str, fallback: str) -> str:
    return slugify(text)[:60].strip("-") or f"{fallback}-{zlib.crc32(key(text).encode()):08x}"


def _tidy(text: str) -> str:
    return " ".join(text.replace("_", " ").split())
