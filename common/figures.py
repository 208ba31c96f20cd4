"""Drawings made by the server: the geometry of charts and the lines of a diff, ready for a template to write down."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from common import diff

WIDTH, HEIGHT = 1000, 300  # the chart's own units; the page stretches them
CONTEXT = 3  # unchanged lines kept around a change


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
    """One line of a diff; kind is same, out, in or gap (then `hidden` lines were left away)."""

    kind: str
    pieces: list[Piece]
    hidden: int = 0


def compare(before: str, after: str) -> list[Line]:
    """What changed from one text to the next, line by line, with the changed words of a changed line marked."""
    old, new = "\n".join(before.splitlines()), "\n".join(after.splitlines())
    return [] if old == new else list(_shortened(list(_lines(diff.words(old, new)))))


def _lines(pieces: Sequence[diff.Piece]) -> Iterator[Line]:
    """The words that stayed, went and came, put together to lines that stayed, went and came."""
    out: list[list[Piece]] = [[]]
    into: list[list[Piece]] = [[]]
    for piece in pieces:
        first, *others = piece.text.split("\n")
        for begins, text in enumerate([first, *others]):
            if begins and piece.kind == "same":
                yield from _flushed(out, into)
                out, into = [[]], [[]]
            for rows, kind in ((out, "removed"), (into, "added")):
                if begins and piece.kind == kind:
                    rows.append([])
                if piece.kind in ("same", kind) and text:
                    rows[-1].append(Piece(text, piece.kind == kind))
    yield from _flushed(out, into)


def _flushed(out: list[list[Piece]], into: list[list[Piece]]) -> Iterator[Line]:
    """What was gathered up to a line end that both texts have."""
    unchanged = _text(out[-1]) == _text(into[-1])
    for kind, rows in (("out", out), ("in", into)):
        yield from (Line(kind, _marked(row)) for row in (rows[:-1] if unchanged else rows))
    if unchanged:
        yield Line("same", [Piece(_text(out[-1]), False)])


def _marked(row: list[Piece]) -> list[Piece]:
    """A line that mostly changed is simply another line: marking what is left of it would only confuse."""
    text = _text(row)
    changed = sum(len(piece.text) for piece in row if piece.changed)
    return [Piece(text, False)] if changed > len(text) * 0.65 else row


def _text(row: list[Piece]) -> str:
    return "".join(piece.text for piece in row)


def _shortened(lines: list[Line]) -> Iterator[Line]:
    """Without the middle of what stayed: only some lines beside a change are worth reading again."""
    stretch: list[Line] = []
    begun = False
    for line in [*lines, None]:
        if line and line.kind == "same":
            stretch.append(line)
            continue
        head, tail = (CONTEXT if begun else 0), (CONTEXT if line else 0)
        hidden = len(stretch) - head - tail
        if hidden > 1:
            yield from [*stretch[:head], Line("gap", [], hidden), *stretch[len(stretch) - tail :]]
        else:
            yield from stretch
        stretch, begun = [], True
        if line:
            yield line
