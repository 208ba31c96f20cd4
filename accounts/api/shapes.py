"""What the API takes and gives, as JSON Schema: the vocabulary, and the shapes that belong to accounts.

Each app registers its shapes under a name and its calls refer to them; config.openapi puts them into one document.
"""

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

SHAPES: dict[str, Schema] = {}

STRING: Schema = {"type": "string"}
BOOLEAN: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
TIME: Schema = {"type": "string", "format": "date-time"}
DAY: Schema = {"type": "string", "format": "date"}
LINK: Schema = {"type": "string", "format": "uri"}
ID: Schema = {"type": "string", "description": "Opaque."}


# What common.text refuses: control characters, and in names line breaks and what turns the reading direction around.
_CONTROLS = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f"
_TURNS = r"\n\r\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
WORDS: Schema = {"type": "string", "pattern": f"^[^{_CONTROLS}]*$"}
SAID: Schema = {"type": "string", "pattern": f"^[^{_CONTROLS}]*[^{_CONTROLS}\\s][^{_CONTROLS}]*$"}
LINE: Schema = {"type": "string", "pattern": f"^[^{_CONTROLS}{_TURNS}]*$"}
NAMED: Schema = {
    "type": "string",
    "pattern": f"^[^{_CONTROLS}{_TURNS}]*[^{_CONTROLS}{_TURNS}\\s][^{_CONTROLS}{_TURNS}]*$",
}


def shape(name: str, schema: Schema) -> Schema:
    """Keep a schema under a name, and refer to it."""
    if name in SHAPES and SHAPES[name] != schema:
        raise ValueError(f"Two shapes are called {name}.")
    SHAPES[name] = schema
    return ref(name)


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def obj(needed: Mapping[str, Schema] | None = None, maybe: Mapping[str, Schema] | None = None, **more: Any) -> Schema:
    """An object; what is `needed` is always there."""
    schema: Schema = {"type": "object", "properties": {**(needed or {}), **(maybe or {})}}
    if needed:
        schema["required"] = list(needed)
    return schema | more


def array(of: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": of} | more


def mapping(of: Schema) -> Schema:
    return {"type": "object", "additionalProperties": of}


def nullable(schema: Schema) -> Schema:
    if set(schema) <= {"type", "format", "description"} and isinstance(schema.get("type"), str):
        return schema | {"type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def either(*schemas: Schema) -> Schema:
    return {"anyOf": list(schemas)}


def choice(*values: str, **more: Any) -> Schema:
    return {"type": "string", "enum": list(values)} | more


def text(longest: int, **more: Any) -> Schema:
    """Words of one's own, of this many characters at the most."""
    return WORDS | {"maxLength": longest} | more


def both(*schemas: Schema, **more: Any) -> Schema:
    """One object with the properties of several."""
    known = [SHAPES[one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in schemas]
    whole = obj()
    for one in known:
        whole["properties"] |= one["properties"]
        whole["required"] = [*whole.get("required", ()), *one.get("required", ())]
    return whole | more


def page_of(row: Schema) -> Schema:
    """A page of a list."""
    return obj({"results": array(row), "next": nullable(LINK), "previous": nullable(LINK)})


MONEY = shape(
    "Money",
    obj(
        {
            "amount": {"type": "integer", "description": "Whole minor units, such as cents."},
            "currency": {"type": "string", "pattern": "^[a-z]{3}$"},
        },
        examples=[{"amount": 499, "currency": "usd"}],
    ),
)
PROBLEM = shape(
    "Problem",
    obj(
        {
            "type": {
                "type": "string",
                "description": "Names the kind of problem; about:blank says no more than the status.",
            },
            "title": STRING,
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string", "description": "For people, in the language that was asked for."},
        },
        {
            "code": {"type": "string", "description": "For programs; stays the same."},
            "errors": mapping(array(STRING)),
        },
        description="Why not, as in RFC 9457. `errors` names fields, nested ones with dots: `examples.0.output`.",
    ),
)
SELLER_LINE = shape("SellerName", obj({"handle": STRING, "name": STRING, "url": LINK}))
ME = shape(
    "Account",
    obj(
        {
            "id": ID,
            "email": {"type": "string", "format": "email"},
            "name": STRING,
            "language": choice("en", "fr"),
            "joined_at": TIME,
            "roles": array(STRING),
            "scopes": array(choice("read", "library", "sell", "moderate")),
            "seller": nullable(
                obj(
                    {
                        "handle": STRING,
                        "name": STRING,
                        "bio": STRING,
                        "website": STRING,
                        "country": STRING,
                        "picture": nullable(STRING),
                        "url": STRING,
                    }
                )
            ),
            "suspended_at": nullable(TIME),
            "unread_notifications": COUNT,
        }
    ),
)
ME_CHANGES = shape("AccountChanges", obj(maybe={"name": LINE | {"maxLength": 80}, "language": choice("en", "fr")}))
_TOKEN: dict[str, Schema] = {
    "id": ID,
    "name": STRING,
    "hint": STRING,
    "scopes": array(choice("read", "library", "sell", "moderate")),
    "created_at": TIME,
    "expires_at": nullable(TIME),
    "last_used_at": nullable(TIME),
}
TOKEN = shape("Token", obj(_TOKEN))
ISSUED_TOKEN = shape("IssuedToken", obj(_TOKEN | {"token": {"type": "string", "description": "Shown this once."}}))
NEW_TOKEN = shape(
    "NewToken",
    obj(
        {
            "name": NAMED | {"maxLength": 60},
            "scopes": array(choice("read", "library", "sell", "moderate"), minItems=1, maxItems=10),
        },
        {"days": nullable({"type": "integer", "minimum": 1, "maximum": 3650})},
    ),
)
NOTIFICATION = shape(
    "Notification",
    obj(
        {
            "id": ID,
            "kind": STRING,
            "title": STRING,
            "body": STRING,
            "url": STRING,
            "created_at": TIME,
            "read_at": nullable(TIME),
        }
    ),
)
EXPORT = shape("Export", {"type": "object", "description": "Everything held about the caller, part by part."})

EVENT = choice(
    "listing.approved", "listing.rejected", "sale.completed", "refund.completed", "payout.paid", "review.posted"
)
_WEBHOOK: dict[str, Schema] = {
    "id": ID,
    "url": LINK,
    "description": STRING,
    "events": array(EVENT),
    "is_on": BOOLEAN,
    "stopped_because": nullable(choice("owner", "failing", "gone")),
    "failures": COUNT,
    "succeeded_at": nullable(TIME),
    "created_at": TIME,
}
WEBHOOK = shape("Webhook", obj(_WEBHOOK))
MADE_WEBHOOK = shape("MadeWebhook", obj(_WEBHOOK | {"secret": {"type": "string", "description": "Shown this once."}}))
_WEBHOOK_SENT: dict[str, Schema] = {
    "url": {
        "type": "string",
        "format": "uri",
        "maxLength": 500,
        "pattern": "^https://",
        "description": "https, on the public internet.",
    },
    "events": array(EVENT, minItems=1),
}
NEW_WEBHOOK = shape("NewWebhook", obj(_WEBHOOK_SENT, {"description": WORDS}))
WEBHOOK_CHANGES = shape("WebhookChanges", obj(maybe=_WEBHOOK_SENT | {"description": WORDS, "is_on": BOOLEAN}))
DELIVERY = shape(
    "WebhookDelivery",
    obj(
        {
            "id": {"type": "string", "description": "The message's webhook-id."},
            "event": STRING,
            "state": choice("waiting", "delivered", "failed"),
            "attempts": array(
                obj(
                    {
                        "at": TIME,
                        "status": nullable({"type": "integer"}),
                        "error": STRING,
                        "milliseconds": COUNT,
                    }
                )
            ),
            "payload": obj({"type": STRING, "timestamp": TIME, "data": {"type": "object"}}),
            "created_at": TIME,
            "due_at": nullable(TIME),
            "delivered_at": nullable(TIME),
        }
    ),
)
