"""Webhook endpoints (v1) and event destinations (v2): where events go."""

from payments.sandbox import clock, errors, ids, lists
from payments.sandbox.api import Given, delete, get, post
from payments.sandbox.objects.sessions import check_url
from payments.sandbox.params import FLAG, META, PAGING, TEXT, Group, Integer, Several, Text, choice, merged
from payments.sandbox.store import Record
from payments.sandbox.views import public
from payments.sandbox.work import API_VERSION, Work

# What the product handles (platform, Connect, thin); the endpoints made at start ask for these.
PLATFORM_EVENTS = [
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.dispute.funds_reinstated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.updated",
    "charge.refunded",
    "charge.succeeded",
    "charge.updated",
    "checkout.session.async_payment_failed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.completed",
    "checkout.session.expired",
    "payment_intent.payment_failed",
    "payout.failed",
    "radar.early_fraud_warning.created",
    "refund.created",
    "refund.failed",
    "refund.updated",
    "transfer.created",
    "transfer.reversed",
    "transfer.updated",
]
CONNECT_EVENTS = [
    "account.application.deauthorized",
    "account.external_account.updated",
    "account.updated",
    "balance.available",
    "payout.canceled",
    "payout.created",
    "payout.failed",
    "payout.paid",
    "payout.updated",
]
THIN_EVENTS = [
    "v2.core.account.closed",
    "v2.core.account[configuration.recipient].capability_status_updated",
    "v2.core.account[requirements].updated",
]
PATTERNS = Several(Text(200), 500)


def make(
    work: Work, url: str, events: list[str], *, connect: bool = False, secret: str = "", given: Given | None = None
) -> Record:
    details = given or {}
    endpoint = {
        "id": ids.make("we"),
        "object": "webhook_endpoint",
        "api_version": details.get("api_version") or API_VERSION,
        "application": f"ca_{work.config.platform[5:]}" if connect else None,
        "created": work.now,
        "description": details.get("description") or None,
        "enabled_events": events,
        "livemode": False,
        "metadata": merged({}, details.get("metadata") or {}),
        "status": "enabled",
        "url": url,
        "_connect": connect,
        "_secret": secret or f"whsec_{ids.letters(32)}",
    }
    return work.rows.add(endpoint)


def make_destination(
    work: Work, url: str, events: list[str], *, secret: str = "", given: Given | None = None
) -> Record:
    details = given or {}
    destination = {
        "id": f"ed_test_{ids.letters(24)}",
        "object": "v2.core.event_destination",
        "created": work.now,
        "updated": work.now,
        "description": details.get("description") or "",
        "enabled_events": events,
        "event_payload": details.get("event_payload") or "thin",
        "events_from": details.get("events_from") or ["@self"],
        "metadata": details.get("metadata") or {},
        "name": details.get("name") or "Sandbox",
        "snapshot_api_version": details.get("snapshot_api_version"),
        "status": "enabled",
        "type": "webhook_endpoint",
        "url": url,
        "_secret": secret or f"whsec_{ids.letters(32)}",
    }
    return work.rows.add(destination)


def ensure(work: Work, url: str, secret: str) -> None:
    """The three receivers that the product needs, made or changed to this address and secret."""
    wanted = {
        "platform": (PLATFORM_EVENTS, False),
        "connect": (CONNECT_EVENTS, True),
        "thin": (THIN_EVENTS, False),
    }
    known = work.rows.setting("ensured_endpoints", {})
    for name, (patterns, connect) in wanted.items():
        record = work.rows.find(known.get(name, ""))
        if record is None:
            if name == "thin":
                record = make_destination(work, url, patterns, secret=secret)
            else:
                record = make(work, url, patterns, connect=connect, secret=secret)
            known[name] = record["id"]
        record |= {"url": url, "_secret": secret, "enabled_events": patterns, "status": "enabled"}
        work.rows.save(record)
    work.rows.keep("ensured_endpoints", known)


# -- v1


def find(work: Work, identifier: str) -> Record:
    endpoint = work.rows.find(identifier, "webhook_endpoint")
    if endpoint is None:
        raise errors.no_such("webhook endpoint", identifier, status=404)
    return endpoint


@post(
    "/v1/webhook_endpoints",
    {
        "enabled_events*": PATTERNS,
        "url*": TEXT,
        "api_version": TEXT,
        "connect": FLAG,
        "description": TEXT,
        "metadata": META,
    },
)
def create(work: Work, given: Given) -> Record:
    check_url(given["url"], "url")
    endpoint = make(work, given["url"], given["enabled_events"], connect=bool(given.get("connect")), given=given)
    return {**endpoint, "secret": endpoint["_secret"]}


@get("/v1/webhook_endpoints", PAGING)
def index(work: Work, given: Given) -> Record:
    return lists.listing(work, "webhook_endpoint", given, account="")


@get("/v1/webhook_endpoints/{id}")
def retrieve(work: Work, given: Given, identifier: str) -> Record:
    return find(work, identifier)


@post(
    "/v1/webhook_endpoints/{id}",
    {"description": TEXT, "disabled": FLAG, "enabled_events": PATTERNS, "metadata": META, "url": TEXT},
)
def update(work: Work, given: Given, identifier: str) -> Record:
    endpoint = find(work, identifier)
    if given.get("url"):
        check_url(given["url"], "url")
        endpoint["url"] = given["url"]
    if "description" in given:
        endpoint["description"] = given["description"] or None
    if given.get("enabled_events"):
        endpoint["enabled_events"] = given["enabled_events"]
    if "disabled" in given:
        endpoint["status"] = "disabled" if given["disabled"] else "enabled"
    if "metadata" in given:
        endpoint["metadata"] = merged(endpoint["metadata"], given["metadata"])
    return work.rows.save(endpoint)


@delete("/v1/webhook_endpoints/{id}")
def remove(work: Work, given: Given, identifier: str) -> Record:
    find(work, identifier)
    forget(work, identifier)
    return {"id": identifier, "object": "webhook_endpoint", "deleted": True}


def forget(work: Work, identifier: str) -> None:
    work.rows.remove(identifier)
    work.rows.execute("DELETE FROM deliveries WHERE endpoint = ?", [identifier])


# -- v2

INCLUDE = Several(choice("webhook_endpoint.signing_secret", "webhook_endpoint.url"))


def view(destination: Record, include: list[str] | None) -> Record:
    asked = include or []
    shown = public(destination)
    url = shown.pop("url")
    hook: Record = {}
    if "webhook_endpoint.url" in asked:
        hook["url"] = url
    if "webhook_endpoint.signing_secret" in asked:
        hook["signing_secret"] = destination["_secret"]
    disabled = {"disabled": {"reason": "user"}} if destination["status"] == "disabled" else None
    return {
        **shown,
        "created": clock.written(destination["created"]),
        "livemode": False,
        "status_details": disabled,
        "updated": clock.written(destination["updated"]),
        "webhook_endpoint": hook or None,
    }


def find_destination(work: Work, identifier: str) -> Record:
    destination = work.rows.find(identifier, "v2.core.event_destination")
    if destination is None:
        raise errors.no_such("event destination", identifier, status=404)
    return destination


@post(
    "/v2/core/event_destinations",
    {
        "enabled_events*": PATTERNS,
        "event_payload*": choice("snapshot", "thin"),
        "name*": TEXT,
        "type*": choice("webhook_endpoint"),
        "description": TEXT,
        "events_from": Several(choice("@self", "@accounts")),
        "include": INCLUDE,
        "metadata": META,
        "snapshot_api_version": TEXT,
        "webhook_endpoint": Group({"url*": TEXT}),
    },
)
def create_destination(work: Work, given: Given) -> Record:
    if not given.get("webhook_endpoint"):
        raise errors.missing_parameter("webhook_endpoint")
    url = given["webhook_endpoint"]["url"]
    check_url(url, "webhook_endpoint.url")
    return view(make_destination(work, url, given["enabled_events"], given=given), given.get("include"))


@get("/v2/core/event_destinations", {"include": INCLUDE, "limit": Integer(1, 100), "page": TEXT})
def index_destinations(work: Work, given: Given) -> Record:
    found, following, preceding = lists.pages(work, "v2.core.event_destination", given, [])
    shown = [view(one, given.get("include")) for one in found]
    return {"data": shown, "next_page_url": following, "previous_page_url": preceding}


@get("/v2/core/event_destinations/{id}", {"include": INCLUDE})
def retrieve_destination(work: Work, given: Given, identifier: str) -> Record:
    return view(find_destination(work, identifier), given.get("include"))


@post(
    "/v2/core/event_destinations/{id}",
    {
        "description": TEXT,
        "enabled_events": PATTERNS,
        "include": INCLUDE,
        "metadata": META,
        "name": TEXT,
        "webhook_endpoint": Group({"url*": TEXT}),
    },
)
def update_destination(work: Work, given: Given, identifier: str) -> Record:
    destination = find_destination(work, identifier)
    for name in ("description", "enabled_events", "name"):
        if given.get(name) is not None:
            destination[name] = given[name]
    if given.get("webhook_endpoint"):
        check_url(given["webhook_endpoint"]["url"], "webhook_endpoint.url")
        destination["url"] = given["webhook_endpoint"]["url"]
    if "metadata" in given:
        destination["metadata"] = merged(destination["metadata"], given["metadata"])
    destination["updated"] = work.now
    work.rows.save(destination)
    return view(destination, given.get("include"))


@post("/v2/core/event_destinations/{id}/disable")
def disable_destination(work: Work, given: Given, identifier: str) -> Record:
    return set_status(work, identifier, "disabled")


@post("/v2/core/event_destinations/{id}/enable")
def enable_destination(work: Work, given: Given, identifier: str) -> Record:
    return set_status(work, identifier, "enabled")


def set_status(work: Work, identifier: str, status: str) -> Record:
    destination = find_destination(work, identifier)
    destination |= {"status": status, "updated": work.now}
    work.rows.save(destination)
    return view(destination, None)


@delete("/v2/core/event_destinations/{id}")
def remove_destination(work: Work, given: Given, identifier: str) -> Record:
    find_destination(work, identifier)
    forget(work, identifier)
    return {"id": identifier, "object": "v2.core.event_destination"}
