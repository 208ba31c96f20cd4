"""The sandbox's own time, which can be moved."""

import datetime as dt
import math
import threading
import time


class Clock:
    """Real time plus an offset in seconds."""

    def __init__(self, offset: float = 0) -> None:
        self.offset = offset
        self.lock = threading.Lock()

    def now(self) -> int:
        return math.floor(time.time() + self.offset)

    def advance(self, seconds: float) -> None:
        with self.lock:
            self.offset += seconds

    def set(self, moment: float) -> None:
        with self.lock:
            self.offset = moment - time.time()


def written(moment: int) -> str:
    """A moment the way the v2 API writes it."""
    return dt.datetime.fromtimestamp(moment, dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def midnight_after(moment: int) -> int:
    return (moment // 86_400 + 1) * 86_400
