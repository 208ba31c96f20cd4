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
WIDE = 0.1  # of the market
_MARK = re.compile(r"'(@(?:[^']|'')*)'")

Statement = tuple[str, list[Any]]


class Range(NamedTuple):
    """Steps of standing as part of a tsquery, empty for all of them."""

    marks: str
    is_wide: bool  # a good part of the market: the index is quicker when it looks them up by themselves


WHOLE_RANGE = Range("", is_wide=False)


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
        parts = [(words, WHOLE_RANGE)]
    elif lead is None:
        parts = [(words, steps) for steps in _ranges(number, wanted)]
    else:
        parts = [(lead.words, steps) for steps in _ranges(lead.expected * share, wanted)]
        parts += [(f"({words}) & !({lead.words})", steps) for steps in _ranges(number, wanted)]
    statements: list[str] = []
    params: list[Any] = []
    for part, steps in parts:
        # What only leaves out would have the index read from end to end.
        everything = marks.ALL if part.startswith("!") and not (fit.marks or steps.marks) else ""
        conditions = [part and f"({part})", *fit.marks, everything, steps.marks]
        if steps.is_wide and part:
            looked_up = [f"({part})", marks.together(conditions[1:])]
        else:
            looked_up = [marks.together(conditions)]
        where = " AND ".join(["vector @@ %s::tsquery"] * len(looked_up))
        statements.append(f"SELECT {columns} FROM marketplace_searchdocument AS document WHERE {where}{fit.where()}")  # noqa: S608
        params += [*looked_up, *fit.params]
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


def _ranges(expected: float, wanted: float) -> list[Range]:
    """Ranges of standing; the first is expected to hold enough."""
    known = vocabulary.current()
    total = max(sum(known.steps.values()), 1)
    found: list[Range] = []
    held: list[str] = []
    share, wanted = 0.0, wanted * 1.2
    for number in standing.numbers():
        mark = f"@t{number}"
        held.append(marks.quoted(mark))
        share += known.steps.get(mark, 0) / total
        if expected * share >= wanted:
            found.append(Range(f"({' | '.join(held)})", share >= WIDE))
            held, share, wanted = [], 0.0, wanted * GROWTH
    if held:
        found.append(Range(f"({' | '.join(held)})", share >= WIDE))
    return found if len(found) > 1 else [WHOLE_RANGE]  # every step there is says nothing, and takes long to say


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
    # Words that are asked for together stand together more often than chance has it: half as surprising, say.
    shares = (sorted(min(number / counted, 1) for number in way) for way in ways)
    return round(sum(rarest * prod(others) ** 0.5 for rarest, *others in shares) * known.documents)


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
