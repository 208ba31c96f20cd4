"""Calls that go wrong on demand."""

import time

import pytest
import requests
import stripe

from tests.payments.sandbox.machine import Machine

OPTIONS = {"idempotency_key": "k"}


def names(machine: Machine) -> list[str]:
    return [customer.name for customer in machine.client().v1.customers.list().data]


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ({"action": "error"}, stripe.APIError),
        ({"action": "rate_limit"}, stripe.RateLimitError),
        ({"action": "refuse", "status": 402, "code": "card_declined"}, stripe.CardError),
        ({"action": "refuse", "status": 403}, stripe.PermissionError),
        ({"action": "refuse", "code": "balance_insufficient"}, stripe.InvalidRequestError),
        ({"action": "reset"}, stripe.APIConnectionError),
    ],
)
def test_a_failure_before_the_effect_has_none(machine: Machine, rule: dict, problem: type[Exception]) -> None:
    machine.fault(**rule, path="/v1/customers", method="POST", count=1)

    with pytest.raises(problem):
        machine.client().v1.customers.create({"name": "a"}, OPTIONS)

    assert names(machine) == []


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ({"action": "error"}, stripe.APIError),
        ({"action": "rate_limit"}, stripe.RateLimitError),
        ({"action": "reset"}, stripe.APIConnectionError),
        ({"action": "truncate"}, stripe.APIConnectionError),
        ({"action": "html"}, stripe.APIError),
    ],
)
def test_a_failure_after_the_effect_leaves_it(machine: Machine, rule: dict, problem: type[Exception]) -> None:
    machine.fault(**rule, when="after", path="/v1/customers", method="POST", count=1)

    with pytest.raises(problem):
        machine.client().v1.customers.create({"name": "a"}, OPTIONS)

    assert names(machine) == ["a"]


@pytest.mark.parametrize("action", ["reset", "truncate", "html", "rate_limit"])
def test_after_a_broken_answer_the_key_gives_the_real_one(machine: Machine, action: str) -> None:
    machine.fault(action, when="after", path="/v1/customers", count=1)
    with pytest.raises(stripe.StripeError):
        machine.client().v1.customers.create({"name": "a"}, OPTIONS)

    made = machine.client().v1.customers.create({"name": "a"}, OPTIONS)

    assert (made.name, names(machine)) == ("a", ["a"])


def test_the_sdk_s_own_retries_survive_broken_connections(machine: Machine) -> None:
    machine.fault("reset", when="after", path="/v1/customers", count=2)

    machine.client(retries=3).v1.customers.create({"name": "a"})

    assert names(machine) == ["a"]


def test_a_rule_chooses_by_path_contents_and_turn(machine: Machine) -> None:
    machine.fault("error", path="/v1/cust*", containing="name=b", skip=1, count=1)

    statuses = [machine.raw("POST", "/v1/customers", f"name={name}").status_code for name in "abbab"]

    assert statuses == [200, 200, 500, 200, 200]


def test_a_rule_may_last_for_a_while_only(machine: Machine) -> None:
    machine.fault("error", path="/v1/balance", lasts=0.4)

    before = machine.raw("GET", "/v1/balance").status_code
    time.sleep(0.5)

    assert (before, machine.raw("GET", "/v1/balance").status_code) == (500, 200)


def test_chance_repeats_with_its_seed(machine: Machine) -> None:
    runs = []
    for _ in range(2):
        requests.delete(f"{machine.url}/_control/faults", timeout=20)
        machine.fault("error", path="/v1/balance", probability=0.5, seed=42)
        runs.append([machine.raw("GET", "/v1/balance").status_code for _ in range(20)])

    assert runs[0] == runs[1]
    assert set(runs[0]) == {200, 500}


def test_stripe_should_retry_is_said_when_asked_for(machine: Machine) -> None:
    machine.fault("rate_limit", path="/v1/balance", retry=True, count=1)

    answer = machine.raw("GET", "/v1/balance")

    assert (answer.status_code, answer.headers["Stripe-Should-Retry"]) == (429, "true")


def test_a_delay_makes_an_impatient_client_give_up_and_the_effect_stays(machine: Machine) -> None:
    machine.fault("delay", when="after", path="/v1/customers", seconds=1.5, count=1)
    client = stripe.StripeClient(
        "sk_test_x", base_addresses={"api": machine.url}, http_client=stripe.RequestsClient(timeout=0.3)
    )

    with pytest.raises(stripe.APIConnectionError):
        client.v1.customers.create({"name": "a"})

    assert names(machine) == ["a"]


@pytest.mark.parametrize(
    "rule", [{}, {"scope": "call"}, {"scope": "call", "action": "drop"}, {"scope": "moon", "action": "error"}, {"x": 1}]
)
def test_a_rule_that_makes_no_sense_is_refused(machine: Machine, rule: dict) -> None:
    answer = requests.post(f"{machine.url}/_control/faults", json=rule, timeout=20)

    assert answer.status_code == 400
    assert machine.look("faults") == {"faults": []}


def test_the_controls_refuse_pages_of_other_sites(machine: Machine) -> None:
    answer = requests.post(f"{machine.url}/_control/reset", headers={"Origin": "https://evil.example"}, timeout=20)

    assert answer.status_code == 403


def test_the_journal_has_every_call_and_its_fault(machine: Machine) -> None:
    start = machine.look("journal")["last"]
    machine.fault("error", path="/v1/balance", count=1)

    machine.raw("GET", "/v1/balance")
    machine.raw("POST", "/v1/customers", "name=a", Idempotency_Key="k")
    lines = machine.look(f"journal?after={start}&kind=call")["lines"]

    found = {(line["method"], line["path"], line["status"], line["fault"], line["key"]) for line in lines}
    assert found == {
        ("GET", "/v1/balance", 500, "error before", ""),
        ("POST", "/v1/customers", 200, "", "k"),
    }
