"""How much good new work is seen in its first week, by simulation: 1,000 sellers, 90 days.

    .venv/bin/python -m benchmarks.fairness [--sellers N] [--days N] [--seed N]

Every day some sellers publish, and visitors look at first pages: of everything, or of the shelf they came for. Three
ways to fill a page are compared on the same market: newest first, sales first, and ours: by standing, with places for
good new work given by the very function that pages use (marketplace/search/newcomers.py). “Seen” is a card on a page;
appeal is the share of visitors who would like a card, from 0 to 1.
"""

import argparse
import os
import random
import sys
from dataclasses import dataclass

PAGE = 24
SHELVES = 20
VISITS = 12_000  # first pages a day, half of them of one shelf
SLICES = 12  # of a day; visits within one see the same pages
PUBLISHING = 0.03  # share of the sellers who publish something on a day
WAVE = 0.1  # share of what a seller with many listings publishes at once
GOOD = 0.5  # share of new work that is good
WEEK = 7
ENOUGH = 500


@dataclass(slots=True)
class Work:
    key: int
    seller: int
    shelf: int
    day: int
    good: bool
    appeal: float
    sales: float = 0.0
    recent: float = 0.0
    seen_in_week: float = 0.0


def market(rng: random.Random, sellers: int, days: int) -> list[Work]:
    """What is published on each day; the market has been open for a year before the first."""
    works: list[Work] = []
    for seller in range(sellers):
        for _ in range(rng.randint(1, 8)):
            works.append(_work(rng, len(works), seller, -rng.randint(1, 365)))
            works[-1].sales = works[-1].appeal * rng.paretovariate(1.2) * 10
    for day in range(days):
        for seller in range(sellers):
            if rng.random() < PUBLISHING:
                for _ in range(10 if rng.random() < WAVE else 1):
                    works.append(_work(rng, len(works), seller, day))
    return works


def _work(rng: random.Random, key: int, seller: int, day: int) -> Work:
    good = rng.random() < GOOD
    return Work(key, seller, rng.randrange(SHELVES), day, good, rng.uniform(0.5, 1) if good else rng.uniform(0, 0.4))


def run(way: str, sellers: int, days: int, seed: int) -> tuple[float, float]:
    """Share of the good new work that was seen often enough in its first week, and the mean appeal of what was seen."""
    from marketplace.search import newcomers

    works = market(random.Random(seed), sellers, days)  # noqa: S311
    turn, seen, liked = 0, 0.0, 0.0
    for day in range(days):
        live = [work for work in works if work.day <= day]
        shelves = [[work for work in live if work.shelf == shelf] for shelf in range(SHELVES)]
        pages = [_sorted(way, some) for some in (live, *shelves)]
        weights = [VISITS / 2, *[VISITS / 2 / SHELVES] * SHELVES]
        fresh = [work for work in live if work.good and work.day >= 0 and day - work.day < newcomers.NEW_FOR.days]
        by_key = {work.key: work for work in live}
        for _ in range(SLICES):
            turn += 1
            for at, (page, weight) in enumerate(zip(pages, weights, strict=True)):
                shown = list(page)
                if way == "ours":
                    on_page = {work.key for work in page}
                    waiting = [(w.key, w.seller) for w in fresh if w.key not in on_page]
                    waiting = [pair for pair in waiting if at == 0 or by_key[pair[0]].shelf == at - 1]
                    shown += [by_key[key] for key in newcomers.in_turn(waiting, turn)]
                for work in shown:
                    _looked_at(work, weight / SLICES, day)
                    seen += weight
                    liked += weight * work.appeal
        for work in live:
            work.recent *= 0.5 ** (1 / 7)
    counted = [work for work in works if work.good and 0 <= work.day <= days - WEEK]
    return sum(work.seen_in_week >= ENOUGH for work in counted) / len(counted), liked / seen


def _sorted(way: str, works: list[Work]) -> list[Work]:
    orders = {
        "newest": lambda work: work.day,
        "sales": lambda work: work.sales,
        "ours": lambda work: 0.6 * work.appeal + 0.4 * work.recent / (work.recent + 3),
    }
    return sorted(works, key=lambda work: (orders[way](work), work.key), reverse=True)[:PAGE]


def _looked_at(work: Work, times: float, day: int) -> None:
    if 0 <= day - work.day < WEEK:
        work.seen_in_week += times
    work.sales += times * work.appeal * 0.002
    work.recent += times * work.appeal * 0.002


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sellers", type=int, default=1000)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    for way in ("newest", "sales", "ours"):
        share, appeal = run(way, options.sellers, options.days, options.seed)
        often = f"{share:6.1%} of good new work seen {ENOUGH} times or more in its first week"
        print(f"{way:8s} {often}, appeal of what was seen {appeal:.2f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
