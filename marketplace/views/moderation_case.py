"""One case on one screen: what was submitted, the prompt, the findings, the past; and the decision."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.views.guards import person
from common import ids
from common.problems import Problem
from marketplace import casework, comparison, library, moderation, permissions, samples, showing, standing
from marketplace.forms.moderation import DecisionForm
from marketplace.models import Case, Finding, Listing, Revision
from marketplace.views.doors import said
from marketplace.views.moderation import moderators

SEVERITIES = (Finding.Severity.SERIOUS, Finding.Severity.WARNING, Finding.Severity.NOTE)
REASON_KEYS = "1234567890-"
EARLIER = 12  # cases shown of the listing, and of the seller


def found(case_id: str) -> Case:
    case = (
        Case.objects.select_related(
            "listing__seller__seller_profile",
            "listing__approved__version__listing",
            "listing__approved__model",
            "listing__approved__category__parent",
            "revision__version__listing",
            "revision__model",
            "revision__model_version",
            "revision__category__parent",
            "revision__listing",
            "claimed_by",
            "decided_by",
            "opened_by",
            "appeals__decided_by",
        )
        .prefetch_related("findings", "reports__reporter")
        .filter(public_id=case_id)
        .first()
    )
    if case is None or not ids.is_id(case_id):
        raise Http404
    return case


@moderators
@require_safe
def show(request: HttpRequest, case_id: str) -> HttpResponse:
    case = found(case_id)
    reason = _("Review of a submission") if case.kind == Case.Kind.SUBMISSION else ""
    return page(request, case, DecisionForm(), reason=reason)


@moderators
@require_POST
def read(request: HttpRequest, case_id: str) -> HttpResponse:
    """The page with the prompt, for cases that can mostly be decided without it; the reason is put on record."""
    reason = request.POST.get("reason", "").strip()[:200] or _("Needed to decide the case")
    return page(request, found(case_id), DecisionForm(), reason=reason)


@moderators
@require_POST
def claim(request: HttpRequest, case_id: str) -> HttpResponse:
    case = found(case_id)
    try:
        moderation.claim(case, person(request))
    except Problem as refusal:
        messages.error(request, said(refusal))
    return redirect("moderation-case", case.public_id)


@moderators
@require_POST
def release(request: HttpRequest, case_id: str) -> HttpResponse:
    case = found(case_id)
    try:
        moderation.release(case, person(request))
    except Problem as refusal:
        messages.error(request, said(refusal))
        return redirect("moderation-case", case.public_id)
    messages.info(request, _("Given back to the queue."))
    return redirect("moderation")


@moderators
@require_POST
def decide(request: HttpRequest, case_id: str) -> HttpResponse:
    """Decide about exactly what was on the screen; a refusal keeps the reason and the note."""
    case = found(case_id)
    post = request.POST
    form = DecisionForm(initial={"reason": post.get("reason", ""), "note": post.get("note", "")})
    try:
        decided = moderation.decide(
            case,
            by=person(request),
            decision=post.get("decision", ""),
            reason=post.get("reason", "") if post.get("decision") in {"reject", "suspend"} else "",
            note=post.get("note", ""),
            digest=post.get("digest"),
        )
    except Problem as refusal:
        refuse(form, refusal)
        case = found(case_id)
        reason = _("Review of a submission") if case.kind == Case.Kind.SUBMISSION else ""
        return page(request, case, form, reason=reason, status=422)
    words = {"title": case.listing.title, "decision": decided.get_decision_display()}
    messages.success(request, _("%(decision)s: %(title)s") % words)
    return redirect("moderation")


@moderators
@require_http_methods(["GET", "HEAD", "POST"])
def suspend(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a listing off sale at once, without a case before it."""
    listing = get_object_or_404(Listing.objects.select_related("seller__seller_profile"), slug=slug)
    if not listing.is_live:
        raise Http404
    form = DecisionForm(initial={"reason": request.POST.get("reason", ""), "note": request.POST.get("note", "")})
    if request.method == "POST":
        post = request.POST
        try:
            case = moderation.suspend(
                listing, by=person(request), reason=post.get("reason", ""), note=post.get("note", "")
            )
        except Problem as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("%(title)s is off sale.") % {"title": listing.title})
            return redirect("moderation-case", case.public_id)
    context = {"listing": listing, "form": form, "reasons": _reasons(form)}
    status = 422 if form.errors else 200
    return render(request, "marketplace/moderation/suspend.html", context, status=status)


def refuse(form: DecisionForm, refusal: Problem) -> None:
    for name, problems in (refusal.errors or {"": [refusal.detail]}).items():
        form.refuse(name, problems)


# ---- The page --------------------------------------------------------------------------------------------------------


def page(request: HttpRequest, case: Case, form: DecisionForm, *, reason: str, status: int = 200) -> HttpResponse:
    """With the prompt when the moderator holds the case and says why they read it."""
    moderator = person(request)
    barred = _barred(case, moderator)
    if permissions.owns(moderator, case.listing):
        # Who sells it sees nothing here that other sellers would not see.
        context = {"case": case, "listing": case.listing, "barred": barred}
        return render(request, "marketplace/moderation/own.html", context, status=status)
    is_mine = moderation.is_claimed(case) and case.claimed_by_id == moderator.pk
    revision = case.revision or case.listing.working
    context = {
        "case": case,
        "listing": case.listing,
        "revision": revision,
        "shown": showing.page(case.listing, revision) if revision is not None else None,
        "form": form,
        "barred": barred,
        "is_mine": is_mine,
        "is_claimed": moderation.is_claimed(case),
        "decisions": _decisions(case),
        "reasons": _reasons(form),
        "findings": _findings(case.appeals or case),
        "others": _others(case.appeals or case),
        "seller": _seller(case),
        "earlier": [one for one in moderation.history(case.listing)[:EARLIER] if one.pk != case.pk],
        "approved": case.listing.approved,
        "changes": _changes(case, revision),
        "moved_on": case.is_open and _has_moved_on(case),
    }
    if is_mine and reason and revision is not None:
        context |= _prompt(moderator, case, revision, reason)
    return render(request, "marketplace/moderation/case.html", context, status=status)


def _barred(case: Case, moderator: User) -> str:
    """Why this moderator cannot decide it, in words; nothing when they can."""
    try:
        casework.check_may_decide(case, moderator)
    except Problem as refusal:
        return refusal.detail
    return ""


def _has_moved_on(case: Case) -> bool:
    """Whether the seller is at another revision by now."""
    return case.kind != Case.Kind.REPORT and case.revision_id != case.listing.working_id


def _prompt(moderator: User, case: Case, revision: Revision, reason: str) -> dict[str, Any]:
    """The words, each reading of them on record."""
    if revision.version is None:
        return {}
    prompt = library.open(moderator, revision.version, case=case, reason=reason)
    inputs = samples.inputs_of(revision)
    approved = case.listing.approved
    context = {
        "prompt": prompt,
        "parameters": samples.parameters_shown(prompt.parameters),
        "variables": samples.with_values(prompt, inputs),
        "filled": samples.fill(prompt, inputs),
    }
    if approved is not None and approved.version is not None and approved.version_id != revision.version_id:
        older = library.open(moderator, approved.version, case=case, reason=reason)
        context |= {"prompt_before": samples.as_text(older), "prompt_after": samples.as_text(prompt)}
    return context


def _changes(case: Case, revision: Revision | None) -> list[comparison.Change]:
    approved = case.listing.approved
    if approved is None or revision is None or approved.pk == revision.pk:
        return []
    return comparison.changes(approved, revision)


def _decisions(case: Case) -> list[dict[str, str]]:
    """The buttons of this kind of case, with their keys."""
    approve = {"value": "approve", "label": _("Approve"), "key": "a", "kind": "approve"}
    reject = {"value": "reject", "label": _("Send back"), "key": "r", "kind": ""}
    suspend = {"value": "suspend", "label": _("Suspend"), "key": "s", "kind": "danger"}
    dismiss = {"value": "dismiss", "label": _("Dismiss"), "key": "d", "kind": "approve"}
    if case.kind == Case.Kind.SUBMISSION:
        return [approve, reject, suspend]
    if case.kind == Case.Kind.REPORT:
        return [dismiss | {"label": _("Dismiss the reports")}, reject, suspend]
    restore = {"value": "restore", "label": _("Restore"), "key": "a", "kind": "approve"}
    return [restore, dismiss | {"label": _("Let the decision stand"), "kind": ""}]


def _reasons(form: DecisionForm) -> list[dict[str, Any]]:
    chosen = form["reason"].value()
    return [
        {"value": value, "label": label, "key": key, "mend": casework.MEND[Case.Reason(value)], "on": value == chosen}
        for (value, label), key in zip(Case.Reason.choices, REASON_KEYS, strict=True)
    ]


def _findings(case: Case) -> list[dict[str, Any]]:
    ranked = sorted(standing.sentences(case), key=lambda one: SEVERITIES.index(Finding.Severity(one[0].severity)))
    return [
        {
            "words": words,
            "severity": finding.severity,
            "label": finding.get_severity_display(),
            "other": finding.evidence.get("listing", ""),
        }
        for finding, words in ranked
    ]


def _others(case: Case) -> list[dict[str, Any]]:
    """The public side of the listings that this one is near to, to be laid beside it."""
    evidence = [one.evidence for one in case.findings.all() if "listing" in one.evidence]
    slugs = list(dict.fromkeys(one["listing"] for one in evidence))
    related = ("seller__seller_profile", "approved__version", "approved__category__parent", "working", "model")
    rows = {row.slug: row for row in Listing.objects.filter(slug__in=slugs[:5]).select_related(*related)}
    shares = {one["listing"]: one.get("percent") for one in evidence}
    return [
        {"listing": rows[slug], "percent": shares.get(slug), "shown": showing.page(rows[slug], approved)}
        for slug in slugs
        if slug in rows and (approved := rows[slug].approved or rows[slug].working) is not None
    ]


def _seller(case: Case) -> dict[str, Any]:
    """What is known here of the one who sells it."""
    seller = case.listing.seller
    theirs = Case.objects.filter(listing__seller=seller, state=Case.State.DECIDED)
    counts = dict(theirs.order_by().values_list("decision").annotate(number=Count("pk")))
    shelf = seller.listings.filter(status=Listing.Status.LIVE).aggregate(number=Count("pk"), sales=Sum("sales_count"))
    recent = theirs.exclude(listing=case.listing).select_related("listing", "decided_by").order_by("-decided_at")
    return {
        "person": seller,
        "profile": getattr(seller, "seller_profile", None),
        "live": shelf["number"],
        "sales": shelf["sales"] or 0,
        "approved": counts.get(Case.Decision.APPROVE, 0),
        "rejected": counts.get(Case.Decision.REJECT, 0),
        "suspended": counts.get(Case.Decision.SUSPEND, 0),
        "recent": list(recent[:EARLIER]),
    }
