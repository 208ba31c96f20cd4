"""The months of buying in a process of its own, so that the shelves are filled on one core and emptied on another.

It begins early (reading the modules takes seconds), waits until it is told who lives here, and then lives through the
days up to the newest listing it was told of: nothing is bought before it is on the shelf.
"""

import logging
import traceback
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

LATE = 600  # seconds after which something must be wrong


class Failed(Exception):
    """The other process could not go on; its own words are the message."""


class Traders:
    """The end of the line that fills the shelves."""

    def __init__(self) -> None:
        # Spawned, not forked: the one who calls may hold connections and threads.
        context = get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_live, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def begin(self, now: datetime) -> None:
        """Everybody has moved in; `now` is when the story ends."""
        self._tell(now)

    def on_sale(self, slug: str, listing_id: int, at: datetime) -> None:
        self._tell((slug, listing_id, at))

    def finish(self) -> None:
        """Wait until all is bought, reviewed and paid out."""
        self._tell(None)
        if not self._line.poll(LATE):
            raise Failed("The demo's months of trade take too long.")
        self._heed()
        self._process.join()

    def close(self) -> None:
        self._line.close()
        if self._process.is_alive():
            self._process.terminate()
            self._process.join()

    def _tell(self, what: Any) -> None:
        try:
            self._line.send(what)
        except OSError:
            self._heed()
            raise

    def _heed(self) -> None:
        try:
            wrong: str | None = self._line.recv()
        except EOFError:
            wrong = "The demo's months of trade ended early."
        if wrong:
            raise Failed(wrong)


def _live(line: Connection) -> None:
    """The other process: None as an answer means that all went well."""
    try:
        import django

        django.setup()
        _trade(line)
        line.send(None)
    except EOFError:
        pass  # whoever began this is gone
    except Exception:  # noqa: BLE001  whatever it is, the one who waits must hear of it
        line.send(traceback.format_exc())


def _trade(line: Connection) -> None:
    from accounts import outbox
    from payments.demo import catalogue_files, people, shelves, trade
    from payments.demo.stripe import Sandbox

    # The disputed payment is part of the story, and nobody's alarm.
    logging.getLogger("payments.alerts").setLevel(logging.CRITICAL)
    now: datetime = line.recv()
    shelves.wait_for_no_disk()
    market = trade.Trade(people.found(), Sandbox(), now)
    entries = {entry["slug"]: entry for entry in catalogue_files.on_sale()}
    days = shelves.Days(trade.happenings(market, entries, market.people, now))
    with outbox.patiently():
        while (news := line.recv()) is not None:
            slug, listing_id, at = news
            days.live_until(at)
            listing = shelves.find(listing_id)
            market.shelf[slug] = listing
            days.add(shelves.later_versions(entries[slug], listing, market.people, now))
        days.live_until(now)
        trade.unrest(market, market.people, now)
