"""Which listings are weighed for a question: a bounded number, those that lead and stand best first.

Those that say the words of a question in their title or labels come first, then those that say them anywhere. Either
are read in shelves, statements over disjoint ranges of standing, best first and each larger than the one before. A
limit over all of them stops the database before it opens shelves it does not need, so that a word that half the market
uses costs no more than one that a thousand use. Where filters, whose marks stand in the same index, are expected to
leave little, the first shelf is the larger.
"""

import re
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

from marketplace.search import marks, standing, text, vocabulary
from marketplace.search.documents import EXACT, LEADS
from marketplace.search.marks import Fit

if TYPE_CHECKING:
    from marketplace.search.ranking import Plan

POOL = 200  # candidates by words that are weighed at once where there are far more
WHOLE = 600  # expected matches up to which all are weighed
MOST_WEIGHED = 3000
GROWTH = 6  # of each shelf over the one before
_MARK = re.compile(r"'(@(?:[^']|'')*)'")

Statement = tuple[str, list[Any]]


class Lead(NamedTuple):
    """A tsquery that comes first, and about how many fulfil it without filters."""

    words: str
    expected: int


@dataclass(slots=True)
class Shelves:
    """The matches of a question as one statement, best standing first."""

    sql: str
    params: list[Any]
    is_whole: bool  # all of them are few enough to be weighed at once
    expected: float | None  # how many there are, as far as is known

    @property
    def most(self) -> int:
        if self.expected is None:
            return MOST_WEIGHED
        return 2 * WHOLE if self.is_whole else POOL

    @property
    def segments(self) -> int:
        """How often one can go on for more."""
        return max(MOST_WEIGHED // self.most, 1)


def shelves(
    words: str, fit: Fit, expected: int | None, columns: str, *, wanted: int | None = None, lead: Lead | None = None
) -> Shelves:
    """`words` is a tsquery, empty for everything; `expected` are its matches without filters, None for few.

    `wanted` is how many the first shelf should hold; what fulfils `lead` comes before all others.
    """
    share = _share(fit)
    number = None if expected is None else expected * share
    is_whole = number is None or number < WHOLE
    wanted = wanted or POOL
    if number is None or is_whole:
        parts = [(words, "")]
    elif lead is None:
        parts = [(words, steps) for steps in _ranges(number, wanted)]
    else:
        parts = [(lead.words, steps) for steps in _ranges(lead.expected * share, wanted)]
        parts += [(f"({words}) & !({lead.words})", steps) for steps in _ranges(number, wanted)]
    statements: list[str] = []
    params: list[Any] = []
    for part, steps in parts:
        # What only leaves out would have the index read from end to end.
        everything = marks.ALL if part.startswith("!") and not (fit.marks or steps) else ""
        conditions = [part and f"({part})", *fit.marks, everything, steps]
        statements.append(
            f"SELECT {columns} FROM marketplace_searchdocument AS document WHERE vector @@ %s::tsquery{fit.where()}"  # noqa: S608
        )
        params += [marks.together(conditions), *fit.params]
    return Shelves(" UNION ALL ".join(statements), params, is_whole, number)


def _share(fit: Fit) -> float:
    """Of the market that fulfils the marks of the filters, each taken by itself."""
    known = vocabulary.current()
    counted = max(min(known.documents, vocabulary.MOST_DOCUMENTS), 1)
    share = 1.0
    for mark in fit.marks:
        several = [known.marks.get(one.replace("''", "'")) for one in _MARK.findall(mark)]
        if several and None not in several:
            share *= min(sum(one or 0 for one in several) / counted, 1)
    return share


def _ranges(expected: float, wanted: float) -> list[str]:
    """Ranges of standing as parts of a tsquery; the first is expected to hold enough."""
    known = vocabulary.current()
    total = max(sum(known.steps.values()), 1)
    found: list[str] = []
    best = standing.STEPS - 1
    share, wanted = 0.0, wanted * 1.2
    for number in range(best, -1, -1):
        share += known.steps.get(f"@t{number}", 0) / total
        if expected * share >= wanted or number == 0:
            held = " | ".join(map(marks.quoted, standing.between(number, best)))
            found.append(f"({held})")
            best, share, wanted = number - 1, 0.0, wanted * GROWTH
    return found if len(found) > 1 else [""]  # every step there is says nothing, and takes long to say


def lead(made: "Plan") -> Lead | None:
    """What says the words of a question in its title or labels, and about how many those are."""
    number = _expected(made.leading_ways)
    if number is None:
        return None
    return Lead(f"({made.leading}) & {made.hard}" if made.hard else made.leading, number)


def expected(made: "Plan") -> int | None:
    """About how many match by words; None where nobody knows or the market is small."""
    return _expected(made.ways)


def _expected(ways: list[list[int]]) -> int | None:
    known = vocabulary.current()
    counted = min(known.documents, vocabulary.MOST_DOCUMENTS)
    if not ways or not known.steps or not counted:
        return None
    # Words that are asked for together stand together more often than chance has it: three quarters as surprising, say.
    shares = (sorted(min(number / counted, 1) for number in way) for way in ways)
    return round(sum(rarest * prod(others) ** 0.75 for rarest, *others in shares) * known.documents)


def leading(lexeme: str) -> str:
    """The form in which a title or a label holds what a term asks for."""
    begins = "*" if lexeme.endswith("*") else ""
    word = lexeme.removesuffix("*")
    if word.startswith(EXACT):
        word = word.removeprefix(EXACT) if begins else text.stem(word.removeprefix(EXACT))
    return f"{LEADS}{word}{begins}"


def near(ids: list[int], words: str, fit: Fit, columns: str) -> Statement:
    """Those of the nearest by meaning that fulfil the conditions."""
    sql = f"SELECT {columns} FROM marketplace_searchdocument AS document WHERE listing_id = ANY(%s){fit.where()}"  # noqa: S608
    params: list[Any] = [ids, *fit.params]
    if words or fit.marks:
        sql += " AND vector @@ %s::tsquery"
        params.append(marks.together([words and f"({words})", *fit.marks]))
    return sql, params
