"""A made-up market of any size, written straight into the tables: for measuring, not for looking at.

Words follow Zipf's law and keep to the subject of their shelf; prices, stars and sales are as uneven as in a real
market. Everything follows from a seed. Signals are not sent: `manage.py reindex` makes the market searchable.
"""

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from math import log1p
from typing import Any

from django.db import connection, models, transaction
from django.utils.text import slugify

from accounts.models import SellerProfile, User
from common import clock, encryption, ids
from marketplace import prompts
from marketplace.models import Category, GenerativeModel, Listing, PromptText, Revision, Tag, Version
from marketplace.prompts import Prompt


def listed(several: str) -> list[str]:
    """Words written one after the other."""
    return several.split()


BATCH = 5000
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
        """Write so many, batch by batch."""
        for start in range(0, number, BATCH):
            with transaction.atomic():
                yield self._batch(min(BATCH, number - start))

    def _batch(self, number: int) -> list[Made]:
        first = {kind: next_id(kind) for kind in (Listing, Version, Revision)}
        rows: dict[Any, list[dict[str, Any]]] = {kind: [] for kind in (Listing, Version, PromptText, Revision)}
        tagged: list[dict[str, Any]] = []
        made = []
        for at in range(number):
            keys = (first[Listing] + at, first[Version] + at, first[Revision] + at)
            made.append(self._one(*keys, rows, tagged))
        for kind, written in rows.items():
            copy(kind, written)
        copy(Listing.tags.through, tagged)
        for kind in first:
            settle_ids(kind)
        return made

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
            | {"id": listing_id, "public_id": public_id, "slug": f"{slugify(words['title'])[:60]}-{listing_id}"}
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
