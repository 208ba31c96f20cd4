"""Which listings are weighed for a question: a bounded number, those that lead and stand best first.

Those that say the words of a question in their title or labels come first, then those that say them anywhere. Either
are read in shelves, statements over disjoint ranges of standing, best first. Each tier of standing has an index of its
own, small where standing is high; within a tier, marks of standing in the same index tell the best. A limit over all
shelves stops the database before it opens those it does not need, so that a word that half the market uses costs no
more than one that a thousand use. Where filters, whose marks stand in the index as well, are expected to leave little,
the first shelf is the larger.
"""

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from marketplace.search import marks, standing, text, vocabulary
from marketplace.search.documents import EXACT, LEADS
from marketplace.search.marks import Fit
from marketplace.search.query import COUNTED_TO

if TYPE_CHECKING:
    from marketplace.search.ranking import Plan

POOL, POOL_BY_MEANING = 200, 100  # candidates by words that are weighed at once where there are far more
MOSTLY_WORDS = 4  # times as much as words at the most meaning counts in questions that weigh the whole pool
WHOLE = 600  # expected matches up to which all are weighed
MOST_WEIGHED = 3000
WALKED = 5  # √(a page and one more): so many times the root of a market's size, gathering costs as much as walking
PHRASES_READ = 600  # documents of a tier of a large market that say the words of a phrase somewhere
GROWTH = 4  # times as many as are wanted a tier must hold for its best to be read first
FOLLOWS = "<->"  # of the words of a phrase, in a tsquery
_MARK = re.compile(r"'(@(?:[^']|'')*)'")

Statement = tuple[str, list[Any]]


class Lead(NamedTuple):
    """A tsquery that comes first, what it asks beside what everything must fulfil, and about how many have it."""

    words: str
    alone: str
    expected: int


@dataclass(slots=True)
class Shelves:
    """The matches of a question as one statement, best standing first."""

    sql: str
    params: list[Any]
    is_whole: bool  # all of them are few enough to be weighed at once
    expected: float | None  # how many there are, as far as is known
    pool: int

    @property
    def most(self) -> int:
        if self.expected is None:
            return MOST_WEIGHED
        return 2 * WHOLE if self.is_whole else self.pool

    @property
    def segments(self) -> int:
        """How often one can go on for more."""
        return max(MOST_WEIGHED // self.most, 1)


def shelves(
    words: str, fit: Fit, expected: int | None, columns: str, *, wanted: int, lead: Lead | None = None
) -> Shelves:
    """`words` is a tsquery, empty for everything; `expected` are its matches without filters, None for few.

    `wanted` is how many the first shelf should hold, of many; what fulfils `lead` comes before all others.
    """
    share = _share(fit)
    number = None if expected is None else expected * share
    is_whole = number is None or number < (WHOLE if wanted >= min(POOL, POOL_BY_MEANING) else wanted)
    if number is None or is_whole:
        sql, params = everywhere(words, fit, columns)
        return Shelves(sql, params, is_whole, number, wanted)
    parts = []
    if lead is not None:
        parts += [(lead.words, *shelf) for shelf in _ranges(lead.expected * share, wanted)]
        words = f"({words}) & !({lead.alone})"
    parts += [(words, *shelf) for shelf in _ranges(number, wanted)]
    sql, params = _united([_shelf(part, fit, columns, tier, steps) for part, tier, steps in parts])
    return Shelves(sql, params, is_whole, number, wanted)


def anywhere(words: str) -> Statement:
    """Keys of what matches, for a statement that asks of one listing after another."""
    return "SELECT listing_id FROM marketplace_searchdocument WHERE vector @@ %s::tsquery", [words]


def everywhere(words: str, fit: Fit, columns: str) -> Statement:
    """All that match, from the index of each tier."""
    return _united([_shelf(words, fit, columns, tier) for tier in range(len(standing.LEAST_STEPS))])


def _united(parts: list[Statement]) -> Statement:
    return " UNION ALL ".join(sql for sql, _params in parts), [value for _sql, params in parts for value in params]


def _shelf(words: str, fit: Fit, columns: str, tier: int, steps: str = "") -> Statement:
    # What only leaves out would have the index read from end to end.
    everything = marks.ALL if words.startswith("!") and not (fit.marks or steps) else ""
    asked = marks.together([words and f"({words})", *fit.marks, everything, steps])
    # The tier is written out, for a value that is sent apart would not tell the planner which index is meant.
    source, params = f"marketplace_searchdocument AS document WHERE tier = {tier}", []
    if FOLLOWS in asked and vocabulary.current().documents >= vocabulary.LARGE:
        # The index does not know where a word stands: each that says all of them has to be unpacked.
        source = f"""(SELECT * FROM {source} AND vector @@ %s::tsquery LIMIT {PHRASES_READ})
            AS document WHERE true"""  # noqa: S608
        params = [asked.replace(FOLLOWS, "&")]
    return f"SELECT {columns} FROM {source} AND vector @@ %s::tsquery{fit.where()}", [*params, asked, *fit.params]  # noqa: S608


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


def _is_counted(mark: str) -> bool:
    """Whether it is known how many documents have it: so it is not of tags and sellers."""
    return all(one.replace("''", "'") in vocabulary.current().marks for one in _MARK.findall(mark))


def _ranges(expected: float, wanted: float) -> list[tuple[int, str]]:
    """Tiers, best first, with steps as part of a tsquery where the best of a tier is expected to be enough by far."""
    known = vocabulary.current()
    total = max(sum(known.steps.values()), 1)
    found: list[tuple[int, str]] = []
    best, wanted = standing.STEPS - 1, wanted * 1.2
    for tier, least in enumerate(standing.LEAST_STEPS):
        steps = {number: expected * known.steps.get(f"@t{number}", 0) / total for number in range(best, least - 1, -1)}
        enough = _enough(steps, wanted) if 0 < wanted * GROWTH <= sum(steps.values()) else least
        if enough > least:
            found += [(tier, _steps(enough, best)), (tier, _steps(least, enough - 1))]
        else:
            found.append((tier, ""))
        best, wanted = least - 1, wanted - sum(steps.values())
    return found


def _enough(steps: dict[int, float], wanted: float) -> int:
    """The step with which so many are held."""
    held = 0.0
    for number, expected in steps.items():
        held += expected
        if held >= wanted:
            return number
    return min(steps)


def _steps(least: int, most: int) -> str:
    return f"({' | '.join(map(marks.quoted, standing.between(least, most)))})"


def lead(made: "Plan") -> Lead | None:
    """What says the words of a question in its title or labels, and about how many those are."""
    number = _expected(made.leading_ways)
    if number is None:
        return None
    return Lead(f"({made.leading}) & {made.hard}" if made.hard else made.leading, made.leading, number)


def pool(made: "Plan") -> int:
    """How many are weighed at once.

    Fewer in a large market where meaning tells more than words, for it brings candidates of its own.
    """
    is_large = vocabulary.current().documents >= vocabulary.LARGE
    by_meaning = is_large and made.near and made.weights.meaning > MOSTLY_WORDS
    return made.pool or (POOL_BY_MEANING if by_meaning else POOL)


def are_many(made: "Plan", fit: Fit) -> bool:
    """Whether far more match by words and fulfil the conditions than are ever weighed."""
    return bool(made.matching) and (expected(made) or 0) * _share(fit) >= MOST_WEIGHED


def likely(made: "Plan", fit: Fit) -> float | None:
    """About how many match and fulfil the conditions; None where nothing tells."""
    number = expected(made)
    is_open = number is not None and not (made.hard or fit.conditions) and all(map(_is_counted, fit.marks))
    return number * _share(fit) if number is not None and is_open else None


def worth_walking() -> int:
    """Matches from which on a page in an order of columns is found sooner along the order."""
    return max(COUNTED_TO, WALKED * math.isqrt(vocabulary.current().documents))


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
    return round(sum(rarest * math.prod(others) ** 0.75 for rarest, *others in shares) * known.documents)


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
