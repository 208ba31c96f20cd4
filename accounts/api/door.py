"""What all calls of the API have in common: who may call by method, bodies, pages, conditional requests, one effect.

    class Listings(Door):
        who = {"GET": EVERYBODY, "POST": SELLERS}

A method that `who` does not name is closed. A mutating call with an Idempotency-Key runs in one transaction with the
keeping of its answer, so that a process killed in between has either done both or nothing; a door that talks to the
outside before it is done (Stripe) says `in_one_piece = False` and leans on a domain function that finds its own work.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any, ClassVar

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import MethodNotAllowed, Throttled
from rest_framework.parsers import BaseParser, FormParser, MultiPartParser
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import permissions
from accounts.api import idempotency, throttling
from accounts.api.idempotency import IdempotentMixin
from accounts.api.permissions import HasScope, IsModerator, IsSeller, IsSignedIn, TakesPart
from accounts.api.telling import PAGED, Told, may_be_empty
from accounts.models import User
from common import problems
from common.negotiation import AlwaysJSON
from common.pagination import KeysetPagination
from common.parsers import StrictJSONParser

Who = tuple[type[BasePermission], ...]

EVERYBODY: Who = (AllowAny,)
ACCOUNTS: Who = (IsSignedIn, HasScope("read"))
MEMBERS: Who = (TakesPart, HasScope("read"))  # whoever may buy, review, report, follow
READERS: Who = (IsSignedIn, HasScope("library"))
SELLERS: Who = (IsSeller, HasScope("sell"))
MODERATORS: Who = (IsModerator, HasScope("moderate"))

# What links and tools add to any address.
PASSED_OVER = ("_", "utm_", "via", "format")

_renderer = JSONRenderer()


class NotTheState(problems.Problem):
    """An edit named a state by If-Match that is not the present one."""

    status = HTTPStatus.PRECONDITION_FAILED
    code = "precondition_failed"
    default_detail = gettext_lazy("This has changed since you read it. Read it again, and send your change anew.")


class Nobody(BasePermission):
    """What no door names is closed."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return False


class Door(IdempotentMixin):
    """A view that translates and makes one call; see the top of this module."""

    who: ClassVar[Mapping[str, Who]] = {}
    is_private: ClassVar[bool] = True  # nothing between us and the caller keeps a copy
    in_one_piece: ClassVar[bool] = True
    parser_classes: Sequence[type[BaseParser]] = (StrictJSONParser,)
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = AlwaysJSON

    def get_permissions(self) -> list[BasePermission]:
        method = "GET" if self.request.method == "HEAD" else str(self.request.method)
        return [permission() for permission in self.who.get(method, (Nobody,))]

    @property
    def caller(self) -> User:
        """Whoever the permissions let in; never nobody."""
        assert permissions.is_person(self.request.user)
        return self.request.user

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if str(request.method).lower() not in self._methods():
            raise MethodNotAllowed(str(request.method))
        if any("\x00" in str(value) for value in kwargs.values()):
            raise Http404  # no database can even look for it
        super().initial(request, *args, **kwargs)
        if request.method in {"GET", "HEAD"}:
            self._heed_parameters()
        if request.method in idempotency.METHODS:
            self.sent()  # what cannot be read is refused, even where nothing of it is needed
        if self._claim is not None and self.in_one_piece:
            name = str(request.method).lower()
            # Shadows the method on this one instance, which serves this one request.
            setattr(self, name, partial(self._run_in_one_piece, getattr(self, name)))

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        raise MethodNotAllowed(str(request.method))

    @property
    def allowed_methods(self) -> list[str]:
        return [name.upper() for name in self._methods()]

    def _methods(self) -> list[str]:
        return [name for name in self.http_method_names if name != "options" and hasattr(self, name)]

    def _heed_parameters(self) -> None:
        """A filter that is misspelt, or left empty, would otherwise show everything as if it had been asked for."""
        told: Told | None = getattr(getattr(self, "get", None), "told", None)
        if told is None:
            return
        known = {parameter.name: parameter.schema for parameter in (*told.query, *(PAGED if told.pages else ()))}
        errors: dict[str, list[str]] = {}
        for name, values in self.request.query_params.lists():
            if name in known:
                if "" in values and not may_be_empty(known[name]):
                    errors[name] = [_("Give this a value, or leave it out.")]
            elif not name.startswith(PASSED_OVER):
                names = ", ".join(sorted(known)) or _("none")
                errors[name[:80]] = [_("There is no such parameter here. Known are: %(names)s.") % {"names": names}]
        if errors:
            raise problems.invalid(errors)

    def _run_in_one_piece(self, act: Callable[..., Response], request: Request, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            response = act(request, *args, **kwargs)
            if response.status_code < 500 and self._claim is not None:
                idempotency.keep(self._claim, self._rendered(response))
        self._claim = None
        return response

    def _rendered(self, response: Any) -> HttpResponse:
        if isinstance(response, Response):
            response.accepted_renderer = self.request.accepted_renderer
            response.accepted_media_type = self.request.accepted_media_type
            response.renderer_context = self.get_renderer_context()  # type: ignore[attr-defined]
            response.render()
        assert isinstance(response, HttpResponse)
        return response

    def handle_exception(self, exc: Exception) -> Any:
        """Whoever is turned away before the limits are looked at is counted as well: guessing is not free."""
        if not throttling.is_counted(self.request._request) and problems.of(exc) is not None:
            verdict = throttling.stranger(self.request._request)
            if not verdict:
                exc = Throttled(verdict.retry_after)
        return super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if "Cache-Control" not in response:
            personal = self.is_private or permissions.is_person(getattr(request, "user", None))
            shared = "private, no-cache" if personal else "no-cache"
            response["Cache-Control"] = "no-store, private" if self.is_private else shared
        patch_vary_headers(response, ("Authorization",))
        if request.method in {"GET", "HEAD"} and response.status_code == 200:
            if isinstance(response, Response):
                response.add_post_render_callback(partial(_conditional, request._request))
            elif isinstance(response, HttpResponse):
                return _conditional(request._request, response) or response
        return response

    def begun(self) -> str:
        """What an earlier attempt with this Idempotency-Key had made before it died."""
        return self._claim.subject if self._claim else ""

    def begin(self, subject: str) -> None:
        """Remember what this call makes, in the transaction that makes it."""
        if self._claim is not None:
            idempotency.note(self._claim, subject)

    # ---- Bodies ------------------------------------------------------------------------------------------------------

    def sent(self) -> dict[str, Any]:
        """The body as an object; nothing at all is an empty one."""
        data = self.request.data
        if isinstance(data, QueryDict):
            return {name: value for name, value in data.items() if isinstance(value, str)}
        if not isinstance(data, dict):
            raise problems.invalid({problems.WHOLE: [_("Send a JSON object.")]})
        return data

    # ---- Pages -------------------------------------------------------------------------------------------------------

    def page(self, rows: Any, shown: Callable[[Any], Any], *, order: Sequence[str] = ()) -> Response:
        """A page of a queryset, each row as `shown` writes it; the order is the queryset's unless given."""
        pages = KeysetPagination()
        view = _Ordered(order) if order else None
        return pages.get_paginated_response([shown(row) for row in pages.paginate_queryset(rows, self.request, view)])

    # ---- If-Match ----------------------------------------------------------------------------------------------------

    def must_match(self, current: Callable[[], Any]) -> bool:
        """Whether the caller named the state to be changed; raises NotTheState when it is another one by now.

        `current` gives what GET would answer at this moment.
        """
        wanted = self.request.headers.get("If-Match")
        if wanted is None:
            return False
        # A compressed answer goes out with a weak tag: it names the same state.
        tags = [tag.removeprefix("W/") for tag in parse_etags(wanted)]
        if tags != ["*"] and etag(_renderer.render(current())) not in tags:
            raise NotTheState
        return True


class Act(Door):
    """A call that needs no body, or a few words; a form will do as well."""

    parser_classes = (StrictJSONParser, FormParser, MultiPartParser)


class _Ordered:
    def __init__(self, order: Sequence[str]) -> None:
        self._order = tuple(order)

    def get_order(self) -> tuple[str, ...]:
        return self._order


def etag(content: bytes) -> str:
    return f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'


def _conditional(request: HttpRequest, response: Response | HttpResponse) -> HttpResponse | None:
    """Once the answer is written: its tag, or 304 to whoever has it."""
    response["ETag"] = etag(response.content)
    answer = get_conditional_response(request, etag=response["ETag"], response=response)
    return None if answer is response else answer
