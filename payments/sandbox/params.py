"""What a call takes, written down compactly, and the check of what it was given.

A schema is a dictionary from names to kinds of value; a name that ends in * is required. The same schema reads
forms, where every leaf is a string, and JSON.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from payments.sandbox import errors

INTEGER = re.compile(r"-?\d{1,18}")
DECIMAL = re.compile(r"-?\d{1,18}(\.\d{1,12})?")
MOST_METADATA = 50


@dataclass(frozen=True)
class Kind:
    """Anything at all; also what a parameter has that the sandbox accepts but does not look into."""

    def read(self, value: Any, where: str) -> Any:
        return value


@dataclass(frozen=True)
class Text(Kind):
    longest: int = 5_000

    def read(self, value: Any, where: str) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str):
            raise errors.wrong_parameter(where, f"Invalid string: {value!r}")
        if len(value) > self.longest:
            raise errors.wrong_parameter(where, f"Invalid string: {where} must be at most {self.longest} characters")
        return value


@dataclass(frozen=True)
class Integer(Kind):
    least: int | None = None
    most: int | None = None

    def read(self, value: Any, where: str) -> int:
        if isinstance(value, bool) or not (isinstance(value, int) or INTEGER.fullmatch(str(value))):
            raise errors.wrong_parameter(where, f"Invalid integer: {value}", "parameter_invalid_integer")
        number = int(value)
        if self.least is not None and number < self.least:
            message = f"Invalid integer: this value must be greater than or equal to {self.least}."
            raise errors.wrong_parameter(where, message, "parameter_invalid_integer")
        if self.most is not None and number > self.most:
            message = f"Invalid integer: this value must be less than or equal to {self.most}."
            raise errors.wrong_parameter(where, message, "parameter_invalid_integer")
        return number


@dataclass(frozen=True)
class Number(Kind):
    def read(self, value: Any, where: str) -> float:
        if isinstance(value, bool) or not DECIMAL.fullmatch(str(value)):
            raise errors.wrong_parameter(where, f"Invalid decimal: {value}")
        return float(value)


@dataclass(frozen=True)
class Flag(Kind):
    def read(self, value: Any, where: str) -> bool:
        if value in (True, "true"):
            return True
        if value in (False, "false"):
            return False
        raise errors.wrong_parameter(where, f"Invalid boolean: {value}")


@dataclass(frozen=True)
class Choice(Kind):
    values: tuple[str, ...]
    empty: bool = False

    def read(self, value: Any, where: str) -> str | None:
        if value in ("", None) and (self.empty or value is None):
            return None
        if value not in self.values:
            raise errors.wrong_parameter(where, f"Invalid {where}: must be one of {', '.join(self.values)}")
        return str(value)


@dataclass(frozen=True)
class Several(Kind):
    """A list of values of one kind."""

    item: Kind
    most: int = 100

    def read(self, value: Any, where: str) -> list[Any] | None:
        if value in ("", None):
            return None
        if not isinstance(value, list):
            raise errors.wrong_parameter(where, "Invalid array")
        if len(value) > self.most:
            raise errors.wrong_parameter(where, f"Invalid array: at most {self.most} entries")
        return [self.item.read(item, f"{where}[{place}]") for place, item in enumerate(value)]


class Group(Kind):
    """A dictionary with a schema of its own."""

    def __init__(self, schema: "Schema") -> None:
        self.schema = schema

    def read(self, value: Any, where: str) -> dict[str, Any] | None:
        if value in ("", None):
            return None
        if not isinstance(value, dict):
            raise errors.wrong_parameter(where, f"Invalid object: {where}")
        return read(self.schema, value, where)


@dataclass(frozen=True)
class Metadata(Kind):
    """Names to texts; an empty text unsets a name, an empty whole unsets all."""

    def read(self, value: Any, where: str) -> dict[str, str] | None:
        if value in ("", None):
            return None
        if isinstance(value, list):  # metadata[0]=x: a name that looks like a place in a list
            value = {str(place): item for place, item in enumerate(value)}
        if not isinstance(value, dict):
            raise errors.wrong_parameter(where, "Invalid object: metadata must be a set of key-value pairs")
        if len(value) > MOST_METADATA:
            raise errors.wrong_parameter(where, f"Metadata can have at most {MOST_METADATA} keys")
        for name, item in value.items():
            if len(name) > 40:
                raise errors.wrong_parameter(f"{where}[{name}]", "Metadata keys must be at most 40 characters")
            if item is not None and not isinstance(item, str):
                raise errors.wrong_parameter(f"{where}[{name}]", "Metadata values must be strings")
            if item and len(item) > 500:
                raise errors.wrong_parameter(f"{where}[{name}]", "Metadata values must be at most 500 characters")
        return {name: item or "" for name, item in value.items()}


@dataclass(frozen=True)
class Span(Kind):
    """A moment, or bounds of moments: gt, gte, lt, lte."""

    def read(self, value: Any, where: str) -> dict[str, int]:
        if not isinstance(value, dict):
            return {"eq": Integer().read(value, where)}
        for name in value:
            if name not in ("gt", "gte", "lt", "lte"):
                raise errors.unknown_parameter(f"{where}[{name}]")
        return {name: Integer().read(item, f"{where}[{name}]") for name, item in value.items()}


Schema = Mapping[str, Kind]
ANY, TEXT, INT, FLAG, NUMBER, META, SPAN = Kind(), Text(), Integer(), Flag(), Number(), Metadata(), Span()
AMOUNT = Integer(least=1, most=99_999_999_999)
EXPAND = {"expand": Several(Text(500))}
PAGING = {"limit": Integer(1, 100), "starting_after": TEXT, "ending_before": TEXT, **EXPAND}
ADDRESS = Group({"city": TEXT, "country": TEXT, "line1": TEXT, "line2": TEXT, "postal_code": TEXT, "state": TEXT})


def choice(*values: str) -> Choice:
    return Choice(values)


def optional(*values: str) -> Choice:
    """A choice that an empty text unsets."""
    return Choice(values, empty=True)


def read(schema: Schema, given: Mapping[str, Any], where: str = "") -> dict[str, Any]:
    """The values of the right kinds; refuses unknown, missing and wrong ones as Stripe does."""
    known = {name.rstrip("*"): kind for name, kind in schema.items()}
    for name in given:
        if name not in known:
            raise errors.unknown_parameter(path(where, name))
    for name in schema:
        if name.endswith("*") and given.get(name[:-1]) in (None, ""):
            raise errors.missing_parameter(path(where, name[:-1]))
    return {name: known[name].read(value, path(where, name)) for name, value in given.items()}


def path(where: str, name: str) -> str:
    return f"{where}[{name}]" if where else name


def merged(old: Mapping[str, str] | None, new: dict[str, str] | None) -> dict[str, str]:
    """Metadata after an update."""
    if new is None:
        return {}
    return {name: value for name, value in {**(old or {}), **new}.items() if value != ""}
