"""Reading what people wrote into a field: a line, some lines, words to be kept byte for byte."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import text as texts
from common.problems import Errors, Problem

_SURROGATE = re.compile("[\ud800-\udfff]")


class BadContent(Problem):
    """What was sent cannot be kept; `errors` says why, field by field."""

    status = HTTPStatus.BAD_REQUEST
    code = "invalid"
    title = gettext_lazy("Invalid input")
    default_detail = gettext_lazy("Some of what was sent needs correcting.")


class Wrong(ValueError):
    """One field's value cannot be kept; the message is for the person who wrote it."""


def line(value: Any, longest: int, *, needed: bool = False) -> str:
    """One line of text, or Wrong."""
    if not isinstance(value, str):
        raise Wrong(_("This is required.") if value is None else _("This must be text."))
    try:
        cleaned = texts.clean_line(value[: longest * 20])
    except texts.BadText as error:
        raise Wrong(str(error)) from None
    if needed and not cleaned:
        raise Wrong(_("This is required."))
    return within(cleaned if len(value) <= longest * 20 else value, longest)


def named(field_name: str, value: Any, longest: int) -> str:
    """A name or title of something small, or BadContent naming the field."""
    try:
        return line(value, longest, needed=True)
    except Wrong as wrong:
        raise BadContent(errors={field_name: [str(wrong)]}) from None


def prose(field_name: str, value: Any, longest: int, *, needed: bool = True) -> str:
    """A few lines somebody wrote beside a listing (a report, a note, a reply), or BadContent naming the field."""
    try:
        written = lines("" if value is None else value, longest).strip()
    except Wrong as wrong:
        raise BadContent(errors={field_name: [str(wrong)]}) from None
    if needed and not written:
        raise BadContent(errors={field_name: [_("This is required.")]})
    return written


def lines(value: Any, longest: int) -> str:
    """Some lines with plain line ends, or Wrong."""
    if not isinstance(value, str):
        raise Wrong(_("This must be text."))
    try:
        return within(texts.clean(within(value, longest * 2), newlines=True), longest)
    except texts.BadText as error:
        raise Wrong(str(error)) from None


def exact(value: Any, longest: int) -> str:
    """Words that are kept byte for byte: only what no database can keep is refused."""
    if not isinstance(value, str):
        raise Wrong(_("This must be text."))
    if "\x00" in value:
        raise Wrong(_("The text contains a null character, which cannot be stored."))
    if not value.isascii() and _SURROGATE.search(value):
        raise Wrong(_("The text contains a broken character. Please paste it again from its source."))
    return within(value, longest)


def within(value: str, longest: int) -> str:
    if len(value) > longest:
        words = _("This is too long: %(length)d characters of at most %(longest)d.")
        raise Wrong(words % {"length": len(value), "longest": longest})
    return value


def attempt(errors: Errors, name: str, act: Callable[[], object]) -> None:
    """Do it, or note under the field's name why it cannot be done."""
    try:
        act()
    except Wrong as wrong:
        errors.setdefault(name, []).append(str(wrong))
