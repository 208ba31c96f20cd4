"""Buys, refunds, contests and pays out while everything around is killed and Stripe misbehaves; then counts the money.

    python -m benchmarks.chaos --checkouts 200 --refunds 40 --disputes 10 --payouts 40 --seed 7

Prints what was injected and how it ended: lost, doubled and unexplained must be 0. What is done and which faults come
follow from the seed; how they meet follows from the machine. Exit status 1 when anything is wrong.
"""

import argparse
import fnmatch
import json
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from typing import Any, TypeVar

from benchmarks import stage

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
PROGRESS_SECONDS = 30
WRITES = {"/v1/checkout/sessions", "/v1/refunds", "/v1/transfers", "/v1/transfers/*/reversals"}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--checkouts", type=int, default=200)
    parser.add_argument("--refunds", type=int, default=40)
    parser.add_argument("--disputes", type=int, default=10)
    parser.add_argument("--payouts", type=int, default=40)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--clients", type=int, default=6)
    parser.add_argument("--webs", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kill-every", type=float, default=3.0, help="seconds between kills; 0 kills nobody")
    parser.add_argument("--kills", type=int, default=0, help="most kills; 0 for no limit")
    parser.add_argument("--no-beat", action="store_true", help="without the clock: the end sweeps all the same")
    parser.add_argument("--slowest-start", type=float, default=180, help="seconds that a process may take to come up")
    parser.add_argument("--fault-every", type=float, default=0.15, help="seconds between new faults; 0 makes none")
    parser.add_argument("--seconds", type=float, default=3600, help="stop beginning new things after so long")
    parser.add_argument("--patience", type=float, default=600, help="seconds in which all must be settled in the end")
    parser.add_argument("--ports", default="", help="of the sandbox and of each web process; free ones otherwise")
    parser.add_argument("--api-base", default="", help="where Stripe is asked, for a recorder before the sandbox")
    parser.add_argument("--webhook-port", type=int, default=0, help="where webhooks go, for a recorder before the site")
    parser.add_argument(
        "--as-stripe", action="store_true", help="only what Stripe itself might answer: no HTML, no halves"
    )
    parser.add_argument("--schema", default="", help="a dump of a migrated database, to be quicker")
    parser.add_argument("--keep", action="store_true", help="leave the folder with the logs")
    return parser.parse_args()


T = TypeVar("T")


def every_point(misdeeds: list[tuple[str, str]]) -> list[tuple[str, str, str, str]]:
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
    """Kills processes and makes the sandbox misbehave, by the seed, until told to stop."""

    def __init__(self, market: Any, options: argparse.Namespace) -> None:
        super().__init__(daemon=True)
        self.market = market
        self.chance = random.Random(f"{options.seed}:monkey")  # noqa: S311 — chance that can be repeated
        self.kill_every, self.fault_every = options.kill_every, options.fault_every
        self.most = options.kills or None
        self.misdeeds = [one for one in MISDEEDS if not options.as_stripe or one[0] not in {"truncate", "html"}]
        self.victims: list[str] = []
        self.points: list[tuple[str, str, str, str]] = []
        self.over = threading.Event()
        self.killed: Counter[str] = Counter()

    def run(self) -> None:
        next_kill = time.monotonic() + self.kill_every
        while not self.over.wait(self.fault_every or 0.2):
            if self.fault_every:
                self.market.control("faults", **self.fault())
            if self.kill_every and time.monotonic() > next_kill and self.killed.total() != self.most:
                self.kill()
                next_kill = time.monotonic() + self.kill_every * (0.5 + self.chance.random())

    def fault(self) -> dict[str, Any]:
        if self.chance.random() < 0.25:
            action = self.chance.choice(DELIVERIES)
            seconds = {"seconds": self.chance.choice([0.5, 2])} if action in {"delay", "reorder"} else {}
            status = {"status": 503} if action == "fail" else {}
            return {"scope": "delivery", "action": action, "count": 1, "lasts": 20, **seconds, **status}
        method, path, action, when = self._next(self.points, every_point(self.misdeeds))
        rule: dict[str, Any] = {"scope": "call", "action": action, "method": method, "path": path, "lasts": 20}
        rule["count"] = self.chance.choice([1, 1, 2])
        if action not in {"truncate", "html"}:
            rule["when"] = when
        return rule | ({"seconds": 1} if action == "delay" else {})

    def kill(self) -> None:
        name = self._next(self.victims, sorted(self.market.victims()))
        if self.market.kill(name):
            self.killed[name.rstrip("0123456789")] += 1

    def _next(self, left: list[T], everything: list[T]) -> T:
        """By chance, but nothing again before everything had its turn."""
        if not left:
            left.extend(self.chance.sample(everything, len(everything)))
        return left.pop()

    def stop(self) -> None:
        self.over.set()
        self.join()


def work(market: Any, options: argparse.Namespace) -> Counter[str]:
    """Everything that is wanted, in an order that the seed decides, by several clients at once."""
    from benchmarks.market import MOMENTARY

    chance = random.Random(options.seed)  # noqa: S311
    after = ["refund"] * options.refunds + ["dispute"] * options.disputes + ["pay out"] * options.payouts
    plan = ["buy"] * options.checkouts
    for name in after:
        # Nothing can be given back before it was bought: the later acts come among the later purchases.
        plan.insert(chance.randrange(len(plan) // 5, len(plan) + 1), name)
    steps = iter([(name, chance.randrange(2**31)) for name in plan])
    lock, done = threading.Lock(), Counter[str]()
    began = time.monotonic()
    deadline = began + options.seconds
    told = [began]

    def client() -> None:
        while time.monotonic() < deadline:
            with lock:
                step = next(steps, None)
            if step is None:
                return
            name, number = step
            try:
                ended = market.act(name, random.Random(number))  # noqa: S311
            except MOMENTARY as problem:
                # Said in the report; a client that ended here would make the rest of the run smaller, unseen.
                ended = f"given up ({type(problem).__name__})"
            with lock:
                done[f"{name}: {ended}"] += 1
                if time.monotonic() - told[0] > PROGRESS_SECONDS:
                    told[0] = time.monotonic()
                    pace = 60 * done["buy: paid"] / (told[0] - began)
                    print(f"{done.total()} of {len(plan)} done, {pace:.0f} payments a minute", flush=True)

    clients = [threading.Thread(target=client, daemon=True) for _ in range(options.clients)]
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    return done


def main() -> int:
    options = arguments()
    from tests import processes

    processes.START_SECONDS = options.slowest_start
    given = [int(port) for port in options.ports.split(",") if port]
    ports = given or [processes.free_port() for _ in range(options.webs + 1)]
    told = {"STRIPE_API_BASE": options.api_base} if options.api_base else {}
    folder = stage.prepare(ports[0], ports[1], **told)
    stage.open_market(options.schema)
    from benchmarks.market import Market, settled
    from benchmarks.reckoning import reckon

    market = Market(folder, ports, options)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        began = time.monotonic()
        market.start()
        market.fill(options)
        filled = time.monotonic()
        monkey = Monkey(market, options)
        monkey.start()
        done = work(market, options)
        monkey.stop()
        worked = time.monotonic()
        market.calm()
        unsettled = settled(market, options.patience)
        converged = time.monotonic() - worked
        faults = market.faults_that_hit()
        result = reckon(market)
        times = (filled - began, worked - filled, converged)
        print(f"seed {options.seed}; replay: python -m benchmarks.chaos {' '.join(sys.argv[1:])} --seed {options.seed}")
        pace = 60 * done["buy: paid"] / times[1]
        print(f"{pace:.0f} payments a minute; load {' '.join(f'{one:.1f}' for one in os.getloadavg())}")
        print("set up {:.0f} s, worked {:.0f} s, converged {:.0f} s after the last fault".format(*times))
        tell(done, monkey, faults, result, unsettled)
        return int(bool(result.wrong or unsettled))
    except BaseException:
        market.say_last_words()
        raise
    finally:
        market.stop()
        if options.keep:
            print(f"kept: {folder}")
        else:
            stage.clear(folder)


def tell(
    done: Counter[str],
    monkey: Monkey,
    faults: Counter[str],
    result: Any,
    unsettled: list[str],
) -> None:
    print("done:", json.dumps(dict(sorted(done.items()))))
    print("killed:", json.dumps(dict(sorted(monkey.killed.items()))), sum(monkey.killed.values()))
    print(f"faults that hit: {sum(faults.values())} at {len(faults)} points")
    for point, hits in sorted(faults.items()):
        print(f"  {hits:6} {point}")
    missed = never_hit(faults, monkey.misdeeds)
    print(f"points that were never hit: {len(missed)}")
    for point in missed:
        print(f"       0 {point}")
    print("counted:", json.dumps(result.counted))
    for problem in [*unsettled, *result.problems]:
        print(f"  ! {problem}")
    print(f"{result.lost} lost, {result.doubled} doubled, {result.unexplained} unexplained cents", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
