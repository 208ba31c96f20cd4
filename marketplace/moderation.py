"""Cases for moderators: the queue, claims, decisions, reports, appeals.

A decision is made once: the listing's row is the lock, then the case's. Nobody decides about their own listing, their
own report, or an appeal against their own decision. An approval binds to the digest of what was submitted.
"""

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import QuerySet

from accounts import activity, outbox
from accounts.models import User
from common import clock
from marketplace import lifecycle, permissions, publishing, reporting, screening, signals
from marketplace.casework import (
    MEND,
    WAITING,
    AlreadyAppealed,
    AlreadyClaimed,
    AlreadyDecided,
    AlreadyReported,
    CannotAppeal,
    ContentChanged,
    Decision,
    Kind,
    NeedsAnother,
    NotClaimed,
    OwnListing,
    Reason,
    ReasonNeeded,
    SellerSuspended,
    State,
    TooManyReports,
    WrongDecision,
    check_may_decide,
    is_claimed,
    locked,
    reasoned,
    take,
    tell,
)
from marketplace.models import Case, Finding, Listing, Revision
from marketplace.reporting import appeal, can_appeal, report

__all__ = [
    "MEND",
    "AlreadyAppealed",
    "AlreadyClaimed",
    "AlreadyDecided",
    "AlreadyReported",
    "CannotAppeal",
    "ContentChanged",
    "Decision",
    "Kind",
    "NeedsAnother",
    "NotClaimed",
    "OwnListing",
    "Reason",
    "ReasonNeeded",
    "SellerSuspended",
    "State",
    "TooManyReports",
    "WrongDecision",
    "appeal",
    "can_appeal",
    "claim",
    "decide",
    "history",
    "is_claimed",
    "median_decision_time",
    "queue",
    "release",
    "report",
    "screen",
    "suspend",
]

# What the one who asked for an approval or a rejection means, by the kind of case.
MEANINGS: dict[str, dict[str, str]] = {
    Kind.SUBMISSION: {d: d for d in (Decision.APPROVE, Decision.REJECT, Decision.SUSPEND)},
    Kind.REPORT: {
        Decision.APPROVE: Decision.DISMISS,
        Decision.DISMISS: Decision.DISMISS,
        Decision.REJECT: Decision.REJECT,
        Decision.SUSPEND: Decision.SUSPEND,
    },
    Kind.APPEAL: {
        Decision.APPROVE: Decision.RESTORE,
        Decision.RESTORE: Decision.RESTORE,
        Decision.REJECT: Decision.DISMISS,
        Decision.DISMISS: Decision.DISMISS,
    },
}


# ---- Screening and the queue -----------------------------------------------------------------------------------------


@outbox.handler("marketplace.screen_case", lease=120, priority=outbox.SOMETIME)
def screen_case(case_id: int) -> None:
    screen(Case.objects.get(pk=case_id))


def screen(case: Case) -> Case:
    """Let the machines look, then open the case for a person. A second run replaces the first one's findings."""
    if case.screened_at is not None or case.state not in WAITING:
        return case
    found = screening.run(case)
    with transaction.atomic():
        case = locked(case)
        if case.screened_at is not None or case.state not in WAITING:
            return case
        case.findings.all().delete()
        Finding.objects.bulk_create(
            [
                Finding(case=case, check_name=one.check, severity=one.severity, code=one.code, evidence=one.evidence)
                for one in found
            ]
        )
        case.risk = max(case.risk, screening.risk(found))
        case.screened_at = clock.now()
        case.state = State.OPEN if case.state == State.SCREENING else case.state
        case.save(update_fields=["risk", "screened_at", "state"])
    return case


def queue(sort: str = "oldest", kind: str = "") -> QuerySet[Case]:
    """What waits for a moderator, oldest or riskiest first."""
    waiting = Case.objects.filter(state__in=WAITING).select_related(
        "listing__seller__seller_profile", "listing__model", "revision", "claimed_by"
    )
    if kind in Kind.values:
        waiting = waiting.filter(kind=kind)
    return waiting.order_by("-risk", "opened_at", "pk") if sort == "risk" else waiting.order_by("opened_at", "pk")


def claim(case: Case, by: User) -> Case:
    """Take a case to work on it, for an hour at a time; claiming again renews the hour."""
    check_may_decide(case, by)
    screen(case)
    with transaction.atomic():
        case = take(case, by)
        activity.record(by, "case.claimed", case)
    return case


@transaction.atomic
def release(case: Case, by: User) -> Case:
    """Give the case back to the queue."""
    case = locked(case)
    if case.state != State.CLAIMED or case.claimed_by_id != by.pk:
        raise NotClaimed
    case.state, case.claimed_by, case.claimed_at = State.OPEN, None, None
    case.save(update_fields=["state", "claimed_by", "claimed_at"])
    activity.record(by, "case.released", case)
    return case


# ---- Deciding --------------------------------------------------------------------------------------------------------


def decide(case: Case, *, by: User, decision: str, reason: str = "", note: str = "", digest: str | None = None) -> Case:
    """Decide, once; an unclaimed case is claimed by deciding it. `digest` is what the moderator had before them."""
    check_may_decide(case, by)
    meant = MEANINGS[case.kind].get(decision)
    if meant is None:
        raise WrongDecision
    reason, note = reasoned(meant, reason, note)
    screen(case)
    with transaction.atomic():
        listing = lifecycle.locked(case.listing)
        case = take(case, by)
        if digest is not None and digest != case.digest:
            raise ContentChanged
        case.state, case.decision, case.reason, case.note = State.DECIDED, meant, reason, note
        case.decided_by, case.decided_at = by, clock.now()
        case.save(update_fields=["state", "decision", "reason", "note", "decided_by", "decided_at"])
        activity.record(by, f"case.{meant}", case, reason=reason, listing=listing.public_id)
        _carry_out(case, listing, by)
    return case


def suspend(listing: Listing, *, by: User, reason: str, note: str = "") -> Case:
    """Take a listing off sale at once, without a case before it."""
    permissions.require(by, "moderate")
    if permissions.owns(by, listing):
        raise OwnListing
    reason, note = reasoned(Decision.SUSPEND, reason, note)
    with transaction.atomic():
        listing = lifecycle.locked(listing)
        if listing.status == Listing.Status.SUSPENDED:
            raise lifecycle.IsSuspended
        case = Case.objects.create(
            kind=Kind.REPORT,
            state=State.DECIDED,
            listing=listing,
            revision=listing.approved or listing.working,
            opened_by=by,
            decided_by=by,
            decided_at=clock.now(),
            decision=Decision.SUSPEND,
            reason=reason,
            note=note,
        )
        activity.record(by, "case.suspend", case, reason=reason, listing=listing.public_id)
        _carry_out(case, listing, by)
    return case


def _carry_out(case: Case, listing: Listing, by: User) -> None:
    if case.decision == Decision.APPROVE:
        _approve(case, listing, by)
    elif case.decision == Decision.REJECT:
        _reject(case, listing)
    elif case.decision == Decision.SUSPEND:
        _suspend(case, listing)
    elif case.decision == Decision.RESTORE:
        _restore(case, listing, by)
    if case.kind == Kind.REPORT:
        reporting.answer_reporters(case)
    elif case.kind == Kind.APPEAL:
        tell(case, "appeal_decided")


def _approve(case: Case, listing: Listing, by: User) -> None:
    revision = _as_submitted(case, listing, Revision.State.SUBMITTED)
    if listing.seller.is_suspended:
        raise SellerSuspended
    publishing.publish(revision, by)
    tell(case, "listing_approved")


def _reject(case: Case, listing: Listing) -> None:
    was_live = listing.status == Listing.Status.LIVE
    if case.kind == Kind.SUBMISSION:
        revision = _as_submitted(case, listing, Revision.State.SUBMITTED)
        revision.state = Revision.State.REJECTED
        revision.save(update_fields=["state"])
        was_live = False
    if case.kind == Kind.REPORT:
        lifecycle.take_out_of_review(listing)
    is_reported = case.kind == Kind.REPORT and listing.status != Listing.Status.SUSPENDED
    if listing.status == Listing.Status.IN_REVIEW or is_reported:
        listing.status = Listing.Status.REJECTED
        listing.save(update_fields=["status"])
    signals.listing_rejected.send(Listing, listing=listing, case=case)
    if was_live:
        signals.listing_taken_down.send(Listing, listing=listing, because="rejected")
    tell(case, "listing_rejected")


def _suspend(case: Case, listing: Listing) -> None:
    was_live = listing.status == Listing.Status.LIVE
    if case.kind == Kind.SUBMISSION:
        revision = _as_submitted(case, listing, Revision.State.SUBMITTED)
        revision.state = Revision.State.REJECTED
        revision.save(update_fields=["state"])
    lifecycle.take_out_of_review(listing)
    listing.status = Listing.Status.SUSPENDED
    listing.updated_at = clock.now()
    listing.save(update_fields=["status", "updated_at"])
    activity.record(case.decided_by, "listing.suspended", listing, reason=case.reason)
    if was_live:
        signals.listing_taken_down.send(Listing, listing=listing, because="suspended")
    tell(case, "listing_suspended")


def _restore(case: Case, listing: Listing, by: User) -> None:
    """Undo the decision that was appealed: put the rejected revision on sale, or the suspended listing back."""
    appealed = case.appeals
    assert appealed is not None, "An appeal is against a case."
    if listing.seller.is_suspended:
        raise SellerSuspended
    if appealed.kind == Kind.SUBMISSION:
        revision = _as_submitted(case, listing, Revision.State.REJECTED)
        # Only the suspension that is appealed against: another one stands until it is appealed against itself.
        if listing.status == Listing.Status.SUSPENDED and appealed.decision == Decision.SUSPEND:
            listing.status = Listing.Status.REJECTED
            listing.save(update_fields=["status"])
        publishing.publish(revision, by)
        return
    if listing.status not in {Listing.Status.SUSPENDED, Listing.Status.REJECTED}:
        raise ContentChanged
    is_live = listing.approved_id is not None
    listing.status = Listing.Status.LIVE if is_live else Listing.Status.DRAFT
    listing.updated_at = clock.now()
    listing.save(update_fields=["status", "updated_at"])
    activity.record(by, "listing.restored", listing)
    if is_live:
        signals.listing_restored.send(Listing, listing=listing)
    tell(case, "listing_restored")


def _as_submitted(case: Case, listing: Listing, state: str) -> Revision:
    """The very revision the case is about, unchanged since it was submitted."""
    revision = lifecycle.working(listing)
    if case.revision_id != revision.pk:
        raise ContentChanged
    if revision.state != state or not case.digest or lifecycle.digest(revision) != case.digest:
        raise ContentChanged
    return revision


# ---- What is asked about the past ------------------------------------------------------------------------------------


def history(listing: Listing) -> QuerySet[Case]:
    """Everything moderators had to do with it, newest first."""
    cases = Case.objects.filter(listing=listing).select_related("decided_by", "revision", "opened_by", "appeals")
    return cases.prefetch_related("findings", "reports").order_by("-opened_at", "-pk")


def median_decision_time(days: int = 30) -> timedelta | None:
    """Half of the submissions decided lately were decided faster than this."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM decided_at - opened_at))
            FROM marketplace_case WHERE kind = 'submission' AND state = 'decided' AND decided_at > %s
            """,
            [clock.now() - timedelta(days=days)],
        )
        (seconds,) = cursor.fetchone()
    return None if seconds is None else timedelta(seconds=float(seconds))
