"""What is sent along, where an empty form or object would not get as far as the question who may."""

from datetime import timedelta
from typing import Any

from common import clock
from tests.architecture.world import png

PAGES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/i18n/language/"): {"language": "fr"},
    ("POST", "/account/tokens/new/"): {"name": "Script", "scopes": ["read"], "days": "30"},
    ("POST", "/prompts/{live}/report/"): {"kind": "copyright", "words": "This is my text."},
    ("POST", "/prompts/{draft}/report/"): {"kind": "copyright", "words": "This is my text."},
    ("POST", "/prompts/{live}/review/"): {"rating": "5", "text": "Works as shown."},
    ("POST", "/reviews/{review}/reply/"): {"text": "Thank you."},
    ("POST", "/collections/new/"): {"title": "Letters", "is_public": "on"},
    ("POST", "/collections/{collection}/edit/"): {"title": "Letters"},
    ("POST", "/collections/{private_collection}/edit/"): {"title": "Letters"},
    ("POST", "/orders/{order}/refund/{line}/"): {
        "reason": "not_as_shown",
        "words": "It does not do that.",
        "evidence": "A poem came out.",
    },
    ("POST", "/library/{item}/note/"): {"note": "Try it with tea."},
    ("POST", "/library/{item}/presets/"): {"_preset": "Warm", "tone": "warm"},
    ("POST", "/library/{item}/presets/drop/"): {"name": "Warm"},
    ("POST", "/sell/start/"): {"handle": "new-shop", "name": "New shop", "country": "FR", "terms": "on"},
    ("POST", "/sell/profile/"): {"handle": "new-shop", "name": "New shop", "country": "FR"},
    ("POST", "/sell/change/"): {"listing": "{draft}", "act": "submit"},
    ("POST", "/sell/listings/{live}/sale/"): {
        "price": "3.00",
        "ends": f"{clock.now() + timedelta(days=7):%Y-%m-%dT%H:%M}",
    },
    ("POST", "/sell/coupons/"): {"code": "AUTUMN", "percent": "10", "limit_per_buyer": "1"},
    ("POST", "/sell/refunds/{claim}/"): {"words": "It worked for everybody else."},
    ("POST", "/moderation/listings/{live}/suspend/"): {"reason": "rights", "note": "A copy."},
    ("POST", "/moderation/cases/{held_case}/decide/"): {"decision": "reject", "reason": "examples", "note": "Mend it."},
    ("POST", "/moderation/refunds/{claim}/"): {"granted": "no", "note": "It does what it shows."},
    ("POST", "/desk/payouts/"): {"on": "0", "reason": "A test."},
}
CASE = {"reason": "examples", "note": "Mend the second one."}
CONTENT = {"title": "Made by somebody", "price": 499, "prompt": {"template": "Write about [subject]."}}
SALE = {"price": 300, "ends": (clock.now() + timedelta(days=7)).isoformat()}
VERSION = {"prompt": {"template": "Write about [subject], and well."}, "note": "Better", "submit": False}
API: dict[tuple[str, str], Any] = {
    ("PATCH", "me/"): {"name": "Another name"},
    ("POST", "me/tokens/"): {"name": "Script", "scopes": ["read"]},
    ("POST", "webhooks/"): {"url": "https://hooks.example.com/", "events": ["sale.completed"]},
    ("PATCH", "webhooks/{webhook}/"): {"is_on": False},
    ("POST", "listings/"): CONTENT,
    ("PATCH", "listings/{live}/"): {"summary": "Another summary."},
    ("PATCH", "listings/{draft}/"): {"summary": "Another summary."},
    ("PUT", "listings/{live}/sale/"): SALE,
    ("PUT", "listings/{draft}/sale/"): SALE,
    ("POST", "listings/{live}/versions/"): VERSION,
    ("POST", "listings/{draft}/versions/"): VERSION,
    ("POST", "listings/{live}/report/"): {"kind": "copyright", "words": "This is my text."},
    ("POST", "listings/{draft}/report/"): {"kind": "copyright", "words": "This is my text."},
    ("POST", "listings/{live}/reviews/"): {"rating": 5, "text": "Works as shown."},
    ("POST", "listings/{draft}/reviews/"): {"rating": 5, "text": "Works as shown."},
    ("PUT", "listings/{live}/reviews/"): {"rating": 5, "text": "Works as shown."},
    ("PUT", "listings/{draft}/reviews/"): {"rating": 5, "text": "Works as shown."},
    ("POST", "moderation/cases/{held_case}/reject/"): CASE,
    ("POST", "moderation/cases/{held_case}/suspend/"): CASE,
    ("POST", "checkout/"): {"listings": ["{live}"]},
    ("POST", "orders/{order}/refund/"): {"reason": "not_as_shown", "words": "No.", "evidence": "A poem came out."},
}
FILES = {
    ("POST", "/sell/listings/{draft}/pictures/"): png,
    ("POST", "/api/v1/listings/{draft}/images/"): png,
    ("POST", "/api/v1/listings/{live}/images/"): png,
}
