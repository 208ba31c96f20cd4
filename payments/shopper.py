"""Whose cart a request means, and by which seller's link the visitor came (kept for 30 days in a signed cookie)."""

import json
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.core import signing
from django.core.exceptions import ValidationError
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from accounts.models.sellers import HANDLE
from common.ids import new_id
from payments import cart
from payments.cart import Owner

VISITOR = "visitor"
COOKIE = "via"
KEPT = 30 * 24 * 3600
MOST_LINKS = 10


def owner(request: HttpRequest, *, begin: bool = False) -> Owner:
    """The account's cart, or the visitor's; `begin` gives a visitor a key to hang one on."""
    if isinstance(request.user, User):
        return Owner(user=request.user)
    visitor = request.session.get(VISITOR, "")
    if not visitor and begin:
        visitor = request.session[VISITOR] = new_id()
    return Owner(visitor=visitor)


@receiver(user_logged_in)
def bring_cart_along(request: HttpRequest, user: User, **_: Any) -> None:
    if visitor := getattr(request, "session", {}).pop(VISITOR, ""):
        cart.merge(visitor, user)


def header(request: HttpRequest) -> dict[str, Any]:
    """For templates: how much is in the cart. No query for visitors without one."""

    def count() -> int:
        if not hasattr(request, "user"):
            return 0
        whose = owner(request)
        if not whose.user and not whose.visitor:
            return 0
        return whose.size()

    return {"cart_count": SimpleLazyObject(count)}


# ---- Sellers' own links ----------------------------------------------------------------------------------------------
def links(request: HttpRequest) -> dict[str, int]:
    """Handle → second it was followed, of the links that still count."""
    try:
        kept = json.loads(signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=KEPT))
    except (signing.BadSignature, ValueError):
        return {}
    limit = time.time() - KEPT
    return {handle: at for handle, at in kept.items() if at > limit}


def via(request: HttpRequest, handle: str) -> str:
    """The handle, if this visitor came by that seller's link lately."""
    now = request.GET.get("via", "").lower()
    return handle if handle.lower() == now or handle.lower() in links(request) else ""


def _is_handle(text: str) -> bool:
    try:
        HANDLE(text)
    except ValidationError:
        return False
    return True


class ViaMiddleware:
    """Remembers `?via=handle` on any page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        handle = request.GET.get("via", "").lower() if request.method == "GET" else ""
        if handle and _is_handle(handle):
            kept = {**links(request), handle: int(time.time())}
            newest = dict(sorted(kept.items(), key=lambda item: -item[1])[:MOST_LINKS])
            response.set_cookie(
                COOKIE,
                signing.dumps(json.dumps(newest), salt=COOKIE),
                max_age=KEPT,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response
