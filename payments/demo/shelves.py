"""Listings with their versions and pictures, each made, submitted and approved on its day."""

import hashlib
import heapq
import io
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from accounts.models import User
from common import clock
from marketplace import images, listings, moderation
from marketplace.models import Case, Listing
from payments.demo.people import People
from payments.demo.studio import Studio


@dataclass(frozen=True)
class Happening:
    """Something that happened on a day of the past."""

    at: datetime
    act: Callable[[], None]


class Days:
    """What happened, in the order of time; more may be added for later days while it is lived through."""

    def __init__(self, happenings: Iterable[Happening]) -> None:
        self._waiting: list[tuple[datetime, int, Happening]] = []
        self._count = itertools.count()
        self.add(happenings)

    def add(self, happenings: Iterable[Happening]) -> None:
        for one in happenings:
            heapq.heappush(self._waiting, (one.at, next(self._count), one))

    def live_until(self, moment: datetime) -> None:
        while self._waiting and self._waiting[0][0] <= moment:
            at, _, happening = heapq.heappop(self._waiting)
            with clock.at(at):
                happening.act()


def chance(*words: object) -> float:
    """A number from 0 to 1 that is always the same for the same words."""
    digest = hashlib.sha256(" ".join(map(str, words)).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def moment(now: datetime, days_ago: float, *words: object) -> datetime:
    """That many days ago, at a time of day of its own."""
    return now - timedelta(days=days_ago, minutes=chance("minute", *words) * 600)


def put_up(entry: dict[str, Any], people: People, studio: Studio) -> Listing:
    """Draft, pictures, review, approval: the first version of a listing. The clock stands on its day."""
    listing = draft(entry, people.sellers[entry["seller"]], studio)
    _approve(listings.submit(listing, by=listing.seller), people, entry["slug"])
    return listing


def wait_for_no_disk() -> None:
    """A demo that a power cut ends is begun again anyway."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")


def find(listing_id: int) -> Listing:
    """A listing as the trade wants it."""
    return Listing.objects.select_related("seller", "approved__version").get(pk=listing_id)


def draft(entry: dict[str, Any], seller: User, studio: Studio) -> Listing:
    changes = entry.get("changelog") or [{}]
    listing = listings.create(seller, **content(entry, changes[0].get("earlier_template") or entry["template"]))
    pictured = [(number, one) for number, one in enumerate(entry["examples"]) if "picture" in one]
    for number, example in pictured:
        file = io.BytesIO(studio.picture(entry["slug"], number))
        images.add(listing, seller, file, alt=example["picture"].get("alt", ""))
    if pictured:
        revision = listing.working
        assert revision is not None
        revision.refresh_from_db()
        shown = [
            {**picture, "inputs": example["inputs"]}
            for picture, (_, example) in zip(revision.pictures, pictured, strict=True)
        ]
        listings.edit(listing, by=seller, pictures=shown)
    listing.refresh_from_db()
    return listing


def content(entry: dict[str, Any], template: str) -> dict[str, Any]:
    named = ("title", "summary", "description", "category", "model", "model_version", "tags", "language", "price")
    return {name: entry[name] for name in named} | {
        "prompt": prompt(entry, template),
        "examples": [
            {"inputs": one["inputs"], "output": one["output"]} for one in entry["examples"] if one.get("output")
        ],
        "tested_on": (clock.now() - timedelta(days=1)).date(),
    }


def prompt(entry: dict[str, Any], template: str) -> dict[str, Any]:
    return {
        "template": template,
        "negative": entry.get("negative", ""),
        "parameters": entry.get("parameters") or {},
        "instructions": entry.get("instructions", ""),
        "variables": [one for one in entry["variables"] if f"[{one['name']}]" in template],
    }


def later_versions(entry: dict[str, Any], listing: Listing, people: People, now: datetime) -> list[Happening]:
    """What the changelog tells after the first version."""
    changes = entry.get("changelog") or []
    found = []
    for before, change in itertools.pairwise(changes):
        template = change.get("earlier_template") or entry["template"]
        if (before.get("earlier_template") or entry["template"]) == template:
            continue
        found.append(
            Happening(
                moment(now, min(change["days_before_now"], entry["days_live"] - 1), entry["slug"], change["note"]),
                lambda template=template, change=change: _add_version(entry, listing, people, template, change["note"]),  # type: ignore[misc]
            )
        )
    return found


def _add_version(entry: dict[str, Any], listing: Listing, people: People, template: str, note: str) -> None:
    listings.new_version(listing, by=listing.seller, prompt=prompt(entry, template), note=note)
    case = Case.objects.get(listing=listing, kind=Case.Kind.SUBMISSION, state__in=["screening", "open"])
    _approve(case, people, entry["slug"])


def _approve(case: Case, people: People, slug: str) -> None:
    moderator = people.moderators[int(chance("moderator", slug) * len(people.moderators))]
    moderation.decide(case, by=moderator, decision=Case.Decision.APPROVE)
