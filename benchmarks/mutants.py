"""Do the tests of money notice when its code is wrong? Each mutant is one small change to a function's body.

    python -m benchmarks.mutants map                      # once: which test runs which line
    python -m benchmarks.mutants run payments/ledger.py   # 60 seeded mutants, each against its tests
    python -m benchmarks.mutants list payments/ledger.py  # what would be tried
    python -m benchmarks.mutants run payments/ledger.py --again --tests 200   # the survivors of the last run

One process imports the project, opens a test database and a sandbox, and collects the tests; each mutant is a fork of
it that puts the changed code into the function, runs only the tests that run the changed lines, and ends at the first
that fails. So a mutant costs its tests and nothing else. What is mutated and what is not stands in the module mutation.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from benchmarks import mutation

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("MUTANTS_FOLDER", ROOT / "var" / "mutants"))
MODULES = [
    "payments/ledger.py",
    "payments/fees.py",
    "payments/coupons.py",
    "payments/prices.py",
    "payments/orders.py",
    "payments/refunds.py",
    "payments/disputes.py",
    "payments/payouts.py",
    "payments/webhooks.py",
    "accounts/outbox.py",
]
TESTS = [
    "tests/payments",
    "tests/accounts/test_outbox.py",
    "tests/accounts/test_outbox_neighbours.py",
    "tests/common/test_money.py",
    "tests/api/test_money.py",
    "--ignore=tests/payments/sandbox",
    "--ignore=tests/payments/demo",
    # They repeat by chance or at length what the others look at one by one.
    "--ignore=tests/payments/test_walks.py",
    "--ignore=tests/payments/test_synthesis.py",
    "--ignore=tests/payments/test_shop_cost.py",
]
QUIET = ["-q", "-s", "-p", "no:cacheprovider", "-p", "no:terminalreporter"]
MOST_TESTS = 15  # of one mutant: one that outlives the most specific of its tests counts as a survivor
STUCK_SECONDS, STUCK_SECONDS_A_TEST = 60, 6  # after so long a mutant goes round in a ring, and counts as killed


def surroundings() -> dict[str, str]:
    told = {"PROMPTUARY_VAR", "STRIPE_API_BASE", "SITE_URL", "DJANGO_SETTINGS_MODULE"}
    return {name: value for name, value in os.environ.items() if name not in told}


def make_map() -> int:
    """Run the tests once, each under its own name."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    words = ["--cov=payments", "--cov=accounts", "--cov=common", "--cov-branch", "--cov-context=test", "--cov-report="]
    command = [sys.executable, "-m", "pytest", *TESTS, *words, "-q", "-p", "no:cacheprovider", "-o", "timeout=300"]
    told = surroundings() | {"COVERAGE_FILE": str(FOLDER / "coverage")}
    return subprocess.run(command, cwd=ROOT, env=told, check=False).returncode  # noqa: S603 — our own words


class Coverage:
    """Which tests run a line, the most specific first."""

    def __init__(self, path: str) -> None:
        from coverage import CoverageData

        data = CoverageData(str(FOLDER / "coverage"))
        data.read()
        self.tests: dict[int, set[str]] = defaultdict(set)
        measured = next(one for one in data.measured_files() if one.endswith(f"/{path}"))
        for line, contexts in data.contexts_by_lineno(measured).items():
            self.tests[line] = {one.split("|")[0] for one in contexts if one}
        self.width: dict[str, int] = defaultdict(int)
        for tests in self.tests.values():
            for test in tests:
                self.width[test] += 1

    def of(self, mutant: mutation.Mutant, killers: dict[str, int]) -> list[str]:
        found = set().union(*(self.tests.get(line, set()) for line in mutant.lines))
        return sorted(found, key=lambda test: (-killers.get(test, 0), self.width[test], test))


class Trial:
    """A plugin of pytest: instead of running the tests, it tries mutants on them."""

    def __init__(self, path: str, mutants: Sequence[mutation.Mutant], most_tests: int) -> None:
        self.path = path
        self.mutants = mutants
        self.most_tests = most_tests
        self.coverage = Coverage(path)
        self.killers: dict[str, int] = defaultdict(int)
        self.outcomes: list[dict[str, Any]] = []
        self.items: dict[str, Any] = {}
        self.broken: set[str] = set()

    def pytest_runtestloop(self, session: Any) -> bool:
        self.items = {item.nodeid: item for item in session.items}
        # What comes next is in no file of tests: so everything is torn down but what the whole session shares.
        self.next = SimpleNamespace(listchain=lambda: [session])
        first = next(item for item in session.items if "sandbox" in item.fixturenames)
        assert not self._failed(first), f"{first.nodeid} fails without a mutant."
        for number, mutant in enumerate(self.mutants, 1):
            began = time.monotonic()
            outcome = self._try(mutant)
            self.outcomes.append({"line": mutant.lines[0], "what": mutant.what} | outcome)
            took = time.monotonic() - began
            print(
                f"{number:3} {outcome['state']:9} {took:5.1f} s  {self.path}:{mutant.lines[0]} {mutant.what}",
                flush=True,
            )
        return True

    def _failed(self, item: Any) -> bool:
        from _pytest.runner import runtestprotocol

        return any(report.failed for report in runtestprotocol(item, nextitem=self.next, log=False))

    def _try(self, mutant: mutation.Mutant) -> dict[str, Any]:
        while True:
            known = [test for test in self.coverage.of(mutant, self.killers) if test in self.items]
            known = [test for test in known if test not in self.broken]
            if not known:
                return {"state": "uncovered"}
            state, killer = self._fork(mutant, known[: self.most_tests])
            if not killer or self._passes_unchanged(killer):
                break
        if killer:
            self.killers[killer] += 1
        return {"state": state, "by": killer, "tests": len(known)}

    def _passes_unchanged(self, test: str) -> bool:
        """A test kills only what it would let live: each that fails is tried once without any change."""
        if test not in self.killers:
            if self._fork(None, [test])[0] != "survived":
                self.broken.add(test)
                print(f"    fails without a mutant, and is left out: {test}", flush=True)
                return False
            self.killers[test] = 0
        return True

    def _fork(self, mutant: mutation.Mutant | None, tests: list[str]) -> tuple[str, str]:
        from django.db import connections

        connections.close_all()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            self._live(mutant, tests, writing)
        os.close(writing)
        state, killer = _await(child, reading, STUCK_SECONDS + STUCK_SECONDS_A_TEST * len(tests))
        if state == "timeout":
            self._clean()
        return state, killer

    def _live(self, mutant: mutation.Mutant | None, tests: list[str], writing: int) -> None:
        """In the fork: never comes back."""
        code = 3
        try:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 1)
            os.dup2(null, 2)
            sys.modules["payments.gateway.client"]._client.cache_clear()  # its connections are the parent's
            if mutant:
                mutation.put_in(mutant)
            code = 0
            for test in tests:
                if self._failed(self.items[test]):
                    os.write(writing, test.encode())
                    code = 1
                    break
        finally:
            os._exit(code)

    def _clean(self) -> None:
        """A test that was stopped half way left its rows."""
        import psycopg
        from django.db import connection

        from tests import plumbing, resetting

        with psycopg.connect(plumbing.address(connection.settings_dict["NAME"], owner=True)) as superuser:
            resetting.restore(superuser)


def _await(child: int, reading: int, seconds: float) -> tuple[str, str]:
    deadline = time.monotonic() + seconds
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            break
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            os.close(reading)
            return "timeout", ""
        time.sleep(0.02)
    with os.fdopen(reading) as told:
        killer = told.read()
    states = {0: "survived", 1: "killed"}
    return states.get(os.waitstatus_to_exitcode(status), "broken"), killer


def chosen(path: str, count: int, seed: int) -> list[mutation.Mutant]:
    """As many as asked for, spread by chance; all when there are fewer."""
    found = mutation.of_module(ROOT / path)
    picked = random.Random(f"{seed}:{path}").sample(found, min(count, len(found)))  # noqa: S311 — to be repeated
    return sorted(picked, key=lambda mutant: mutant.lines)


def outlived(path: str, mutants: list[mutation.Mutant]) -> list[mutation.Mutant]:
    """Those that survived the last run of the module."""
    last = json.loads((FOLDER / f"{Path(path).stem}.json").read_text())
    known = {(one["line"], one["what"]) for one in last if one["state"] == "survived"}
    return [one for one in mutants if (one.lines[0], one.what) in known]


def try_out(path: str, mutants: list[mutation.Mutant], most_tests: int) -> dict[str, int]:
    import pytest

    trial = Trial(path, mutants, most_tests)
    pytest.main([*TESTS, *QUIET], plugins=[trial])
    counts: dict[str, int] = defaultdict(int)
    for outcome in trial.outcomes:
        counts[outcome["state"]] += 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{Path(path).stem}.json").write_text(json.dumps(trial.outcomes, indent=1))
    return dict(counts)


@contextlib.contextmanager
def of_its_own() -> Iterator[None]:
    for name in os.environ.keys() - surroundings().keys():
        del os.environ[name]
    os.chdir(ROOT)
    yield


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("act", choices=["map", "list", "run"])
    parser.add_argument("module", nargs="?", help="such as payments/ledger.py")
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="only mutants of these lines, such as 40-52")
    parser.add_argument("--again", action="store_true", help="only the survivors of the last run")
    parser.add_argument("--tests", type=int, default=MOST_TESTS, help="how many tests a mutant must outlive")
    options = parser.parse_args()
    if options.act == "map":
        return make_map()
    mutants = chosen(options.module, options.count, options.seed)
    if options.only:
        first, _, last = options.only.partition("-")
        mutants = [one for one in mutants if int(first) <= one.lines[0] <= int(last or first)]
    if options.again:
        mutants = outlived(options.module, mutants)
    if options.act == "list":
        for one in mutants:
            print(f"{options.module}:{one.lines[0]} {one.what}")
        return 0
    with of_its_own():
        counts = try_out(options.module, mutants, options.tests)
    killed, tried = counts.get("killed", 0) + counts.get("timeout", 0), sum(counts.values())
    print(f"{options.module}: {tried} mutants, {killed} killed ({100 * killed / max(1, tried):.0f} %)  {counts}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
