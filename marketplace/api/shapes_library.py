"""The shapes of what somebody bought; see marketplace.api.shown for what writes them."""

from accounts.api.shapes import (
    BOOLEAN,
    COUNT,
    ID,
    LINK,
    SELLER_LINE,
    STRING,
    TIME,
    Schema,
    array,
    choice,
    mapping,
    nullable,
    obj,
    shape,
)
from marketplace import formats
from marketplace.api.shapes import NAMED, VARIABLE

PROMPT = shape(
    "Prompt",
    obj(
        {
            "template": STRING,
            "negative": STRING,
            "parameters": {"type": "object"},
            "instructions": STRING,
            "variables": array(VARIABLE),
        }
    ),
)
OPENED = shape(
    "OpenedVersion",
    obj({"number": COUNT, "note": STRING, "created_at": TIME, "approved_at": nullable(TIME), "prompt": PROMPT}),
)
_HELD: dict[str, Schema] = {
    "id": ID,
    "listing": obj({"slug": STRING, "title": STRING, "url": LINK}),
    "model": nullable(NAMED),
    "seller": SELLER_LINE,
    "granted_at": TIME,
    "is_paid": BOOLEAN,
    "version": obj({"number": COUNT}),
    "bought_version": obj({"number": COUNT}),
    "has_news": BOOLEAN,
    "url": LINK,
}
HELD = shape("LibraryLine", obj(_HELD))
ITEM = shape("LibraryItem", obj(_HELD | {"prompt": PROMPT, "versions": array(OPENED)}))
RENDER_SENT = shape(
    "RenderRequest",
    obj(
        maybe={
            "variables": nullable(mapping({"type": ["string", "number"]})),
            "version": nullable({"type": "integer", "minimum": 1, "maximum": 999_999_999}),
        }
    ),
)
RENDERED = shape(
    "Rendered",
    obj(
        {
            "text": STRING,
            "negative": STRING,
            "missing": array(STRING),
            "unknown": array(STRING),
            "for_model": {"type": "string", "description": "As the model's own window wants it pasted."},
            "version": obj({"number": COUNT}),
        }
    ),
)
FILES: dict[str, Schema] = {
    "text/markdown": STRING,
    "text/plain": STRING,
    "application/yaml": obj(
        {"name": STRING, "description": STRING, "messages": array(obj({"role": STRING, "content": STRING}))},
        {"model": STRING, "modelParameters": {"type": "object"}},
    ),
    "application/json": {"type": "object"},
}
FORMAT = choice(*formats.FORMATS, default="md")
