"""Listings written in bulk: a few statements for five hundred of them, all or nothing."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from accounts import outbox
from accounts.models import Activity, User
from common import clock, ids
from common import text as texts
from marketplace import catalogue, prompts, signals
from marketplace.importing.rows import Draft
from marketplace.models import Listing, PromptText, Revision, Tag, Version

Reject = Callable[[str, str, str], None]

LONGEST_SLUG = 80


class Writer:
    """Writes batches for one seller; remembers what this file brought, asks the tables for what was there before."""

    def __init__(self, seller: User, *, publish: bool) -> None:
        self._seller = seller
        self._publish = publish
        self._titles: dict[str, str] = {}
        self._fingerprints: dict[str, str] = {}
        self._tags: dict[str, Tag] = {}

    def write(self, drafts: list[Draft], reject: Reject) -> int:
        """How many were new; of the others `reject` hears."""
        fresh = self._new_to_seller(self._new_in_file(drafts, reject), reject)
        if not fresh:
            return 0
        try:
            self._save(fresh, certain=False)
        except IntegrityError:
            # Somebody took one of the slugs at the same moment.
            self._save(fresh, certain=True)
        return len(fresh)

    def _new_in_file(self, drafts: list[Draft], reject: Reject) -> list[Draft]:
        fresh = []
        for draft in drafts:
            title = draft.title.lower()
            if draft.fingerprint in self._fingerprints:
                where = self._fingerprints[draft.fingerprint]
                reject(draft.place, "duplicate", _("The same prompt as in %(where)s.") % {"where": where})
            elif title in self._titles:
                where = self._titles[title]
                reject(draft.place, "duplicate", _("The same title as in %(where)s.") % {"where": where})
            else:
                fresh.append(draft)
            self._fingerprints.setdefault(draft.fingerprint, draft.place)
            self._titles.setdefault(title, draft.place)
        return fresh

    def _new_to_seller(self, drafts: list[Draft], reject: Reject) -> list[Draft]:
        """The same words are the same prompt; another file may use the same title for others."""
        known = prompts.known_fingerprints([draft.fingerprint for draft in drafts], seller_id=self._seller.pk)
        fresh = []
        for draft in drafts:
            if draft.fingerprint in known:
                reject(draft.place, "known", _("The seller already has this prompt."))
            else:
                fresh.append(draft)
        return fresh

    @transaction.atomic
    def _save(self, drafts: list[Draft], *, certain: bool) -> None:
        listings = self._save_listings(drafts, certain=certain)
        versions = self._save_versions(drafts, listings)
        self._save_revisions(drafts, listings, versions)
        self._save_tags(drafts, listings)
        self._record(listings)
        self._settle(listings)

    def _save_listings(self, drafts: list[Draft], *, certain: bool) -> list[Listing]:
        slugs = _free_slugs([draft.title for draft in drafts], certain=certain)
        moment = clock.now()
        return Listing.objects.bulk_create(
            [
                Listing(
                    seller=self._seller,
                    slug=slug,
                    medium=draft.model.medium if draft.model else "text",
                    card={"picture": None, "excerpt": _excerpt(draft)},
                    created_at=moment,
                    updated_at=moment,
                    published_at=moment if self._publish else None,
                    **_shared(draft),
                )
                for draft, slug in zip(drafts, slugs, strict=True)
            ]
        )

    def _save_versions(self, drafts: list[Draft], listings: list[Listing]) -> list[Version]:
        approved_at = clock.now() if self._publish else None
        pairs = list(zip(drafts, listings, strict=True))
        versions = Version.objects.bulk_create(
            [
                Version(listing=listing, number=1, approved_at=approved_at, **prompts.facts(draft.prompt, draft.words))
                for draft, listing in pairs
            ]
        )
        texts_ = (
            prompts.plain_text_for(version, listing, draft.prompt, draft.fingerprint)
            for (draft, listing), version in zip(pairs, versions, strict=True)
        )
        _copy(PromptText, [{name: getattr(text, name) for name in prompts.COLUMNS} for text in texts_])
        outbox.promise("marketplace.add_sketches", version_ids=[version.pk for version in versions])
        return versions

    def _save_revisions(self, drafts: list[Draft], listings: list[Listing], versions: list[Version]) -> None:
        moment = clock.now()
        same = {
            "number": 1,
            "state": Revision.State.APPROVED.value if self._publish else Revision.State.DRAFT.value,
            "pictures": Jsonb([]),
            "digest": "",
            "created_at": moment,
            "changed_at": moment,
        }
        _copy(
            Revision,
            [
                same
                | _shared_columns(draft)
                | {
                    "listing_id": listing.pk,
                    "version_id": version.pk,
                    "tags": draft.tags,
                    "examples": Jsonb(draft.examples),
                }
                for draft, listing, version in zip(drafts, listings, versions, strict=True)
            ],
        )

    def _save_tags(self, drafts: list[Draft], listings: list[Listing]) -> None:
        wanted = {slug for draft in drafts for slug in draft.tags}
        self._tags |= catalogue.tags_by_slug(wanted - self._tags.keys(), make=True)
        through = Listing.tags.through
        through.objects.bulk_create(
            [
                through(listing_id=listing.pk, tag_id=self._tags[slug].pk)
                for draft, listing in zip(drafts, listings, strict=True)
                for slug in draft.tags
            ]
        )

    def _record(self, listings: list[Listing]) -> None:
        moment = clock.now()
        Activity.objects.bulk_create(
            [
                Activity(
                    verb="listing.imported",
                    object_type="listing",
                    object_id=listing.public_id,
                    object_label=listing.title,
                    data={"live": self._publish},
                    created_at=moment,
                )
                for listing in listings
            ]
        )

    def _settle(self, listings: list[Listing]) -> None:
        """Point each listing at its revision; what follows from being on sale is left to the workers."""
        numbers = [listing.pk for listing in listings]
        with connection.cursor() as cursor:
            cursor.execute(
                """
                UPDATE marketplace_listing AS listing
                SET working_id = revision.id,
                    approved_id = CASE WHEN %s THEN revision.id END,
                    status = CASE WHEN %s THEN 'live' ELSE 'draft' END
                FROM marketplace_revision AS revision
                WHERE revision.listing_id = listing.id AND listing.id = ANY(%s)
                """,
                [self._publish, self._publish, numbers],
            )
        signals.listings_imported.send(Listing, ids=numbers, is_live=self._publish)
        if self._publish:
            outbox.promise("marketplace.recount", listing_ids=numbers)


def _shared(draft: Draft) -> dict[str, object]:
    """What a revision and its listing say in the same words."""
    return {
        "title": draft.title,
        "summary": draft.summary,
        "description": draft.description,
        "model": draft.model,
        "model_version": draft.model_version,
        "category": draft.category,
        "language": draft.language,
        "price": draft.price,
    }


def _shared_columns(draft: Draft) -> dict[str, object]:
    return {
        f"{name}_id" if isinstance(value, models.Model) else name: value.pk
        if isinstance(value, models.Model)
        else value
        for name, value in _shared(draft).items()
        if value is not None
    }


def _copy(kind: type[models.Model], rows: list[dict[str, Any]]) -> None:
    """Rows straight into the table, for columns that Django's bulk insert is slow with; absent ones are null."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    listed = ", ".join(connection.ops.quote_name(name) for name in columns)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {connection.ops.quote_name(kind._meta.db_table)} ({listed}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row([row.get(name) for name in columns])


def _excerpt(draft: Draft) -> str:
    return texts.excerpt(draft.examples[0]["output"], 160) if draft.examples else ""


def _free_slugs(titles: Iterable[str], *, certain: bool) -> list[str]:
    """A slug for each title that no listing has; with `certain`, each ends in letters nobody else draws."""
    stems = [slugify(title)[: LONGEST_SLUG - 8].strip("-") or "prompt" for title in titles]
    taken = set(Listing.objects.filter(slug__in=stems).values_list("slug", flat=True))
    slugs = []
    for stem in stems:
        slug = f"{stem}-{ids.new_id()[-7:]}" if certain or stem in taken else stem
        taken.add(slug)
        slugs.append(slug)
    return slugs
