"""/notifications/: what happened, newest first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts import notifications as told
from accounts.views.guards import person, signed_in
from common import pagination

PAGE = 30


@signed_in
@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    user = person(request)
    page = pagination.Keyset(told.of(user), ("-created_at", "-pk"), request.GET.get("cursor"), PAGE)
    context = {
        "notices": [{"notification": each, "words": told.words(each)} for each in page],
        "next_url": pagination.address(request, page.next),
        "previous_url": pagination.address(request, page.previous),
        "unread": told.unread(user),
    }
    return render(request, "accounts/notifications.html", context)


@signed_in
@require_POST
def opened(request: HttpRequest, notification_id: str) -> HttpResponse:
    """Mark it as read, and go where it leads."""
    notification = get_object_or_404(told.of(person(request)), public_id=notification_id)
    told.mark_read(person(request), [notification])
    return redirect(notification.url or "notifications")


@signed_in
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    told.mark_read(person(request))
    return redirect("notifications")
