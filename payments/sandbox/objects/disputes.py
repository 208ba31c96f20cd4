"""Disputes: the buyer's bank takes the money back, and the platform may answer."""

from typing import Any

from payments.sandbox import alarms, errors, events, ids, lists, money
from payments.sandbox.api import Given, get, post
from payments.sandbox.objects import charges
from payments.sandbox.params import ANY, FLAG, META, PAGING, SPAN, TEXT, Group, Text, choice, merged
from payments.sandbox.store import Record
from payments.sandbox.views import presenter, public
from payments.sandbox.work import DAY, Work

EVIDENCE = (
    "access_activity_log", "billing_address", "cancellation_policy", "cancellation_policy_disclosure",
    "cancellation_rebuttal", "customer_communication", "customer_email_address", "customer_name",
    "customer_purchase_ip", "customer_signature", "duplicate_charge_documentation", "duplicate_charge_explanation",
    "duplicate_charge_id", "product_description", "receipt", "refund_policy", "refund_policy_disclosure",
    "refund_refusal_explanation", "service_date", "service_documentation", "shipping_address", "shipping_carrier",
    "shipping_date", "shipping_documentation", "shipping_tracking_number", "uncategorized_file", "uncategorized_text",
)  # fmt: skip
OPEN = ("needs_response", "under_review", "warning_needs_response", "warning_under_review")
NETWORK_CODES = {"fraudulent": "10.4", "product_not_received": "13.1"}
ANSWER_DAYS = 14
DECISION_DAYS = 75


def build(work: Work, charge: Record, *, reason: str, inquiry: bool, amount: int) -> Record:
    card = charge["payment_method_details"].get("card") or {}
    return {
        "id": ids.make("du"),
        "object": "dispute",
        "amount": amount,
        "charge": charge["id"],
        "created": work.now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(EVIDENCE), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": (work.now // DAY + ANSWER_DAYS + 1) * DAY - 1,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "intended_submission_method": "manual",
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {
                "brand": card.get("brand") or "visa",
                "case_type": "inquiry" if inquiry else "chargeback",
                "network": card.get("network") or "visa",
                "network_reason_code": NETWORK_CODES.get(reason, "13.3"),
            },
            "type": "card",
        },
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
        "_transactions": [],
    }


@alarms.handler("dispute_opens")
def open_for_card(work: Work, charge: str, details: Record) -> None:
    record = work.rows.find(charge, "charge")
    if record:
        begin(work, record, reason=details["reason"], inquiry=details["inquiry"])


def begin(work: Work, charge: Record, *, reason: str, inquiry: bool = False, amount: int | None = None) -> Record:
    """A new dispute or inquiry about a charge that succeeded and is not fully refunded."""
    left = charge["amount"] - charge["amount_refunded"]
    if charge["status"] != "succeeded" or charge["source_transfer"] or left <= 0:
        raise errors.refused(f"The charge {charge['id']} cannot be disputed.", "charge_invalid_parameter")
    if any(one["status"] in OPEN for one in work.rows.where("dispute", charge=charge["id"])):
        raise errors.refused(f"The charge {charge['id']} is disputed already.", "charge_disputed")
    dispute = build(work, charge, reason=reason, inquiry=inquiry, amount=min(amount or left, left))
    work.rows.add(dispute)
    charge["disputed"] = True
    work.rows.save(charge)
    alarms.put(work, dispute["evidence_details"]["due_by"], "dispute_deadline", dispute["id"])
    events.emit(work, "charge.dispute.created", dispute)
    if not inquiry:
        withdraw(work, dispute, charge)
    return dispute


def withdraw(work: Work, dispute: Record, charge: Record) -> None:
    """Stripe takes the disputed amount and its fee from the balance."""
    transaction = money.record(
        work,
        "adjustment",
        -dispute["amount"],
        dispute["currency"],
        dispute["id"],
        fee=money.dispute_fee(dispute["currency"]),
        fee_name="Dispute fee",
        description=f"Chargeback withdrawal for {charge['id']}",
        category="dispute",
    )
    dispute["_transactions"].append(transaction["id"])
    charge["_disputed_formally"] = True
    work.rows.save(dispute)
    work.rows.save(charge)
    events.emit(work, "charge.dispute.funds_withdrawn", dispute)


@presenter("dispute")
def view(work: Work, dispute: Record) -> Record:
    from payments.sandbox import views

    found = [work.rows.find(identifier) for identifier in dispute["_transactions"]]
    details = dispute["evidence_details"]
    past_due = details["submission_count"] == 0 and details["due_by"] is not None and details["due_by"] < work.now
    return {
        **public(dispute),
        "balance_transactions": [views.present(work, one) for one in found if one],
        "evidence_details": {**details, "past_due": past_due},
    }


def set_status(work: Work, dispute: Record, status: str) -> None:
    previous = {"status": dispute["status"]}
    dispute["status"] = status
    work.rows.save(dispute)
    events.emit(work, "charge.dispute.updated", dispute, previous)


def end(work: Work, dispute: Record, status: str) -> None:
    """won, lost or warning_closed."""
    dispute["status"] = status
    dispute["evidence_details"]["due_by"] = (
        None if status == "warning_closed" else dispute["evidence_details"]["due_by"]
    )
    charge = charges.find(work, dispute["charge"])
    if status == "won":
        reinstate(work, dispute, charge)
    work.rows.save(dispute)
    events.emit(work, "charge.dispute.closed", dispute)
    if status == "won" and dispute["_transactions"]:
        events.emit(work, "charge.dispute.funds_reinstated", dispute)


def reinstate(work: Work, dispute: Record, charge: Record) -> None:
    if not dispute["_transactions"]:
        return
    transaction = money.record(
        work,
        "adjustment",
        dispute["amount"],
        dispute["currency"],
        dispute["id"],
        description=f"Chargeback reversal for {charge['id']}",
        category="dispute_reversal",
    )
    dispute["_transactions"].append(transaction["id"])
    charge["_disputed_formally"] = False
    work.rows.save(charge)


def decide(work: Work, dispute: Record, outcome: str) -> None:
    """won, lost or escalated, by the bank or by a person at the dashboard."""
    if dispute["status"] not in OPEN:
        raise errors.refused(f"The dispute {dispute['id']} is closed.", "status_transition_invalid")
    inquiry = dispute["status"].startswith("warning_")
    if outcome == "escalated":
        if not inquiry:
            raise errors.refused("Only an inquiry can escalate.", "status_transition_invalid")
        escalate(work, dispute)
    elif inquiry:
        end(work, dispute, "warning_closed")
    else:
        end(work, dispute, outcome)


def escalate(work: Work, dispute: Record) -> None:
    charge = charges.find(work, dispute["charge"])
    dispute["payment_method_details"]["card"]["case_type"] = "chargeback"
    dispute["is_charge_refundable"] = False
    dispute["evidence_details"]["due_by"] = (work.now // DAY + ANSWER_DAYS + 1) * DAY - 1
    set_status(work, dispute, "needs_response")
    alarms.put(work, dispute["evidence_details"]["due_by"], "dispute_deadline", dispute["id"])
    withdraw(work, dispute, charge)


def close_inquiries(work: Work, charge: Record) -> None:
    """A full refund ends an inquiry."""
    if charge["refunded"]:
        for dispute in work.rows.where("dispute", charge=charge["id"]):
            if dispute["status"] in ("warning_needs_response", "warning_under_review"):
                end(work, dispute, "warning_closed")


@alarms.handler("dispute_deadline")
def reach_deadline(work: Work, identifier: str, details: Record) -> None:
    """Without an answer a dispute is lost and an inquiry closes."""
    dispute = work.rows.find(identifier, "dispute")
    waiting = dispute and dispute["status"] in ("needs_response", "warning_needs_response")
    if dispute and waiting and dispute["evidence_details"]["due_by"] <= work.now:
        decide(work, dispute, "lost")


@alarms.handler("dispute_decided")
def be_decided(work: Work, identifier: str, details: Record) -> None:
    dispute = work.rows.find(identifier, "dispute")
    if dispute and dispute["status"] in ("under_review", "warning_under_review"):
        decide(work, dispute, details["outcome"])


def find(work: Work, identifier: str) -> Record:
    dispute = work.rows.find(identifier, "dispute", work.account)
    if dispute is None:
        raise errors.no_such("dispute", identifier, status=404)
    return dispute


@get("/v1/disputes", {**PAGING, "created": SPAN, "charge": TEXT, "payment_intent": TEXT})
def index(work: Work, given: Given) -> Record:
    return lists.listing(work, "dispute", given, "charge", "payment_intent")


@get("/v1/disputes/{id}")
def retrieve(work: Work, given: Given, identifier: str) -> Record:
    return find(work, identifier)


@post(
    "/v1/disputes/{id}",
    {
        "evidence": Group({**{name: Text(150_000) for name in EVIDENCE}, "enhanced_evidence": ANY, "appeal": ANY}),
        "intended_submission_method": choice("manual", "prefer_manual", "prefer_smart_disputes", "smart_disputes"),
        "metadata": META,
        "submit": FLAG,
    },
)
def update(work: Work, given: Given, identifier: str) -> Record:
    dispute = find(work, identifier)
    before = dict(dispute)
    if "metadata" in given:
        dispute["metadata"] = merged(dispute["metadata"], given["metadata"])
    if given.get("intended_submission_method"):
        dispute["intended_submission_method"] = given["intended_submission_method"]
    if evidence := given.get("evidence"):
        if dispute["status"] not in ("needs_response", "warning_needs_response"):
            message = f"The dispute {identifier} has a status of {dispute['status']} and takes no evidence."
            raise errors.refused(message, "status_transition_invalid")
        kept = {name: value or None for name, value in evidence.items() if name in EVIDENCE}
        dispute["evidence"] = {**dispute["evidence"], **kept}
        dispute["evidence_details"]["has_evidence"] = any(dispute["evidence"][name] for name in EVIDENCE)
        if given.get("submit", True):
            submit(work, dispute)
    work.rows.save(dispute)
    events.emit(
        work, "charge.dispute.updated", dispute, events.changes(before, dispute, "evidence", "metadata", "status")
    )
    return dispute


def submit(work: Work, dispute: Record) -> None:
    """Hands the evidence to the bank, which in a sandbox reads one word of it."""
    inquiry = dispute["status"].startswith("warning_")
    dispute["status"] = "warning_under_review" if inquiry else "under_review"
    dispute["evidence_details"]["submission_count"] += 1
    dispute["evidence_details"]["submission_method"] = "manual"
    text: Any = dispute["evidence"]["uncategorized_text"] or ""
    known = {"winning_evidence": "won", "losing_evidence": "lost", "escalate_inquiry_evidence": "escalated"}
    if (outcome := known.get(text)) and (outcome != "escalated" or inquiry):
        alarms.put(work, work.now, "dispute_decided", dispute["id"], outcome=outcome)
    else:
        alarms.put(work, work.now + DECISION_DAYS * DAY, "dispute_decided", dispute["id"], outcome="lost")


@post("/v1/disputes/{id}/close")
def close(work: Work, given: Given, identifier: str) -> Record:
    """The platform concedes."""
    dispute = find(work, identifier)
    if dispute["status"] not in ("needs_response", "warning_needs_response"):
        raise errors.refused(
            f"The dispute {identifier} cannot be closed: it is {dispute['status']}.", "status_transition_invalid"
        )
    decide(work, dispute, "lost")
    return dispute


# -- early fraud warnings


@alarms.handler("fraud_warning")
def warn(work: Work, charge: str, details: Record) -> None:
    record = work.rows.find(charge, "charge")
    if record is None:
        return
    warning = {
        "id": ids.make("issfr"),
        "object": "radar.early_fraud_warning",
        "actionable": True,
        "charge": charge,
        "created": work.now,
        "fraud_type": "made_with_stolen_card",
        "livemode": False,
        "payment_intent": record["payment_intent"],
    }
    work.rows.add(warning)
    events.emit(work, "radar.early_fraud_warning.created", warning)


@get("/v1/radar/early_fraud_warnings", {**PAGING, "created": SPAN, "charge": TEXT, "payment_intent": TEXT})
def index_warnings(work: Work, given: Given) -> Record:
    return lists.listing(work, "radar.early_fraud_warning", given, "charge", "payment_intent")


@get("/v1/radar/early_fraud_warnings/{id}")
def retrieve_warning(work: Work, given: Given, identifier: str) -> Record:
    warning = work.rows.find(identifier, "radar.early_fraud_warning", work.account)
    if warning is None:
        raise errors.no_such("early fraud warning", identifier, status=404)
    return warning
