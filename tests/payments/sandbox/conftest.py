"""A sandbox for the tests of a module, emptied for each of them."""

from collections.abc import Iterator

import pytest

from tests.payments.sandbox.machine import SECRET, Machine, Mailbox


@pytest.fixture(scope="module")
def mailbox_of_module() -> Iterator[Mailbox]:
    mailbox = Mailbox()
    yield mailbox
    mailbox.close()


@pytest.fixture(scope="module")
def machine_of_module(tmp_path_factory: pytest.TempPathFactory, mailbox_of_module: Mailbox) -> Iterator[Machine]:
    store = tmp_path_factory.mktemp("sandbox") / "store.sqlite3"
    machine = Machine(store, "--webhook-url", mailbox_of_module.url, "--webhook-secret", SECRET)
    machine.start()
    yield machine
    assert machine.stop() == 0


@pytest.fixture
def machine(machine_of_module: Machine) -> Iterator[Machine]:
    """An empty sandbox; whatever a test did, its money adds up."""
    machine_of_module.control("reset")
    yield machine_of_module
    machine_of_module.check()


@pytest.fixture
def mailbox(machine: Machine, mailbox_of_module: Mailbox) -> Mailbox:
    mailbox_of_module.received.clear()
    mailbox_of_module.statuses.clear()
    return mailbox_of_module
