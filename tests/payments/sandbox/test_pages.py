"""The dashboard and the controls that people use."""

import pytest
import requests

from tests.payments.sandbox.machine import Machine, visible

NAMES = ("accounts", "balances", "disputes", "payouts", "events", "calls", "clock")
TABS = ("", *(f"dashboard/{name}" for name in NAMES))


def page(machine: Machine, path: str) -> str:
    answer = requests.get(f"{machine.url}/{path}", timeout=20)
    assert answer.status_code == 200, visible(answer.text)
    return answer.text


def press(machine: Machine, what: str, **given: str) -> requests.Response:
    url = f"{machine.url}/dashboard/do/{what}"
    return requests.post(url, data=given, headers={"Origin": machine.url}, allow_redirects=False, timeout=20)


def test_every_tab_shows_what_is_there(machine: Machine) -> None:
    account = machine.seller()
    paid = machine.buy(1999, "4000000000000259")
    machine.control("topup", amount=10_000)
    client = machine.client()
    transfer = client.v1.transfers.create({"amount": 700, "currency": "usd", "destination": account.id})
    payout = client.v1.payouts.create({"amount": 300, "currency": "usd"}, {"stripe_account": account.id})
    machine.drain()
    dispute = client.v1.disputes.list().data[0]

    shown = {tab: page(machine, tab) for tab in TABS}

    assert paid.id in shown[""]
    assert account.id in shown["dashboard/accounts"]
    assert "add up to the balances" in visible(shown["dashboard/balances"])
    assert dispute.id in shown["dashboard/disputes"]
    assert {transfer.id, payout.id} <= set(shown["dashboard/payouts"].split('"'))
    assert "charge.dispute.created" in shown["dashboard/events"]
    assert "/v1/transfers" in shown["dashboard/calls"]


def test_buttons_do_what_they_say(machine: Machine) -> None:
    session = machine.session()

    assert press(machine, f"sessions/{session.id}/pay").status_code == 303
    charge = machine.read(session.id, "payment_intent").payment_intent.latest_charge
    press(machine, f"charges/{charge}/dispute")
    dispute = machine.client().v1.disputes.list().data[0]
    press(machine, f"disputes/{dispute.id}/win")

    assert machine.client().v1.disputes.retrieve(dispute.id).status == "won"


def test_a_button_of_another_site_does_nothing(machine: Machine) -> None:
    session = machine.session()
    url = f"{machine.url}/dashboard/do/sessions/{session.id}/pay"

    answer = requests.post(url, headers={"Origin": "https://evil.example"}, timeout=20)

    assert (answer.status_code, machine.read(session.id).payment_status) == (403, "unpaid")


def test_what_cannot_be_done_is_said(machine: Machine) -> None:
    session = machine.buy()

    answer = press(machine, f"sessions/{session.id}/pay")

    assert (answer.status_code, "The session is not open." in visible(answer.text)) == (409, True)


@pytest.mark.parametrize("path", ["nothing", "c/pay/cs_x", "3ds/pi_x", "setup/acct_x/y", "dashboard/object/x"])
def test_unknown_pages_are_not_found(machine: Machine, path: str) -> None:
    assert requests.get(f"{machine.url}/{path}", timeout=20).status_code == 404


def test_what_a_caller_wrote_is_shown_as_text_only(machine: Machine) -> None:
    data = {"currency": "usd", "unit_amount": 500, "product_data": {"name": "<script>alert(1)</script>"}}
    session = machine.session(line_items=[{"price_data": data, "quantity": 1}], customer_email="a@example.com")

    text = page(machine, f"c/pay/{session.id}")

    assert "<script>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
