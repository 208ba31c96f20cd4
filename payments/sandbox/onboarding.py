"""What happens to a seller's account: onboarding, capabilities, rejection, closing."""

from typing import Any

from payments.sandbox import cards, events, ids
from payments.sandbox.store import Record
from payments.sandbox.work import Work

# What Stripe asks an individual for: (v1 name, v2 name).
ASKED = [
    ("external_account", "configuration.recipient.default_outbound_destination"),
    ("individual.address.city", "identity.individual.address.city"),
    ("individual.address.line1", "identity.individual.address.line1"),
    ("individual.address.postal_code", "identity.individual.address.postal_code"),
    ("individual.dob.day", "identity.individual.date_of_birth"),
    ("individual.first_name", "identity.individual.given_name"),
    ("individual.last_name", "identity.individual.surname"),
    ("tos_acceptance.date", "identity.attestations.terms_of_service.account"),
]
DOCUMENT = ("individual.verification.document", "identity.individual.documents.primary_verification")
GOOD_ACCOUNT = "000123456789"
CODES = {
    "restricted": ("requirements_past_due", "provide_info"),
    "pending": ("requirements_pending_verification", "no_resolution"),
    "rejected": ("rejected_other", "contact_stripe"),
    "unsupported": ("unsupported_country", "contact_stripe"),
}
CURRENCIES = {
    "US": "usd", "GB": "gbp", "CA": "cad", "AU": "aud", "CH": "chf", "SE": "sek", "DK": "dkk", "NO": "nok", "JP": "jpy",
    "PL": "pln", "CZ": "czk", "HU": "huf", "RO": "ron", "BG": "bgn", "NZ": "nzd", "SG": "sgd", "BR": "brl", "MX": "mxn",
    "IN": "inr",
}  # fmt: skip


def capability(status: str, code: str | None = None, resolution: str | None = None) -> Record:
    default_code, default_resolution = CODES.get(status, (None, None))
    return {"status": status, "code": code or default_code, "resolution": resolution or default_resolution}


def bank_account(
    owner: Record, number: str, *, country: str, currency: str, routing: str | None, name: str | None
) -> Record:
    return {
        "id": ids.make("ba"),
        "object": "bank_account",
        "account": owner["id"],
        "account_holder_name": name,
        "account_holder_type": "individual",
        "account_type": None,
        "available_payout_methods": ["standard"],
        "bank_name": "STRIPE TEST BANK",
        "country": country,
        "currency": currency,
        "default_for_currency": True,
        "fingerprint": cards.fingerprint(number),
        "future_requirements": None,
        "last4": number[-4:],
        "metadata": {},
        "requirements": None,
        "routing_number": routing,
        "status": "new",
        "_number": number,
    }


def attach(work: Work, account: Record, number: str, **details: Any) -> Record:
    """Gives an account a bank account to be paid out to; the newest is the one for its currency."""
    country = details.get("country") or account["country"]
    currency = details.get("currency") or account["default_currency"]
    bank = bank_account(
        account,
        number,
        country=country,
        currency=currency,
        routing=details.get("routing") or ("110000000" if country == "US" else None),
        name=details.get("name") or account["display_name"],
    )
    for other in account["external_accounts"]:
        if other["currency"] == currency:
            other["default_for_currency"] = False
    account["external_accounts"].insert(0, bank)
    work.rows.add({**bank, "_created": work.now}, account["id"])
    return bank


def set_capability(
    work: Work, account: Record, status: str, code: str | None = None, resolution: str | None = None
) -> None:
    """Changes whether the account may receive transfers, and tells so."""
    if account["transfers"]["status"] == status and account["transfers"]["code"] == capability(status, code)["code"]:
        return
    account["transfers"] = capability(status, code, resolution)
    account["payouts"] = capability(status, code, resolution)
    work.rows.save(account)
    for name in ("stripe_balance.stripe_transfers", "stripe_balance.payouts"):
        events.emit_thin(
            work,
            "v2.core.account[configuration.recipient].capability_status_updated",
            account,
            {"updated_capability": name},
        )
    seller = work.acting_for(account["id"])
    events.emit(seller, "capability.updated", capability_view(work, account))


def capability_view(work: Work, account: Record) -> Record:
    """The transfers capability the way v1 shows it."""
    return {
        "id": "transfers",
        "object": "capability",
        "account": account["id"],
        "requested": account["requested"],
        "requested_at": account["created"],
        "status": {"active": "active", "pending": "pending"}.get(account["transfers"]["status"], "inactive"),
    }


def tell(work: Work, account: Record, before: Record, *thin: str) -> None:
    """Thin events for the platform, `account.updated` for Connect."""
    from payments.sandbox.objects import accounts

    for name in thin:
        events.emit_thin(work, f"v2.core.account{name}.updated", account)
    old, new = accounts.view(work, before), accounts.view(work, account)
    changed = {name: value for name, value in old.items() if new.get(name) != value}
    if changed:
        events.emit(work.acting_for(account["id"]), "account.updated", account, changed)


def copy(account: Record) -> Record:
    """A copy to compare with, deep where it is changed."""
    return {**account, "external_accounts": list(account["external_accounts"])}


def complete(work: Work, account: Record, number: str = GOOD_ACCOUNT) -> None:
    """The seller gave everything; Stripe is content."""
    before = copy(account)
    account |= {"due": [], "pending": [], "details_submitted": True, "disabled_reason": None}
    account["tos_accepted_at"] = account["tos_accepted_at"] or work.now
    account["business_type"] = account["business_type"] or "individual"
    bank = None
    if not account["external_accounts"] or account["external_accounts"][0]["_number"] != number:
        bank = attach(work, account, number)
    work.rows.save(account)
    if bank:
        events.emit(work.acting_for(account["id"]), "account.external_account.created", bank)
    if account["requested"]:
        set_capability(work, account, "active")
    tell(work, account, before, "[identity]", "[requirements]", "[configuration.recipient]")


def leave_due(work: Work, account: Record) -> None:
    """The seller gave something, but a document is still missing."""
    before = copy(account)
    account |= {"due": [list(DOCUMENT)], "pending": [], "details_submitted": True}
    account["disabled_reason"] = "requirements.past_due"
    work.rows.save(account)
    set_capability(work, account, "restricted")
    tell(work, account, before, "[identity]", "[requirements]")


def leave_pending(work: Work, account: Record) -> None:
    """The seller gave everything; Stripe still looks at it."""
    before = copy(account)
    account |= {"due": [], "pending": [list(DOCUMENT)], "details_submitted": True}
    account["disabled_reason"] = "requirements.pending_verification"
    work.rows.save(account)
    set_capability(work, account, "pending")
    tell(work, account, before, "[identity]", "[requirements]")


def reject(work: Work, account: Record, reason: str = "other") -> None:
    before = copy(account)
    account |= {"due": [], "pending": [], "disabled_reason": f"rejected.{reason}"}
    work.rows.save(account)
    set_capability(work, account, "rejected", f"rejected_{reason}")
    tell(work, account, before, "[requirements]")


def close(work: Work, account: Record) -> None:
    """The account is gone for transfers; its past stays."""
    before = copy(account)
    account["closed"] = True
    set_capability(work, account, "restricted", "restricted_other", "no_resolution")
    work.rows.save(account)
    events.emit_thin(work, "v2.core.account.closed", account)
    tell(work, account, before)
