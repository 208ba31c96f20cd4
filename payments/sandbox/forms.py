"""Reads the nested forms of the v1 API: a[b]=1&c[0][d]=2&e[]=3."""

import re
from typing import Any
from urllib.parse import parse_qsl

from payments.sandbox import errors

PARTS = re.compile(r"\[([^\]]*)\]")
DEEPEST = 12


def parse(text: str) -> dict[str, Any]:
    """Leaves are strings; keys that are all numbers make a list."""
    root: dict[str, Any] = {}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=5_000, errors="strict")
    except (ValueError, UnicodeDecodeError) as problem:
        raise errors.StripeError(f"Invalid request body: {problem}") from problem
    for key, value in pairs:
        place(root, key, value)
    found = lists(root)
    return found if isinstance(found, dict) else root


def place(root: dict[str, Any], key: str, value: str) -> None:
    if "[" not in key:
        root[key] = value
        return
    node, last = root, key.split("[", 1)[0]
    parts = PARTS.findall(key)
    if len(parts) > DEEPEST:
        raise errors.wrong_parameter(key, "Invalid parameter: nested too deeply.")
    for part in parts:
        if not isinstance(node.get(last), dict):
            node[last] = {}
        node = node[last]
        last = part or str(len(node))
    node[last] = value


def lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    items = {name: lists(value) for name, value in node.items()}
    if items and all(name.isascii() and name.isdigit() for name in items):
        return [items[name] for name in sorted(items, key=int)]
    return items
