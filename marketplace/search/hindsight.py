"""What a question finds, looked at afterwards by the task that sums up demand: nobody waits for it."""

from marketplace.models import Listing
from marketplace.search import candidates, marks, ranking, statements, tsqueries
from marketplace.search.marks import Fit
from marketplace.search.pages import Page
from marketplace.search.query import COUNTED_TO, Query
from marketplace.search.understanding import understand

PAGE = 24


def number(words: str) -> int:
    """How many listings speak of everything that was asked for, so that what only comes near does not count."""
    asked = understand(words, typing=False)
    plan = ranking.plan_of_words(asked)
    parts = [*tsqueries.each_term(asked), plan.hard]
    if not any(parts):
        return 0
    sql, params = candidates.everywhere(marks.together(parts), Fit(), "listing_id")
    [[held]] = statements.fetched(f"SELECT count(*) FROM ({sql} LIMIT {COUNTED_TO}) AS held", params)  # noqa: S608
    return int(held)


def first_page(words: str) -> list[str]:
    """Slugs in the order in which everybody sees them."""
    fit = marks.fit(Query(words=words))
    plan = ranking.plan(understand(words), fit)
    if not plan.words and not plan.near:
        return []
    keys = Page(plan, fit, None, PAGE, None).keys
    slugs = dict(Listing.objects.filter(pk__in=keys).values_list("pk", "slug"))
    return [slugs[key] for key in keys if key in slugs]
