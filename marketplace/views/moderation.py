"""The moderators' queue, its figures, and what one has decided oneself."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import SuspiciousOperation
from django.db.models import Count, Min, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.views.guards import person, signed_in
from common import clock, pagination
from marketplace import casework, library, moderation, permissions, standing
from marketplace.models import Case
from marketplace.search import demand

PAGE = 50
View = Callable[..., HttpResponse]


def moderators(view: View) -> View:
    """For everybody else these pages do not exist."""

    @wraps(view)
    @signed_in
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not permissions.is_moderator(person(request)):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@moderators
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What waits, what is being worked on, what was decided; oldest or riskiest first."""
    tab = request.GET.get("tab", "open")
    sort = "risk" if request.GET.get("sort") == "risk" else "oldest"
    kind = request.GET.get("kind", "")
    kind = kind if kind in Case.Kind.values else ""
    if tab not in {"open", "claimed", "decided"}:
        raise SuspiciousOperation
    page = pagination.Keyset(_cases(tab, kind), _order(tab, sort), request.GET.get("cursor"), PAGE)
    context = figures() | {
        "page": page,
        "tab": tab,
        "sort": sort,
        "kind": kind,
        "kinds": Case.Kind.choices,
        "tabs": _tabs(tab, sort, kind),
        "me": person(request),
        "previous_url": pagination.address(request, page.previous),
        "next_url": pagination.address(request, page.next),
    }
    return render(request, "marketplace/moderation/queue.html", context)


def _cases(tab: str, kind: str) -> QuerySet[Case]:
    claimed = Q(state=Case.State.CLAIMED, claimed_at__gt=library.claim_holds_since())
    cases = Case.objects.filter(state=Case.State.DECIDED) if tab == "decided" else moderation.queue(kind=kind)
    if kind:
        cases = cases.filter(kind=kind)
    if tab != "decided":
        cases = cases.filter(claimed) if tab == "claimed" else cases.exclude(claimed)
    related = cases.select_related("listing__seller__seller_profile", "revision__model", "claimed_by", "decided_by")
    serious = Count("findings", filter=Q(findings__severity="serious"), distinct=True)
    return related.annotate(serious=serious, reported=Count("reports", distinct=True))


def _order(tab: str, sort: str) -> tuple[str, ...]:
    if tab == "decided":
        return ("-decided_at", "-pk")
    return ("-risk", "opened_at", "pk") if sort == "risk" else ("opened_at", "pk")


def _tabs(chosen: str, sort: str, kind: str) -> list[dict[str, Any]]:
    names = {"open": _("Open"), "claimed": _("Claimed"), "decided": _("Decided")}
    address = reverse("moderation")
    rest = {name: value for name, value in (("sort", sort if sort == "risk" else ""), ("kind", kind)) if value}
    return [
        {
            "name": name,
            "url": f"{address}?{urlencode({'tab': tab} | rest)}",
            "count": None if tab == "decided" else _cases(tab, kind).count(),
            "current": tab == chosen,
        }
        for tab, name in names.items()
    ]


def figures() -> dict[str, Any]:
    """How the queue is doing."""
    waiting = Case.objects.filter(state__in=casework.WAITING).aggregate(number=Count("pk"), oldest=Min("opened_at"))
    return {
        "waiting": waiting["number"],
        "oldest": waiting["oldest"],
        "median": standing.usual_words(moderation.median_decision_time()),
    }


@moderators
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """What one has decided, newest first."""
    moderator = person(request)
    decided = _cases("decided", "").filter(decided_by=moderator)
    page = pagination.Keyset(decided, ("-decided_at", "-pk"), request.GET.get("cursor"), PAGE)
    context = {
        "page": page,
        "counts": _counts(moderator),
        "previous_url": pagination.address(request, page.previous),
        "next_url": pagination.address(request, page.next),
    }
    return render(request, "marketplace/moderation/history.html", context)


@moderators
@require_safe
def searches(request: HttpRequest) -> HttpResponse:
    """What people look for and do not find."""
    context = {"unanswered": demand.unanswered(), "underserved": demand.underserved()}
    return render(request, "marketplace/moderation/searches.html", context)


def _counts(moderator: User) -> list[tuple[str, int]]:
    """Decisions of the last thirty days by kind."""
    since = clock.now() - timedelta(days=30)
    mine = Case.objects.filter(decided_by=moderator, state=Case.State.DECIDED, decided_at__gt=since)
    found = dict(mine.order_by().values_list("decision").annotate(number=Count("pk")))
    return [(str(label), found[value]) for value, label in Case.Decision.choices if value in found]
