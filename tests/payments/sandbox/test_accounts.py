"""Sellers: onboarding, capabilities, the two views of one account."""

import pytest
import requests
import stripe

from tests.payments.sandbox.machine import Machine

INCLUDE = {"include": ["configuration.recipient", "requirements", "identity", "defaults"]}


def link(machine: Machine, account: str) -> str:
    details = {"refresh_url": "https://shop.example/refresh", "return_url": "https://shop.example/return"}
    use_case = {"type": "account_onboarding", "account_onboarding": details}
    return machine.client().v2.core.account_links.create({"account": account, "use_case": use_case}).url


def status(machine: Machine, account: str) -> str:
    found = machine.client().v2.core.accounts.retrieve(account, INCLUDE)
    return found.configuration.recipient.capabilities.stripe_balance.stripe_transfers.status


@pytest.mark.parametrize(
    ("result", "transfers", "enabled", "disabled_reason"),
    [
        ("complete", "active", True, None),
        ("due", "restricted", False, "requirements.past_due"),
        ("pending", "pending", False, "requirements.pending_verification"),
        ("reject", "rejected", False, "rejected.other"),
    ],
)
def test_onboarding_ends_as_chosen(machine, result, transfers, enabled, disabled_reason) -> None:
    account = machine.seller(ready=False)
    url = link(machine, account.id)
    assert requests.get(url, timeout=20).status_code == 200

    answer = requests.post(url, data={"result": result}, allow_redirects=False, timeout=20)

    assert (answer.status_code, answer.headers["Location"]) == (303, "https://shop.example/return")
    assert status(machine, account.id) == transfers
    old = machine.client().v1.accounts.retrieve(account.id)
    assert (old.payouts_enabled, old.requirements.disabled_reason) == (enabled, disabled_reason)


def test_a_link_works_once(machine: Machine) -> None:
    url = link(machine, machine.seller(ready=False).id)
    requests.get(url, timeout=20)

    again = requests.get(url, allow_redirects=False, timeout=20)

    assert again.headers["Location"] == "https://shop.example/refresh"


def test_a_link_is_good_for_five_minutes(machine: Machine) -> None:
    account = machine.seller(ready=False)
    url = link(machine, account.id)
    machine.control("clock", advance=301)

    answer = requests.post(url, data={"result": "complete"}, allow_redirects=False, timeout=20)

    assert answer.headers["Location"] == "https://shop.example/refresh"
    assert status(machine, account.id) == "restricted"


def test_what_was_not_asked_for_is_null(machine: Machine) -> None:
    account = machine.seller(ready=False)

    bare = machine.client().v2.core.accounts.retrieve(account.id)

    assert (bare.configuration, bare.requirements, bare.identity, bare.defaults) == (None, None, None, None)
    assert account.requirements.entries[0].awaiting_action_from == "user"


def test_a_capability_can_be_taken_away(machine: Machine) -> None:
    account = machine.seller()

    machine.control(f"accounts/{account.id}/capability", status="restricted", code="requirements_past_due")

    assert status(machine, account.id) == "restricted"
    thin = machine.raw("GET", f"/v2/core/events?object_id={account.id}").json()["data"]
    assert thin[0]["type"] == "v2.core.account[configuration.recipient].capability_status_updated"


def test_a_closed_account_takes_no_transfers(machine: Machine) -> None:
    account = machine.seller()
    machine.control("topup", amount=1000)

    machine.client().v2.core.accounts.close(account.id, {"applied_configurations": ["recipient"]})

    with pytest.raises(stripe.InvalidRequestError):
        machine.client().v1.transfers.create({"amount": 100, "currency": "usd", "destination": account.id})
    assert machine.client().v2.core.accounts.retrieve(account.id).closed is True


def test_a_v1_account_is_the_same_account_in_v2(machine: Machine) -> None:
    controller = {
        "fees": {"payer": "application"},
        "losses": {"payments": "application"},
        "stripe_dashboard": {"type": "express"},
    }
    made = machine.client().v1.accounts.create(
        {
            "country": "DE",
            "email": "s@example.com",
            "controller": controller,
            "capabilities": {"transfers": {"requested": True}},
        }
    )
    machine.control(f"accounts/{made.id}/complete")

    assert (made.type, made.capabilities.transfers) == ("express", "inactive")
    assert status(machine, made.id) == "active"
    assert machine.client().v1.accounts.retrieve(made.id).default_currency == "eur"


def test_a_login_link_opens_the_seller_s_dashboard(machine: Machine) -> None:
    account = machine.seller()

    url = machine.client().v1.accounts.login_links.create(account.id).url

    assert "A Seller" in requests.get(url, timeout=20).text


def test_another_account_s_objects_are_out_of_reach(machine: Machine) -> None:
    one, other = machine.seller(), machine.seller()
    machine.control("topup", amount=1000)
    machine.client().v1.transfers.create({"amount": 500, "currency": "usd", "destination": one.id})
    payment = machine.client().v1.charges.list(None, {"stripe_account": one.id}).data[0]

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        machine.client().v1.charges.retrieve(payment.id, None, {"stripe_account": other.id})
    with pytest.raises(stripe.PermissionError):
        machine.client().v1.balance.retrieve(None, {"stripe_account": "acct_nobody"})

    assert refusal.value.code == "resource_missing"
