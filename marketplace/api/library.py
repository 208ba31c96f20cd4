"""What the caller bought: reading it, filling it in, taking it along."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.door import READERS, Door
from accounts.api.shapes import page_of
from accounts.api.telling import Parameter, tells
from accounts.models import User
from common import problems
from marketplace import formats, library
from marketplace.api import shapes_library, shown
from marketplace.models import Entitlement, Version


def shelf(owner: User) -> QuerySet[Entitlement]:
    """What the person holds, each with the number of the newest version."""
    approved = Version.objects.filter(listing=OuterRef("listing"), approved_at__isnull=False)
    newest = Subquery(approved.order_by("-number").values("number")[:1])
    return library.of(owner).annotate(newest=Coalesce(newest, "version__number"))


def version_wanted(entitlement: Entitlement, value: object) -> Version:
    """The version of that number, the newest without one."""
    if value in (None, ""):
        return library.version_for(entitlement)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 9:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 10**9:
        raise problems.invalid({"version": [_("This must be the number of a version.")]})
    return library.version_for(entitlement, value)


def values_of(sent: dict[str, Any]) -> dict[str, str]:
    """What to fill in, by name; numbers are taken as they are written."""
    values = sent.get("variables", sent.get("values"))
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise problems.invalid({"variables": [_("This must be an object of names and values.")]})
    known = {name: value for name, value in values.items() if isinstance(value, str | int | float)}
    wrong = [name for name in values if name not in known or isinstance(values[name], bool)]
    if wrong:
        raise problems.invalid({f"variables.{name}": [_("This value must be text.")] for name in wrong})
    return {name: str(value) for name, value in known.items()}


class Library(Door):
    who = {"GET": READERS}

    @tells("What you bought, newest first", answer=page_of(shapes_library.HELD), pages=True)
    def get(self, request: Request) -> Response:
        return self.page(
            shelf(self.caller),
            lambda held: shown.held(held, held.newest),
            order=("-granted_at", "-pk"),
        )


class Item(Door):
    who = {"GET": READERS}

    @tells("A prompt you bought, in every version", answer=shapes_library.ITEM)
    def get(self, request: Request, item_id: str) -> Response:
        held = library.find(self.caller, item_id)
        versions = library.versions_for(held)
        opened = [shown.opened_version(version, library.open(self.caller, version)) for version in versions]
        answer = shown.held(held, versions[0].number) | {"prompt": opened[0]["prompt"], "versions": opened}
        library.mark_seen(held, versions[0])
        return Response(answer)


class Render(Door):
    """The prompt with the caller's values in its placeholders."""

    who = {"POST": READERS}

    @tells(
        "Fill in the prompt",
        body=shapes_library.RENDER_SENT,
        answer=shapes_library.RENDERED,
        example={"variables": {"tone": "warm"}},
    )
    def post(self, request: Request, item_id: str) -> Response:
        held = library.find(self.caller, item_id)
        sent = self.sent()
        values = values_of(sent)
        version = version_wanted(held, sent.get("version"))
        try:
            filled = library.render(held, values, version)
            document = library.document(held, version)
            for_model = formats.for_model(document, values, document.model)
        except library.BadValues as refusal:
            errors = {f"variables.{name}": [message] for name, message in refusal.errors.items()}
            raise problems.invalid(errors) from None
        return Response(
            {
                "text": filled.text,
                "negative": filled.negative,
                "missing": list(filled.missing),
                "unknown": list(filled.unknown),
                "for_model": for_model,
                "version": {"number": version.number},
            }
        )


class Download(Door):
    who = {"GET": READERS}

    @tells(
        "The prompt as a file",
        media=shapes_library.FILES,
        query=(
            Parameter("format", shapes_library.FORMAT),
            Parameter("version", {"type": "integer", "minimum": 1, "maximum": 99_999_999}),
        ),
    )
    def get(self, request: Request, item_id: str) -> HttpResponse:
        held = library.find(self.caller, item_id)
        kind = request.query_params.get("format") or "md"
        if kind not in formats.FORMATS:
            names = ", ".join(formats.FORMATS)
            raise problems.invalid({"format": [_("Choose one of: %(choices)s.") % {"choices": names}]})
        version = version_wanted(held, request.query_params.get("version"))
        name, content_type, written = library.download(held, kind, version)
        library.mark_seen(held, version)
        answer = HttpResponse(written.encode(), content_type=content_type)
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        answer["X-Content-Type-Options"] = "nosniff"
        return answer
