"""What people outside the house set in motion: reports about a listing, appeals against a decision."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import override

from accounts import activity, notifications
from accounts.models import User
from common import clock
from marketplace import casework, content, lifecycle, permissions
from marketplace.casework import (
    WAITING,
    AlreadyAppealed,
    AlreadyReported,
    CannotAppeal,
    Decision,
    Kind,
    State,
    TooManyReports,
)
from marketplace.models import Case, Listing, Report

REPORTS_A_DAY = 20
LONGEST_WORDS = 4000
WEIGHTS = {Report.Kind.UNSAFE: 40, Report.Kind.COPYRIGHT: 30, Report.Kind.MISLEADING: 20, Report.Kind.BROKEN: 15}


@transaction.atomic
def report(listing: Listing, *, by: User, kind: str, words: str) -> Case:
    """Say that a listing breaks the rules. All reports meet in one case, and a person counts once."""
    permissions.require(by, "report", listing)
    kind = kind if kind in Report.Kind.values else Report.Kind.OTHER
    words = content.prose("words", words, LONGEST_WORDS)
    listing = lifecycle.locked(listing)
    case = _open_report(listing)
    if case is not None and case.reports.filter(reporter=by).exists():
        return case
    _check_reporter(listing, by)
    if case is None:
        case = Case.objects.create(kind=Kind.REPORT, listing=listing, revision=listing.approved, opened_by=by)
    Report.objects.create(case=case, listing=listing, reporter=by, kind=kind, words=words)
    case.risk = min(100, sum(WEIGHTS.get(Report.Kind(each.kind), 10) for each in case.reports.all()))
    case.save(update_fields=["risk"])
    activity.record(by, "listing.reported", listing, case=case.public_id, kind=kind)
    return case


@transaction.atomic
def appeal(case: Case, *, by: User, words: str) -> Case:
    """Ask for a second look at a rejection or a suspension, by somebody else."""
    if not permissions.owns(by, case.listing):
        raise permissions.NotFound
    if not permissions.is_active(by):
        raise permissions.Suspended
    words = content.prose("words", words, LONGEST_WORDS)
    listing = lifecycle.locked(case.listing)
    case = casework.locked(case)
    if Case.objects.filter(appeals=case).exists():
        raise AlreadyAppealed
    if not can_appeal(case, listing):
        raise CannotAppeal
    made = Case.objects.create(
        kind=Kind.APPEAL,
        listing=listing,
        revision=case.revision,
        digest=case.digest,
        opened_by=by,
        appeals=case,
        words=words,
        risk=case.risk,
        screened_at=clock.now(),
    )
    activity.record(by, "case.appealed", made, appeals=case.public_id)
    return made


def can_appeal(case: Case, listing: Listing | None = None) -> bool:
    """Whether the decision still stands and can be looked at again."""
    listing = listing or case.listing
    if case.state != State.DECIDED or case.kind == Kind.APPEAL:
        return False
    if case.decision not in {Decision.REJECT, Decision.SUSPEND} or Case.objects.filter(appeals=case).exists():
        return False
    if case.kind == Kind.SUBMISSION:
        return case.revision_id is not None and listing.working_id == case.revision_id
    return listing.status in {Listing.Status.SUSPENDED, Listing.Status.REJECTED}


def _open_report(listing: Listing) -> Case | None:
    return Case.objects.select_for_update().filter(listing=listing, kind=Kind.REPORT, state__in=WAITING).first()


def _check_reporter(listing: Listing, by: User) -> None:
    today = Report.objects.filter(reporter=by, created_at__gt=clock.now() - timedelta(days=1))
    if today.count() >= REPORTS_A_DAY:
        raise TooManyReports
    answered = Report.objects.filter(
        reporter=by, listing=listing, case__decision=Decision.DISMISS, case__decided_at__gt=F("listing__updated_at")
    )
    if answered.exists():
        raise AlreadyReported


def answer_reporters(case: Case) -> None:
    for each in case.reports.select_related("reporter").order_by("pk"):
        with override(each.reporter.language):
            notifications.tell(
                each.reporter,
                "report_answered",
                url=case.listing.get_absolute_url() if case.listing.is_live else "",
                key=f"case:{case.pk}",
                title=case.listing.title,
                decision=casework.in_words(case),
            )
