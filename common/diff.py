"""What changed between two texts, in words, quickly whatever the texts are.

difflib alone may need minutes for texts written to be hard. Here the lines, then the words, that occur once on either
side are matched first; difflib only fills the gaps between, and a gap that would cost too much counts as replaced.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

BUDGET = 3_000_000  # comparisons, about half a second
_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_WORDS = re.compile(r"\r?\n|[^\S\n]+|\w+|[^\w\s]")

Kind = Literal["same", "removed", "added"]
Block = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that stayed, went or came. All that is not added makes the old text, all not removed the new."""

    kind: Kind
    text: str


def words(old: str, new: str) -> list[Piece]:
    """The differences word by word: every line end and blank is somewhere in the pieces."""
    old_lines, new_lines = _LINES.findall(old), _LINES.findall(new)
    budget = [BUDGET]
    pieces: list[Piece] = []
    for same, a, b, c, d in _steps(matching_blocks(old_lines, new_lines, budget), len(old_lines), len(new_lines)):
        before, after = "".join(old_lines[a:b]), "".join(new_lines[c:d])
        pieces.extend([Piece("same", before)] if same else _within(before, after, budget))
    return list(_joined(_readable(pieces)))


def opcodes(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """As difflib's `get_opcodes`, in bounded time: (equal, replace, delete or insert, from and to in old, in new)."""
    made = []
    for same, a, b, c, d in _steps(matching_blocks(old, new, [BUDGET]), len(old), len(new)):
        kind = "equal" if same else "replace" if a < b and c < d else "delete" if a < b else "insert"
        made.append((kind, a, b, c, d))
    return made


def matching_blocks(old: Sequence[str], new: Sequence[str], budget: list[int]) -> list[Block]:
    """Runs of equal items as (start in old, start in new, length), in order; `budget` is used up."""
    head = _common_start(old, new)
    tail = _common_start(old[head:][::-1], new[head:][::-1])
    old_end, new_end = len(old) - tail, len(new) - tail
    blocks = [(0, 0, head)]
    a, c = head, head
    for b, d in [*_anchors(old, new, head, old_end, new_end), (old_end, new_end)]:
        blocks.extend((a + i, c + j, size) for i, j, size in _small(old[a:b], new[c:d], budget))
        if b < old_end:
            blocks.append((b, d, 1))
        a, c = b + 1, d + 1
    blocks.append((old_end, new_end, tail))
    return [block for block in blocks if block[2]]


def changed(pieces: Sequence[Piece]) -> tuple[int, int]:
    """How many words came and how many went."""
    counts = Counter[str]()
    for piece in pieces:
        counts[piece.kind] += len(re.findall(r"\w+", piece.text))
    return counts["added"], counts["removed"]


def _within(before: str, after: str, budget: list[int]) -> Iterator[Piece]:
    """The words that changed in a stretch of changed lines."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    for same, a, b, c, d in _steps(matching_blocks(old, new, budget), len(old), len(new)):
        if same:
            yield Piece("same", "".join(old[a:b]))
            continue
        if a < b:
            yield Piece("removed", "".join(old[a:b]))
        if c < d:
            yield Piece("added", "".join(new[c:d]))


def _anchors(old: Sequence[str], new: Sequence[str], start: int, old_end: int, new_end: int) -> list[tuple[int, int]]:
    """Items that occur exactly once on both sides, as many as keep their order (the longest rising sequence)."""
    old_counts, new_counts = Counter(old[start:old_end]), Counter(new[start:new_end])
    places = {item: place for place, item in enumerate(new[start:new_end], start) if new_counts[item] == 1}
    pairs = [
        (place, places[item])
        for place, item in enumerate(old[start:old_end], start)
        if old_counts[item] == 1 and item in places
    ]
    ends: list[int] = []  # smallest last place in `new` of a rising sequence of each length
    lasts: list[int] = []
    before: list[int] = []
    for index, (_place, other) in enumerate(pairs):
        length = bisect_left(ends, other)
        before.append(lasts[length - 1] if length else -1)
        ends[length : length + 1] = [other]
        lasts[length : length + 1] = [index]
    chain: list[tuple[int, int]] = []
    index = lasts[-1] if lasts else -1
    while index >= 0:
        chain.append(pairs[index])
        index = before[index]
    return chain[::-1]


def _small(old: Sequence[str], new: Sequence[str], budget: list[int]) -> list[Block]:
    """difflib's matches, or none where they would cost more than is left."""
    if not old or not new:
        return []
    new_counts = Counter(new)
    equal_pairs = sum(count * new_counts[item] for item, count in Counter(old).items())
    cost = len(old) + len(new) + equal_pairs * min(len(old), len(new), 64)
    if cost > budget[0]:
        return []
    budget[0] -= cost
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [(i, j, size) for i, j, size in matcher.get_matching_blocks()]


def _steps(blocks: list[Block], old_end: int, new_end: int) -> Iterator[tuple[bool, int, int, int, int]]:
    """Everything in order: what is the same, and what lies between."""
    a = c = 0
    for i, j, size in [*blocks, (old_end, new_end, 0)]:
        if a < i or c < j:
            yield False, a, i, c, j
        if size:
            yield True, i, i + size, j, j + size
        a, c = i + size, j + size


def _common_start(old: Sequence[str], new: Sequence[str]) -> int:
    for place, (one, other) in enumerate(zip(old, new, strict=False)):
        if one != other:
            return place
    return min(len(old), len(new))


def _readable(pieces: list[Piece]) -> Iterator[Piece]:
    """A lone blank between two changes belongs to both, so that a changed sentence is one change, not ten."""
    for index, piece in enumerate(pieces):
        between = 0 < index < len(pieces) - 1 and "same" not in (pieces[index - 1].kind, pieces[index + 1].kind)
        if piece.kind == "same" and between and piece.text.isspace() and "\n" not in piece.text:
            yield Piece("removed", piece.text)
            yield Piece("added", piece.text)
        else:
            yield piece


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Between two stretches that stayed: everything that went, then everything that came."""
    went, came, stayed = "", "", ""
    for piece in pieces:
        if piece.kind == "same":
            if went or came:
                yield from _changes(went, came)
                went = came = ""
            stayed += piece.text
            continue
        if stayed:
            yield Piece("same", stayed)
            stayed = ""
        went += piece.text if piece.kind == "removed" else ""
        came += piece.text if piece.kind == "added" else ""
    if stayed:
        yield Piece("same", stayed)
    yield from _changes(went, came)


def _changes(went: str, came: str) -> Iterator[Piece]:
    if went:
        yield Piece("removed", went)
    if came:
        yield Piece("added", came)
