"""What a listing brings besides its words: one number from 0 to 1, in one formula on record.

standing = 0.40 × rating + 0.25 × sales + 0.15 × liked + 0.20 × care

rating  (rating_bayesian − 1) ÷ 4: few stars stay near the mean of the market
sales   trending ÷ (trending + 3): recent sales damped by time, by day and by logarithm (marketplace/figures.py); own
        purchases, refunds, rings and suspended people are not in it
liked   log(1 + favourites) ÷ log(1 + 500), 1 at the most
care    quality: what the page shows, what buyers say, how few give it back

Steps of it are marks in the search vector, best first, so that a common word need not read all its matches: about one
listing in a hundred stands in the first step, one in sixteen in the first two, one in four in the first three.
"""

import math

COLUMNS = ("rating_bayesian", "trending", "favourites_count", "quality")
MOST_LIKED = math.log1p(500)
STEPS = (0.66, 0.55, 0.46)  # least standing of each step but the last


def of(rating_bayesian: float, trending: float, favourites: int, quality: float) -> float:
    rating = min(max((rating_bayesian - 1) / 4, 0), 1)
    sales = trending / (trending + 3)
    liked = min(math.log1p(favourites) / MOST_LIKED, 1)
    return round(0.40 * rating + 0.25 * sales + 0.15 * liked + 0.20 * min(quality, 1), 4)


def step(standing: float) -> int:
    """0 is best."""
    return next((number for number, least in enumerate(STEPS) if standing >= least), len(STEPS))


def marks(standing: float) -> list[str]:
    """A mark for its own step and every one below, so that one mark stands for “this good or better”."""
    return [f"@t{number}" for number in range(step(standing), len(STEPS))]
