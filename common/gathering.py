"""Rows that one transaction writes in several places, gathered and written in one statement at their end."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Gathering(Generic[Item]):
    """`with gathering.together():` — what it takes inside goes to `write` at the end, unless the part raises.

    Only for a part of a transaction that rolls nothing back by itself. A part inside another hands on to the outer one.
    """

    def __init__(self, name: str, write: Callable[[Sequence[Item]], object]) -> None:
        self._write = write
        self._taken: ContextVar[list[Item] | None] = ContextVar(name, default=None)

    def takes(self, items: Sequence[Item]) -> bool:
        """Whether they wait for the end now; otherwise they are to be written at once."""
        taken = self._taken.get()
        if taken is None:
            return False
        taken += items
        return True

    @contextmanager
    def together(self) -> Iterator[None]:
        taken: list[Item] = []
        token = self._taken.set(taken)
        try:
            yield
        finally:
            self._taken.reset(token)
        self._write(taken)
