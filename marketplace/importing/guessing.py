"""The shelf of a prompt whose row names none, by the words of its title: marketplace/data/shelves.txt."""

from functools import cache
from pathlib import Path

from marketplace.search import text

TABLE = Path(__file__).resolve().parent.parent / "data" / "shelves.txt"
LONGEST = 3  # words of a phrase in the table


def shelf(title: str) -> str:
    """The slug of the shelf that most words of the title speak for, the last one where they disagree; "" for none."""
    words = [text.stem(word) for word in text.words(title)]
    votes: dict[str, tuple[int, int]] = {}
    at = 0
    while at < len(words):
        length, slug = _longest_at(words, at)
        if slug:
            votes[slug] = (votes.get(slug, (0, 0))[0] + length, at)
        at += max(length, 1)
    return max(votes, key=lambda slug: votes[slug]) if votes else ""


def _longest_at(words: list[str], start: int) -> tuple[int, str]:
    for length in range(min(LONGEST, len(words) - start), 0, -1):
        if slug := _table().get(tuple(words[start : start + length])):
            return length, slug
    return 0, ""


@cache
def _table() -> dict[tuple[str, ...], str]:
    table: dict[tuple[str, ...], str] = {}
    for line in TABLE.read_text("utf-8").splitlines():
        slug, colon, phrases = line.partition(":")
        if colon and not line.startswith("#"):
            for phrase in phrases.split(","):
                table.setdefault(tuple(text.stem(word) for word in text.words(phrase)), slug)
    return table
