"""Misbehaviour on demand: rules that make calls, events and deliveries go wrong."""

import fnmatch
import random
import threading
import time
from dataclasses import asdict, dataclass, field
from typing import Any, Self

CALL_ACTIONS = ("refuse", "rate_limit", "error", "reset", "delay", "truncate", "html")
DELIVERY_ACTIONS = ("drop", "duplicate", "delay", "reorder", "fail", "hide", "silence")
PRIVATE = {"dice", "hits", "made", "number", "seen"}
AT_EMISSION = ("hide", "silence")


class WrongRule(ValueError):
    """A rule was asked for that cannot be followed."""


@dataclass
class Rule:
    """One way to misbehave: what it matches, what it does, how often."""

    scope: str
    action: str
    number: int = 0
    method: str = "*"
    path: str = "*"
    account: str = "*"
    containing: str = ""
    type: str = "*"
    endpoint: str = "*"
    when: str = "before"
    skip: int = 0
    count: int | None = None
    probability: float = 1.0
    seed: int = 0
    status: int = 0
    code: str = ""
    message: str = ""
    seconds: float = 0.0
    lasts: float | None = None
    copies: int = 1
    remember: bool | None = None
    retry: bool | None = None
    made: float = field(default_factory=time.monotonic, repr=False)
    hits: int = 0
    seen: int = 0
    dice: random.Random = field(default_factory=random.Random, repr=False)

    @classmethod
    def read(cls, given: dict[str, Any], number: int) -> Self:
        unknown = set(given) - set(cls.__dataclass_fields__) | set(given) & PRIVATE
        if unknown:
            raise WrongRule(f"A rule has no {', '.join(sorted(unknown))}.")
        try:
            rule = cls(**given)
        except TypeError as problem:
            raise WrongRule("A rule needs a scope (call or delivery) and an action.") from problem
        actions = {"call": CALL_ACTIONS, "delivery": DELIVERY_ACTIONS}.get(rule.scope)
        if actions is None:
            raise WrongRule("The scope of a rule is call or delivery.")
        if rule.action not in actions:
            raise WrongRule(f"A rule of scope {rule.scope} does one of: {', '.join(actions)}.")
        if rule.when not in ("before", "after"):
            raise WrongRule("A rule acts before or after the effect.")
        rule.number = number
        rule.dice = random.Random(rule.seed)  # noqa: S311 - chance that can be repeated, not a secret
        return rule

    def strikes(self) -> bool:
        """Called once for each match; counts it and decides."""
        if self.count is not None and self.hits >= self.count:
            return False
        if self.lasts is not None and time.monotonic() > self.made + self.lasts:
            return False
        self.seen += 1
        if self.seen <= self.skip or self.dice.random() >= self.probability:
            return False
        self.hits += 1
        return True

    def view(self) -> dict[str, Any]:
        shown = asdict(self)
        del shown["dice"], shown["made"]
        return shown


class Faults:
    """The rules in force; they live in memory and end with the process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.rules: list[Rule] = []
        self.last = 0

    def add(self, given: dict[str, Any]) -> Rule:
        with self.lock:
            self.last += 1
            rule = Rule.read(given, self.last)
            self.rules.append(rule)
            return rule

    def remove(self, number: int) -> bool:
        with self.lock:
            kept = [rule for rule in self.rules if rule.number != number]
            gone = len(kept) < len(self.rules)
            self.rules = kept
            return gone

    def clear(self) -> None:
        with self.lock:
            self.rules = []

    def for_call(self, method: str, path: str, account: str, body: str) -> Rule | None:
        """The first rule that strikes this call."""
        if not self.rules:
            return None
        with self.lock:
            for rule in self.rules:
                if (
                    rule.scope == "call"
                    and rule.method in ("*", method)
                    and fnmatch.fnmatchcase(path, rule.path)
                    and fnmatch.fnmatchcase(account, rule.account)
                    and rule.containing in body
                    and rule.strikes()
                ):
                    return rule
        return None

    def for_delivery(self, kind: str, url: str, emitted: str = "") -> Rule | None:
        """The first rule that strikes this delivery; with `emitted`, the first of that action when an event is made."""
        if not self.rules:
            return None
        with self.lock:
            for rule in self.rules:
                if (
                    rule.scope == "delivery"
                    and (rule.action == emitted if emitted else rule.action not in AT_EMISSION)
                    and fnmatch.fnmatchcase(kind, rule.type)
                    and (emitted or fnmatch.fnmatchcase(url, rule.endpoint))
                    and rule.strikes()
                ):
                    return rule
        return None


current = Faults()


def hides(kind: str) -> bool:
    """Whether an event stays out of lists."""
    return current.for_delivery(kind, "", "hide") is not None


def silences(kind: str) -> bool:
    """Whether an event goes to nobody and nobody misses it."""
    return current.for_delivery(kind, "", "silence") is not None
