"""Who may come in, for pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from accounts import permissions
from accounts.models import User

View = Callable[..., HttpResponse]


def signed_in(view: View) -> View:
    """Only for people with an account, and kept by no cache."""

    @wraps(view)
    @never_cache
    @login_required
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs)

    return guarded


def person(request: HttpRequest) -> User:
    """The account behind a guarded view."""
    assert permissions.is_person(request.user)
    return request.user
