"""Sellers' accounts as the v1 API shows them. Accounts made by v2 are the same records."""

from typing import Any

from payments.sandbox import errors, events, ids, lists, money, onboarding
from payments.sandbox.api import Given, delete, get, post
from payments.sandbox.params import ANY, FLAG, META, PAGING, SPAN, TEXT, Group, Text, choice, merged
from payments.sandbox.store import Record
from payments.sandbox.views import presenter, public
from payments.sandbox.work import Work

FIELDS = {
    "account_token": TEXT,
    "business_profile": ANY,
    "business_type": choice("company", "government_entity", "individual", "non_profit"),
    "capabilities": ANY,
    "company": ANY,
    "default_currency": Text(3),
    "documents": ANY,
    "email": TEXT,
    "external_account": ANY,
    "groups": ANY,
    "individual": ANY,
    "metadata": META,
    "settings": ANY,
    "tos_acceptance": ANY,
}
CONTROLLER = Group(
    {
        "fees": Group({"payer": choice("account", "application")}),
        "losses": Group({"payments": choice("application", "stripe")}),
        "requirement_collection": choice("application", "stripe"),
        "stripe_dashboard": Group({"type": choice("express", "full", "none")}),
    }
)


def build(work: Work, **given: Any) -> Record:
    """A new account that has yet to be onboarded."""
    country = (given.get("country") or "US").upper()
    account = {
        "id": ids.account(),
        "object": "account",
        "created": work.now,
        "version": given.get("version", 2),
        "country": country,
        "default_currency": given.get("currency") or onboarding.CURRENCIES.get(country, "eur"),
        "email": given.get("email"),
        "display_name": given.get("display_name"),
        "phone": given.get("phone"),
        "business_type": given.get("business_type"),
        "dashboard": given.get("dashboard"),
        "fees": given.get("fees") or "application",
        "losses": given.get("losses") or "application",
        "profile": given.get("profile") or {},
        "locales": given.get("locales"),
        "identity": given.get("identity") or {},
        "metadata": merged({}, given.get("metadata") or {}),
        "requested": given.get("requested", False),
        "recipient": given.get("recipient", True),
        "transfers": onboarding.capability("restricted"),
        "payouts": onboarding.capability("restricted"),
        "due": [list(names) for names in onboarding.ASKED],
        "pending": [],
        "disabled_reason": "requirements.past_due",
        "details_submitted": False,
        "tos_accepted_at": None,
        "external_accounts": [],
        "schedule": {"interval": "daily"},
        "delay_days": 2,
        "debit_negative_balances": True,
        "payout_descriptor": None,
        "minimum_balance": None,
        "closed": False,
    }
    return work.rows.add(account)


@presenter("account")
def view(work: Work, account: Record) -> Record:
    active = account["transfers"]["status"] == "active" and not account["closed"]
    due = [names[0] for names in account["due"]]
    return {
        "id": account["id"],
        "object": "account",
        "business_profile": profile(account),
        "business_type": account["business_type"],
        "capabilities": {"transfers": onboarding.capability_view(work, account)["status"]}
        if account["requested"]
        else {},
        "charges_enabled": active and account["version"] == 1,
        "controller": {
            "fees": {"payer": "application" if account["fees"].startswith("application") else "account"},
            "is_controller": True,
            "losses": {"payments": account["losses"]},
            "requirement_collection": "stripe",
            "stripe_dashboard": {"type": account["dashboard"] or "none"},
            "type": "application",
        },
        "country": account["country"],
        "created": account["created"],
        "default_currency": account["default_currency"],
        "details_submitted": account["details_submitted"],
        "email": account["email"],
        "external_accounts": lists.whole(
            [public(one) for one in account["external_accounts"]], f"/v1/accounts/{account['id']}/external_accounts"
        ),
        "future_requirements": requirements([], [], None),
        "metadata": account["metadata"],
        "payouts_enabled": account["payouts"]["status"] == "active" and not account["closed"],
        "requirements": requirements(due, [names[0] for names in account["pending"]], account["disabled_reason"]),
        "settings": settings(account),
        "tos_acceptance": {"date": account["tos_accepted_at"]},
        "type": {"express": "express", "full": "standard"}.get(account["dashboard"] or "", "none"),
    }


def profile(account: Record) -> Record:
    names = (
        "annual_revenue", "estimated_worker_count", "mcc", "minority_owned_business_designation", "name",
        "product_description", "specified_commercial_transactions_act_url", "support_address", "support_email",
        "support_phone", "support_url", "url",
    )  # fmt: skip
    given = account["profile"]
    shown = {name: given.get(name) for name in names}
    shown["minority_owned_business_designation"] = given.get("minority_owned_business_designation") or []
    shown["name"] = shown["name"] or account["display_name"]
    return shown


def requirements(due: list[str], pending: list[str], disabled_reason: str | None) -> Record:
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": due,
        "disabled_reason": disabled_reason,
        "errors": [],
        "eventually_due": due,
        "past_due": due,
        "pending_verification": pending,
    }


def settings(account: Record) -> Record:
    none = {"statement_descriptor_prefix_kana": None, "statement_descriptor_prefix_kanji": None}
    return {
        "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
        "card_payments": {
            "decline_on": {"avs_failure": False, "cvc_failure": False},
            "statement_descriptor_prefix": None,
            **none,
        },
        "dashboard": {"display_name": account["display_name"], "timezone": "Etc/UTC"},
        "payments": {
            "statement_descriptor": None,
            "statement_descriptor_kana": None,
            "statement_descriptor_kanji": None,
            **none,
        },
        "payouts": {
            "debit_negative_balances": account["debit_negative_balances"],
            "schedule": {"delay_days": account["delay_days"], **account["schedule"]},
            "statement_descriptor": account["payout_descriptor"],
        },
    }


def find(work: Work, identifier: str) -> Record:
    account = work.rows.find(identifier, "account")
    if account is None:
        raise errors.no_access(identifier)
    return account


@post(
    "/v1/accounts",
    {**FIELDS, "controller": CONTROLLER, "country": Text(2), "type": choice("custom", "express", "standard")},
)
def create(work: Work, given: Given) -> Record:
    controller = given.get("controller") or {}
    asked = given.get("capabilities")
    if given.get("type") and controller:
        raise errors.wrong_parameter("type", "You may only specify one of these parameters: controller, type.")
    dashboard = {"express": "express", "standard": "full", "custom": "none"}.get(given.get("type") or "")
    capabilities = asked if isinstance(asked, dict) else {}
    account = build(
        work,
        version=1,
        country=given.get("country"),
        currency=given.get("default_currency"),
        email=given.get("email"),
        display_name=profile_of(given).get("name"),
        business_type=given.get("business_type"),
        dashboard=dashboard or (controller.get("stripe_dashboard") or {}).get("type") or "full",
        fees=(controller.get("fees") or {}).get("payer"),
        losses=(controller.get("losses") or {}).get("payments"),
        profile=profile_of(given),
        metadata=given.get("metadata"),
        requested=bool(capabilities.get("transfers")) or given.get("type") == "express",
    )
    change(work, account, given)
    work.rows.save(account)
    events.emit_thin(work, "v2.core.account.created", account)
    return account


def profile_of(given: Given) -> dict[str, Any]:
    found = given.get("business_profile")
    return found if isinstance(found, dict) else {}


def change(work: Work, account: Record, given: Given) -> None:
    """What creation and update have in common."""
    if isinstance(given.get("external_account"), dict):
        add_bank(work, account, given["external_account"])
    payouts = (given.get("settings") or {}).get("payouts") if isinstance(given.get("settings"), dict) else None
    if payouts and payouts.get("schedule"):
        schedule = dict(payouts["schedule"])
        if str(schedule.pop("delay_days", "")).isdigit():
            account["delay_days"] = int(payouts["schedule"]["delay_days"])
        account["schedule"] = {name: value for name, value in schedule.items() if value} or account["schedule"]


def add_bank(work: Work, account: Record, given: dict[str, Any]) -> Record:
    if given.get("object") != "bank_account" or not given.get("account_number"):
        message = "The sandbox takes bank accounts: object=bank_account with an account_number."
        raise errors.wrong_parameter("external_account", message)
    return onboarding.attach(
        work,
        account,
        str(given["account_number"]),
        country=given.get("country"),
        currency=(given.get("currency") or "").lower() or None,
        routing=given.get("routing_number"),
        name=given.get("account_holder_name"),
    )


@get("/v1/accounts", {**PAGING, "created": SPAN})
def index(work: Work, given: Given) -> Record:
    extra = [("json_extract(body, '$.deleted') IS ?", None), ("id <> ?", work.config.platform)]
    return lists.listing(work, "account", given, extra=extra, account="")


@get("/v1/account")
def retrieve_own(work: Work, given: Given) -> Record:
    return find(work, work.account or work.config.platform)


@get("/v1/accounts/{id}")
def retrieve(work: Work, given: Given, identifier: str) -> Record:
    return find(work, identifier)


@post("/v1/accounts/{id}", FIELDS)
def update(work: Work, given: Given, identifier: str) -> Record:
    account = find(work, identifier)
    before = onboarding.copy(account)
    for name in ("business_type", "email"):
        if name in given:
            account[name] = given[name] or None
    account["profile"] = {**account["profile"], **profile_of(given)}
    if "metadata" in given:
        account["metadata"] = merged(account["metadata"], given["metadata"])
    change(work, account, given)
    work.rows.save(account)
    onboarding.tell(work, account, before)
    return account


@delete("/v1/accounts/{id}")
def remove(work: Work, given: Given, identifier: str) -> Record:
    account = find(work, identifier)
    if any(money.total(work, identifier, currency) for currency in set().union(*money.balance(work, identifier))):
        raise errors.refused(f"The account {identifier} still has a balance and cannot be deleted.", "account_invalid")
    onboarding.close(work, account)
    events.emit(work.acting_for(identifier), "account.application.deauthorized", application(work))
    account["deleted"] = True
    return work.rows.save(account)


def application(work: Work) -> Record:
    return {"id": f"ca_{work.config.platform[5:]}", "object": "application", "name": "Sandbox platform"}


@get("/v1/accounts/{id}/external_accounts", {**PAGING, "object": choice("bank_account", "card")})
def index_banks(work: Work, given: Given, identifier: str) -> Record:
    found = find(work, identifier)["external_accounts"]
    return lists.whole([public(one) for one in found[: given.get("limit") or 10]], work.path)


@post(
    "/v1/accounts/{id}/external_accounts",
    {"external_account*": ANY, "default_for_currency": FLAG, "metadata": META},
)
def create_bank(work: Work, given: Given, identifier: str) -> Record:
    account = find(work, identifier)
    before = onboarding.copy(account)
    details = given["external_account"]
    bank = add_bank(work, account, details if isinstance(details, dict) else {})
    work.rows.save(account)
    events.emit(work.acting_for(identifier), "account.external_account.created", bank)
    onboarding.tell(work, account, before)
    return bank


@get("/v1/accounts/{id}/capabilities")
def index_capabilities(work: Work, given: Given, identifier: str) -> Record:
    account = find(work, identifier)
    return lists.whole([onboarding.capability_view(work, account)] if account["requested"] else [], work.path)


# -- links

LINK_SECONDS = 300


def make_link(work: Work, account: Record, refresh_url: str | None, return_url: str | None) -> Record:
    """A page address that works once and for five minutes."""
    token = ids.letters(32)
    link = {
        "id": f"setup_{token}",
        "object": "_setup_link",
        "created": work.now,
        "account": account["id"],
        "expires_at": work.now + LINK_SECONDS,
        "refresh_url": refresh_url,
        "return_url": return_url,
        "opened": None,
        "done": False,
    }
    work.rows.add(link)
    return {**link, "url": f"{work.config.public_url}/setup/{account['id']}/{token}"}


@post(
    "/v1/account_links",
    {
        "account*": TEXT,
        "type*": choice("account_onboarding", "account_update"),
        "collect": choice("currently_due", "eventually_due"),
        "collection_options": ANY,
        "refresh_url": TEXT,
        "return_url": TEXT,
    },
)
def create_link(work: Work, given: Given) -> Record:
    account = work.rows.find(given["account"], "account")
    if account is None:
        raise errors.no_such("account", given["account"], param="account")
    for name in ("refresh_url", "return_url"):
        if not given.get(name):
            raise errors.missing_parameter(name)
    link = make_link(work, account, given["refresh_url"], given["return_url"])
    return {"object": "account_link", "created": work.now, "expires_at": link["expires_at"], "url": link["url"]}


@post("/v1/accounts/{id}/login_links")
def create_login_link(work: Work, given: Given, identifier: str) -> Record:
    account = find(work, identifier)
    if account["dashboard"] != "express":
        raise errors.refused("Cannot create a login link for an account that has no Express dashboard.")
    if not account["details_submitted"]:
        raise errors.refused("Cannot create a login link for an account that has not completed onboarding.")
    url = f"{work.config.public_url}/express/{identifier}/{ids.letters(16)}"
    return {"object": "login_link", "created": work.now, "url": url}
