"""What the work on cases shares: the refusals, the lock, the claim, reasons and what sellers are told."""

import re
from http import HTTPStatus

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts import notifications
from accounts.models import User
from common import clock
from common.problems import Problem
from marketplace import content, library, permissions
from marketplace.models import Case, Listing

Kind = Case.Kind
State = Case.State
Decision = Case.Decision
Reason = Case.Reason

WAITING = (State.SCREENING, State.OPEN, State.CLAIMED)
LONGEST_NOTE = 4000
CODE = re.compile("[a-z0-9_]+")

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


class NoSuchReason(Problem):
    """A word that looks like one of our codes, and is none: a program's mistake, not a moderator's words."""

    status = HTTPStatus.BAD_REQUEST
    code = "invalid"
    title = gettext_lazy("Invalid input")
    default_detail = gettext_lazy("Some of what was sent needs correcting.")

    def __init__(self) -> None:
        said = _("Choose one of: %(choices)s; or give a reason in words of your own.")
        super().__init__(errors={"reason": [said % {"choices": ", ".join(Reason.values)}]})


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


def is_claimed(case: Case) -> bool:
    """Whether somebody holds it at this moment."""
    return case.state == State.CLAIMED and case.claimed_at is not None and case.claimed_at > library.claim_holds_since()


def locked(case: Case) -> Case:
    Case.objects.select_for_update().values_list("pk").get(pk=case.pk)
    # A second statement, because rows joined to one that was waited for are those from before the wait.
    return Case.objects.select_related("listing__seller", "revision", "appeals").get(pk=case.pk)


def take(case: Case, by: User) -> Case:
    """The case, locked and in this moderator's hands."""
    case = locked(case)
    if case.state == State.DECIDED:
        raise AlreadyDecided
    if case.state == State.WITHDRAWN:
        raise ContentChanged
    if is_claimed(case) and case.claimed_by_id != by.pk:
        raise AlreadyClaimed
    case.state, case.claimed_by, case.claimed_at = State.CLAIMED, by, clock.now()
    case.save(update_fields=["state", "claimed_by", "claimed_at"])
    return case


def check_may_decide(case: Case, by: User) -> None:
    permissions.require(by, "moderate")
    if permissions.owns(by, case.listing):
        raise OwnListing
    if case.appeals is not None and case.appeals.decided_by_id == by.pk:
        raise NeedsAnother
    if case.kind == Kind.REPORT and case.reports.filter(reporter=by).exists():
        raise NeedsAnother


def reasoned(decision: str, reason: str, note: str) -> tuple[str, str]:
    """A reason code and a note; words of one's own in place of a code become the note."""
    reason = content.prose("reason", reason or "", LONGEST_NOTE, needed=False)
    if CODE.fullmatch(reason) and reason not in Reason.values:
        raise NoSuchReason
    note = content.prose("note", note or "", LONGEST_NOTE, needed=False)
    if reason and reason not in Reason.values:
        note = f"{reason}\n{note}".strip()[:LONGEST_NOTE]
        reason = Reason.OTHER
    if decision in {Decision.REJECT, Decision.SUSPEND}:
        reason = reason or (Reason.OTHER if note else "")
        if not reason:
            raise ReasonNeeded
        if reason == Reason.OTHER and not note:
            raise ReasonNeeded("note")
    return reason, note


def tell(case: Case, kind: str) -> None:
    """Let the seller know, in the seller's language."""
    listing, seller = case.listing, case.listing.seller
    with override(seller.language):
        reason = str(Reason(case.reason).label) if case.reason else ""
        mend = str(MEND[Reason(case.reason)]) if case.reason else ""
        words = {"title": listing.title, "reason": reason, "mend": mend, "note": case.note, "decision": in_words(case)}
        notifications.tell(seller, kind, url=page_of(listing), key=f"case:{case.pk}:{kind}", **words)


def page_of(listing: Listing) -> str:
    try:
        return reverse("sell-listing", args=[listing.slug])
    except NoReverseMatch:
        return ""


def in_words(case: Case) -> str:
    return str(Decision(case.decision).label) if case.decision else _("Not decided")
