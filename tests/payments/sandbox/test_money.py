"""Refunds, disputes, transfers, payouts: the balance follows."""

import pytest
import stripe

from tests.payments.sandbox.machine import Machine


def nets(machine: Machine, account: str | None = None) -> list[tuple[str, int]]:
    """Type and net of every balance transaction, oldest first."""
    options = {"stripe_account": account} if account else {}
    found = machine.client().v1.balance_transactions.list({"limit": 100}, options).data
    return [(one.type, one.net) for one in reversed(found)]


# -- refunds


def test_refunds_may_be_partial_up_to_the_whole(machine: Machine) -> None:
    charge = machine.buy(1000).payment_intent.latest_charge
    refunds = machine.client().v1.refunds

    first = refunds.create({"charge": charge.id, "amount": 300, "metadata": {"line": "1"}})
    second = refunds.create({"charge": charge.id})

    assert (first.status, second.amount) == ("succeeded", 700)
    after = machine.client().v1.charges.retrieve(charge.id, {"expand": ["refunds"]})
    assert (after.amount_refunded, after.refunded, len(after.refunds.data)) == (1000, True, 2)
    assert nets(machine) == [("charge", 941), ("refund", -300), ("refund", -700)]
    assert machine.happened()[5:9] == ["refund.created", "charge.refunded", "charge.refund.updated", "refund.updated"]


@pytest.mark.parametrize(("amount", "code"), [(1001, None), (0, "parameter_invalid_integer")])
def test_a_refund_is_never_more_than_was_paid(machine: Machine, amount: int, code: str | None) -> None:
    intent = machine.buy(1000).payment_intent

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        machine.client().v1.refunds.create({"payment_intent": intent.id, "amount": amount})

    assert (refusal.value.code, refusal.value.param) == (code, "amount")
    assert nets(machine) == [("charge", 941)]


def test_a_second_full_refund_is_refused_by_name(machine: Machine) -> None:
    intent = machine.buy(1000).payment_intent
    machine.client().v1.refunds.create({"payment_intent": intent.id})

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        machine.client().v1.refunds.create({"payment_intent": intent.id})

    assert refusal.value.code == "charge_already_refunded"


def test_a_refund_can_fail_after_it_succeeded(machine: Machine) -> None:
    machine.control("topup", amount=5000)
    intent = machine.buy(1000, "4000000000005126").payment_intent

    made = machine.client().v1.refunds.create({"payment_intent": intent.id})
    machine.drain()

    failed = machine.client().v1.refunds.retrieve(made.id, {"expand": ["failure_balance_transaction"]})
    charge = machine.client().v1.charges.retrieve(intent.latest_charge.id)
    assert (made.status, failed.status, failed.failure_reason) == ("succeeded", "failed", "expired_or_canceled_card")
    assert (failed.failure_balance_transaction.net, charge.amount_refunded) == (1000, 0)
    assert "refund.failed" in machine.happened()


def test_a_refund_may_be_pending_first(machine: Machine) -> None:
    machine.control("topup", amount=5000)
    intent = machine.buy(1000, "4000000000007726").payment_intent

    made = machine.client().v1.refunds.create({"payment_intent": intent.id})
    machine.drain()

    assert made.status == "pending"
    assert machine.client().v1.refunds.retrieve(made.id).status == "succeeded"


def test_a_refund_waits_for_the_balance_to_cover_it(machine: Machine) -> None:
    account = machine.seller()
    client = machine.client()
    machine.control("overdraft", amount=0)
    intent = machine.buy(1000).payment_intent
    client.v1.transfers.create({"amount": 900, "currency": "usd", "destination": account.id})

    made = client.v1.refunds.create({"payment_intent": intent.id})
    machine.control("topup", amount=2000)
    machine.control("clock", advance=30)

    assert (made.status, made.pending_reason, made.balance_transaction) == ("pending", "insufficient_funds", None)
    assert client.v1.refunds.retrieve(made.id).status == "succeeded"


# -- disputes


def dispute_of(machine: Machine, intent: str):
    return machine.client().v1.disputes.list({"payment_intent": intent}).data[0]


@pytest.mark.parametrize(
    ("evidence", "status", "balance"),
    [("winning_evidence", "won", [-6500, 5000]), ("losing_evidence", "lost", [-6500])],
)
def test_evidence_decides_a_dispute(machine: Machine, evidence: str, status: str, balance: list[int]) -> None:
    intent = machine.buy(5000, "4000000000000259").payment_intent.id
    machine.drain()
    dispute = dispute_of(machine, intent)

    answered = machine.client().v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": evidence}})
    machine.drain()

    after = dispute_of(machine, intent)
    assert (dispute.status, answered.status, after.status) == ("needs_response", "under_review", status)
    assert [one.net for one in after.balance_transactions] == balance
    kinds = [kind for kind in machine.happened() if kind.startswith("charge.dispute.")]
    reinstated = ["charge.dispute.funds_reinstated"] if status == "won" else []
    assert kinds == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.updated",
        "charge.dispute.closed",
        *reinstated,
    ]


def test_a_disputed_charge_cannot_be_refunded(machine: Machine) -> None:
    intent = machine.buy(5000, "4000000000000259").payment_intent.id
    machine.drain()

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        machine.client().v1.refunds.create({"payment_intent": intent})

    assert refusal.value.code == "charge_disputed"


def test_an_inquiry_takes_no_money_until_it_escalates(machine: Machine) -> None:
    intent = machine.buy(5000, "4000000000001976").payment_intent.id
    machine.drain()
    before = dispute_of(machine, intent)

    machine.client().v1.disputes.update(before.id, {"evidence": {"uncategorized_text": "escalate_inquiry_evidence"}})
    machine.drain()

    after = dispute_of(machine, intent)
    assert (before.status, before.balance_transactions) == ("warning_needs_response", [])
    assert (after.status, [one.net for one in after.balance_transactions]) == ("needs_response", [-6500])


def test_refunding_an_inquiry_closes_it(machine: Machine) -> None:
    intent = machine.buy(5000, "4000000000001976").payment_intent.id
    machine.drain()

    machine.client().v1.refunds.create({"payment_intent": intent})

    assert dispute_of(machine, intent).status == "warning_closed"


def test_an_unanswered_dispute_is_lost_at_its_deadline(machine: Machine) -> None:
    intent = machine.buy(5000, "4000000000000259").payment_intent.id
    machine.drain()

    machine.control("clock", advance=16 * 86_400)

    assert dispute_of(machine, intent).status == "lost"


@pytest.mark.parametrize(("move", "status"), [("win", "won"), ("lose", "lost")])
def test_a_person_can_open_and_decide_a_dispute(machine: Machine, move: str, status: str) -> None:
    charge = machine.buy(5000).payment_intent.latest_charge.id

    made = machine.control(f"charges/{charge}/dispute", reason="product_not_received")

    assert machine.control(f"disputes/{made['dispute']}/{move}")["status"] == status


def test_a_card_brings_an_early_fraud_warning(machine: Machine) -> None:
    machine.buy(5000, "4000000000005423")
    machine.drain()

    assert machine.happened()[-1] == "radar.early_fraud_warning.created"


# -- transfers


def test_a_transfer_moves_money_to_the_seller(machine: Machine) -> None:
    account, charge = machine.seller(), machine.buy(1000).payment_intent.latest_charge

    made = machine.client().v1.transfers.create(
        {"amount": 800, "currency": "usd", "destination": account.id, "metadata": {"intent_id": "i"}},
    )

    assert (machine.available(), machine.available(account.id)) == (charge.balance_transaction.net - 800, 800)
    assert nets(machine, account.id) == [("payment", 800)]
    read = machine.client().v1.transfers.retrieve(made.id, {"expand": ["destination_payment", "destination"]})
    assert (read.destination_payment.amount, read.destination.id) == (800, account.id)


def test_a_transfer_of_more_than_there_is_moves_nothing(machine: Machine) -> None:
    account = machine.seller()
    machine.buy(1000)

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        machine.client().v1.transfers.create({"amount": 942, "currency": "usd", "destination": account.id})

    assert refusal.value.code == "balance_insufficient"
    assert (machine.available(), machine.available(account.id)) == (941, 0)


def test_a_transfer_needs_the_seller_s_capability(machine: Machine) -> None:
    account = machine.seller(ready=False)
    machine.control("topup", amount=1000)

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        machine.client().v1.transfers.create({"amount": 100, "currency": "usd", "destination": account.id})

    assert refusal.value.code == "transfers_not_allowed"


def test_transfers_of_a_charge_cannot_exceed_it(machine: Machine) -> None:
    account, charge = machine.seller(), machine.buy(1000).payment_intent.latest_charge
    machine.control("topup", amount=5000)
    given = {"currency": "usd", "destination": account.id, "source_transaction": charge.id}
    first = machine.client().v1.transfers.create({**given, "amount": 700})

    with pytest.raises(stripe.InvalidRequestError):
        machine.client().v1.transfers.create({**given, "amount": 301})

    assert (first.transfer_group, first.source_transaction) == ("order_7", charge.id)


def test_reversals_may_be_partial_and_need_the_seller_s_money(machine: Machine) -> None:
    account = machine.seller()
    machine.control("topup", amount=2000)
    client = machine.client()
    transfer = client.v1.transfers.create({"amount": 1000, "currency": "usd", "destination": account.id})

    client.v1.transfers.reversals.create(transfer.id, {"amount": 400})
    machine.control("payouts/run")
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.transfers.reversals.create(transfer.id)

    after = client.v1.transfers.retrieve(transfer.id)
    assert refusal.value.code == "balance_insufficient"
    assert (after.amount_reversed, after.reversed, len(after.reversals.data)) == (400, False, 1)
    assert machine.available() == 1400


# -- payouts


def with_money(machine: Machine, bank: str = "", amount: int = 1000) -> tuple[str, dict[str, str]]:
    account = machine.seller(bank=bank)
    machine.control("topup", amount=5000)
    machine.client().v1.transfers.create({"amount": amount, "currency": "usd", "destination": account.id})
    return account.id, {"stripe_account": account.id}


def test_a_seller_is_paid_out(machine: Machine) -> None:
    account, options = with_money(machine)

    made = machine.client().v1.payouts.create({"amount": 600, "currency": "usd"}, options)
    machine.drain()

    assert machine.client().v1.payouts.retrieve(made.id, None, options).status == "paid"
    assert machine.available(account) == 400
    kinds = [event.type for event in machine.client().v1.events.list({"type": "payout.*"}, options).data]
    assert kinds == ["payout.paid", "payout.updated", "payout.created"]


@pytest.mark.parametrize(
    ("bank", "code"),
    [
        ("000111111116", "no_account"),
        ("000111111113", "account_closed"),
        ("000222222227", "insufficient_funds"),
    ],
)
def test_a_failed_payout_comes_back_and_spoils_the_bank_account(machine: Machine, bank: str, code: str) -> None:
    account, options = with_money(machine, bank)

    made = machine.client().v1.payouts.create({"amount": 600, "currency": "usd"}, options)
    machine.drain()

    failed = machine.client().v1.payouts.retrieve(made.id, {"expand": ["failure_balance_transaction"]}, options)
    assert (failed.status, failed.failure_code, failed.failure_balance_transaction.net) == ("failed", code, 600)
    assert machine.available(account) == 1000
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        machine.client().v1.payouts.create({"amount": 600, "currency": "usd"}, options)
    assert refusal.value.code == "bank_account_unusable"


def test_a_payout_can_fail_days_after_it_was_paid(machine: Machine) -> None:
    account, options = with_money(machine)
    made = machine.client().v1.payouts.create({"amount": 600, "currency": "usd"}, options)
    machine.control("clock", advance=1)

    machine.control(f"payouts/{made.id}/fail", code="account_closed")

    assert machine.client().v1.payouts.retrieve(made.id, None, options).failure_code == "account_closed"
    assert machine.available(account) == 1000


def test_the_schedule_pays_out_daily_above_the_minimum_balance(machine: Machine) -> None:
    account, options = with_money(machine)
    payments = {"payouts": {"minimum_balance_by_currency": {"usd": 250}}}
    machine.client().v1.balance_settings.update({"payments": payments}, options)

    machine.control("clock", advance=86_400)

    (made,) = machine.client().v1.payouts.list(None, options).data
    assert (made.amount, made.automatic, machine.available(account)) == (750, True, 250)
    assert len(machine.client().v1.balance_transactions.list({"payout": made.id}, options).data) == 2


def test_a_manual_schedule_pays_nothing_by_itself(machine: Machine) -> None:
    account, options = with_money(machine)
    payments = {"payouts": {"schedule": {"interval": "manual"}}}
    machine.client().v1.balance_settings.update({"payments": payments}, options)

    machine.control("clock", advance=3 * 86_400)

    assert machine.available(account) == 1000
