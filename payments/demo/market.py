"""The whole demo: people, shelves, months of trade, and work left on the moderators' desk."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from accounts import outbox
from accounts.models import OutboxEntry
from common import clock
from marketplace import listings, moderation, reporting
from marketplace.models import Case, Collection, CollectionItem, Listing
from payments.demo import catalogue_files, people, shelves, trade
from payments.demo.shelves import Happening, moment
from payments.demo.stripe import Sandbox
from payments.demo.studio import Studio

WAITING = 4  # submissions kept for the moderators' desk

Progress = Callable[[str, int, int], None]


def fill(progress: Progress, painted: Callable[[], None] = lambda: None) -> dict[str, int]:
    """Make everything there is to make; counts of what there is now. `painted` is told when no picture is left."""
    now = clock.now()
    entries = catalogue_files.listings()
    waiting = [entry for entry in reversed(entries) if not entry.get("reviews") and entry["price"] != 0][:WAITING]
    on_sale = {entry["slug"]: entry for entry in entries if entry not in waiting}
    stripe = Sandbox()
    stripe.quiet()
    with connection.cursor() as cursor:
        # A demo that a power cut ends is begun again anyway: nothing waits for the disk.
        cursor.execute("SET synchronous_commit TO off")
    studio = Studio(painted)
    try:
        progress("people", 0, 1)
        everybody = people.move_in(now, studio, stripe)
        market = trade.Trade(everybody, stripe, now)
        plan: list[Happening] = []
        plan += [
            Happening(
                moment(now, entry["days_live"], slug),
                lambda entry=entry: _put_up(market, entry, studio, plan, now),  # type: ignore[misc]
            )
            for slug, entry in on_sale.items()
        ]
        plan += trade.happenings(market, on_sale, everybody, now)
        _live_through(plan, progress)
        trade.unrest(market, everybody, now)
        _leave_on_desk(waiting, market, studio, now)
        _collect(market)
        trade.forget_letters()
        trade.settle_promises()
    finally:
        studio.close()
        stripe.back_to_normal()
    trade.forget_letters()  # what settling wrote
    _recount()
    return {
        "listings": Listing.objects.live().count(),
        "sellers": len(everybody.sellers),
        "buyers": len(everybody.buyers),
        "cases": Case.objects.exclude(state__in=["decided", "withdrawn"]).count(),
    }


def _put_up(market: trade.Trade, entry: dict[str, Any], studio: Studio, plan: list[Happening], now: datetime) -> None:
    listing = shelves.put_up(entry, market.people, studio)
    market.shelf[entry["slug"]] = listing
    plan.extend(shelves.later_versions(entry, listing, market.people, now))


def _live_through(plan: list[Happening], progress: Progress) -> None:
    """Do everything in the order of time; what happens may plan what happens later."""
    done = 0
    while plan:
        plan.sort(key=lambda one: one.at, reverse=True)
        batch = [plan.pop() for _ in range(min(20, len(plan)))]
        for happening in batch:
            with clock.at(happening.at):
                happening.act()
        done += len(batch)
        progress("days", done, done + len(plan))


def _leave_on_desk(waiting: list[dict[str, Any]], market: trade.Trade, studio: Studio, now: datetime) -> None:
    """Submissions to read, one sent back and appealed, one reported."""
    for number, entry in enumerate(waiting):
        seller = market.people.sellers[entry["seller"]]
        with clock.at(now - timedelta(hours=4 + 7 * number)):
            listing = shelves.draft(entry, seller, studio)
            case = listings.submit(listing, by=seller)
        if number == len(waiting) - 1:
            with clock.at(now - timedelta(hours=3)):
                note = "One example is thin: show the answer to a harder case, and say which model version made it."
                case = moderation.decide(
                    case, by=market.people.moderators[0], decision="reject", reason="examples", note=note
                )
            words = "The example is short because the answer is meant to be short; that is the point of the prompt."
            reporting.appeal(case, by=seller, words=words)
        else:
            moderation.screen(case)
    reported = next(iter(market.shelf.values()), None)
    if reported is not None and market.people.buyers:
        words = "The summary promises three variants, and I have only ever got two."
        reporting.report(reported, by=market.people.buyers[-1], kind="misleading", words=words)


def _collect(market: trade.Trade) -> None:
    """The house's own collections."""
    for position, entry in enumerate(catalogue_files.read("collections")):
        collection, _ = Collection.objects.get_or_create(
            slug=entry["slug"],
            defaults={
                "title_en": entry["title"],
                "title_fr": entry.get("title_fr", ""),
                "words_en": entry.get("words", ""),
                "words_fr": entry.get("words_fr", ""),
                "position": position,
            },
        )
        chosen = [market.shelf[slug] for slug in entry["listings"] if slug in market.shelf]
        CollectionItem.objects.bulk_create(
            [
                CollectionItem(collection=collection, listing=listing, position=place)
                for place, listing in enumerate(chosen)
            ],
            ignore_conflicts=True,
        )


def _recount() -> None:
    """Figures once for all, instead of once for each sale."""
    from marketplace import figures

    OutboxEntry.objects.filter(handler="marketplace.recount", done_at=None).delete()
    figures.recount_all()


def hurry() -> int:
    """Work that waits for workers: pictures, the search index."""
    return outbox.sweep()
