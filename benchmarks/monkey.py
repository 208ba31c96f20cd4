"""Who kills processes and makes the sandbox misbehave, and who starts again what has died."""

import fnmatch
import random
import threading
import time
from collections import Counter
from typing import Any

CALLS = [
    ("POST", "/v1/checkout/sessions"),
    ("GET", "/v1/checkout/sessions/*"),
    ("GET", "/v1/charges/*"),
    ("POST", "/v1/refunds"),
    ("GET", "/v1/refunds*"),
    ("POST", "/v1/transfers"),
    ("GET", "/v1/transfers*"),
    ("POST", "/v1/transfers/*/reversals"),
    ("GET", "/v1/disputes/*"),
    ("GET", "/v1/events"),
]
MISDEEDS = [
    ("error", "before"),
    ("error", "after"),
    ("reset", "before"),
    ("reset", "after"),
    ("rate_limit", "before"),
    ("rate_limit", "after"),
    ("refuse", "after"),
    ("truncate", "after"),
    ("html", "after"),
    ("delay", "before"),
]
DELIVERIES = ["drop", "duplicate", "delay", "reorder", "fail"]
WRITES = {"/v1/checkout/sessions", "/v1/refunds", "/v1/transfers", "/v1/transfers/*/reversals"}
RULE_SECONDS = 60
AT_ONCE = 2  # rules for one call: it must also get through now and then

Point = tuple[str, str, str, str]


def every_point(misdeeds: list[tuple[str, str]]) -> list[Point]:
    """(method, path, action, when) of everything that may go wrong with a call; only what writes can be refused."""
    points = [(*call, *misdeed) for call in CALLS for misdeed in misdeeds]
    return [point for point in points if point[2] != "refuse" or point[1] in WRITES]


def never_hit(hits: Counter[str], misdeeds: list[tuple[str, str]]) -> list[str]:
    """The points at which nothing went wrong in this run, though it was meant to."""
    found = [point.split() for point in hits]

    def was_hit(method: str, path: str, action: str, when: str) -> bool:
        # Half answers and HTML are always the effect's own answer, spoiled: their rules name no moment.
        return any(
            place[0] == method
            and fnmatch.fnmatchcase(place[1], path)
            and place[2] == action
            and (place[3] == when or action in {"truncate", "html"})
            for place in found
            if len(place) == 4
        )

    calls = [" ".join(point) for point in every_point(misdeeds) if not was_hit(*point)]
    return calls + [f"POST delivery {action}" for action in DELIVERIES if not hits[f"POST delivery {action}"]]


class Monkey(threading.Thread):
    """Kills processes and makes the sandbox misbehave, by the seed, until told to stop.

    What has gone wrong least often goes wrong next, so that rare calls get their share.
    """

    def __init__(self, market: Any, options: Any) -> None:
        super().__init__(daemon=True)
        self.market = market
        self.chance = random.Random(f"{options.seed}:monkey")  # noqa: S311 — chance that can be repeated
        self.kill_every, self.fault_every = options.kill_every, options.fault_every
        self.most, self.enough = options.kills or None, options.hits or None
        self.misdeeds = [one for one in MISDEEDS if not options.as_stripe or one[0] not in {"truncate", "html"}]
        self.victims: list[str] = []
        self.hits: Counter[Point] = Counter()
        self.open: dict[int, tuple[Point | None, float]] = {}  # by the number of its rule: what, and until when
        self.over = threading.Event()
        self.killed: Counter[str] = Counter()
        self.revived = 0

    def run(self) -> None:
        next_kill = time.monotonic() + self.kill_every
        next_look = 0.0
        while not self.over.wait(self.fault_every or 0.2):
            if self.fault_every:
                if time.monotonic() > next_look:
                    self.take_stock()
                    next_look = time.monotonic() + 2
                self.misbehave()
            if self.kill_every and time.monotonic() > next_kill and self.killed.total() != self.most:
                self.kill()
                next_kill = time.monotonic() + self.kill_every * (0.5 + self.chance.random())
            self.revived += self.market.revive()

    def misbehave(self) -> None:
        if self.chance.random() < 0.25:
            self._add(None, self._delivery())
            return
        under_way = [point for point, _until in self.open.values() if point]
        busy = Counter(point[:2] for point in under_way)
        free = [
            point
            for point in every_point(self.misdeeds)
            if point not in under_way
            and busy[point[:2]] < AT_ONCE
            and (self.enough is None or self.hits[point] < self.enough)
        ]
        if not free:
            return
        self.chance.shuffle(free)
        point = min(free, key=lambda one: self.hits[one])
        self._add(point, self._call(*point))

    def _add(self, point: Point | None, rule: dict[str, Any]) -> None:
        number = self.market.control("faults", **rule)["number"]
        self.open[number] = point, time.monotonic() + RULE_SECONDS

    def take_stock(self) -> None:
        """What the rules have done; those that are spent are taken away, for the sandbox asks each at every call."""
        for rule in self.market.sandbox.control("_control/faults", "GET")["faults"]:
            point, until = self.open.get(rule["number"], (None, 0.0))
            if rule["hits"] == rule["count"] or time.monotonic() > until:
                self.market.sandbox.control(f"_control/faults/{rule['number']}", "DELETE")
                self.open.pop(rule["number"], None)
                if point:
                    self.hits[point] += rule["hits"]

    def _delivery(self) -> dict[str, Any]:
        action = self.chance.choice(DELIVERIES)
        seconds = {"seconds": self.chance.choice([0.5, 2])} if action in {"delay", "reorder"} else {}
        status = {"status": 503} if action == "fail" else {}
        return {"scope": "delivery", "action": action, "count": 1, "lasts": RULE_SECONDS, **seconds, **status}

    def _call(self, method: str, path: str, action: str, when: str) -> dict[str, Any]:
        rule: dict[str, Any] = {"scope": "call", "action": action, "method": method, "path": path}
        rule |= {"lasts": RULE_SECONDS, "count": self.chance.choice([1, 2, 3]), "probability": 0.5}
        if action not in {"truncate", "html"}:
            rule["when"] = when
        return rule | ({"seconds": 1} if action == "delay" else {})

    def kill(self) -> None:
        if not self.victims:  # nobody again before everybody had a turn
            self.victims = self.market.victims()
            self.chance.shuffle(self.victims)
        name = self.victims.pop()
        if self.market.kill(name):
            self.killed[name.rstrip("0123456789")] += 1

    def stop(self) -> None:
        self.over.set()
        self.join()
