"""Cases for moderators: the queue, claims, decisions, reports, appeals.

A decision is made once: the listing's row is the lock, then the case's. Nobody decides about their own listing, their
own report, or an appeal against their own decision. An approval binds to the digest of what was submitted.
"""

from datetime import timedelta
from http import HTTPStatus

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts import activity, notifications, outbox
from accounts.models import User
from common import clock
from common.problems import Problem
from marketplace import library, lifecycle, permissions, publishing, screening, signals
from marketplace.models import Case, Finding, Listing, Report, Revision

Kind = Case.Kind
State = Case.State
Decision = Case.Decision
Reason = Case.Reason

WAITING = (State.SCREENING, State.OPEN, State.CLAIMED)
LONGEST_NOTE = 4000

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

MEND = {
    Reason.UNCLEAR: gettext_lazy("Say on the page what goes in, what comes out and for whom it is."),
    Reason.EXAMPLES: gettext_lazy("Add examples made with exactly this prompt, with the inputs that were used."),
    Reason.QUALITY: gettext_lazy("Let the prompt do more than its title, or lower the price."),
    Reason.DUPLICATE: gettext_lazy("Change the prompt so that it is clearly your own, or sell something else."),
    Reason.RIGHTS: gettext_lazy("Only submit what you wrote or may sell."),
    Reason.PERSONAL_DATA: gettext_lazy("Remove names, addresses and numbers of real people."),
    Reason.SECRET: gettext_lazy("Remove the key or password, and replace it where it is used."),
    Reason.LEAK: gettext_lazy("Describe the prompt without quoting it: the page is public."),
    Reason.UNSAFE: gettext_lazy("Read the rules on what we do not sell."),
    Reason.MISLEADING: gettext_lazy("Let title, model and price say what is really sold."),
    Reason.OTHER: "",
}


class OwnListing(Problem):
    status = HTTPStatus.FORBIDDEN
    code = "own_listing"
    default_detail = gettext_lazy("Somebody else has to decide about your own listing.")


class NeedsAnother(Problem):
    status = HTTPStatus.FORBIDDEN
    code = "needs_another_moderator"
    default_detail = gettext_lazy("Another moderator has to decide this one, because you were part of it.")


class AlreadyClaimed(Problem):
    code = "already_claimed"
    default_detail = gettext_lazy("Another moderator is working on this case.")


class AlreadyDecided(Problem):
    code = "already_decided"
    default_detail = gettext_lazy("This case has been decided.")


class ContentChanged(Problem):
    code = "content_changed"
    default_detail = gettext_lazy("The seller has changed this since you read it. Look at what there is now.")


class NotClaimed(Problem):
    code = "not_claimed"
    default_detail = gettext_lazy("You do not hold this case.")


class WrongDecision(Problem):
    status = HTTPStatus.BAD_REQUEST
    code = "wrong_decision"
    default_detail = gettext_lazy("This kind of case cannot be decided that way.")


class ReasonNeeded(Problem):
    status = HTTPStatus.BAD_REQUEST
    code = "reason_needed"
    title = gettext_lazy("Invalid input")
    default_detail = gettext_lazy("Give a reason, so that the seller knows what to mend.")

    def __init__(self, field: str = "reason") -> None:
        super().__init__(errors={field: [str(self.default_detail)]})


class SellerSuspended(Problem):
    code = "seller_suspended"
    default_detail = gettext_lazy("The seller is suspended, so nothing of theirs can go on sale.")


class AlreadyReported(Problem):
    code = "already_reported"
    default_detail = gettext_lazy("You reported this before, and a moderator has looked at it. Nothing changed since.")


class TooManyReports(Problem):
    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too_many_reports"
    default_detail = gettext_lazy("That is as many reports as one account may send in a day.")


class CannotAppeal(Problem):
    code = "cannot_appeal"
    default_detail = gettext_lazy("There is no decision here that can be appealed.")


class AlreadyAppealed(Problem):
    code = "already_appealed"
    default_detail = gettext_lazy("This decision has been appealed already.")


# ---- Screening and the queue -----------------------------------------------------------------------------------------


@outbox.handler("marketplace.screen_case", lease=120)
def screen_case(case_id: int) -> None:
    screen(Case.objects.get(pk=case_id))


def screen(case: Case) -> Case:
    """Let the machines look, then open the case for a person. A second run replaces the first one's findings."""
    if case.screened_at is not None or case.state not in WAITING:
        return case
    found = screening.run(case)
    with transaction.atomic():
        case = _locked(case)
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
    _check_may_decide(case, by)
    screen(case)
    with transaction.atomic():
        case = _take(case, by)
        activity.record(by, "case.claimed", case)
    return case


@transaction.atomic
def release(case: Case, by: User) -> Case:
    """Give the case back to the queue."""
    case = _locked(case)
    if case.state != State.CLAIMED or case.claimed_by_id != by.pk:
        raise NotClaimed
    case.state, case.claimed_by, case.claimed_at = State.OPEN, None, None
    case.save(update_fields=["state", "claimed_by", "claimed_at"])
    activity.record(by, "case.released", case)
    return case


def is_claimed(case: Case) -> bool:
    """Whether somebody holds it at this moment."""
    return case.state == State.CLAIMED and case.claimed_at is not None and case.claimed_at > library.claim_holds_since()


# ---- Deciding --------------------------------------------------------------------------------------------------------


def decide(case: Case, *, by: User, decision: str, reason: str = "", note: str = "", digest: str | None = None) -> Case:
    """Decide, once; an unclaimed case is claimed by deciding it. `digest` is what the moderator had before them."""
    _check_may_decide(case, by)
    meant = MEANINGS[case.kind].get(decision)
    if meant is None:
        raise WrongDecision
    reason, note = _reasoned(meant, reason, note)
    screen(case)
    with transaction.atomic():
        listing = lifecycle.locked(case.listing)
        case = _take(case, by)
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
    reason, note = _reasoned(Decision.SUSPEND, reason, note)
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
        _answer_reporters(case)
    elif case.kind == Kind.APPEAL:
        _tell(case, "appeal_decided", decision=_in_words(case))


def _approve(case: Case, listing: Listing, by: User) -> None:
    revision = _as_submitted(case, listing, Revision.State.SUBMITTED)
    if listing.seller.is_suspended:
        raise SellerSuspended
    publishing.publish(revision, by)
    _tell(case, "listing_approved")


def _reject(case: Case, listing: Listing) -> None:
    was_live = listing.status == Listing.Status.LIVE
    if case.kind == Kind.SUBMISSION:
        revision = _as_submitted(case, listing, Revision.State.SUBMITTED)
        revision.state = Revision.State.REJECTED
        revision.save(update_fields=["state"])
        was_live = False
    if case.kind == Kind.REPORT:
        lifecycle.take_out_of_review(listing)
    if listing.status == Listing.Status.IN_REVIEW or case.kind == Kind.REPORT:
        listing.status = Listing.Status.REJECTED
        listing.save(update_fields=["status"])
    signals.listing_rejected.send(Listing, listing=listing, case=case)
    if was_live:
        signals.listing_taken_down.send(Listing, listing=listing, because="rejected")
    _tell(case, "listing_rejected")


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
    _tell(case, "listing_suspended")


def _restore(case: Case, listing: Listing, by: User) -> None:
    """Undo the decision that was appealed: put the rejected revision on sale, or the suspended listing back."""
    appealed = case.appeals
    assert appealed is not None, "An appeal is against a case."
    if listing.seller.is_suspended:
        raise SellerSuspended
    if appealed.kind == Kind.SUBMISSION:
        revision = _as_submitted(case, listing, Revision.State.REJECTED)
        if listing.status == Listing.Status.SUSPENDED:
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
    _tell(case, "listing_restored")


def _as_submitted(case: Case, listing: Listing, state: str) -> Revision:
    """The very revision the case is about, unchanged since it was submitted."""
    revision = lifecycle.working(listing)
    if case.revision_id != revision.pk:
        raise ContentChanged
    if revision.state != state or not case.digest or lifecycle.digest(revision) != case.digest:
        raise ContentChanged
    return revision


# ---- Reports and appeals ---------------------------------------------------------------------------------------------

REPORTS_A_DAY = 20
LONGEST_WORDS = 4000
WEIGHTS = {Report.Kind.UNSAFE: 40, Report.Kind.COPYRIGHT: 30, Report.Kind.MISLEADING: 20, Report.Kind.BROKEN: 15}


@transaction.atomic
def report(listing: Listing, *, by: User, kind: str, words: str) -> Case:
    """Say that a listing breaks the rules. All reports meet in one case, and a person counts once."""
    from marketplace import content

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
    from marketplace import content

    if not permissions.owns(by, case.listing):
        raise permissions.NotFound
    if not permissions.is_active(by):
        raise permissions.Suspended
    words = content.prose("words", words, LONGEST_WORDS)
    listing = lifecycle.locked(case.listing)
    case = _locked(case)
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


def _answer_reporters(case: Case) -> None:
    for each in case.reports.select_related("reporter").order_by("pk"):
        with override(each.reporter.language):
            notifications.tell(
                each.reporter,
                "report_answered",
                url=case.listing.get_absolute_url() if case.listing.is_live else "",
                key=f"case:{case.pk}",
                title=case.listing.title,
                decision=_in_words(case),
            )


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


# ---- Inside ----------------------------------------------------------------------------------------------------------


def _locked(case: Case) -> Case:
    held = Case.objects.select_for_update(of=("self",)).select_related("listing__seller", "revision", "appeals")
    return held.get(pk=case.pk)


def _take(case: Case, by: User) -> Case:
    """The case, locked and in this moderator's hands."""
    case = _locked(case)
    if case.state == State.DECIDED:
        raise AlreadyDecided
    if case.state == State.WITHDRAWN:
        raise ContentChanged
    if is_claimed(case) and case.claimed_by_id != by.pk:
        raise AlreadyClaimed
    case.state, case.claimed_by, case.claimed_at = State.CLAIMED, by, clock.now()
    case.save(update_fields=["state", "claimed_by", "claimed_at"])
    return case


def _check_may_decide(case: Case, by: User) -> None:
    permissions.require(by, "moderate")
    if permissions.owns(by, case.listing):
        raise OwnListing
    if case.appeals is not None and case.appeals.decided_by_id == by.pk:
        raise NeedsAnother
    if case.kind == Kind.REPORT and case.reports.filter(reporter=by).exists():
        raise NeedsAnother


def _reasoned(decision: str, reason: str, note: str) -> tuple[str, str]:
    """A reason code and a note; words of one's own in place of a code become the note."""
    from marketplace import content

    reason = reason.strip() if isinstance(reason, str) else ""
    note = content.prose("note", note or "", LONGEST_NOTE, needed=False)
    if reason and reason not in Reason.values:
        note = f"{content.prose('reason', reason, LONGEST_NOTE)}\n{note}".strip()[:LONGEST_NOTE]
        reason = Reason.OTHER
    if decision in {Decision.REJECT, Decision.SUSPEND}:
        reason = reason or (Reason.OTHER if note else "")
        if not reason:
            raise ReasonNeeded
        if reason == Reason.OTHER and not note:
            raise ReasonNeeded("note")
    return reason, note


def _tell(case: Case, kind: str, **data: str) -> None:
    listing, seller = case.listing, case.listing.seller
    with override(seller.language):
        reason = str(Reason(case.reason).label) if case.reason else ""
        mend = str(MEND[Reason(case.reason)]) if case.reason else ""
        words = {"title": listing.title, "reason": reason, "mend": mend, "note": case.note, **data}
        notifications.tell(seller, kind, url=_page(listing), key=f"case:{case.pk}:{kind}", **words)


def _page(listing: Listing) -> str:
    try:
        return reverse("sell-listing", args=[listing.slug])
    except NoReverseMatch:
        return ""


def _in_words(case: Case) -> str:
    return str(Decision(case.decision).label) if case.decision else _("Not decided")
