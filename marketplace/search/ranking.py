"""Who comes first: one statement that weighs words, meaning and standing of a bounded number of candidates.

score = WORDS(n) × coverage + MEANING(n) × similarity + FOCUS × focus + STANDING × standing

coverage    Σ rarity × strength ÷ Σ rarity over the terms; strength says where the best form of a term stands (title 1,
            tags, model and category 0.8, summary 0.5, elsewhere 0.25; more places count a little more)
similarity  between question and listing: the cosine, and half the cosine between the listing and the middle of the five
            that are nearest to the question
focus       share of the title's words that were asked for
n           number of telling words: the longer the question, the more its meaning counts
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import FloatField
from django.db.models.expressions import RawSQL

from common.pagination import Position
from marketplace.search import candidates as candidates_
from marketplace.search import encoder, statements, tsqueries, vocabulary
from marketplace.search.candidates import Statement
from marketplace.search.marks import Fit
from marketplace.search.understanding import Term, Understood

FIELDS = "{0.25, 0.5, 0.8, 1.0}"  # D, C, B, A
ONE_PLACE = 1.64493406685  # what ts_rank divides by
MOST_STRENGTH = 1.15
NEAR = 100  # candidates by meaning
LEANT_ON = 5  # nearest listings towards whose middle a question leans
LOOKED_AT_TO_LEAN = 100  # by the index of meanings, which looks at more for all that is near
LEANING = 0.5
FEW, FEW_IN_LARGE = 2000, 600  # that fulfil the conditions are looked at one by one
NEAR_IN_LARGE = 300  # candidates by meaning of which those that fulfil the conditions are kept
LEAST_SIMILARITY = 0.2  # and half of the best
ALWAYS_NEAR = 10  # are kept whatever their similarity


Scored = tuple[float, int]  # score and key of a listing


@dataclass(frozen=True, slots=True)
class Weights:
    words: float
    meaning: float
    focus: float
    standing: float = 0.08


# By number of telling words; the last holds for all longer questions. Found by measuring (docs/search.md).
WEIGHTS = (
    Weights(1.0, 2.0, 0.3),
    Weights(1.0, 2.0, 0.1),
    Weights(1.0, 4.0, 0.1),
    Weights(1.0, 6.0, 0.0),
    Weights(1.0, 7.0, 0.0),
)


@dataclass(slots=True)
class Plan:
    """What a question comes to in terms of the database."""

    asked: Understood
    matching: str = ""  # tsquery of what matches by words; empty when words match nothing
    leading: str = ""  # the same of titles and labels
    ways: list[list[int]] = field(default_factory=list)  # of matching: documents that hold each term of it
    leading_ways: list[list[int]] = field(default_factory=list)  # of leading: those that hold it in title or labels
    hard: str = ""  # tsquery of phrases and excluded words, which everything must satisfy
    near: dict[int, float] = field(default_factory=dict)  # similarity of the nearest by meaning
    direction: tuple[float, ...] | None = None
    rarities: list[float] = field(default_factory=list)
    pool: int = 0  # candidates by words that are weighed at once, where a reader wants less than a page of them

    @property
    def words(self) -> str:
        """What a document must fulfil that is found by its words, empty when only meaning finds any."""
        if self.matching and self.hard:
            return f"({self.matching}) & {self.hard}"
        return self.matching or self.hard

    @property
    def weights(self) -> Weights:
        return WEIGHTS[min(max(self.asked.length, 1), len(WEIGHTS)) - 1]


def plan(asked: Understood, fit: Fit | None = None) -> Plan:
    """Words and meaning."""
    made = plan_of_words(asked)
    if asked.sentence and asked.is_known:
        made.direction = _leaning(encoder.of_query(asked.sentence))
        if made.direction is not None:
            made.near = _nearest(made, fit or Fit())
    return made


def plan_of_words(asked: Understood) -> Plan:
    documents = max(vocabulary.current().documents, 10)
    made = Plan(asked, rarities=[_rarity(term, documents) for term in asked.terms])
    made.matching, ways = tsqueries.matching(asked.terms, made.rarities)
    made.leading, _ways = tsqueries.matching([tsqueries.leading(term) for term in asked.terms], made.rarities)
    _count(made, ways)
    made.hard = tsqueries.hard(asked)
    return made


def _rarity(term: Term, documents: int) -> float:
    """How much a term tells; one that nobody uses counts little, because it may be anything."""
    if not term.documents:
        return 1.0
    number = min(term.documents, documents)
    return math.log(1 + (documents - number + 0.5) / (number + 0.5)) + 0.3


def _count(made: Plan, ways: list[list[Term]]) -> None:
    """In how many documents each term of each way stands, and in how many titles or labels."""
    known = vocabulary.current()
    made.ways = [[term.documents for term in way] for way in ways]
    made.leading_ways = [[known.leads(term.said or term.word) for term in way] for way in ways]


def loosened(made: Plan) -> bool:
    """Take any of the words for a match; whether that is more than before."""
    before, made.matching = made.matching, " | ".join(tsqueries.each_term(made.asked))
    made.leading = " | ".join(tsqueries.any_form(tsqueries.leading(term)) for term in made.asked.terms)
    _count(made, [[term] for term in made.asked.terms])
    return len(made.asked.terms) > 1 and made.matching != before


# ---- Meaning ---------------------------------------------------------------------------------------------------------


def _leaning(direction: tuple[float, ...] | None) -> tuple[float, ...] | None:
    """The direction of a question, leaning to what stands nearest: what listings say in the place of its words."""
    if direction is None:
        return None
    [[middle]] = statements.fetched(
        f"""
        SELECT l2_normalize(avg(embedding))::real[] FROM (
            SELECT embedding FROM marketplace_searchmeaning ORDER BY embedding <#> %s::halfvec LIMIT {LEANT_ON}
        ) AS nearest
        """,  # noqa: S608
        [written(direction)],
        settings=f"SET LOCAL hnsw.ef_search = {LOOKED_AT_TO_LEAN};",
    )
    if middle is None:
        return direction
    return tuple(own + LEANING * other for own, other in zip(direction, middle, strict=True))


def _nearest(made: Plan, fit: Fit) -> dict[int, float]:
    """Similarity of the nearest among those that fulfil the conditions."""
    is_open = not (made.hard or fit.marks or fit.conditions)
    rows = _nearest_of_all(made) if is_open else _nearest_that_fit(made, fit)
    least = max(LEAST_SIMILARITY, rows[0][1] / 2) if rows else 0
    return {pk: similarity for at, (pk, similarity) in enumerate(rows) if at < ALWAYS_NEAR or similarity >= least}


def _nearest_of_all(made: Plan) -> list[tuple[int, float]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT listing_id, -(embedding <#> %s::halfvec) FROM marketplace_searchmeaning
            ORDER BY embedding <#> %s::halfvec LIMIT {NEAR}
            """,  # noqa: S608
            [written(made.direction), written(made.direction)],
        )
        return sorted(cursor.fetchall(), key=lambda row: -row[1])


def _nearest_that_fit(made: Plan, fit: Fit) -> list[tuple[int, float]]:
    """Those of the nearest that fulfil the conditions, and each of a bounded number that do, best standing first.

    Where few fulfil them these are all; the index of meanings would have to walk far to meet them. In a large market
    they are asked for only where too few are expected to be found by their words.
    """
    documents = vocabulary.current().documents
    few, close = (FEW, NEAR) if documents < vocabulary.LARGE else (FEW_IN_LARGE, NEAR_IN_LARGE)
    near, given = candidates_.near([], made.hard, fit, "listing_id")
    near = near.replace("ANY(%s)", f"ANY(ARRAY(SELECT listing_id FROM close LIMIT {close}))")  # noqa: S608
    parts, params = [f"({near})"], given[1:]
    if documents < vocabulary.LARGE or not candidates_.are_many(made, fit):
        held = candidates_.shelves(made.hard, fit, documents, "listing_id", wanted=few)
        parts.append(f"(SELECT listing_id FROM ({held.sql}) AS shelf LIMIT {few})")  # noqa: S608
        params += held.params
    return statements.fetched(
        f"""
        WITH close AS MATERIALIZED (
            SELECT listing_id FROM marketplace_searchmeaning ORDER BY embedding <#> %s::halfvec LIMIT {close}
        ), fitting AS MATERIALIZED ({" UNION ".join(parts)})
        SELECT listing_id, -(embedding <#> %s::halfvec) AS similarity
        FROM fitting JOIN marketplace_searchmeaning USING (listing_id) ORDER BY similarity DESC LIMIT {NEAR}
        """,  # noqa: S608
        [written(made.direction), *params, written(made.direction)],
    )


def written(direction: Sequence[float] | None) -> str:
    return "[" + ",".join(f"{value:.5g}" for value in direction or ()) + "]"


# ---- The score ---------------------------------------------------------------------------------------------------


def candidates(made: Plan, fit: Fit, *, is_many: bool = False) -> tuple[str, list[Any]]:
    """Keys of what matches by words or by meaning, as a statement; of many, one to ask about a listing at a time."""
    parts: list[str] = []
    params: list[Any] = []
    if made.words:
        asked = candidates_.anywhere(made.words) if is_many else candidates_.everywhere(made.words, fit, "listing_id")
        parts, params = [f"({asked[0]})"], [*asked[1]]
    if made.near:
        parts.append("SELECT unnest(%s::bigint[])")
        params.append(list(made.near))
    return " UNION ".join(parts), params


def best(
    made: Plan,
    fit: Fit,
    size: int,
    position: Position | None = None,
    *,
    segment: int = 0,
    besides: Statement | None = None,
) -> tuple[list[Scored], Any]:
    """(score, key) of the candidates of a segment in order, from a position on; backwards when the position says so.

    `besides` is asked for one value on the same way. The words of a candidate are unpacked once for all terms.
    """
    found = _shelves(made, fit)
    start = segment * found.most
    parts = [
        f"""SELECT listing_id FROM (
            SELECT listing_id, row_number() OVER () AS place FROM ({found.sql}) AS shelf LIMIT {start + found.most}
        ) AS counted WHERE place > {start} AND listing_id <> ALL(%s)"""  # noqa: S608
    ]
    params = [*found.params, list(made.near) if segment else []]
    if not made.words:
        parts, params = [], []
    if made.near and segment == 0:
        sql, given = candidates_.near(list(made.near), made.hard, fit, "listing_id")
        parts.append(sql)
        params += given
    if not parts:
        parts, params = ["SELECT NULL::bigint AS listing_id WHERE false"], []
    formula = score(made)
    backwards = position is not None and position.backwards
    direction = "ASC" if backwards else "DESC"
    beyond, given = "", []
    if position is not None and position.values:
        operator = (">" if backwards else "<") + ("=" if position.inclusive else "")
        beyond, given = f"WHERE (score, listing_id) {operator} (%s, %s)", list(position.values)
    *rows, last = statements.fetched(
        f"""
        WITH found AS MATERIALIZED ({" UNION ".join(parts)}),
        unpacked AS MATERIALIZED (
            SELECT listing_id, vector || ''::tsvector AS vector, standing, title_words
            FROM marketplace_searchdocument JOIN found USING (listing_id)
        )
        (SELECT score, listing_id, NULL AS besides FROM (
            SELECT marketplace_searchdocument.listing_id, {formula.sql} AS score
            FROM unpacked AS marketplace_searchdocument
            LEFT JOIN marketplace_searchmeaning USING (listing_id)
        ) AS weighed {beyond} ORDER BY score {direction}, listing_id {direction} LIMIT %s)
        UNION ALL SELECT NULL, NULL, {besides[0] if besides else "NULL"}
        """,  # noqa: S608
        [*params, *formula.params, *given, size, *(besides[1] if besides else ())],
    )
    scored = [(float(value), int(pk)) for value, pk, _besides in rows]
    return (scored[::-1] if backwards else scored), last[2]


def segments(made: Plan, fit: Fit) -> int:
    """How many segments the candidates come in."""
    return _shelves(made, fit).segments


def _shelves(made: Plan, fit: Fit) -> candidates_.Shelves:
    expected, wanted = candidates_.expected(made), candidates_.pool(made)
    return candidates_.shelves(made.words, fit, expected, "listing_id", wanted=wanted, lead=candidates_.lead(made))


def score(made: Plan) -> RawSQL:
    """The formula, over a listing joined with its document and its meaning."""
    weights = made.weights
    strengths: list[str] = []
    params: list[Any] = []
    for term, rarity in zip(made.asked.terms, made.rarities, strict=True):
        sql, given = _strength(term)
        strengths.append(f"%s * {sql}")
        params += [rarity, *given]
    total = sum(made.rarities) or 1
    coverage = " + ".join(strengths) or "0"
    title, title_params = _in_title(made.asked.terms)
    similarity = "0"
    direction: list[Any] = []
    if made.direction is not None:
        similarity = "coalesce(-(marketplace_searchmeaning.embedding <#> %s::halfvec), 0)"
        direction = [written(made.direction)]
    sql = f"""
        round((%s * ({coverage}) + %s * {similarity} + %s * {title}
            + %s * marketplace_searchdocument.standing)::numeric, 6)::float8
    """
    given = [weights.words / total, *params, weights.meaning, *direction, weights.focus, *title_params]
    given.append(weights.standing)
    return RawSQL(sql, given, FloatField())  # noqa: S611


def _strength(term: Term) -> tuple[str, list[Any]]:
    """How well the best alternative of a term stands in a document, 0 to MOST_STRENGTH."""
    parts, params = [], []
    for one in term.alternatives:
        ranks = ", ".join(f"ts_rank('{FIELDS}', marketplace_searchdocument.vector, %s::tsquery)" for _atom in one.atoms)
        parts.append(f"%s * least({ranks})")
        params += [one.weight * ONE_PLACE, *map(tsqueries.atom, one.atoms)]
    return f"least(greatest({', '.join(parts)}), {MOST_STRENGTH})", params


def _in_title(terms: Sequence[Term]) -> tuple[str, list[Any]]:
    """The share of the title's words that were asked for."""
    if not terms:
        return "0", []
    parts, params = [], []
    for term in terms:
        parts.append("(marketplace_searchdocument.vector @@ %s::tsquery)::int")
        params.append(" | ".join(tsqueries.atom(one.atoms[0]) + _weight_a(one.atoms[0]) for one in term.alternatives))
    return f"least(({' + '.join(parts)})::float8 / greatest(marketplace_searchdocument.title_words, 1), 1)", params


def _weight_a(lexeme: str) -> str:
    return "A" if lexeme.endswith("*") else ":A"
