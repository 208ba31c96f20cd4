"""The shapes of the moderators' work; see marketplace.api.shown_cases for what writes them."""

from accounts.api.shapes import (
    COUNT,
    ID,
    LINK,
    MONEY,
    SELLER_LINE,
    STRING,
    TIME,
    Schema,
    array,
    choice,
    nullable,
    obj,
    shape,
    text,
)
from marketplace.api.shapes import DECISION, DRAFT, REASON, STATUS
from marketplace.models import Case, Report

FINDING = shape(
    "Finding",
    obj(
        {
            "check": STRING,
            "severity": choice("note", "warning", "serious"),
            "code": STRING,
            "message": STRING,
            "evidence": {"type": "object"},
        }
    ),
)
_CASE: dict[str, Schema] = {
    "id": ID,
    "kind": choice(*Case.Kind.values),
    "state": choice(*Case.State.values),
    "risk": {"type": "integer", "minimum": 0, "maximum": 100},
    "listing": obj(
        {"slug": STRING, "title": STRING, "status": STATUS, "price": MONEY, "seller": SELLER_LINE, "url": LINK}
    ),
    "findings": array(FINDING),
    "opened_at": TIME,
    "waiting_seconds": COUNT,
    "claimed_by": nullable(STRING),
    "claimed_at": nullable(TIME),
    "decision": DECISION,
    "reason": REASON,
    "note": STRING,
    "decided_at": nullable(TIME),
}
CASE_LINE = shape("CaseLine", obj(_CASE))
CASE = shape(
    "Case",
    obj(
        _CASE
        | {
            "words": STRING,
            "digest": STRING,
            "appeals": nullable(ID),
            "reports": array(obj({"kind": choice(*Report.Kind.values), "words": STRING, "created_at": TIME})),
            "content": nullable(DRAFT),
        }
    ),
)
DECISION_SENT = shape(
    "NewDecision",
    obj(
        maybe={
            "reason": nullable(
                {"type": "string", "description": f"One of: {', '.join(Case.Reason.values)}; or words of your own."}
            ),
            "note": nullable(text(4000, description="For the seller.")),
            "digest": nullable({"type": "string", "description": "The case's digest as you read it."}),
        }
    ),
)
PROMPT_READ_SENT = obj(maybe={"reason": nullable(text(200))})
