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
    """`mot, autre mot: english | another`; nothing after the colon: left out."""
    entries: dict[Words, list[Words]] = defaultdict(list)
    for line in _lines("french.txt"):
        left, _colon, right = line.lstrip("~").partition(":")
        for one in left.split(","):
            entries[_french_key(one)] += [_key(meant) for meant in right.split("|")]
    return Table(dict(entries))


@cache
def false_friends() -> frozenset[str]:
    """French words that are English ones as well (the same, or marked ~), and prove nothing alone."""
    marked = (line[1:].partition(":")[0] for line in _lines("french.txt") if line.startswith("~"))
    found = {word for left in marked for one in left.split(",") for word in _french_key(one)}
    same = {key[0] for key, meant in french().entries.items() if len(key) == 1 and key in meant}
    return frozenset(found | same)


def _lines(name: str) -> list[str]:
    lines = (FOLDER / name).read_text("utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _key(phrase: str) -> Words:
    return tuple(text.words(phrase))


def _french_key(phrase: str) -> Words:
    return tuple(singular(word) for word in text.words(phrase))


def singular(word: str) -> str:
    """A French word without the mark of the plural, and so the forms of one word meet."""
    if len(word) > 4 and word.endswith("aux"):
        return word[:-3] + "al"
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word
