"""Questions as the text of PostgreSQL's tsquery."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from marketplace.search import candidates, text, vocabulary
from marketplace.search.documents import EXACT, LEADS
from marketplace.search.understanding import Alternative, Term, Understood

MASS = 0.55  # of the rarity of the terms must be there for a match by words
MOST_GROWN = 12  # words that a beginning is looked up as in a large market
MOST_COMBINED = 6  # terms that are combined to find enough of them

Ways = list[frozenset[int]]


def matching(terms: Sequence[Term], rarities: Sequence[float]) -> tuple[str, list[list[Term]]]:
    """Documents with so many of the terms that they carry most of what the question says.

    Beside the tsquery each way of having enough.
    """
    if not terms:
        return "", []
    ranked = sorted(zip(terms, rarities, strict=True), key=lambda pair: -pair[1])
    known = [pair for pair in ranked if pair[0].documents][:MOST_COMBINED]
    unknown = [pair for pair in ranked if not pair[0].documents]
    if not known:
        known, unknown = unknown[:MOST_COMBINED], []
    groups = [any_form(term) for term, _rarity in unknown]
    enough = _enough([rarity for _term, rarity in known])
    groups.append(_factored(enough, [any_form(term) for term, _rarity in known]))
    return " | ".join(groups), [[known[at][0] for at in sorted(way)] for way in enough]


def _enough(rarities: Sequence[float]) -> Ways:
    """The smallest sets of terms that carry enough, by place."""
    total = sum(rarities)
    found: Ways = []
    for size in range(1, len(rarities) + 1):
        for chosen in map(frozenset, combinations(range(len(rarities)), size)):
            is_enough = sum(rarities[at] for at in chosen) >= MASS * total
            if is_enough and not any(less <= chosen for less in found):
                found.append(chosen)
    return found


def _factored(ways: Ways, terms: Sequence[str]) -> str:
    """Any of these ways; what most of them share is named once, for the index weighs a tsquery name by name."""
    counted = Counter(at for way in ways for at in way)
    shared, number = min(counted.items(), key=lambda item: (-item[1], item[0]))
    if number == 1:
        return " | ".join("(" + " & ".join(terms[at] for at in sorted(way)) + ")" for way in ways)
    with_it, others = [way - {shared} for way in ways if shared in way], [way for way in ways if shared not in way]
    taken = f"({terms[shared]} & ({_factored(with_it, terms)}))"
    return f"{taken} | {_factored(others, terms)}" if others else taken


def leading(term: Term) -> Term:
    """The term as it stands in titles and labels."""
    several = [Alternative(tuple(map(candidates.leading, one.atoms)), one.weight) for one in term.alternatives]
    return replace(term, alternatives=several)


def each_term(asked: Understood) -> list[str]:
    """The tsquery of each thing that is asked for, in any of its forms."""
    return [any_form(term) for term in asked.terms]


def any_form(term: Term) -> str:
    return "(" + " | ".join(_together(one) for one in term.alternatives) + ")"


def _together(alternative: Alternative) -> str:
    return "(" + " & ".join(map(_looked_up, alternative.atoms)) + ")"


def _looked_up(lexeme: str) -> str:
    """An atom for the index; of a beginning the words it may grow into, for the index would gather all it holds."""
    known = vocabulary.current()
    if lexeme.endswith("*") and known.documents >= vocabulary.LARGE:
        sign, beginning = lexeme[0], lexeme[1:-1]
        words = known.completions(beginning, most=MOST_GROWN)
        forms = dict.fromkeys(sign + (text.stem(word) if sign == LEADS else word) for word in words)
        return f"({' | '.join(map(atom, forms))})" if forms else atom(lexeme)
    return atom(lexeme)


def hard(asked: Understood) -> str:
    """Phrases and excluded words, which everything must satisfy."""
    return " & ".join([*map(_phrase, asked.phrases), *(f"!{_all(words)}" for words in asked.excluded)])


def _phrase(words: Sequence[str]) -> str:
    return "(" + " <-> ".join(atom(EXACT + word) for word in words) + ")"


def _all(words: Sequence[str]) -> str:
    return "(" + " & ".join(f"{atom(text.stem(word))}" for word in words) + ")"


def atom(lexeme: str) -> str:
    """One lexeme as the text of a tsquery; a star at its end stands for any ending."""
    begins = lexeme.endswith("*")
    lexeme = lexeme.removesuffix("*").replace("\\", "\\\\").replace("'", "''")
    return f"'{lexeme}'{':*' if begins else ''}"
