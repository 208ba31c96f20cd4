"""Reading JSON bodies strictly: what another reader could understand differently, or choke on, is refused here."""

import json
import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from common import problems, text

DEEPEST = 32
LARGEST_INTEGER = 2**63 - 1


class _Refused(ValueError):
    """The message is for the caller of the API."""


class StrictJSONParser(JSONParser):
    """No names given twice, no NaN or infinity, integers of 64 bits, no deep nests, no broken characters.

    REST framework reads bodies past DATA_UPLOAD_MAX_MEMORY_SIZE, which is kept to here.
    """

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise problems.Problem(_("The request is too large."), status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            return read(body)
        except _Refused as refusal:
            raise ParseError(str(refusal)) from None
        except (ValueError, RecursionError):
            # Their messages quote the body, which may hold a prompt.
            raise ParseError(_("The request is not valid JSON.")) from None


def read(body: bytes) -> Any:
    """The value, or ValueError (RecursionError for the deepest nests)."""
    value = json.loads(
        body.decode(),
        object_pairs_hook=_object,
        parse_int=_integer,
        parse_float=_number,
        parse_constant=_constant,
    )
    if isinstance(value, dict):
        # What a call does not know it ignores, and no call knows a name of more than letters, digits and underscores.
        value = {name: held for name, held in value.items() if name.isascii() and name.isidentifier()}
    _inspect(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _Refused(_("A name occurs twice in the same JSON object."))
    return made


def _integer(digits: str) -> int | float:
    """Beyond 64 bits it is no whole number to anything of ours, and is read as most other readers read it."""
    if len(digits) > 20 or abs(number := int(digits)) > LARGEST_INTEGER:
        return _number(digits)
    return number


def _number(digits: str) -> int | float:
    """Whole, however it is written, as in JSON Schema."""
    if not math.isfinite(number := float(digits)):
        raise _Refused(_("A number in the request is too large."))
    return int(number) if number.is_integer() and abs(number) < LARGEST_INTEGER else number


def _constant(name: str) -> Any:
    raise _Refused(_("NaN and Infinity are not JSON."))


def _inspect(value: Any) -> None:
    """Level by level, so that depth costs nothing."""
    level: list[Any] = [value]
    for _depth in range(DEEPEST):
        below: list[Any] = []
        for one in level:
            if isinstance(one, str):
                _inspect_text(one)
            elif isinstance(one, dict):
                below += one.keys()
                below += one.values()
            elif isinstance(one, list):
                below += one
        level = below
        if not level:
            return
    raise _Refused(_("The request is nested too deeply."))


def _inspect_text(one: str) -> None:
    if "\x00" in one or text.has_surrogates(one):
        raise _Refused(_("The request contains a null or a broken character."))
