"""Drawings made by the server: the geometry of charts and the lines of a diff, ready for a template to write down."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import NamedTuple

WIDTH, HEIGHT = 1000, 300  # the chart's own units; the page stretches them
CONTEXT = 3  # unchanged lines kept around a change
MOST_PAIRS = 1_000_000  # beyond so many comparisons words are not told apart within a line
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


class Point(NamedTuple):
    """One value of a series; `text` is what people read instead of the bare number."""

    label: str
    value: float
    text: str


class Bar(NamedTuple):
    x: str
    y: str
    width: str
    height: str
    point: Point


@dataclass(frozen=True)
class Chart:
    """A series laid out: bars, the same as a line, the scale beside it and the few labels below it."""

    points: list[Point]
    top: float
    ticks: list[float]
    bars: list[Bar] = field(default_factory=list)
    line: str = ""
    area: str = ""
    labels: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)


def lay_out(points: Sequence[Point], *, most_labels: int = 6) -> Chart:
    ticks = scale(max((point.value for point in points), default=0))
    top = ticks[-1]
    slot = WIDTH / max(len(points), 1)
    gap = slot * 0.28 if len(points) <= 60 else slot * 0.1
    bars, corners = [], []
    for place, point in enumerate(points):
        height = max(point.value, 0) / top * HEIGHT
        bars.append(
            Bar(_number(place * slot + gap / 2), _number(HEIGHT - height), _number(slot - gap), _number(height), point)
        )
        corners.append(f"{_number((place + 0.5) * slot)} {_number(HEIGHT - height)}")
    line = "M" + "L".join(corners) if corners else ""
    return Chart(
        points=list(points),
        top=top,
        ticks=ticks,
        bars=bars,
        line=line,
        area=f"{line}L{_number(WIDTH - slot / 2)} {HEIGHT}L{_number(slot / 2)} {HEIGHT}Z" if line else "",
        labels=_few([point.label for point in points], most_labels),
        rules=[_number(HEIGHT - tick / top * HEIGHT) for tick in ticks],
    )


def scale(largest: float, steps: int = 4) -> list[float]:
    """Round marks from nothing to at least the largest value: 0, 25, 50, 75, 100."""
    if largest <= 0:
        return [0, 1]
    rough = largest / steps
    size = 10 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= rough * 0.999)
    if largest >= 1:
        step = max(1, math.ceil(step))
    return [step * count for count in range(math.ceil(largest / step - 1e-9) + 1)]


def _few(labels: list[str], most: int) -> list[str]:
    """The first, the last and evenly chosen ones between."""
    if len(labels) <= most:
        return labels
    return [labels[round(place * (len(labels) - 1) / (most - 1))] for place in range(most)]


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


# ---- Diffs ---------------------------------------------------------------------------------------------------------
class Piece(NamedTuple):
    text: str
    changed: bool


class Line(NamedTuple):
    """One line of a diff; kind is same, out, in or gap (then `count` lines were left away)."""

    kind: str
    pieces: list[Piece]
    count: int = 0


def compare(before: str, after: str) -> list[Line]:
    """What changed from one text to the next, line by line, with the changed words of a changed line marked."""
    old, new = before.splitlines(), after.splitlines()
    lines: list[Line] = []
    groups = list(SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(CONTEXT))
    done = 0
    for group in groups:
        if skipped := group[0][1] - done:
            lines.append(Line("gap", [], skipped))
        for kind, a, b, c, d in group:
            lines.extend(_same(old[a:b]) if kind == "equal" else _replaced(old[a:b], new[c:d]))
        done = group[-1][2]
    if groups and (rest := len(old) - done):
        lines.append(Line("gap", [], rest))
    return lines


def _same(lines: list[str]) -> Iterator[Line]:
    return (Line("same", [Piece(line, False)]) for line in lines)


def _replaced(old: list[str], new: list[str]) -> Iterator[Line]:
    pairs = [_words(before, after) for before, after in zip(old, new, strict=False)]
    for place, line in enumerate(old):
        yield Line("out", pairs[place][0] if place < len(pairs) else [Piece(line, False)])
    for place, line in enumerate(new):
        yield Line("in", pairs[place][1] if place < len(pairs) else [Piece(line, False)])


def _words(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if len(old) * len(new) > MOST_PAIRS:
        return [Piece(before, False)], [Piece(after, False)]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < 0.35:  # two different sentences: marking shared commas would only confuse
        return [Piece(before, False)], [Piece(after, False)]
    out, into = [], []
    for kind, a, b, c, d in matcher.get_opcodes():
        changed = kind != "equal"
        if a < b:
            out.append(Piece("".join(old[a:b]), changed))
        if c < d:
            into.append(Piece("".join(new[c:d]), changed))
    return out, into
