"""What is searched: the public side of each live listing, kept in step with it.

Words are written in the transaction that changes the listing, so that nothing withdrawn or suspended is ever found;
embeddings, and the words of imports, are left to the workers by the outbox. `mend` finds what was missed all the same.
A document is made of title, summary, description, tags, model, category, examples and the seller's name. The prompt is
never read here.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Q

from accounts import outbox
from marketplace.models import Listing, SearchDocument, SearchMeaning
from marketplace.search import encoder, marks, standing, text
from marketplace.search.marks import Facts

MADE_BY = 6  # raise it when documents must be made anew
BATCH = 500
MEANINGS_AT_ONCE = 64
LONGEST_DESCRIPTION = 4000  # characters that are searched
LONGEST_OUTPUT = 600
SHELF_IN_FRENCH = "F"
EXACT = "="  # before a word as it was written; stems stand bare
LEADS = "^"  # before a stem that stands in the title or among the labels
LEADING = "AB"
CHANGED = "search:changed"  # in the cache: the vocabulary may be behind

Row = tuple[Any, ...]  # of the table, in the order of `_COLUMNS`


@dataclass(slots=True)
class Source:
    """What is public about one listing."""

    listing_id: int
    revision_id: int
    title: str
    summary: str
    description: str
    model: str
    model_names: list[str]
    category: str
    category_fr: str
    shelf: str
    seller: str
    examples: list[dict[str, Any]]
    standing: float
    facts: Facts
    tags: list[str] = field(default_factory=list)


def index(listing_ids: Sequence[int]) -> int:
    """Write the words of those that are live, take away the others; how many are searchable now."""
    return write(listing_ids, rows(listing_ids))


def rows(listing_ids: Sequence[int]) -> list[Row]:
    """The documents of those that are live."""
    return [_row(source) for source in _sources(listing_ids)]


def write(listing_ids: Sequence[int], made: Sequence[Row]) -> int:
    """Put the documents in their places, and take away what has none; how many there are."""
    gone = set(listing_ids) - {row[0] for row in made}
    with transaction.atomic():
        if gone:
            remove(gone)
        if made:
            _write(made)
    return len(made)


def remove(listing_ids: Iterable[int]) -> None:
    ids = list(listing_ids)
    SearchDocument.objects.filter(pk__in=ids).delete()
    SearchMeaning.objects.filter(pk__in=ids).delete()


def embed(listing_ids: Sequence[int]) -> int:
    """Give those that are searchable their place in the space of meaning; how many were new or changed."""
    model = encoder.load()
    if model is None:
        return 0
    known = dict(SearchMeaning.objects.filter(pk__in=listing_ids).values_list("pk", "digest"))
    texts = {source.listing_id: sides(source) for source in _sources(listing_ids)}
    wanted = [(pk, words) for pk, words in texts.items() if known.get(pk) != digest(words)]
    for start in range(0, len(wanted), MEANINGS_AT_ONCE):
        batch = wanted[start : start + MEANINGS_AT_ONCE]
        directions = model.between([words for _pk, words in batch])
        _write_meanings([(pk, digest(words), vector) for (pk, words), vector in zip(batch, directions, strict=True)])
    return len(wanted)


def promise(listing_ids: Sequence[int]) -> None:
    """Words and meaning of these, by the workers."""
    for start in range(0, len(listing_ids), BATCH):
        outbox.promise("marketplace.index_listings", listing_ids=list(listing_ids[start : start + BATCH]))


def promise_meaning(listing_ids: Sequence[int]) -> None:
    if encoder.ready():
        for start in range(0, len(listing_ids), MEANINGS_AT_ONCE):
            ids = list(listing_ids[start : start + MEANINGS_AT_ONCE])
            outbox.promise("marketplace.embed_listings", listing_ids=ids)


@outbox.handler("marketplace.index_listings", lease=300)
def index_listings(listing_ids: list[int]) -> None:
    index(listing_ids)
    promise_meaning(listing_ids)


@outbox.handler("marketplace.embed_listings", lease=300, priority=outbox.SOMETIME)
def embed_listings(listing_ids: list[int]) -> None:
    embed(listing_ids)


def restand(listing_ids: Sequence[int]) -> None:
    """Their figures changed: write the new standing and rating, and the marks of those that took a step."""
    columns = ("pk", "rating_average", "rating_count", *standing.COLUMNS)
    now = {}
    for pk, average, number, *figures in Listing.objects.filter(pk__in=listing_ids).values_list(*columns):
        now[pk] = (standing.of(*figures), average if number else 0.0)
    rows = []
    for pk, *before in SearchDocument.objects.filter(pk__in=now).order_by("pk").values_list("pk", "standing", "rating"):
        if tuple(before) != now[pk]:
            steps = [(*standing.marks(good), *marks.rated(stars)) for good, stars in (before, now[pk])]
            moved = " ".join(map(marks.quoted, steps[1])) if steps[0] != steps[1] else None
            rows.append((pk, *now[pk], marks.step(now[pk][1]), moved))
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_RESTAND, [*map(list, zip(*rows, strict=True)), marks.MOVING])


_RESTAND = """
    UPDATE marketplace_searchdocument AS document SET
        standing = row.standing, rating = row.rating, facts = (document.facts & ~3::bigint) | row.step,
        vector = CASE WHEN row.marks IS NULL THEN document.vector
            ELSE ts_delete(document.vector, fixed.moving) || row.marks::tsvector END
    FROM unnest(%s::bigint[], %s::float8[], %s::float8[], %s::int[], %s::text[])
            AS row (listing_id, standing, rating, step, marks),
        (SELECT %s::text[] AS moving) AS fixed
    WHERE document.listing_id = row.listing_id
"""


# ---- What is stale ---------------------------------------------------------------------------------------------------


def stale(after: int, most: int = BATCH) -> list[int]:
    """Listings behind this key whose document is missing, of other words, or should not be there."""
    live = Listing.objects.live()
    right = Q(document__revision_id__isnull=False, document__made_by=MADE_BY)
    missing = live.filter(pk__gt=after).exclude(right).order_by("pk").values_list("pk", flat=True)[:most]
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENT, [after, most])
        different = [row[0] for row in cursor.fetchall()]
    return sorted({*missing, *different})[:most]


_DIFFERENT = """
    SELECT document.listing_id FROM marketplace_searchdocument AS document
    JOIN marketplace_listing AS listing ON listing.id = document.listing_id
    JOIN accounts_user AS seller ON seller.id = listing.seller_id
    WHERE document.listing_id > %s AND (
        listing.status <> 'live' OR seller.suspended_at IS NOT NULL
        OR document.revision_id <> listing.approved_id
    )
    ORDER BY document.listing_id LIMIT %s
"""


def without_meaning(after: int, most: int = BATCH) -> list[int]:
    found = SearchDocument.objects.filter(pk__gt=after, listing__meaning=None)
    return list(found.order_by("pk").values_list("pk", flat=True)[:most])


def mend(most: int = 20_000) -> int:
    """Find what is stale and put it right here and now; meanings are left to the workers."""
    after = mended = 0
    while mended < most and (ids := stale(after)):
        index(ids)
        promise_meaning(ids)
        after, mended = ids[-1], mended + len(ids)
    after = 0
    while encoder.ready() and mended < most and (ids := without_meaning(after)):
        promise_meaning(ids)
        after, mended = ids[-1], mended + len(ids)
    return mended


# ---- Making a document -----------------------------------------------------------------------------------------------


def sides(source: Source) -> tuple[str, ...]:
    """What is encoded: title, summary and labels, each by itself, for a listing stands between them."""
    summary, description = _own_words(source)
    labels = [*(tag.replace("-", " ") for tag in source.tags), source.category]
    return source.title, summary or description[:300] or source.title, ", ".join(labels)


def digest(words: Sequence[str]) -> str:
    return hashlib.blake2b("\n".join(words).encode(), digest_size=16).hexdigest()


def _row(source: Source) -> Row:
    """What is written of a listing, in the order of `_COLUMNS`."""
    facts = source.facts
    fields = [(weight, text.words(part)) for weight, part in _fields(source) if part]
    language = _language(fields)
    return (
        *(source.listing_id, source.revision_id, _vector(source, fields, language), source.standing),
        *(max(len(fields[0][1]), 1), language),
        *(facts.packed(), facts.price, facts.rating, facts.changed_at),
    )


def _vector(source: Source, fields: list[tuple[str, list[str]]], language: str) -> str:
    """The text form of a tsvector: every form of every word with its places, what leads, and the marks.

    Forms may come more than once; the database puts their places together.
    """
    said: dict[str, str] = {}
    shelf: dict[str, str] = {}
    leading: set[str] = set()
    position = 0
    for weight, words in fields:
        position += 10  # so that no phrase reaches from one field into the next
        known, letter = (shelf, "B") if weight == SHELF_IN_FRENCH else (said, weight)
        for word, place in zip(words, _places(letter, position + 1, len(words)), strict=True):
            known[word] = f"{known[word]},{place}" if word in known else place
        if letter in LEADING:
            leading.update(words)
        position += len(words)
    heads = _heads_in_french if language == "fr" else _heads
    parts = [places.join(heads(word)) for word, places in said.items()]
    # The French name of a shelf is found, but teaches the vocabulary no words.
    parts += [places.join(_heads_in_french(word)[1:]) for word, places in shelf.items()]
    parts += [_led(word) for word in leading]
    # Words hold nothing that would have to be quoted (marketplace/search/text.py); marks may.
    own = (*standing.marks(source.standing), *source.facts.marks(source.tags))
    return f"{''.join(parts)} {' '.join(map(marks.quoted, own))}"


@lru_cache(maxsize=60_000)
def _heads(word: str) -> tuple[str, ...]:
    """What is written before the places of each form of a word."""
    return f"'{EXACT}{word}':", f" '{text.stem(word)}':", " "


@lru_cache(maxsize=20_000)
def _heads_in_french(word: str) -> tuple[str, ...]:
    forms = dict.fromkeys((text.stem(word), text.french_stem(word)))
    return f"'{EXACT}{word}':", *(f" '{form}':" for form in forms), " "


@lru_cache(maxsize=20_000)
def _led(word: str) -> str:
    return "".join(f"'{LEADS}{form}' " for form in {text.stem(word), text.french_stem(word)})


def _places(letter: str, start: int, number: int) -> list[str]:
    """So many places in order, as a tsvector writes them; it knows none beyond the last."""
    known = _PLACES[letter]
    return known[start : start + number] if start + number <= len(known) else (known[start:] + known[-1:] * number)


_PLACES = {letter: [f"{place}{letter}" for place in range(16_384)] for letter in "ABCD"}


def _fields(source: Source) -> Iterator[tuple[str, str]]:
    """(weight, text): A title, B tags, model and category, C summary and the beginning, D everything else."""
    summary, description = _own_words(source)
    yield "A", source.title
    yield "B", " ".join(source.tags).replace("-", " ")
    yield "B", " . ".join([*source.model_names, source.facts.medium])
    yield "B", f"{source.category} . {source.shelf}"
    yield SHELF_IN_FRENCH, source.category_fr
    yield "C", summary
    yield "C", source.seller
    yield "D", description[:LONGEST_DESCRIPTION]
    for example in source.examples[:6]:
        inputs = example.get("inputs") or {}
        yield "D", " . ".join(str(value)[:200] for value in inputs.values())
        yield "D", str(example.get("output") or "")[:LONGEST_OUTPUT]


def _own_words(source: Source) -> tuple[str, str]:
    """Summary and description, but not the sentences an import makes of the title where a file has none."""
    made = f"“{source.title}”"
    summary = "" if source.summary.startswith((made, "“")) else source.summary
    description = "" if source.description.startswith(made) else source.description
    return summary, description


def _language(fields: list[tuple[str, list[str]]]) -> str:
    """French or not, by the small words that French cannot do without."""
    said = [word for weight, several in fields if weight in "ACD" for word in several[:120]]
    french = sum(map(_FRENCH_MARKS.__contains__, said))
    return "fr" if said and french / len(said) > 0.12 else "en"


_FRENCH_MARKS = text.listed("de la le les des du un une et en pour vos votre vous qui que dans sur avec est au aux")


def _sources(listing_ids: Sequence[int]) -> list[Source]:
    read = Listing.objects.live().filter(pk__in=listing_ids, approved__isnull=False).values_list(*_READ)
    found = {row[0]: _source(row) for row in read}
    tagged = Listing.tags.through.objects.filter(listing_id__in=found).order_by("pk")
    for listing_id, slug in tagged.values_list("listing_id", "tag__slug"):
        found[listing_id].tags.append(slug)
    return list(found.values())


_READ = (
    *("pk", "approved_id", "title", "summary", "description", "model__name", "model__aliases"),
    *("category__name_en", "category__name_fr", "category__parent__name_en", "seller__seller_profile__name"),
    *("approved__examples", "rating_average", "rating_count", *standing.COLUMNS),
    *("model_id", "category_id", "category__parent_id", "seller_id", "medium", "language", "price", "updated_at"),
)


def _source(row: Sequence[Any]) -> Source:
    (pk, revision_id, title, summary, description, model, aliases, category, in_french, shelf, seller) = row[:11]
    examples, average, ratings, *figures = row[11:18]
    model_id, category_id, shelf_id, seller_id, medium, language, price, changed_at = row[18:]
    return Source(
        listing_id=pk,
        revision_id=revision_id,
        title=title,
        summary=summary,
        description=description,
        model=model or "",
        model_names=[model or "", *(aliases or [])],
        category=category or "",
        category_fr=in_french or "",
        shelf=shelf or "",
        seller=seller or "",
        examples=examples or [],
        standing=standing.of(*figures),
        facts=Facts(
            model_id or 0,
            category_id or 0,
            shelf_id or 0,
            seller_id,
            medium,
            language,
            price,
            average if ratings else 0.0,
            changed_at,
        ),
    )


_COLUMNS = "listing_id, revision_id, vector, standing, title_words, language, facts, price, rating, changed_at"


def _write(made: Sequence[Row]) -> None:
    """One statement for all; a listing that went away in the meantime takes its row with it."""
    changes = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS.split(", ")[1:])
    columns = [list(column) for column in zip(*made, strict=True)]
    columns[2] = ["\n".join(columns[2])]  # one long text is sent in a fraction of the time of many
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO marketplace_searchdocument ({_COLUMNS}, made_by)
            SELECT listing_id, revision_id, vector::tsvector, standing, title_words, language,
                facts, price, rating, changed_at, %s
            FROM unnest(%s::bigint[], %s::bigint[], string_to_array(%s, E'\\n'), %s::float8[], %s::int[], %s::text[],
                %s::bigint[], %s::int[], %s::float8[], %s::timestamptz[]) AS row ({_COLUMNS})
            ON CONFLICT (listing_id) DO UPDATE SET {changes}, made_by = excluded.made_by
            """,  # noqa: S608
            [MADE_BY, columns[0], columns[1], *columns[2], *columns[3:]],
        )
    cache.set(CHANGED, 1, None)


def _write_meanings(rows: list[tuple[int, str, Any]]) -> None:
    from pgvector import HalfVector

    live = set(SearchDocument.objects.filter(pk__in=[row[0] for row in rows]).values_list("pk", flat=True))
    SearchMeaning.objects.bulk_create(
        [SearchMeaning(pk=pk, digest=name, embedding=HalfVector(vector)) for pk, name, vector in rows if pk in live],
        update_conflicts=True,
        unique_fields=["listing"],
        update_fields=["digest", "embedding"],
    )
