"""Events and their delivery."""

import time

import pytest
import stripe

from tests.payments.sandbox.machine import SECRET, Machine, Mailbox


def wait_for(mailbox: Mailbox, kind: str, count: int = 1) -> None:
    deadline = time.monotonic() + 15
    while mailbox.types().count(kind) < count:
        assert time.monotonic() < deadline, mailbox.types()
        time.sleep(0.02)


def test_every_delivery_is_signed_and_stripe_s_own_code_believes_it(machine: Machine, mailbox: Mailbox) -> None:
    machine.buy()
    machine.drain()

    client = machine.client()
    assert sorted(mailbox.types()) == ["charge.succeeded", "charge.updated", "checkout.session.completed"]
    for event, body, signature in mailbox.received:
        read = client.construct_event(body, signature, SECRET)
        assert (read.id, read.type) == (event["id"], event["type"])
        with pytest.raises(stripe.SignatureVerificationError):
            client.construct_event(body, signature, "whsec_other")


def test_a_delivery_is_repeated_with_a_new_signature_until_it_is_taken(machine: Machine, mailbox: Mailbox) -> None:
    mailbox.statuses = [500]

    machine.client().v1.checkout.sessions.expire(machine.session().id)
    wait_for(mailbox, "checkout.session.expired", 2)
    machine.drain()

    (first, _, signature), (second, _, later) = mailbox.received
    assert first["id"] == second["id"]
    assert signature != later
    delivery = machine.look("deliveries")["deliveries"][0]
    assert (delivery["state"], delivery["attempts"]) == ("delivered", 2)


def test_an_event_that_was_not_taken_can_be_found_by_delivery_success(machine: Machine, mailbox: Mailbox) -> None:
    machine.fault("drop", scope="delivery", type="checkout.session.completed")
    machine.buy()
    machine.drain()

    events = machine.client().v1.events
    missed = events.list({"delivery_success": False}).data
    arrived = {event.type for event in events.list({"delivery_success": True, "limit": 100}).data}

    assert [event.type for event in missed] == ["checkout.session.completed"]
    assert missed[0].pending_webhooks == 1
    assert "checkout.session.completed" not in arrived


@pytest.mark.parametrize(("action", "count"), [("drop", 0), ("duplicate", 3), ("delay", 1)])
def test_deliveries_misbehave_on_demand(machine: Machine, mailbox: Mailbox, action: str, count: int) -> None:
    more = {"copies": 2} if action == "duplicate" else {"seconds": 0.3} if action == "delay" else {}
    machine.fault(action, scope="delivery", type="checkout.session.completed", **more)

    machine.buy()
    wait_for(mailbox, "charge.updated")
    if count:
        wait_for(mailbox, "checkout.session.completed", count)
    machine.drain()

    assert mailbox.types().count("checkout.session.completed") == count


def test_events_can_be_shuffled(machine: Machine, mailbox: Mailbox) -> None:
    machine.fault("reorder", scope="delivery", seconds=0.5, seed=3)

    for _ in range(4):
        machine.buy()
    wait_for(mailbox, "charge.updated", 4)
    wait_for(mailbox, "checkout.session.completed", 4)
    wait_for(mailbox, "charge.succeeded", 4)

    assert sorted(mailbox.types()) != mailbox.types()
    order = [event["data"]["object"]["created"] for event, _, _ in mailbox.received]
    assert len(order) == 12


def test_an_event_can_be_hidden_from_lists(machine: Machine) -> None:
    machine.fault("hide", scope="delivery", type="checkout.session.completed")

    machine.buy()

    assert "checkout.session.completed" not in machine.happened()


def test_an_event_can_be_sent_again(machine: Machine, mailbox: Mailbox) -> None:
    machine.buy()
    machine.drain()
    event = machine.client().v1.events.list({"type": "checkout.session.completed"}).data[0]

    machine.control(f"events/{event.id}/resend")
    wait_for(mailbox, "checkout.session.completed", 2)


def test_connect_events_carry_their_account_and_thin_events_only_name_it(machine: Machine, mailbox: Mailbox) -> None:
    account = machine.seller()
    machine.drain()

    snapshots = [event for event, _, _ in mailbox.received if event["object"] == "event"]
    thin = [(event, body, signature) for event, body, signature in mailbox.received if event["object"] != "event"]
    assert {event["account"] for event in snapshots} == {account.id}
    assert {event["type"] for event, _, _ in thin} == {
        "v2.core.account[configuration.recipient].capability_status_updated",
        "v2.core.account[requirements].updated",
    }
    for event, body, signature in thin:
        notice = machine.client().parse_event_notification(body, signature, SECRET)
        assert notice.related_object.id == account.id
        assert notice.fetch_related_object().id == account.id
        assert notice.fetch_event().type == event["type"]
        assert "data" not in event


def test_a_product_can_register_its_own_endpoint(machine: Machine, mailbox: Mailbox) -> None:
    client = machine.client()
    made = client.v1.webhook_endpoints.create({"url": mailbox.url, "enabled_events": ["customer.created"]})

    client.v1.customers.create({"email": "a@example.com"})
    wait_for(mailbox, "customer.created")

    _, body, signature = mailbox.received[0]
    assert client.construct_event(body, signature, made.secret).data.object["email"] == "a@example.com"
    assert not hasattr(client.v1.webhook_endpoints.retrieve(made.id), "secret")


def test_events_are_listed_by_type_and_time(machine: Machine) -> None:
    machine.buy()
    machine.buy()
    events = machine.client().v1.events

    kinds = ["charge.succeeded", "charge.updated"]
    found = events.list({"types": kinds, "created": {"gte": machine.look("clock")["now"] - 60}, "limit": 3})

    assert {event.type for event in found.data} == set(kinds)
    assert [event.id for event in found.auto_paging_iter()] == [
        event.id for event in events.list({"types": kinds}).data
    ]
