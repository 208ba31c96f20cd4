"""A made-up market of any size, written straight into the tables: for measuring, not for looking at.

Words follow Zipf's law and keep to the subject of their shelf; prices, stars and sales are as uneven as in a real
market. Everything follows from a seed. Signals are not sent: `manage.py reindex` makes the market searchable.
"""

import json
import multiprocessing
import os
import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from math import log1p
from typing import Any

from django.db import connection, models, transaction

from accounts.models import SellerProfile, User
from common import clock, encryption, ids
from marketplace import prompts
from marketplace.models import Category, GenerativeModel, Listing, PromptText, Revision, Tag, Version
from marketplace.prompts import Prompt


def listed(several: str) -> list[str]:
    """Words written one after the other."""
    return several.split()


BATCH = 2500
LARGE = 5000  # listings from which on indexes are made anew instead of being kept up
PRICES = (0, 0, 0, 300, 399, 499, 499, 599, 699, 799, 999, 999, 1299, 1499, 1999, 2499, 2999, 4900)
ROLES = listed("assistant planner coach writer reviewer generator expert editor designer tutor checker guide builder")
MANNERS = listed("calm bold simple detailed playful formal friendly minimal vivid careful quick modern classic honest")
VERBS = listed("writes plans reviews explains improves drafts sorts paints designs teaches checks turns finds prepares")
SYLLABLES = listed("ba ri to len mar ko se vin tal ur no pel da shi gro fen li zu ca mor ten ax il ro bu ne")
SUBJECTS = listed(
    "email letter contract invoice budget recipe workout lesson novel poem logo portrait landscape poster icon code "
    "test database api dashboard report survey meeting interview resume newsletter podcast video song game travel "
    "garden kitchen wedding startup product brand slogan review summary translation essay thesis experiment chart "
    "museum robot dragon castle forest ocean city street neon watercolor sketch anime origami clay pixel photo model"
)


@dataclass(slots=True)
class Made:
    """One listing, as far as orders need to know it."""

    listing_id: int
    version_id: int
    seller_id: int
    title: str
    price: int
    sales: int


Job = tuple[int, list[int], int]  # number of the batch, first key of each kind, number of rows
_KEYED = (Listing, Version, Revision)
_TAGGED: Any = Listing.tags.through
_KINDS: tuple[Any, ...] = (Listing, Version, PromptText, Revision, _TAGGED)
_COLUMNS: dict[Any, list[str]] = {}


Batch = tuple[list[Made], list[str]]  # and for each of _KINDS its lines of COPY


@dataclass
class Market:
    """Makes listings in batches; the same seed makes the same market."""

    seed: int
    sellers: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)  # noqa: S311
        self._moment = clock.now()
        self._models = list(GenerativeModel.objects.order_by("pk").values_list("pk", "medium"))
        self._model_weights = list(accumulate(1 / (rank + 1) for rank in range(len(self._models))))
        self._categories = list(Category.objects.exclude(parent=None).order_by("pk").values_list("pk", "name_en"))
        self._rare = sorted({"".join(self._chance.choices(SYLLABLES, k=3)) for _ in range(12_000)})
        self._rare_weights = list(accumulate(1 / (rank + 8) for rank in range(len(self._rare))))
        self._sentences = {name: [self._sentence(name) for _ in range(300)] for _pk, name in self._categories}
        self._tags = self._made_tags()

    def add_sellers(self, number: int) -> None:
        """People with a shop each."""
        first = next_id(User)
        mark = ids.new_id()[-6:].lower()
        names = [f"{self._chance.choice(MANNERS)} {self._chance.choice(SUBJECTS)}".title() for _ in range(number)]
        same = {"password": "!", "is_superuser": False, "language": "en", "is_moderator": False, "is_support": False}
        same |= {"is_staff": False, "is_active": True, "suspension_reason": "", "muted_mail": "[]"}
        people, profiles = [], []
        for at, name in enumerate(names):
            joined = self._past(900)
            person = {"id": first + at, "public_id": ids.new_id(), "email": f"{mark}-{at}@market.example"}
            people.append(same | person | {"name": name, "joined_at": joined})
            profile = {"user_id": first + at, "handle": f"{mark}-{at}", "name": name, "bio": "", "website": ""}
            profiles.append(profile | {"country": "US", "picture": "", "is_new_voice": False, "created_at": joined})
        with transaction.atomic():
            copy(User, people)
            copy(SellerProfile, profiles)
            settle_ids(User)
        self.sellers += range(first, first + number)

    def listings(self, number: int) -> Iterator[list[Made]]:
        """Write so many, batch by batch; a large market in one transaction, with its indexes made at the end."""
        first = [next_id(kind) for kind in _KEYED]
        sizes = [min(BATCH, number - start) for start in range(0, number, BATCH)]
        jobs = [(at, [key + at * BATCH for key in first], size) for at, size in enumerate(sizes)]
        with transaction.atomic():
            with _lightened(number >= LARGE), _written(self, jobs) as batches:
                for made, blocks in batches:
                    for kind, block in zip(_KINDS, blocks, strict=True):
                        copy_block(kind, _COLUMNS[kind], block)
                    yield made
            for kind in _KEYED:
                settle_ids(kind)

    def batch(self, job: Job) -> Batch:
        """The rows of a batch as the database reads them; the same in whichever process they are made."""
        at, first, number = job
        self._chance.seed(f"{self.seed} {at} {first[0]}")
        rows: dict[Any, list[dict[str, Any]]] = {kind: [] for kind in _KINDS}
        made = [self._one(first[0] + row, first[1] + row, first[2] + row, rows, rows[_TAGGED]) for row in range(number)]
        for kind, several in rows.items():
            _COLUMNS.setdefault(kind, list(several[0]) if several else [])
        return made, ["".join(map(line, several)) for several in rows.values()]

    def _one(
        self, listing_id: int, version_id: int, revision_id: int, rows: dict[Any, Any], tagged: list[dict[str, Any]]
    ) -> Made:
        chance = self._chance
        words = self._words(listing_id)
        when, public_id = self._past(700), ids.new_id()
        sales = min(int(chance.paretovariate(0.9)) - 1, 20_000)
        shared = words | {"language": "en", "model_version_id": None, "tested_on": None}
        rows[Listing].append(
            shared
            | self._figures(sales)
            | {
                "id": listing_id,
                "public_id": public_id,
                "slug": f"{words['title'].lower().replace(' ', '-')[:60]}-{listing_id}",
            }
            | {"seller_id": chance.choice(self.sellers), "status": "live", "currency": "usd", "card": _card(words)}
            | {"approved_id": revision_id, "working_id": revision_id}
            | {"created_at": when, "updated_at": when, "published_at": when}
        )
        rows[Listing][-1]["medium"] = words["medium"]
        prompt = Prompt(f"Synthetic prompt {listing_id}: work on [subject] in a {chance.choice(MANNERS)} manner.")
        rows[Version].append(
            {"id": version_id, "listing_id": listing_id, "number": 1, "note": "", "created_at": when}
            | {"variables": _VARIABLES, "characters": len(prompt.template), "words": 10, "has_negative": False}
            | {"has_parameters": False, "approved_at": when}
        )
        written = prompts.payload(prompt)
        rows[PromptText].append(
            {"version_id": version_id, "fingerprint": f"synthetic:{listing_id}", "seal": prompts.seal(written)}
            | {"ciphertext": encryption.encrypt(written, context=f"prompt:{public_id}:1"), "sketch": b"", "bands": []}
        )
        revision = {name: value for name, value in shared.items() if name != "medium"}
        tags = chance.sample(self._tags, chance.randint(2, 5))
        rows[Revision].append(
            revision
            | {"id": revision_id, "listing_id": listing_id, "version_id": version_id, "number": 1, "state": "approved"}
            | {"tags": [slug for _pk, slug in tags], "examples": _examples(words), "pictures": "[]", "digest": ""}
            | {"created_at": when, "changed_at": when}
        )
        tagged += [{"listing_id": listing_id, "tag_id": pk} for pk, _slug in tags]
        seller = rows[Listing][-1]["seller_id"]
        return Made(listing_id, version_id, seller, words["title"], words["price"], sales)

    def _words(self, number: int) -> dict[str, Any]:
        chance = self._chance
        category_id, name = chance.choice(self._categories)
        model_id, medium = chance.choices(self._models, cum_weights=self._model_weights)[0]
        rare = chance.choices(self._rare, cum_weights=self._rare_weights, k=2)
        subject = chance.choice(SUBJECTS)
        title = f"{chance.choice(MANNERS)} {subject} {chance.choice(ROLES)} {rare[0]}".capitalize()
        sentences = chance.choices(self._sentences[name], k=chance.randint(3, 8))
        return {
            "title": title,
            "summary": f"{title} for {subject} and {rare[1]}, {chance.choice(MANNERS)} in tone."[:200],
            "description": " ".join(sentences),
            "model_id": model_id,
            "category_id": category_id,
            "price": chance.choice(PRICES),
            "medium": medium,
        }

    def _figures(self, sales: int) -> dict[str, Any]:
        chance = self._chance
        reviews = sum(chance.random() < 0.2 for _ in range(min(sales, 60)))
        stars = min(max(chance.gauss(4.3, 0.5), 1), 5) if reviews else 0.0
        return {
            "sales_count": sales,
            "rating_count": reviews,
            "rating_average": round(stars, 2),
            "rating_bayesian": round((6 * 4.0 + stars * reviews) / (6 + reviews), 4),
            "favourites_count": int(sales * chance.random()),
            "trending": round(log1p(sales * chance.random() ** 4) * 0.9, 6),
            "quality": round(chance.betavariate(4, 3), 4),
        }

    def _sentence(self, shelf: str) -> str:
        chance = self._chance
        rare = chance.choices(self._rare, cum_weights=self._rare_weights, k=3)
        nouns = chance.sample(SUBJECTS, 3)
        return (
            f"It {chance.choice(VERBS)} a {chance.choice(MANNERS)} {nouns[0]} about {rare[0]} for {shelf.lower()}, "
            f"with {nouns[1]} and {rare[1]}, and a {nouns[2]} of {rare[2]}."
        )

    def _past(self, days: int) -> datetime:
        return self._moment - timedelta(seconds=self._chance.random() ** 1.5 * days * 86_400)

    def _made_tags(self) -> list[tuple[int, str]]:
        slugs = [*SUBJECTS, *MANNERS, *ROLES]
        Tag.objects.bulk_create([Tag(slug=slug) for slug in slugs], ignore_conflicts=True)
        return list(Tag.objects.filter(slug__in=slugs).order_by("pk").values_list("pk", "slug"))


_VARIABLES = json.dumps(
    [{"name": "subject", "label": "Subject", "help": "", "default": "", "choices": [], "long": False}]
)


def _slug(words: dict[str, Any]) -> str:
    return str(words["title"]).lower().replace(" ", "-")[:60]


def _examples(words: dict[str, Any]) -> str:
    return json.dumps([{"inputs": {"subject": words["title"]}, "output": words["description"][:200]}])


def _card(words: dict[str, Any]) -> str:
    return json.dumps({"picture": None, "excerpt": words["description"][:160]})


def copy(kind: type[models.Model], rows: Iterable[dict[str, Any]]) -> None:
    """Rows straight into the table; all have the same columns."""
    rows = list(rows)
    if not rows:
        return
    columns = list(rows[0])
    listed = ", ".join(map(connection.ops.quote_name, columns))
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {connection.ops.quote_name(kind._meta.db_table)} ({listed}) FROM STDIN") as lines,
    ):
        for row in rows:
            lines.write_row([row[name] for name in columns])


def copy_block(kind: type[models.Model], columns: list[str], block: str) -> None:
    listed = ", ".join(map(connection.ops.quote_name, columns))
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {connection.ops.quote_name(kind._meta.db_table)} ({listed}) FROM STDIN") as lines,
    ):
        lines.write(block)


def line(row: dict[str, Any]) -> str:
    """A row as COPY reads it."""
    return "\t".join([_AS_TEXT[type(value)](value) for value in row.values()]) + "\n"


def _escaped(text: str) -> str:
    if text.isprintable() and "\\" not in text:
        return text
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


_AS_TEXT: dict[type, Callable[[Any], str]] = {
    str: _escaped,
    int: str,
    float: repr,
    bool: lambda value: "t" if value else "f",
    datetime: datetime.isoformat,
    bytes: lambda value: "\\\\x" + value.hex(),
    type(None): lambda _value: "\\N",
    list: lambda value: "{" + ",".join(map(str, value)) + "}",
}

_market: Market | None = None  # of the process that makes rows


@contextmanager
def _written(market: Market, jobs: list[Job]) -> Iterator[Iterable[Batch]]:
    """The batches in order; those of a large market come from a second process while this one writes."""
    global _market  # noqa: PLW0603
    if len(jobs) < 3 or (os.cpu_count() or 1) < 2:
        yield map(market.batch, jobs)
        return
    _market = market
    market.batch((0, [1, 1, 1], 1))  # so that this process knows the columns, too
    with multiprocessing.get_context("fork").Pool(1) as makers:
        yield makers.imap(_made_elsewhere, jobs)
    _market = None


def _made_elsewhere(job: Job) -> Batch:
    if _market is None:
        raise RuntimeError("There is no market to make rows for.")
    return _market.batch(job)


@contextmanager
def _lightened(wanted: bool) -> Iterator[None]:
    """Tables without indexes and foreign keys until they are filled; the transaction puts them back if that fails."""
    if not wanted:
        yield
        return
    tables = [kind._meta.db_table for kind in _KINDS]
    with connection.cursor() as cursor:
        cursor.execute(_KEYS, [tables])
        keys = cursor.fetchall()
        cursor.execute(_INDEXES, [tables])
        indexes = cursor.fetchall()
        for table, name, _definition in keys:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        for _name, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in sorted(keys, key=lambda key: key[2].startswith("FOREIGN")):
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


_KEYS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('f', 'u') ORDER BY contype, conname
"""
_INDEXES = """
    SELECT held.indexrelid::regclass::text, pg_get_indexdef(held.indexrelid) FROM pg_index AS held
    WHERE held.indrelid = ANY(%s::regclass[])
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = held.indexrelid)
"""


def next_id(kind: type[models.Model]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {connection.ops.quote_name(kind._meta.db_table)}")  # noqa: S608
        return int(cursor.fetchone()[0])


def settle_ids(kind: type[models.Model]) -> None:
    """The next row that gets its key by itself comes behind ours."""
    table = kind._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM {connection.ops.quote_name(table)}",  # noqa: S608
            [table],
        )
