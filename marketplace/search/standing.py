"""What a listing brings besides its words: one number from 0 to 1, in one formula on record.

standing = 0.40 × rating + 0.25 × sales + 0.15 × liked + 0.20 × care

rating  (rating_bayesian − 1) ÷ 4: few stars stay near the mean of the market
sales   trending ÷ (trending + 3): recent sales damped by time, by day and by logarithm (marketplace/figures.py); own
        purchases, refunds, rings and suspended people are not in it
liked   log(1 + favourites) ÷ log(1 + 500), 1 at the most
care    quality: what the page shows, what buyers say, how few give it back

Its step, one of fifty, is a mark in the search vector, so that a common word need not read all its matches: those that
stand best are looked at first (marketplace/search/candidates.py). So are the blocks of four and of sixteen steps it
belongs to: a range of many steps is a few marks.
"""

import math

from marketplace.models.search import TIERS

COLUMNS = ("rating_bayesian", "trending", "favourites_count", "quality")
MOST_LIKED = math.log1p(500)
STEPS = 50
LEAST_STEPS = (*(round(least * STEPS) for least in TIERS), 0)  # of each tier, best first
SIZES = {"@t": 1, "@u": 4, "@v": 16}  # steps that a mark stands for


def of(rating_bayesian: float, trending: float, favourites: int, quality: float) -> float:
    rating = min(max((rating_bayesian - 1) / 4, 0), 1)
    sales = trending / (trending + 3)
    liked = min(math.log1p(favourites) / MOST_LIKED, 1)
    return round(0.40 * rating + 0.25 * sales + 0.15 * liked + 0.20 * min(quality, 1), 4)


def step(standing: float) -> int:
    """The highest is best."""
    return min(max(int(standing * STEPS), 0), STEPS - 1)


def mark(standing: float) -> str:
    return f"@t{step(standing)}"


def marks(standing: float) -> tuple[str, ...]:
    """Of the step, and of the blocks that it belongs to."""
    number = step(standing)
    return tuple(f"{sign}{number // size}" for sign, size in SIZES.items())


def every_mark() -> list[str]:
    return [f"{sign}{number}" for sign, size in SIZES.items() for number in range(-(-STEPS // size))]


def between(least: int, most: int) -> list[str]:
    """The fewest marks that stand for these steps and no others."""
    found = []
    while most >= least:
        for sign, size in reversed(SIZES.items()):
            first = most // size * size
            if first >= least and most == min(first + size, STEPS) - 1:
                found.append(f"{sign}{most // size}")
                most = first - 1
                break
    return found
