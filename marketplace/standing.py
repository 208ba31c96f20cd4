"""Where a listing stands, for the one who sells it: what was decided, why, what to mend, what happens next."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from marketplace import moderation, reporting
from marketplace.models import Case, Finding, Listing, Revision
from marketplace.screening import messages

NEARLY = timedelta(minutes=1)


@dataclass(frozen=True)
class Standing:
    """What the page says above the form."""

    waiting: Case | None = None  # in review
    decided: Case | None = None  # the decision that still stands, when it was against the listing
    appeal: Case | None = None
    mend: str = ""
    findings: list[str] = field(default_factory=list)
    can_appeal: bool = False
    ahead: int = 0  # cases that were opened before
    usual: timedelta | None = None
    steps: list[dict[str, Any]] = field(default_factory=list)


def of(listing: Listing) -> Standing:
    cases = list(moderation.history(listing)[:20])
    waiting = next((case for case in cases if case.kind == Case.Kind.SUBMISSION and case.is_open), None)
    if waiting is not None:
        return Standing(
            waiting=waiting,
            ahead=moderation.queue().filter(opened_at__lt=waiting.opened_at).count(),
            usual=moderation.median_decision_time(),
            steps=_steps(waiting),
        )
    decided = _against(listing, cases)
    if decided is None:
        return Standing()
    return Standing(
        decided=decided,
        appeal=next((case for case in cases if case.appeals_id == decided.pk), None),
        mend=str(moderation.MEND.get(Case.Reason(decided.reason), "")) if decided.reason else "",
        findings=[words for finding, words in sentences(decided) if finding.severity != Finding.Severity.NOTE],
        can_appeal=reporting.can_appeal(decided, listing),
    )


def _against(listing: Listing, cases: list[Case]) -> Case | None:
    """The newest rejection or suspension, as long as the listing or its draft still stands under it."""
    newest = next((case for case in cases if case.state == Case.State.DECIDED and case.kind != Case.Kind.APPEAL), None)
    if newest is None or newest.decision not in {Case.Decision.REJECT, Case.Decision.SUSPEND}:
        return None
    is_against_all = listing.status in {Listing.Status.SUSPENDED, Listing.Status.REJECTED}
    revision = listing.working
    is_against_draft = revision is not None and revision.state == Revision.State.REJECTED
    return newest if is_against_all or is_against_draft else None


def _steps(case: Case) -> list[dict[str, Any]]:
    """Sent, checked, read: the part of the way that is done."""
    steps = [{"title": _("Sent to review"), "at": case.opened_at, "kind": "good"}]
    if case.screened_at is not None:
        steps.append({"title": _("Checked automatically"), "at": case.screened_at, "kind": "good"})
    if case.screened_at is not None and moderation.is_claimed(case):
        steps.append({"title": _("A moderator is reading it"), "at": case.claimed_at, "kind": "now"})
    return steps


def sentences(case: Case) -> list[tuple[Finding, str]]:
    """Each finding in words; other listings are called by their titles."""
    found = list(case.findings.all())
    slugs = {finding.evidence["listing"] for finding in found if "listing" in finding.evidence}
    titles = dict(Listing.objects.filter(slug__in=slugs).values_list("slug", "title")) if slugs else {}
    return [(finding, messages.words(_by_title(finding, titles))) for finding in found]


def _by_title(finding: Finding, titles: dict[str, str]) -> Finding:
    slug = finding.evidence.get("listing")
    evidence = finding.evidence | {"listing": titles[slug]} if slug in titles else finding.evidence
    return Finding(case=finding.case, code=finding.code, severity=finding.severity, evidence=evidence)


def usual_words(usual: timedelta | None) -> str:
    """How long half of the reviews take, in one unit."""
    if usual is None:
        return ""
    minutes = max(round(usual / timedelta(minutes=1)), 1)
    if minutes < 90:
        return _("%(count)d min") % {"count": minutes}
    hours = round(minutes / 60)
    return _("%(count)d h") % {"count": hours} if hours < 48 else _("%(count)d days") % {"count": round(hours / 24)}
