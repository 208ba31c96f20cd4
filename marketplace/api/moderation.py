"""The moderators' work: the queue, claims, decisions."""

from typing import Any

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.door import MODERATORS, Act, Door
from accounts.api.shapes import choice, page_of
from accounts.api.telling import Parameter, tells
from common import problems
from marketplace import library, moderation
from marketplace.api import shapes_cases, shapes_library, shown, shown_cases
from marketplace.api.bodies import text
from marketplace.models import Case
from marketplace.moderation import Decision

SORTS = {"oldest": ("opened_at", "pk"), "risk": ("-risk", "opened_at", "pk")}


def find(case_id: str) -> Case:
    known = Case.objects.select_related(
        "listing__seller__seller_profile", "listing__working", "listing__approved", "revision", "claimed_by", "appeals"
    )
    found = known.prefetch_related("findings__case__listing").filter(public_id=case_id).first()
    if found is None:
        raise Http404
    return found


class Cases(Door):
    who = {"GET": MODERATORS}

    @tells(
        "The queue, oldest first",
        answer=page_of(shapes_cases.CASE_LINE),
        pages=True,
        query=(Parameter("sort", choice(*SORTS)), Parameter("kind", choice(*Case.Kind.values))),
    )
    def get(self, request: Request) -> Response:
        sort = request.query_params.get("sort") or "oldest"
        kind = request.query_params.get("kind") or ""
        if sort not in SORTS:
            raise problems.invalid({"sort": [", ".join(SORTS)]})
        if kind and kind not in Case.Kind.values:
            raise problems.invalid({"kind": [", ".join(Case.Kind.values)]})
        waiting = moderation.queue(sort, kind).prefetch_related("findings__case__listing")
        return self.page(waiting, shown_cases.case_line, order=SORTS[sort])


class OneCase(Door):
    who = {"GET": MODERATORS}

    @tells("A case with what is to be judged", answer=shapes_cases.CASE)
    def get(self, request: Request, case_id: str) -> Response:
        return Response(shown_cases.case(find(case_id)))


class CasePrompt(Act):
    """The words to be judged, for whoever holds the case; each reading is put on record."""

    who = {"POST": MODERATORS}

    @tells(
        "Read the words to be judged",
        body=shapes_cases.PROMPT_READ_SENT,
        answer=shapes_library.OPENED,
        words="Only for whoever holds the case; each reading is put on record with its reason.",
    )
    def post(self, request: Request, case_id: str) -> Response:
        found = find(case_id)
        if found.revision is None or found.revision.version is None:
            raise Http404
        version = found.revision.version
        words = library.open(self.caller, version, case=found, reason=text(self.sent(), "reason"))
        return Response(shown.opened_version(version, words))


class Claim(Act):
    who = {"POST": MODERATORS}

    @tells("Take a case for an hour", answer=shapes_cases.CASE)
    def post(self, request: Request, case_id: str) -> Response:
        moderation.claim(find(case_id), self.caller)
        return Response(shown_cases.case(find(case_id)))


class Release(Act):
    who = {"POST": MODERATORS}

    @tells("Give a case back to the queue", answer=shapes_cases.CASE)
    def post(self, request: Request, case_id: str) -> Response:
        moderation.release(find(case_id), self.caller)
        return Response(shown_cases.case(find(case_id)))


class Decide(Act):
    """One address for each decision; `reason` is a code or words, `note` is for the seller."""

    who = {"POST": MODERATORS}
    decision = ""

    def decide(self, case_id: str) -> Response:
        sent: dict[str, Any] = self.sent()
        moderation.decide(
            find(case_id),
            by=self.caller,
            decision=self.decision,
            reason=text(sent, "reason"),
            note=text(sent, "note"),
            digest=text(sent, "digest") or None,
        )
        return Response(shown_cases.case(find(case_id)))


class Approve(Decide):
    decision = Decision.APPROVE

    @tells(
        "Approve",
        body=shapes_cases.DECISION_SENT,
        answer=shapes_cases.CASE,
        words="A submission goes on sale, an appeal is granted, a report is found groundless. It claims the case by the"
        " way, if nobody had.",
    )
    def post(self, request: Request, case_id: str) -> Response:
        return self.decide(case_id)


class Reject(Decide):
    decision = Decision.REJECT

    @tells(
        "Send back",
        body=shapes_cases.DECISION_SENT,
        answer=shapes_cases.CASE,
        words="`reason` is a code or words of your own; with `other` the note says what.",
        example={"reason": "examples", "note": "The second example was made with another prompt."},
    )
    def post(self, request: Request, case_id: str) -> Response:
        return self.decide(case_id)


class Suspend(Decide):
    decision = Decision.SUSPEND

    @tells("Take off sale at once", body=shapes_cases.DECISION_SENT, answer=shapes_cases.CASE)
    def post(self, request: Request, case_id: str) -> Response:
        return self.decide(case_id)


class Dismiss(Decide):
    decision = Decision.DISMISS

    @tells(
        "Dismiss",
        body=shapes_cases.DECISION_SENT,
        answer=shapes_cases.CASE,
        words="A report without ground, an appeal that does not convince.",
    )
    def post(self, request: Request, case_id: str) -> Response:
        return self.decide(case_id)
