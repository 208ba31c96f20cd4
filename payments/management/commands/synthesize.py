import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from tqdm import tqdm

from marketplace.synthesis import Made, Market
from payments import synthesis

KNOWN = 200_000  # listings that orders are spread over


class Command(BaseCommand):
    help = "Makes a large market of nonsense for load tests: listings, sellers, orders, reviews. Then run reindex."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--listings", type=int, default=10_000)
        parser.add_argument("--sellers", type=int, default=500)
        parser.add_argument("--orders", type=int, default=0)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--quiet", action="store_true", help="show no progress")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEBUG or settings.TESTING):
            raise CommandError("A market of nonsense has no place on a site that is open to people (DEBUG is off).")
        if options["listings"] and options["sellers"] < 1:
            raise CommandError("Listings need at least one seller.")
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")
        market = Market(options["seed"])
        market.add_sellers(options["sellers"])
        sold = self._listings(market, options)
        if options["orders"] and sold:
            began = time.monotonic()
            number = synthesis.add_orders(options["orders"], sold, market.sellers, options["seed"])
            self._say("orders", number, began)
            self.stdout.write("No payment at Stripe stands behind these orders: audit_books will say so.")
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        self.stdout.write("Run manage.py reindex to make them searchable.")

    def _listings(self, market: Market, options: dict[str, Any]) -> list[Made]:
        began = time.monotonic()
        known: list[Made] = []
        with tqdm(total=options["listings"], unit=" listings", disable=options["quiet"]) as bar:
            for batch in market.listings(options["listings"]):
                known += batch[: max(KNOWN - len(known), 0)]
                bar.update(len(batch))
        self._say("listings", options["listings"], began)
        return known

    def _say(self, what: str, number: int, began: float) -> None:
        seconds = max(time.monotonic() - began, 0.001)
        self.stdout.write(f"{number} {what} in {seconds:.1f} s ({number / seconds:.0f} a second).")
