"""Our own tables of words, kept as text that anybody can read and mend: marketplace/data/synonyms.txt, french.txt."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from marketplace.search import text

FOLDER = Path(__file__).resolve().parent.parent / "data"
LONGEST = 5  # words of a phrase in either table

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """From a word or phrase (folded, in words) to what else may be meant."""

    entries: dict[Words, list[Words]] = field(default_factory=dict)

    def longest_at(self, words: list[str], start: int) -> tuple[int, list[Words]]:
        """How many words the longest entry here has, and what it stands for; 0 when there is none."""
        for length in range(min(LONGEST, len(words) - start), 0, -1):
            if meant := self.entries.get(tuple(words[start : start + length])):
                return length, meant
        return 0, []


@cache
def synonyms() -> Table:
    """`a = b = c` stand for each other; `a > b` means that who says a also means b."""
    entries: dict[Words, list[Words]] = defaultdict(list)
    for line in _lines("synonyms.txt"):
        if ">" in line:
            left, right = (side.split(",") for side in line.split(">"))
            pairs = [(one, other) for one in left for other in right]
        else:
            same = line.split("=")
            pairs = [(one, other) for one in same for other in same if one != other]
        for one, other in pairs:
            entries[_key(one)].append(_key(other))
    return Table(dict(entries))


@cache
def french() -> Table:
    """`mot, autre mot: english | another`; nothing after the colon: left out. Lines without one only mark words."""
    entries: dict[Words, list[Words]] = defaultdict(list)
    for line in _lines("french.txt"):
        left, colon, right = line.lstrip("~").partition(":")
        for one in left.split(",") if colon else ():
            entries[_french_key(one)] += [_key(meant) for meant in right.split("|")]
    return Table(dict(entries))


@cache
def false_friends() -> frozenset[Words]:
    """French words and phrases that are English ones as well (the same, or marked ~), and prove nothing alone."""
    marked = (line[1:].partition(":")[0] for line in _lines("french.txt") if line.startswith("~"))
    found = {_french_key(one) for left in marked for one in left.split(",")}
    same = {key for key, meant in french().entries.items() if key in meant}
    return frozenset(found | same)


def _lines(name: str) -> list[str]:
    lines = (FOLDER / name).read_text("utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _key(phrase: str) -> Words:
    return tuple(text.words(phrase))


def _french_key(phrase: str) -> Words:
    return key_of(text.words(phrase))


def key_of(words: list[str]) -> Words:
    """French words as the lexicon holds them."""
    return tuple(map(singular, words))


def french_at(words: list[str], start: int) -> tuple[int, list[Words]]:
    """How many words the longest French entry here has, and what it means in English; 0 when there is none."""
    table = french()
    length, meant = table.longest_at(list(map(singular, words)), start)
    if length == 0 and (infinitive := _infinitive(words[start])):
        return 1, table.entries[infinitive,]
    return length, meant


def _infinitive(word: str) -> str | None:
    """Of a form of a verb that the lexicon holds."""
    entries = french().entries
    forms = (word.removesuffix(ending) + "er" for ending in _VERBAL if word.endswith(ending))
    return next((form for form in forms if len(form) >= LEAST_VERB and (form,) in entries), None)


# Of verbs in -er, longer endings first.
_VERBAL = tuple(
    "eraient erait erons eront erai eras erez era aient ant ait ais ons ees ent ez ee es e".split()  # noqa: SIM905
)
LEAST_VERB = 5  # letters
LEAST_COGNATE = 4


def singular(word: str) -> str:
    """A French word without the mark of the plural, and so the forms of one word meet."""
    if len(word) > 4 and word.endswith("aux"):
        return word[:-3] + "al"
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word


def cognates(word: str) -> list[str]:
    """English words that a French one may be, by its ending; the caller knows which of them exist."""
    word = singular(word)
    found = [word.removesuffix(ending) + other for ending, other in _COGNATES if word.endswith(ending)]
    return [*found, word] if len(word) >= LEAST_COGNATE else []


_COGNATES = (
    ("isation", "ization"),
    ("isation", "ation"),
    ("iser", "ize"),
    ("ifier", "ify"),
    ("ique", "ic"),
    ("ique", "ical"),
    ("ique", "ics"),
    ("ite", "ity"),
    ("iste", "ist"),
    ("isme", "ism"),
    ("aire", "ary"),
    ("atrice", "ator"),
    ("ateur", "ator"),
    ("teur", "tor"),
    ("eur", "er"),
    ("euse", "er"),
    ("eux", "ous"),
    ("elle", "al"),
    ("el", "al"),
    ("if", "ive"),
    ("ive", "ive"),
    ("ence", "ence"),
    ("ie", "y"),
    ("er", "e"),
    ("er", ""),
    ("re", "er"),
    ("e", ""),
)
