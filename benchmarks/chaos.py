"""Buys, refunds, contests and pays out while everything around is killed and Stripe misbehaves; then counts the money.

    python -m benchmarks.chaos --checkouts 200 --refunds 40 --disputes 10 --payouts 40 --seed 7

Prints what was injected and how it ended: lost, doubled and unexplained must be 0. What is done and which faults come
follow from the seed; how they meet follows from the machine. Exit status 1 when anything is wrong.
"""

import argparse
import json
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from typing import Any

from benchmarks import stage
from benchmarks.monkey import Monkey, never_hit

PROGRESS_SECONDS = 30


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
    parser.add_argument("--hits", type=int, default=0, help="faults of one kind that are enough; 0 for no limit")
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
            market.breathe(deadline)
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
    from benchmarks.market import Market
    from benchmarks.reckoning import reckon, settled

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
    killed = json.dumps(dict(sorted(monkey.killed.items())))
    print(f"killed: {killed} {monkey.killed.total()}; ended by themselves and started again: {monkey.revived}")
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
