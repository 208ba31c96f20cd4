"""How the API writes cases: what a moderator judges, without the words of the prompt."""

from django.conf import settings

from common import clock, money
from marketplace import moderation
from marketplace.api.shown import draft, seller
from marketplace.api.shown_cards import Shown, moment
from marketplace.models import Case, Finding
from marketplace.screening import messages


def case_line(found: Case) -> Shown:
    """A case in the queue, with what the machines saw."""
    held = moderation.is_claimed(found)
    return {
        "id": found.public_id,
        "kind": found.kind,
        "state": "open" if found.state == Case.State.CLAIMED and not held else found.state,
        "risk": found.risk,
        "listing": _case_listing(found),
        "findings": [finding(one) for one in found.findings.all()],
        "opened_at": moment(found.opened_at),
        "waiting_seconds": max(0, int(((found.decided_at or clock.now()) - found.opened_at).total_seconds())),
        "claimed_by": found.claimed_by.display_name if held and found.claimed_by else None,
        "claimed_at": moment(found.claimed_at) if held else None,
        "decision": found.decision or None,
        "reason": found.reason or None,
        "note": found.note,
        "decided_at": moment(found.decided_at),
    }


def case(found: Case) -> Shown:
    """A case with everything that is to be judged except the words of the prompt."""
    revision = found.revision
    reports = found.reports.order_by("created_at", "pk")
    return case_line(found) | {
        "words": found.words,
        "digest": found.digest,
        "appeals": found.appeals.public_id if found.appeals else None,
        "reports": [{"kind": one.kind, "words": one.words, "created_at": moment(one.created_at)} for one in reports],
        "content": draft(found.listing, revision) if revision else None,
    }


def _case_listing(found: Case) -> Shown:
    about = found.listing
    return {
        "slug": about.slug,
        "title": found.revision.title if found.revision else about.title,
        "status": about.status,
        "price": money.as_json(found.revision.price if found.revision else about.price, about.currency),
        "seller": seller(about.seller),
        "url": f"{settings.SITE_URL}/prompts/{about.slug}/",
    }


def finding(found: Finding) -> Shown:
    return {
        "check": found.check_name,
        "severity": found.severity,
        "code": found.code,
        "message": messages.words(found),
        "evidence": found.evidence,
    }
