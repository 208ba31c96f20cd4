"""The same key gives the same answer and never two effects."""

import threading
from collections.abc import Callable

import pytest
import requests
import stripe

from tests.payments.sandbox.machine import Machine

FORM = "amount=100&currency=usd&destination="


def test_a_repetition_gets_the_first_answer_and_has_no_effect(machine: Machine) -> None:
    first = machine.raw("POST", "/v1/customers", "name=a", Idempotency_Key="k")
    again = machine.raw("POST", "/v1/customers", "name=a", Idempotency_Key="k")

    assert (again.status_code, again.text) == (first.status_code, first.text)
    assert ("Idempotent-Replayed" in first.headers, again.headers["Idempotent-Replayed"]) == (False, "true")
    assert len(machine.client().v1.customers.list().data) == 1


@pytest.mark.parametrize(("path", "body"), [("/v1/customers", "name=b"), ("/v1/coupons", "name=a")])
def test_other_parameters_or_another_path_are_refused(machine: Machine, path: str, body: str) -> None:
    machine.raw("POST", "/v1/customers", "name=a", Idempotency_Key="k")

    answer = machine.raw("POST", path, body, Idempotency_Key="k")

    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "idempotency_error")


def together(count: int, ask: Callable[[], requests.Response]) -> list[requests.Response]:
    barrier, answers = threading.Barrier(count), list[requests.Response]()

    def run() -> None:
        barrier.wait()
        answers.append(ask())

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_a_key_in_use_is_a_conflict(machine: Machine) -> None:
    machine.fault("delay", path="/v1/customers", seconds=1, count=1)

    answers = together(2, lambda: machine.raw("POST", "/v1/customers", "name=a", Idempotency_Key="k"))

    conflict, done = sorted(answers, key=lambda answer: -answer.status_code)
    assert (conflict.status_code, done.status_code) == (409, 200)
    assert conflict.json()["error"]["code"] == "idempotency_key_in_use"


def test_a_refusal_by_the_state_of_things_is_remembered(machine: Machine) -> None:
    account = machine.seller()
    first = machine.raw("POST", "/v1/transfers", FORM + account.id, Idempotency_Key="k")
    machine.control("topup", amount=1000)

    again = machine.raw("POST", "/v1/transfers", FORM + account.id, Idempotency_Key="k")

    assert first.json()["error"]["code"] == again.json()["error"]["code"] == "balance_insufficient"
    assert machine.client().v1.transfers.list().data == []


def test_a_wrong_parameter_is_not_remembered(machine: Machine) -> None:
    account = machine.seller()
    machine.control("topup", amount=1000)
    assert machine.raw("POST", "/v1/transfers", "amount=x", Idempotency_Key="k").status_code == 400

    assert machine.raw("POST", "/v1/transfers", FORM + account.id, Idempotency_Key="k").status_code == 200


def test_keys_of_different_accounts_do_not_meet(machine: Machine) -> None:
    account = machine.seller()

    machine.raw("POST", "/v1/customers", "name=a", Idempotency_Key="k")
    answer = machine.raw("POST", "/v1/customers", "name=b", Idempotency_Key="k", Stripe_Account=account.id)

    assert answer.status_code == 200


def test_a_key_is_forgotten_after_a_day(machine: Machine) -> None:
    first = machine.raw("POST", "/v1/customers", "name=a", Idempotency_Key="k").json()["id"]

    machine.control("clock", advance=86_401)

    assert machine.raw("POST", "/v1/customers", "name=a", Idempotency_Key="k").json()["id"] != first


def test_a_failure_after_the_effect_is_remembered_though_the_effect_stays(machine: Machine) -> None:
    machine.fault("error", when="after", path="/v1/customers", count=1)
    customers = machine.client().v1.customers

    for _ in range(2):
        with pytest.raises(stripe.APIError):
            customers.create({"name": "a"}, {"idempotency_key": "k"})

    assert len(customers.list().data) == 1


def test_parallel_requests_with_one_key_have_one_effect(machine: Machine) -> None:
    answers = together(12, lambda: machine.raw("POST", "/v1/customers", "name=a", Idempotency_Key="k"))

    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len(machine.client().v1.customers.list().data) == 1
