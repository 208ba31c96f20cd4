"""What every page of the market shares: who is asked to sign in, how a refusal is shown, where people go back to."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.messages import constants
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import User
from common.problems import Problem

View = Callable[..., HttpResponse]


def refusals(view: View) -> View:
    """Show what the domain refuses: 404 and 403 as pages, the rest as a message on the page people came from."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Problem as problem:
            if problem.status == 404:
                raise Http404(problem.detail) from None
            if is_fetch(request):
                return HttpResponse(problem.detail, status=problem.status, content_type="text/plain; charset=utf-8")
            if request.method in {"GET", "HEAD"}:
                raise PermissionDenied(problem.detail) from None
            messages.error(request, said(problem))
            return redirect(back(request))

    return guarded


def members(view: View) -> View:
    """For acts that need an account: signing in leads back to the page the act was on, not to its own address."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': back(request)})}")
        return view(request, *args, **kwargs)

    return guarded


def person(request: HttpRequest) -> User:
    """The account behind a guarded view."""
    assert isinstance(request.user, User)
    return request.user


def back(request: HttpRequest, fallback: str = "/") -> str:
    """The page of ours that the request came from."""
    came_from = request.POST.get("next") or request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    return came_from if came_from and ours else fallback


def is_fetch(request: HttpRequest) -> bool:
    """Whether site.js asks, which shows the outcome by itself."""
    return request.headers.get("X-Requested-With") == "fetch"


def done(request: HttpRequest, words: str, to: str = "", *, quiet: bool = False) -> HttpResponse:
    """Answer an act: nothing for site.js, a toast for htmx, back to the page with a message for everybody else."""
    if is_fetch(request):
        return HttpResponse(status=204)
    if request.headers.get("HX-Request"):
        trigger = {"toast": {"text": str(words), "kind": "good"}}
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(trigger)})
    if not quiet:
        messages.add_message(request, constants.SUCCESS, words)
    return redirect(to or back(request))


def said(problem: Problem) -> str:
    """Everything a refusal says, in one sentence or two."""
    words = [message for messages_ in problem.errors.values() for message in messages_]
    return " ".join(dict.fromkeys(words or [problem.detail]))
