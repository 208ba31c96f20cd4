"""What a crash can't take away, and what keeps the money right whatever happens."""

import contextlib
import random
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
import stripe
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.payments.sandbox.machine import ROOT, SECRET, Machine, Mailbox
from tests.payments.sandbox.test_webhooks import wait_for


@pytest.fixture
def mortal(tmp_path: Path):
    machine = Machine(tmp_path / "store.sqlite3")
    machine.start()
    yield machine
    machine.stop()


def test_nothing_is_lost_by_a_kill(mortal: Machine) -> None:
    paid, open_session = mortal.buy(700), mortal.session(900)
    key = mortal.raw("POST", "/v1/customers", "name=a", Idempotency_Key="k").json()["id"]

    mortal.stop(signal.SIGKILL)
    mortal.start()

    assert mortal.read(paid.id).payment_status == "paid"
    assert mortal.available() == paid.payment_intent.latest_charge.balance_transaction.net
    assert mortal.raw("POST", "/v1/customers", "name=a", Idempotency_Key="k").json()["id"] == key
    assert mortal.submit(open_session.id).status_code == 303
    mortal.check()


def test_a_crowd_at_the_door_of_a_new_process_is_served(mortal: Machine) -> None:
    sessions = [mortal.session().id for _ in range(12)]
    mortal.stop()
    mortal.start()

    with ThreadPoolExecutor(12) as crowd:
        statuses = [answer.status_code for answer in crowd.map(mortal.submit, sessions)]

    assert statuses == [303] * 12
    mortal.check()


def test_a_crowd_that_pays_one_session_pays_once(mortal: Machine) -> None:
    session = mortal.session(500)

    with ThreadPoolExecutor(12) as crowd:
        statuses = {answer.status_code for answer in crowd.map(mortal.submit, [session.id] * 24)}

    assert statuses == {303}
    assert len(mortal.client().v1.charges.list().data) == 1
    mortal.check()


def test_a_kill_in_the_middle_of_a_crowd_leaves_whole_payments_only(mortal: Machine) -> None:
    sessions = [mortal.session().id for _ in range(40)]

    def submit(session: str) -> None:
        with contextlib.suppress(requests.ConnectionError):
            mortal.submit(session)

    with ThreadPoolExecutor(6) as crowd:
        for session in sessions:
            crowd.submit(submit, session)
        time.sleep(0.1)
        mortal.stop(signal.SIGKILL)
    mortal.start()

    mortal.check()
    paid = [session for session in sessions if mortal.read(session).payment_status == "paid"]
    assert len(mortal.client().v1.charges.list({"limit": 100}).data) == len(paid)


def test_the_clock_and_what_is_due_survive(mortal: Machine) -> None:
    session = mortal.session()
    mortal.control("clock", advance=1_000)
    mortal.stop(signal.SIGKILL)
    mortal.start()

    assert mortal.look("clock")["offset"] == 1_000
    mortal.control("clock", advance=86_400)

    assert mortal.read(session.id).status == "expired"


def test_webhooks_that_were_not_delivered_go_out_after_a_restart(tmp_path: Path, mailbox_of_module: Mailbox) -> None:
    machine = Machine(tmp_path / "s.sqlite3", "--webhook-url", "http://127.0.0.1:9/", "--webhook-secret", "whsec_old")
    machine.start()
    machine.buy()
    machine.stop(signal.SIGKILL)

    machine.options = ("--webhook-url", mailbox_of_module.url, "--webhook-secret", SECRET)
    machine.start()
    machine.control("deliveries/retry")
    wait_for(mailbox_of_module, "checkout.session.completed")
    _, body, signature = mailbox_of_module.received[0]
    endpoints = machine.client().v1.webhook_endpoints.list().data
    machine.stop()

    assert machine.client().construct_event(body, signature, SECRET)
    assert {one.url for one in endpoints} == {mailbox_of_module.url}
    assert len(endpoints) == 2


def test_a_taken_port_is_said_in_one_line(mortal: Machine, tmp_path: Path) -> None:
    other = Machine(tmp_path / "other.sqlite3")
    other.port = mortal.port

    ended = subprocess.run(other.command(), cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)

    assert ended.returncode == 1
    assert ended.stderr == f"The Stripe sandbox cannot listen on 127.0.0.1:{mortal.port}: Address already in use\n"


MOVES = (
    "buy",
    "decline",
    "challenge",
    "refund",
    "transfer",
    "reverse",
    "pay_out",
    "dispute",
    "decide",
    "clock",
    "fail",
)


class Walker:
    """Makes random moves; refusals are part of the game, server errors are not."""

    def __init__(self, machine: Machine, seed: int) -> None:
        self.machine, self.dice = machine, random.Random(seed)
        self.client = machine.client()
        self.sellers = [machine.seller().id for _ in range(2)]
        self.charges: list[str] = []
        self.transfers: list[str] = []
        self.disputes: list[str] = []
        self.refunds: list[str] = []

    def step(self, move: str) -> None:
        with contextlib.suppress(stripe.InvalidRequestError, IndexError):
            getattr(self, move)()

    def buy(self) -> None:
        cards = ("4242424242424242", "4000000000000259", "4000000000007726", "4000000000005126", "4000000000001976")
        paid = self.machine.buy(self.dice.randint(50, 20_000), self.dice.choice(cards))
        self.charges.append(paid.payment_intent.latest_charge.id)

    def decline(self) -> None:
        self.machine.submit(self.machine.session().id, "4000000000000002")

    def challenge(self) -> None:
        answer = self.machine.submit(self.machine.session().id, "4000000000003220")
        result = self.dice.choice(("complete", "fail"))
        url = self.machine.url + answer.headers["Location"]
        requests.post(url, data={"result": result}, allow_redirects=False, timeout=20)

    def refund(self) -> None:
        charge = self.dice.choice(self.charges)
        made = self.client.v1.refunds.create({"charge": charge, "amount": self.dice.randint(1, 20_000)})
        self.refunds.append(made.id)

    def transfer(self) -> None:
        given = {
            "amount": self.dice.randint(1, 9_000),
            "currency": "usd",
            "destination": self.dice.choice(self.sellers),
        }
        if self.dice.random() < 0.5:
            given["source_transaction"] = self.dice.choice(self.charges)
        self.transfers.append(self.client.v1.transfers.create(given).id)

    def reverse(self) -> None:
        transfer = self.dice.choice(self.transfers)
        self.client.v1.transfers.reversals.create(transfer, {"amount": self.dice.randint(1, 5_000)})

    def pay_out(self) -> None:
        options = {"stripe_account": self.dice.choice(self.sellers)}
        self.client.v1.payouts.create({"amount": self.dice.randint(1, 5_000), "currency": "usd"}, options)

    def dispute(self) -> None:
        charge = self.dice.choice(self.charges)
        url = f"{self.machine.url}/_control/charges/{charge}/dispute"
        answer = requests.post(url, json={"inquiry": self.dice.random() < 0.3}, timeout=20)
        if answer.ok:
            self.disputes.append(answer.json()["dispute"])

    def decide(self) -> None:
        move = self.dice.choice(("win", "lose", "escalate"))
        requests.post(f"{self.machine.url}/_control/disputes/{self.dice.choice(self.disputes)}/{move}", timeout=20)

    def clock(self) -> None:
        self.machine.control("clock", advance=self.dice.choice((60, 86_400, 9 * 86_400)))

    def fail(self) -> None:
        requests.post(f"{self.machine.url}/_control/refunds/{self.dice.choice(self.refunds)}/fail", timeout=20)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None)
@given(seed=st.integers(0, 2**32), moves=st.lists(st.sampled_from(MOVES), min_size=25, max_size=60))
def test_the_money_adds_up_after_any_walk(machine: Machine, seed: int, moves: list[str]) -> None:
    machine.control("reset")
    walker = Walker(machine, seed)

    for move in ["buy", "buy", *moves]:
        walker.step(move)
    machine.drain()

    machine.check()


@pytest.fixture
def slow(tmp_path: Path):
    """A sandbox where money takes its time, as the real one."""
    machine = Machine(tmp_path / "slow.sqlite3", "--settle-seconds", "172800", "--payout-seconds", "172800")
    machine.start()
    yield machine
    machine.check()
    machine.stop()


def test_funds_can_be_released_before_their_time(slow: Machine) -> None:
    slow.buy(1000)
    slow.control("clock", advance=86_400)
    slow.buy(2000)

    assert slow.control("funds/release") == {"released": 2}

    assert slow.available() == 941 + 1912


def test_moving_the_clock_back_makes_funds_pending_again(slow: Machine) -> None:
    slow.buy(1000)
    slow.control("clock", advance=3 * 86_400)
    before = slow.available()

    slow.control("clock", reset=True)

    assert (before, slow.available()) == (941, 0)


def test_a_payout_can_be_canceled_while_it_is_pending(slow: Machine) -> None:
    account = slow.seller().id
    slow.control("topup", amount=1000)
    slow.client().v1.transfers.create({"amount": 500, "currency": "usd", "destination": account})
    payouts, options = slow.client().v1.payouts, {"stripe_account": account}
    made = payouts.create({"amount": 500, "currency": "usd"}, options)

    canceled = payouts.cancel(made.id, None, options)
    slow.control("clock", advance=3 * 86_400)

    assert (made.status, canceled.status, payouts.retrieve(made.id, None, options).status) == (
        "pending",
        "canceled",
        "canceled",
    )


def test_pending_money_adds_up_too(slow: Machine) -> None:
    account, paid = slow.seller(), slow.buy(1000)
    pending = slow.client().v1.balance.retrieve()
    with pytest.raises(stripe.InvalidRequestError):
        slow.client().v1.transfers.create({"amount": 100, "currency": "usd", "destination": account.id})
    slow.check()
    slow.control("clock", advance=2 * 86_400)
    slow.check()
    transaction = paid.payment_intent.latest_charge.balance_transaction
    assert (pending.available[0].amount, pending.pending[0].amount, transaction.status) == (0, 941, "pending")
    assert slow.available() == 941
    assert slow.happened()[-1] == "balance.available"
