"""Sellers' accounts and onboarding links as the v2 API shows them."""

from typing import Any

from payments.sandbox import clock, errors, events, lists, onboarding
from payments.sandbox.api import Given, get, post
from payments.sandbox.objects import accounts
from payments.sandbox.params import ANY, FLAG, META, TEXT, Group, Integer, Several, choice, merged
from payments.sandbox.store import Record
from payments.sandbox.work import Work

PARTS = (
    "configuration.customer",
    "configuration.merchant",
    "configuration.recipient",
    "defaults",
    "future_requirements",
    "identity",
    "requirements",
)
CONFIGURATIONS = Several(choice("customer", "merchant", "recipient"))
REQUESTED = Group({"requested*": FLAG})
RECIPIENT = Group(
    {
        "capabilities": Group(
            {
                "bank_accounts": ANY,
                "cards": REQUESTED,
                "stripe_balance": Group({"stripe_transfers": REQUESTED}),
            }
        )
    }
)
FIELDS = {
    "account_token": TEXT,
    "configuration": Group({"customer": ANY, "merchant": ANY, "recipient": RECIPIENT}),
    "contact_email": TEXT,
    "contact_phone": TEXT,
    "dashboard": choice("express", "full", "none"),
    "defaults": Group(
        {
            "currency": TEXT,
            "locales": Several(TEXT),
            "profile": Group({"business_url": TEXT, "doing_business_as": TEXT, "product_description": TEXT}),
            "responsibilities": Group(
                {
                    "fees_collector*": choice("application", "application_custom", "application_express", "stripe"),
                    "losses_collector*": choice("application", "stripe"),
                }
            ),
        }
    ),
    "display_name": TEXT,
    "identity": Group(
        {
            "attestations": ANY,
            "business_details": ANY,
            "country": TEXT,
            "entity_type": choice("company", "government_entity", "individual", "non_profit"),
            "individual": ANY,
        }
    ),
    "include": Several(choice(*PARTS)),
    "metadata": META,
}
UPDATE_FIELDS = {
    **FIELDS,
    "configuration": Group({"customer": ANY, "merchant": ANY, "recipient": ANY}),
}


def view(account: Record, include: list[str] | None) -> Record:
    """Parts that were not asked for are null."""
    asked = set(include or [])
    shown: Record = {
        "id": account["id"],
        "object": "v2.core.account",
        "applied_configurations": ["recipient"] if account["recipient"] else [],
        "closed": account["closed"],
        "configuration": None,
        "contact_email": account["email"],
        "contact_phone": account["phone"],
        "created": clock.written(account["created"]),
        "dashboard": account["dashboard"],
        "defaults": defaults(account) if "defaults" in asked else None,
        "display_name": account["display_name"],
        "future_requirements": empty_requirements() if "future_requirements" in asked else None,
        "identity": identity(account) if "identity" in asked else None,
        "livemode": False,
        "metadata": account["metadata"],
        "requirements": requirements(account) if "requirements" in asked else None,
    }
    if any(name.startswith("configuration.") for name in asked):
        recipient = recipient_view(account) if "configuration.recipient" in asked else None
        shown["configuration"] = {"customer": None, "merchant": None, "recipient": recipient}
    return shown


def recipient_view(account: Record) -> Record | None:
    if not account["recipient"]:
        return None
    balance = None
    if account["requested"]:
        balance = {"payouts": status(account["payouts"]), "stripe_transfers": status(account["transfers"])}
    capabilities = {"bank_accounts": None, "cards": None, "stripe_balance": balance}
    return {"applied": not account["closed"], "capabilities": capabilities}


def status(capability: Record) -> Record:
    details = []
    if capability["status"] != "active":
        details.append({"code": capability["code"], "resolution": capability["resolution"]})
    return {"status": capability["status"], "status_details": details}


def defaults(account: Record) -> Record:
    profile = account["profile"]
    return {
        "currency": account["default_currency"],
        "locales": account["locales"] or [],
        "profile": {
            "business_url": profile.get("business_url"),
            "doing_business_as": profile.get("doing_business_as"),
            "product_description": profile.get("product_description"),
        },
        "responsibilities": {
            "fees_collector": account["fees"] if account["fees"] != "account" else "stripe",
            "losses_collector": account["losses"],
            "requirements_collector": "stripe",
        },
    }


def identity(account: Record) -> Record:
    return {
        "attestations": None,
        "business_details": None,
        "country": account["country"].lower(),
        "entity_type": account["business_type"],
        "individual": None,
    }


def empty_requirements() -> Record:
    return {"entries": [], "minimum_transition_date": None, "summary": None}


def requirements(account: Record) -> Record:
    entries = [entry(names[1], "user", "past_due") for names in account["due"]]
    entries += [entry(names[1], "stripe", "currently_due") for names in account["pending"]]
    summary = None
    if account["due"]:
        summary = {"minimum_deadline": {"status": "past_due", "time": None}}
    return {"entries": entries, "summary": summary}


def entry(description: str, waiting_for: str, deadline: str) -> Record:
    restricted = {
        "capability": "stripe_balance.stripe_transfers",
        "configuration": "recipient",
        "deadline": {"status": deadline},
    }
    return {
        "awaiting_action_from": waiting_for,
        "description": description,
        "errors": [],
        "impact": {"restricts_capabilities": [restricted]},
        "minimum_deadline": {"status": deadline},
        "reference": None,
        "requested_reasons": [{"code": "routine_onboarding"}],
    }


def wants_transfers(given: Given) -> bool | None:
    recipient = (given.get("configuration") or {}).get("recipient") or {}
    balance = (recipient.get("capabilities") or {}).get("stripe_balance") or {}
    return (balance.get("stripe_transfers") or {}).get("requested")


def find(work: Work, identifier: str, *, status: int = 404, param: str = "id") -> Record:
    account = work.rows.find(identifier, "account")
    if account is None or account.get("deleted"):
        raise errors.no_such("account", identifier, status=status, param=param)
    return account


@post("/v2/core/accounts", FIELDS)
def create(work: Work, given: Given) -> Record:
    who = given.get("identity") or {}
    preset = given.get("defaults") or {}
    duties = preset.get("responsibilities") or {}
    configuration = given.get("configuration") or {}
    if configuration.get("merchant") or configuration.get("customer"):
        raise errors.wrong_parameter("configuration", "The sandbox knows only the recipient configuration.")
    if "recipient" in configuration and not who.get("country"):
        raise errors.missing_parameter("identity.country")
    account = accounts.build(
        work,
        country=who.get("country"),
        currency=preset.get("currency"),
        email=given.get("contact_email"),
        phone=given.get("contact_phone"),
        display_name=given.get("display_name"),
        business_type=who.get("entity_type"),
        dashboard=given.get("dashboard"),
        fees=duties.get("fees_collector"),
        losses=duties.get("losses_collector"),
        profile=preset.get("profile"),
        locales=preset.get("locales"),
        metadata=given.get("metadata"),
        recipient="recipient" in configuration,
        requested=bool(wants_transfers(given)),
    )
    events.emit_thin(work, "v2.core.account.created", account)
    return view(account, given.get("include"))


@get(
    "/v2/core/accounts",
    {"applied_configurations": CONFIGURATIONS, "closed": FLAG, "limit": Integer(1, 100), "page": TEXT},
)
def index(work: Work, given: Given) -> Record:
    filters: lists.Filters = [
        ("json_extract(body, '$.closed') = ?", int(given.get("closed", False))),
        ("id <> ?", work.config.platform),
        ("json_extract(body, '$.deleted') IS ?", None),
    ]
    found, following, preceding = lists.pages(work, "account", given, filters)
    return {"data": [view(one, None) for one in found], "next_page_url": following, "previous_page_url": preceding}


@get("/v2/core/accounts/{id}", {"include": Several(choice(*PARTS))})
def retrieve(work: Work, given: Given, identifier: str) -> Record:
    return view(find(work, identifier), given.get("include"))


@post("/v2/core/accounts/{id}", UPDATE_FIELDS)
def update(work: Work, given: Given, identifier: str) -> Record:
    account = find(work, identifier)
    if account["closed"]:
        raise errors.refused(f"The account {identifier} is closed.", "account_closed")
    before = onboarding.copy(account)
    changed: set[str] = set()
    for name, field in (("contact_email", "email"), ("contact_phone", "phone"), ("display_name", "display_name")):
        if name in given:
            account[field] = given[name]
            changed.add("")
    if "dashboard" in given:
        account["dashboard"] = given["dashboard"]
    if "metadata" in given:
        account["metadata"] = merged(account["metadata"], given["metadata"])
    if preset := given.get("defaults"):
        change_defaults(account, preset)
        changed.add("[defaults]")
    if who := given.get("identity"):
        account["business_type"] = who.get("entity_type") or account["business_type"]
        account["country"] = (who.get("country") or account["country"]).upper()
        changed.add("[identity]")
    wanted = wants_transfers(given)
    if wanted is not None:
        account["recipient"], account["requested"] = True, wanted
        changed.add("[configuration.recipient]")
    work.rows.save(account)
    if wanted and not account["due"] and not account["pending"]:
        onboarding.set_capability(work, account, "active")
    onboarding.tell(work, account, before, *sorted(changed))
    return view(account, given.get("include"))


def change_defaults(account: Record, given: dict[str, Any]) -> None:
    account["default_currency"] = given.get("currency") or account["default_currency"]
    account["locales"] = given.get("locales") or account["locales"]
    account["profile"] = {**account["profile"], **(given.get("profile") or {})}
    duties = given.get("responsibilities") or {}
    account["fees"] = duties.get("fees_collector") or account["fees"]
    account["losses"] = duties.get("losses_collector") or account["losses"]


@post("/v2/core/accounts/{id}/close", {"applied_configurations": CONFIGURATIONS})
def close(work: Work, given: Given, identifier: str) -> Record:
    account = find(work, identifier)
    if not account["closed"]:
        onboarding.close(work, account)
    return view(account, None)


LINK = Group(
    {
        "collection_options": Group(
            {"fields": choice("currently_due", "eventually_due"), "future_requirements": choice("include", "omit")}
        ),
        "refresh_url*": TEXT,
        "return_url": TEXT,
    }
)


@post(
    "/v2/core/account_links",
    {
        "account*": TEXT,
        "use_case*": Group(
            {
                "account_onboarding": LINK,
                "account_update": LINK,
                "type*": choice("account_onboarding", "account_update"),
            }
        ),
    },
)
def create_link(work: Work, given: Given) -> Record:
    account = find(work, given["account"], status=400, param="account")
    kind = given["use_case"]["type"]
    details = given["use_case"].get(kind)
    if details is None:
        raise errors.missing_parameter(f"use_case.{kind}")
    if account["closed"]:
        raise errors.refused(f"The account {account['id']} is closed.", "account_closed")
    link = accounts.make_link(work, account, details["refresh_url"], details.get("return_url"))
    shown = {"collection_options": details.get("collection_options"), "refresh_url": details["refresh_url"]}
    return {
        "object": "v2.core.account_link",
        "account": account["id"],
        "created": clock.written(work.now),
        "expires_at": clock.written(link["expires_at"]),
        "livemode": False,
        "url": link["url"],
        "use_case": {"type": kind, kind: {**shown, "return_url": details.get("return_url")}},
    }
