"""Whole pages kept for the next visitor, for seconds: only for people nobody knows anything about yet.

Who is signed in, has a cart or is about to be told something gets a page of their own. What differs from one visitor
to the next (the CSRF token, the nonce of the content security policy) is put in when a kept page is given out.

Some pages differ for those who are signed in by their header and their hearts alone (`with_hearts`): they get the kept
page too, with both put in.
"""

import copy
import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache as cache_once
from functools import wraps
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template import engines
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language

from marketplace import signals, social

View = Callable[..., HttpResponse]
Entry = tuple[str, Any, int]  # key, value, seconds

GENERATION = "pages:generation"
GENERATION_SECONDS = 24 * 3600
_TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value=")[A-Za-z0-9]{32,128}(")')
_TOKEN_HERE = b"\x00token\x00"
_NONCE_HERE = b"\x00nonce\x00"
_BAR_HERE = b"\x00bar\x00"
_HEART = re.compile(rb'formaction="(/[^"]*)" data-favourite aria-pressed="false"')
_KEPT_HEADERS = ("Content-Type", "Content-Language", "Link", "Last-Modified", "HX-Push-Url")


def for_everybody(view: View) -> View:
    """Give the same page to every visitor without a session, for settings.PAGE_SECONDS."""

    @wraps(view)
    def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.PAGE_SECONDS or not is_impersonal(request):
            return _private(view(request, *args, **kwargs))
        key = _key(request)
        found = cache.get_many([GENERATION, key])
        generation = found.get(GENERATION)
        page = found.get(key)
        if page is not None and generation is not None and page["generation"] == generation:
            return _given_out(request, page)
        response, _page = _made(generation, key, lambda: view(request, *args, **kwargs), request)
        return _private(response)

    return kept


def with_hearts(view: View) -> View:
    """As `for_everybody`, and those who are signed in get the visitors' page with their own header and hearts.

    Only for pages that say nothing else about the person: whatever the view asks of `request.user` is a visitor's.
    """
    for_visitors = for_everybody(view)

    @wraps(view)
    def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.PAGE_SECONDS or not _is_plain_member(request):
            return for_visitors(request, *args, **kwargs)
        key = _key(request)
        found = cache.get_many([GENERATION, key])
        page = found.get(key)
        if page is None or page["generation"] != found.get(GENERATION):
            visitor = _as_visitor(request)
            _response, page = _made(found.get(GENERATION), key, lambda: view(visitor, *args, **kwargs), visitor)
        return _given_out(request, page) if page else _private(view(request, *args, **kwargs))

    return kept


@dataclass(slots=True)
class _Making:
    """A page while it is made: it goes to the cache together with the parts made for it."""

    generation: str
    is_new: bool
    parts: list[Entry] = field(default_factory=list)


_making: ContextVar[_Making | None] = ContextVar("making", default=None)


def _made(
    generation: str | None, key: str, make: Callable[[], HttpResponse], request: HttpRequest
) -> tuple[HttpResponse, dict[str, Any] | None]:
    """The answer, and the page that is kept if it is one for everybody."""
    making = _Making(generation or secrets.token_hex(6), is_new=generation is None)
    before = _making.set(making)
    try:
        response = make()
    finally:
        _making.reset(before)
    page = None
    if response.status_code == 200 and not response.streaming and not response.cookies:
        page = _page(request, making.generation, response)
        making.parts.append((key, page, settings.PAGE_SECONDS))
    if making.is_new:
        # What began meanwhile stays: this page may be older than it.
        making.parts.append((GENERATION, making.generation, GENERATION_SECONDS))
    cache.set_together(making.parts, unless_there={GENERATION})  # type: ignore[attr-defined]  # ours: config/cache.py
    return response, page


def _is_plain_member(request: HttpRequest) -> bool:
    """Signed in, and nothing is waiting to be said on the next page."""
    told = CookieStorage.cookie_name in request.COOKIES or "_messages" in request.session
    return request.method in {"GET", "HEAD"} and "via" not in request.GET and not told and request.user.is_authenticated


def _as_visitor(request: HttpRequest) -> HttpRequest:
    visitor = copy.copy(request)
    visitor.user = AnonymousUser()
    visitor.session = SessionStore()
    visitor.COOKIES = {name: value for name, value in request.COOKIES.items() if name == "theme"}
    return visitor


def is_impersonal(request: HttpRequest) -> bool:
    """Whether nothing on the page can depend on who asks."""
    known = {settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name}
    return request.method in {"GET", "HEAD"} and not known & set(request.COOKIES) and "via" not in request.GET


def part(name: str, make: Callable[[], Any], seconds: int = 300) -> Any:
    """A part of pages that is the same for everybody in this language, kept until the shelves change."""
    if not settings.PAGE_SECONDS:
        return make()
    generation, kept = _asked(name)
    return kept["value"] if kept else _noted(name, make(), generation, seconds)


def known(name: str) -> Any:
    """What `know` kept under this name, while the shelves stayed as they were; else None."""
    _generation, kept = _asked(name) if settings.PAGE_SECONDS else ("", None)
    return kept["value"] if kept else None


def know(name: str, value: Any, seconds: int = 60) -> None:
    """Keep something that came along with other things; `part` is for what is made on its own."""
    if settings.PAGE_SECONDS:
        making = _making.get()
        generation = making.generation if making else cache.get(GENERATION) or _new_generation()
        _noted(name, value, generation, seconds)


def _asked(name: str) -> tuple[str, dict[str, Any] | None]:
    """The generation that counts, and what is kept of it under this name."""
    making = _making.get()
    if making is not None and making.is_new:
        return making.generation, None
    key = _part_key(name)
    found = cache.get_many([GENERATION, key])
    generation, kept = found.get(GENERATION) or _new_generation(), found.get(key)
    return generation, kept if kept is not None and kept["generation"] == generation else None


def _noted(name: str, value: Any, generation: str, seconds: int) -> Any:
    """Keep it; while a page is made, together with the page."""
    making, entry = _making.get(), (_part_key(name), {"value": value, "generation": generation}, seconds)
    if making is not None:
        making.parts.append(entry)
    else:
        cache.set(*entry)
    return value


def _part_key(name: str) -> str:
    return f"parts:{name}:{get_language() or ''}"


def begin() -> str:
    """The generation of what is kept from now on, where there is none yet."""
    return _new_generation()


def forget_all() -> None:
    """Whatever was kept is out of date."""
    _new_generation()


def _new_generation() -> str:
    generation = secrets.token_hex(6)
    cache.set(GENERATION, generation, GENERATION_SECONDS)
    return generation


def _key(request: HttpRequest) -> str:
    parts = (
        request.get_host(),
        request.get_full_path(),
        get_language() or "",
        request.COOKIES.get("theme", ""),
        # Fragments have addresses in common with their pages.
        request.headers.get("HX-Request", ""),
        request.headers.get("HX-Target", ""),
    )
    return f"pages:{sha256(chr(10).join(parts).encode()).hexdigest()}"


def _page(request: HttpRequest, generation: str, response: HttpResponse) -> dict[str, Any]:
    """What is kept of a page that was made for a visitor."""
    body = _TOKEN.sub(rb"\g<1>" + _TOKEN_HERE + rb"\g<2>", response.content)
    nonce = str(getattr(request, "csp_nonce", "")).encode()
    body = body.replace(nonce, _NONCE_HERE) if nonce else body
    words = getattr(request, "header_words", "")
    if bar := str(getattr(request, "header_made", "")).encode():
        body = body.replace(bar, _BAR_HERE, 1)
    headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
    return {"body": body, "headers": headers, "generation": generation, "words": words}


def _bar(request: HttpRequest, words: str) -> bytes:
    """The header as this person sees it."""
    return bytes(_bar_template().render({"search_words": words}, request), "utf-8")


@cache_once
def _bar_template() -> Any:
    return engines["django"].from_string("{% load ui %}{% header %}")


def _given_out(request: HttpRequest, page: dict[str, Any]) -> HttpResponse:
    body: bytes = page["body"]
    if request.user.is_authenticated:
        body = _liked(body, request.user)
    if _BAR_HERE in body:
        body = body.replace(_BAR_HERE, _bar(request, page["words"]), 1)
    if _TOKEN_HERE in body:
        body = body.replace(_TOKEN_HERE, get_token(request).encode())
    body = body.replace(_NONCE_HERE, str(getattr(request, "csp_nonce", "")).encode())
    return _private(HttpResponse(body, headers=page["headers"]))


def _liked(body: bytes, person: Any) -> bytes:
    """The hearts that this person pressed."""
    slugs = {address.split(b"/")[-3].decode(): address for address in _HEART.findall(body)}
    for slug in social.liked_slugs(person, slugs):
        before = b'formaction="' + slugs[slug] + b'" data-favourite aria-pressed="'
        body = body.replace(before + b'false"', before + b'true"')
    return body


def _private(response: HttpResponse) -> HttpResponse:
    """Browsers ask again each time, so that nobody is shown the page of before signing in."""
    response.headers.setdefault("Cache-Control", "private, no-cache")
    patch_vary_headers(response, ["Cookie", "Accept-Language", "HX-Request"])
    return response


@receiver([signals.listing_published, signals.listing_taken_down, signals.listing_restored, signals.price_changed])
def shelves_changed(**_: Any) -> None:
    """At once, and again when the change is committed: a page made in between still showed what was before."""
    from django.db import transaction

    if settings.PAGE_SECONDS:
        forget_all()
        transaction.on_commit(forget_all)
