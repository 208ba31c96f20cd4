"""The whole demo: people, shelves, months of trade, and work left on the moderators' desk."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection

from accounts import outbox, webhooks
from accounts.models import OutboxEntry
from common import clock
from marketplace import listings, moderation, reporting, social
from marketplace.models import Case, Collection, CollectionItem, ExampleImage, Listing
from payments import sale_prices
from payments.demo import catalogue_files, people, shelves, trade
from payments.demo.stripe import Sandbox
from payments.demo.studio import Studio
from payments.demo.traders import Traders

# Listings of the demo at a lower price for a while.
SALES = {"line-edit-that-leaves-your-voice-alone": 449, "skyline-after-blue-hour": 300}
FEW = 4  # pictures in one message, so that every worker paints some of the first page
Progress = Callable[[str, int, int], None]


class Opening:
    """The helpers of a market that is about to open: painters and traders, who begin before there are any tables."""

    def __init__(self) -> None:
        self.stripe = Sandbox()
        self.studio = Studio()
        self.traders = Traders()

    def fill(self, progress: Progress, stocked: Callable[[], None] = lambda: None) -> dict[str, int]:
        """Make everything there is to make; counts of what there is now. `stocked` is told when only trade is left."""
        now = clock.now()
        self.stripe.quiet()
        shelves.wait_for_no_disk()
        try:
            progress("people", 0, 1)
            everybody = people.move_in(now, self.studio, self.stripe)
            self.traders.begin(now)
            shelf = self._stock(everybody, now, progress)
            _leave_on_desk(shelf, everybody, self.studio, now)
            _collect(shelf)
            _settle_in(everybody, shelf)
            stocked()
            self.traders.finish()
            trade.announce_past()
            trade.forget_letters()
            trade.settle_promises()
            _lower(shelf)
        finally:
            self.close()
            self.stripe.back_to_normal()
        trade.forget_letters()  # what settling wrote
        _recount()
        _look_around(now)
        return {
            "listings": Listing.objects.live().count(),
            "sellers": len(everybody.sellers),
            "buyers": len(everybody.buyers),
            "cases": Case.objects.exclude(state__in=["decided", "withdrawn"]).count(),
        }

    def close(self) -> None:
        self.studio.close()
        self.traders.close()

    def _stock(self, everybody: people.People, now: datetime, progress: Progress) -> dict[str, Listing]:
        """Put everything on its shelf, oldest first; the traders hear of each."""
        shelf: dict[str, Listing] = {}
        entries = catalogue_files.on_sale()
        days = sorted(
            (shelves.moment(now, entry["days_live"], entry["slug"]), entry["slug"], entry) for entry in entries
        )
        for done, (at, slug, entry) in enumerate(days, start=1):
            with clock.at(at):
                shelf[slug] = shelves.put_up(entry, everybody, self.studio)
            self.traders.on_sale(slug, shelf[slug].pk, at)
            progress("listings", done, len(days))
        return shelf


def _leave_on_desk(shelf: dict[str, Listing], everybody: people.People, studio: Studio, now: datetime) -> None:
    """Submissions to read, one sent back and appealed, one reported."""
    waiting = catalogue_files.waiting()
    for number, entry in enumerate(waiting):
        seller = everybody.sellers[entry["seller"]]
        with clock.at(now - timedelta(hours=4 + 7 * number)):
            listing = shelves.draft(entry, seller, studio)
            case = listings.submit(listing, by=seller)
        if number == len(waiting) - 1:
            with clock.at(now - timedelta(hours=3)):
                note = "One example is thin: show the answer to a harder case, and say which model version made it."
                case = moderation.decide(
                    case, by=everybody.moderators[0], decision="reject", reason="examples", note=note
                )
            words = "The example is short because the answer is meant to be short; that is the point of the prompt."
            reporting.appeal(case, by=seller, words=words)
        else:
            moderation.screen(case)
    reported = next(iter(shelf.values()), None)
    if reported is not None and everybody.buyers:
        words = "The summary promises three variants, and I have only ever got two."
        reporting.report(shelves.find(reported.pk), by=everybody.buyers[-1], kind="misleading", words=words)


def _collect(shelf: dict[str, Listing]) -> None:
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
        chosen = [shelf[slug] for slug in entry["listings"] if slug in shelf]
        CollectionItem.objects.bulk_create(
            [
                CollectionItem(collection=collection, listing=listing, position=place)
                for place, listing in enumerate(chosen)
            ],
            ignore_conflicts=True,
        )


def _settle_in(everybody: people.People, shelf: dict[str, Listing]) -> None:
    """What people keep for themselves: a buyer's collection, a seller's webhook (switched off, so nothing is sent)."""
    if everybody.buyers:
        reader = everybody.buyers[0]
        own = social.collect(reader, title="For the next quarter", words="What I mean to try with the team.")
        for listing in list(shelf.values())[:4]:
            social.put_in(own, shelves.find(listing.pk), by=reader)
    seller = next(iter(everybody.sellers.values()), None)
    if seller is not None:
        address = "https://hooks.example.com/promptuary"
        hook, _secret = webhooks.subscribe(seller, url=address, events=["sale.completed"], description="Bookkeeping")
        webhooks.change(hook, is_on=False)


def _lower(shelf: dict[str, Listing]) -> None:
    """Two sales that run: the price of before stands crossed out on the cards."""
    for slug, price in SALES.items():
        if slug in shelf:
            listing = shelves.find(shelf[slug].pk)
            sale_prices.put(listing, listing.seller, price=price, ends=clock.now() + timedelta(days=12))


def _recount() -> None:
    """Figures once for all, instead of once for each sale."""
    from marketplace import figures

    OutboxEntry.objects.filter(handler="marketplace.recount", done_at=None).delete()
    figures.recount_all()


def _look_around(now: datetime) -> None:
    """Two months of people looking at pages, more of them at what sells."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOKS, [now.date(), now.date()])


_LOOKS = """
    INSERT INTO marketplace_listingday (listing_id, day, source, views)
    SELECT id, day, source, views FROM (
        SELECT listing.id, day::date AS day, source,
            round((4 + 2.5 * sales_count) * share * (0.4 + abs(hashtext(slug || day || source) %% 100) / 80.0)) AS views
        FROM marketplace_listing AS listing,
            generate_series(%s::date - 59, %s::date, interval '1 day') AS day,
            (VALUES ('search', 0.42), ('browse', 0.30), ('direct', 0.12), ('seller', 0.09), ('via', 0.07))
                AS sources (source, share)
        WHERE listing.status = 'live' AND listing.published_at::date <= day::date
    ) AS looked WHERE views > 0
    ON CONFLICT DO NOTHING
"""


def hurry() -> int:
    """Work that waits for workers: the pictures of the home page before all others, the search index."""
    pictures = _pictures_in_turn()
    for start in range(0, len(pictures), FEW):
        outbox.hurry(pictures[start : start + FEW])
    return outbox.sweep()


def _pictures_in_turn() -> list[int]:
    """The promises of pictures: the card of what is trending first, then all other cards, then further examples."""
    of_listing: Counter[int] = Counter()
    turn: dict[int, tuple[int, int]] = {}
    shown = ExampleImage.objects.order_by("-listing__trending", "-listing_id", "pk").values_list("pk", "listing_id")
    for pk, listing in shown:
        turn[pk] = (of_listing[listing], len(turn))
        of_listing[listing] += 1
    waiting = OutboxEntry.objects.filter(handler="marketplace.make_renditions", done_at=None)
    found = waiting.values_list("pk", "arguments")
    return [pk for pk, arguments in sorted(found, key=lambda one: turn.get(one[1]["image_id"], (len(turn), 0)))]
