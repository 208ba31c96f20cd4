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

GENERATION = "pages:generation"
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
        if generation is None:
            generation = _new_generation()
        response = view(request, *args, **kwargs)
        if response.status_code == 200 and not response.streaming and not response.cookies:
            _keep(request, key, generation, response)
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
        generation = found.get(GENERATION) or _new_generation()
        page = found.get(key)
        if page is None or page["generation"] != generation:
            visitor = _as_visitor(request)
            response = view(visitor, *args, **kwargs)
            if response.status_code != 200 or response.streaming or response.cookies:
                return _private(view(request, *args, **kwargs))
            page = _keep(visitor, key, generation, response)
        return _given_out(request, page)

    return kept


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
    key = f"parts:{name}:{get_language() or ''}"
    found = cache.get_many([GENERATION, key])
    generation, kept = found.get(GENERATION) or _new_generation(), found.get(key)
    if kept is not None and kept["generation"] == generation:
        return kept["value"]
    value = make()
    cache.set(key, {"value": value, "generation": generation}, seconds)
    return value


def known(name: str) -> Any:
    """What `know` kept under this name, while the shelves stayed as they were; else None."""
    if not settings.PAGE_SECONDS:
        return None
    key = f"parts:{name}:{get_language() or ''}"
    found = cache.get_many([GENERATION, key])
    kept = found.get(key)
    return kept["value"] if kept and kept["generation"] == found.get(GENERATION) else None


def know(name: str, value: Any, seconds: int = 60) -> None:
    """Keep something that came along with other things; `part` is for what is made on its own."""
    if settings.PAGE_SECONDS:
        generation = cache.get(GENERATION) or _new_generation()
        cache.set(f"parts:{name}:{get_language() or ''}", {"value": value, "generation": generation}, seconds)


def begin() -> str:
    """The generation of what is kept from now on, where there is none yet."""
    return _new_generation()


def forget_all() -> None:
    """Whatever was kept is out of date."""
    _new_generation()


def _new_generation() -> str:
    generation = secrets.token_hex(6)
    cache.set(GENERATION, generation, 24 * 3600)
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


def _keep(request: HttpRequest, key: str, generation: str, response: HttpResponse) -> dict[str, Any]:
    """Keep a page that was made for a visitor."""
    body = _TOKEN.sub(rb"\g<1>" + _TOKEN_HERE + rb"\g<2>", response.content)
    nonce = str(getattr(request, "csp_nonce", "")).encode()
    body = body.replace(nonce, _NONCE_HERE) if nonce else body
    words = getattr(request, "header_words", "")
    body = body.replace(_bar(request, words), _BAR_HERE, 1)
    headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
    page = {"body": body, "headers": headers, "generation": generation, "words": words}
    cache.set(key, page, settings.PAGE_SECONDS)
    return page


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
