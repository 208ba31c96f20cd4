"""Our own tables of words, kept as text that anybody can read and mend.

They lie in marketplace/data: synonyms.txt, needs.txt, french.txt.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

from rapidfuzz.distance import OSA

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
def needs() -> Table:
    """`phrase, phrase: words`, by the stems of their telling words."""
    entries: dict[Words, list[Words]] = {}
    for line in _lines("needs.txt"):
        left, _colon, right = line.partition(":")
        for phrase in left.split(","):
            entries.setdefault(_stems(text.words(phrase)), [_key(right)])
    return Table(entries)


def called(words: list[str]) -> list[str]:
    """What listings call the troubles that a sentence speaks of, without the words that it says itself."""
    stems = list(_stems(words))
    found: dict[str, None] = {}
    at = 0
    while at < len(stems):
        length, meant = needs().longest_at(stems, at)
        found |= dict.fromkeys(word for one in meant for word in one if word not in words)
        at += max(length, 1)
    return list(found)


def _stems(words: list[str]) -> Words:
    return tuple(text.stem(word) for word in words if word not in text.STOP_WORDS)


@cache
def false_friends() -> frozenset[Words]:
    """French words and phrases that are English ones as well (the same, or marked ~), and prove nothing alone."""
    marked = (line[1:].partition(":")[0] for line in _lines("french.txt") if line.startswith("~"))
    found = {_french_key(one) for left in marked for one in left.split(",")}
    same = {key for key, meant in french().entries.items() if key in [key_of(list(one)) for one in meant]}
    return frozenset(found | same)


def _lines(name: str) -> list[str]:
    lines = (FOLDER / name).read_text("utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _key(phrase: str) -> Words:
    return tuple(text.words(phrase))


def _french_key(phrase: str) -> Words:
    return key_of(text.words(phrase))


def key_of(words: list[str]) -> Words:
    """French words as the lexicon holds them: without articles and their like, unless there is nothing else."""
    return tuple(singular(word) for word in words if word not in SMALL) or tuple(map(singular, words))


def french_at(words: list[str], start: int) -> tuple[int, list[Words]]:
    """How many words the longest French entry here has, and what it means in English; 0 when there is none.

    Articles count for nothing inside an entry: “améliorer mon cv” is found where “améliorer un cv” is held.
    """
    if words[start] in SMALL:
        return 0, []
    places = [at for at in range(start, min(len(words), start + 2 * LONGEST)) if words[at] not in SMALL]
    length, meant = french().longest_at([singular(words[at]) for at in places], 0)
    if length == 0:
        other = _inflected(words[start])
        return (1, french().entries[other,]) if other else (0, [])
    return places[length - 1] - start + 1, meant


def spelled(word: str) -> str | None:
    """The French word of the lexicon that this is a slip for."""
    if len(word) < LEAST_MENDED or not word.isalpha() or singular(word) in _all_words():
        return None
    allowed = 1 if len(word) < LONG else 2
    near = [
        (distance, one[:2] != word[:2], one)
        for one in _single_words()
        if abs(len(one) - len(word)) <= allowed
        and one[0] == word[0]
        and (distance := OSA.distance(word, one, score_cutoff=allowed)) <= allowed
    ]
    return min(near)[2] if near else None


@cache
def _all_words() -> frozenset[str]:
    return frozenset(word for key in french().entries for word in key)


@cache
def _single_words() -> list[str]:
    return [key[0] for key in french().entries if len(key) == 1 and len(key[0]) >= LEAST_MENDED - 1]


@lru_cache(maxsize=5000)
def _inflected(word: str) -> str | None:
    """The form that the lexicon holds of a verb, or of a feminine."""
    entries = french().entries
    word = singular(word)
    forms = [
        word.removesuffix(ending) + other
        for ending, other in (*_FEMININES, *((ending, verb) for verb in ("er", "ir", "re") for ending in _VERBAL[verb]))
        if word.endswith(ending)
    ]
    return next((form for form in forms if len(form) >= LEAST_INFLECTED and (form,) in entries), None)


# What stands before a noun and tells nothing; an entry is found with any of them in it, or none.
SMALL = text.listed(
    "d de des du l la le les un une mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs ce cet"
)
SMALL |= text.listed("cette ces")
_FEMININES = (
    ("euse", "eur"),
    ("euse", "eu"),
    ("trice", "teur"),
    ("elle", "el"),
    ("enne", "en"),
    ("onne", "on"),
    ("ere", "er"),
    ("ive", "if"),
    ("ee", "e"),
    ("ale", "al"),
    ("e", ""),
)
# Of verbs in -er, -ir and -re, longer endings first; the mark of the plural is gone already.
_VERBAL = {
    "er": "eraient erait eron eront erai era aient ant ait ai on ent ez ee e".split(),  # noqa: SIM905
    "ir": "issaient issait isson issent issez issant iront irait irai ira isse ie i it".split(),  # noqa: SIM905
    "re": "raient rait ront rai ra aient ant ait on ent ez ue u".split(),  # noqa: SIM905
}
LEAST_INFLECTED = 5  # letters
LEAST_MENDED = 5
LONG = 9  # letters of a word in which two slips are likely
LEAST_COGNATE = 4


def singular(word: str) -> str:
    """A French word without the mark of the plural, and so the forms of one word meet."""
    if word in _NO_PLURALS:
        return word
    if len(word) > 4 and word.endswith("aux"):
        return word[:-3] + "al"
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word


_NO_PLURALS = text.listed("mois fils cours")


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
    ("aine", "an"),
    ("ienne", "ian"),
    ("ien", "ian"),
    ("if", "ive"),
    ("ive", "ive"),
    ("ence", "ence"),
    ("logue", "logist"),
    ("graphe", "grapher"),
    ("oire", "ory"),
    ("ise", "ized"),
    ("ement", "ly"),
    ("uer", "uate"),
    ("ie", "y"),
    ("er", "e"),
    ("er", ""),
    ("er", "ate"),
    ("eur", "or"),
    ("ir", "ish"),
    ("re", "er"),
    ("e", ""),
)
