"""Cuts text into the pieces that the encoder knows, as its authors did: lower case, no accents, longest piece first."""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

UNKNOWN, FIRST, LAST = "[UNK]", "[CLS]", "[SEP]"
LONGEST_WORD = 100  # characters; beyond that it is no word
_PARTS = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[^\W_]+|[^\w\s]|_", re.UNICODE)


class Pieces:
    """The vocabulary of one encoder."""

    def __init__(self, path: Path) -> None:
        self._ids = {piece: number for number, piece in enumerate(path.read_text("utf-8").splitlines())}
        self._unknown = self._ids[UNKNOWN]
        self._first, self._last = self._ids[FIRST], self._ids[LAST]
        self._of_word = lru_cache(maxsize=20_000)(self._cut)

    def __contains__(self, word: str) -> bool:
        """Whether the word is a piece of its own, which only usual words are."""
        return word in self._ids

    def encode(self, text: str, most: int) -> list[int]:
        """Numbers of the pieces between the marks of beginning and end, `most` in all."""
        ids = [self._first]
        for word in _PARTS.findall(_plain(text)):
            ids += self._of_word(word)
            if len(ids) >= most:
                break
        return [*ids[: most - 1], self._last]

    def _cut(self, word: str) -> tuple[int, ...]:
        if len(word) > LONGEST_WORD:
            return (self._unknown,)
        found = []
        start = 0
        while start < len(word):
            end = len(word)
            prefix = "##" if start else ""
            while end > start and prefix + word[start:end] not in self._ids:
                end -= 1
            if end == start:
                return (self._unknown,)
            found.append(self._ids[prefix + word[start:end]])
            start = end
        return tuple(found)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.lower())
    return "".join(mark for mark in decomposed if unicodedata.category(mark) not in {"Mn", "Cf"})
