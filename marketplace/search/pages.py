"""Pages of a ranked answer: by score and key within a segment of the candidates, then on to the next segment."""

from functools import cached_property
from typing import Any

from common.pagination import Position, decode, encode
from marketplace.search import ranking
from marketplace.search.candidates import Statement
from marketplace.search.marks import Fit
from marketplace.search.ranking import Plan, Scored

ORDER = ("segment", "-score", "-id")
Place = tuple[int, Scored]  # segment, and the row in it


class Page:
    """Keys of a page of listings; `next` and `previous` are cursors or None; `besides` what was asked on the way."""

    def __init__(self, plan: Plan, fit: Fit, cursor: str | None, size: int, besides: Statement | None = None) -> None:
        self._plan, self._fit, self._size, self._besides = plan, fit, size, besides
        self.besides: Any = None
        self._position = decode(cursor, ORDER) if cursor else None

    @property
    def keys(self) -> list[int]:
        return [pk for _segment, (_score, pk) in self._fetched[0]]

    @cached_property
    def next(self) -> str | None:
        places, more = self._fetched
        if self._position and self._position.backwards:
            return _cursor(places[-1]) if places else self._turned(self._position)
        return _cursor(places[-1]) if more else None

    @cached_property
    def previous(self) -> str | None:
        places, more = self._fetched
        if self._position is None:
            return None
        if self._position.backwards:
            return _cursor(places[0], backwards=True) if more else None
        return _cursor(places[0], backwards=True) if places else self._turned(self._position)

    @cached_property
    def _fetched(self) -> tuple[list[Place], bool]:
        """The rows of the page in order, and whether there are more in the direction of travel."""
        backwards = self._position is not None and self._position.backwards
        segment = int(self._position.values[0]) if self._position else 0
        last = 0 if backwards else ranking.segments(self._plan, self._fit) - 1
        wanted = self._size + 1
        places = self._read(segment, wanted, self._position)
        while len(places) < wanted and segment != last and 0 <= segment <= max(last, segment):
            segment += -1 if backwards else 1
            start = Position((), backwards) if backwards else None
            found = self._read(segment, wanted - len(places), start)
            if not found:
                break
            places = found + places if backwards else places + found
        more = len(places) > self._size
        return (places[-self._size :] if backwards else places[: self._size]), more

    def _read(self, segment: int, size: int, position: Position | None) -> list[Place]:
        if position is not None and position.values:
            position = position._replace(values=position.values[1:])
        asked, self._besides = self._besides, None
        rows, besides = ranking.best(self._plan, self._fit, size, position, segment=segment, besides=asked)
        self.besides = besides if asked else self.besides
        return [(segment, row) for row in rows]

    def _turned(self, position: Position) -> str:
        """From an empty page (its rows have gone) the way back starts where it was reached from."""
        return encode(Position(position.values, not position.backwards, inclusive=True), ORDER)


def _cursor(place: Place, *, backwards: bool = False) -> str:
    segment, (score, pk) = place
    return encode(Position((segment, score, pk), backwards), ORDER)
