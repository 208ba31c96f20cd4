"""Which listings are weighed for a question: a bounded number, those that stand best first.

The matches of a question are read in shelves, statements over disjoint ranges of standing, best first and each larger
than the one before. A limit over all of them stops the database before it opens shelves it does not need, so that a
word that half the market uses costs no more than one that a thousand use. Under filters, whose marks stand in the same
index, it goes on to lower shelves until it has enough.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marketplace.search import marks, standing, vocabulary
from marketplace.search.marks import Fit

if TYPE_CHECKING:
    from marketplace.search.ranking import Plan

POOL = 300  # candidates by words that are weighed at once where there are far more
WHOLE = 1200  # expected matches up to which all are weighed
MOST_WEIGHED = 3000
GROWTH = 4  # of each shelf over the one before

Statement = tuple[str, list[Any]]


@dataclass(slots=True)
class Shelves:
    """The matches of a question as one statement, best standing first."""

    sql: str
    params: list[Any]
    is_whole: bool  # all of them are few enough to be weighed at once

    @property
    def most(self) -> int:
        return MOST_WEIGHED if self.is_whole else POOL

    @property
    def segments(self) -> int:
        """How often one can go on for more."""
        return 1 if self.is_whole else MOST_WEIGHED // POOL


def shelves(words: str, fit: Fit, expected: int | None, columns: str) -> Shelves:
    """`words` is a tsquery, empty for everything; `expected` are its matches without filters, None for few."""
    # What only leaves out would have the index read from end to end.
    conditions = [words and f"({words})", *fit.marks, marks.ALL if "!" in words else ""]
    ranges = [""] if expected is None or expected < WHOLE else _ranges(expected)
    parts: list[str] = []
    params: list[Any] = []
    for steps in ranges:
        parts.append(
            f"SELECT {columns} FROM marketplace_searchdocument AS document WHERE vector @@ %s::tsquery{fit.where()}"  # noqa: S608
        )
        params += [marks.together([*conditions, steps]), *fit.params]
    return Shelves(" UNION ALL ".join(parts), params, len(ranges) == 1)


def _ranges(expected: int) -> list[str]:
    """Ranges of standing as parts of a tsquery; the first is expected to hold enough."""
    known = vocabulary.current()
    total = max(sum(known.steps.values()), 1)
    found: list[str] = []
    held: list[str] = []
    wanted, sum_held = float(POOL), 0.0
    for number in standing.numbers():
        mark = f"@t{number}"
        held.append(marks.quoted(mark))
        sum_held += expected * known.steps.get(mark, 0) / total
        if sum_held >= wanted:
            found.append(f"({' | '.join(held)})")
            held, sum_held, wanted = [], 0.0, wanted * GROWTH
    if held:
        found.append(f"({' | '.join(held)})")
    return found


def expected(made: "Plan") -> int | None:
    """About how many match by words; None where nobody knows or the market is small."""
    known = vocabulary.current()
    terms = sorted((term.documents for term in made.asked.terms if term.documents), reverse=True)
    counted = min(known.documents, vocabulary.MOST_DOCUMENTS)
    if not terms or not known.steps or not counted:
        return None
    # Several terms must meet: no more than the second commonest has, or a group without the commonest.
    return round(terms[min(len(terms) - 1, 1)] / counted * known.documents)


def near(ids: list[int], words: str, fit: Fit, columns: str) -> Statement:
    """Those of the nearest by meaning that fulfil the conditions."""
    sql = f"SELECT {columns} FROM marketplace_searchdocument AS document WHERE listing_id = ANY(%s){fit.where()}"  # noqa: S608
    params: list[Any] = [ids, *fit.params]
    if words or fit.marks:
        sql += " AND vector @@ %s::tsquery"
        params.append(marks.together([words and f"({words})", *fit.marks]))
    return sql, params
