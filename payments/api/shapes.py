"""The shapes of what money takes and gives; see payments.api.shown for what writes them."""

from accounts.api.shapes import (
    BOOLEAN,
    COUNT,
    DAY,
    ID,
    LINK,
    MONEY,
    STRING,
    TIME,
    Schema,
    array,
    both,
    choice,
    either,
    mapping,
    nullable,
    obj,
    shape,
    text,
)
from marketplace.models.listings import HIGHEST_PRICE
from payments.models import Claim, Payout, Refund

SLUG: Schema = {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"}
ORDER_STATE = choice("pending", "paid", "fulfilled", "expired", "refunded", "partially_refunded", "disputed")
LINE = shape(
    "OrderLine",
    obj(
        {
            "listing": STRING,
            "title": STRING,
            "version": COUNT,
            "seller": nullable(STRING),
            "list_price": MONEY,
            "price": MONEY,
            "tax": MONEY,
            "refunded": MONEY,
            "library_id": nullable(ID),
        }
    ),
)
ORDER = shape(
    "Order",
    obj(
        {
            "number": STRING,
            "state": ORDER_STATE,
            "currency": STRING,
            "total": MONEY,
            "subtotal": MONEY,
            "tax": MONEY,
            "refunded": MONEY,
            "created_at": TIME,
            "expires_at": nullable(TIME),
            "paid_at": nullable(TIME),
            "fulfilled_at": nullable(TIME),
            "checkout_url": nullable(LINK),
            "lines": array(LINE),
        }
    ),
)
CLAIM = shape(
    "RefundRequest",
    obj(
        {
            "id": ID,
            "listing": STRING,
            "state": choice(*Claim.State.values),
            "reason": choice(*Claim.Reason.values),
            "words": STRING,
            "evidence": STRING,
            "answer": nullable(STRING),
            "note": nullable(STRING),
            "asked_at": TIME,
            "answered_at": nullable(TIME),
            "decided_at": nullable(TIME),
        }
    ),
)
REFUND = shape(
    "Refund",
    obj(
        {
            "id": ID,
            "amount": MONEY,
            "cause": choice(*Refund.Cause.values),
            "state": choice(*Refund.State.values),
            "created_at": TIME,
            "settled_at": nullable(TIME),
        }
    ),
)
ORDER_PAGE = shape(
    "OrderPage",
    both(
        ORDER,
        obj(
            {
                "refund_until": nullable(TIME),
                "withdrawal_until": nullable(TIME),
                "refund_requests": array(CLAIM),
                "refunds": array(REFUND),
            }
        ),
    ),
)
CHECKOUT_SENT = shape(
    "NewCheckout",
    obj(
        {
            "listings": array(either(SLUG, obj({"slug": SLUG})), minItems=1, maxItems=20, description="Slugs."),
        },
        {
            "coupon": nullable(STRING),
            "via": nullable({"type": "string", "description": "The handle of the seller whose link brought you."}),
            "consents": nullable(
                either(
                    mapping(BOOLEAN),
                    BOOLEAN,
                )
                | {
                    "description": "immediate_delivery and withdrawal_acknowledged, both true: delivery at once, and no"
                    " right of withdrawal after it. Without them you can withdraw for 14 days."
                }
            ),
        },
        examples=[{"listings": ["calm-answers"], "coupon": None}],
    ),
)
PLACED = shape("Checkout", obj({"order": STRING, "checkout_url": nullable(LINK), "order_detail": ORDER}))
REFUND_SENT = shape(
    "NewRefundRequest",
    obj(
        maybe={
            "reason": nullable(choice(*Claim.Reason.values)),
            "words": nullable(text(4000, description="What you tried.")),
            "evidence": nullable(text(20_000, description="What came out.")),
            "lines": nullable({"anyOf": [array(SLUG, minItems=1), SLUG], "description": "Slugs; everything without."}),
        }
    ),
)
_BALANCE: dict[str, Schema] = {
    "pending": MONEY,
    "available": MONEY,
    "paid_out": MONEY,
    "in_transit": MONEY,
    "debt": MONEY,
    "becomes_available": array(obj({"day": DAY, "amount": {"type": "integer"}, "currency": STRING})),
}
BALANCE = shape("Balance", obj(_BALANCE))
SUMMARY = shape(
    "SellerSummary",
    obj(
        {
            "handle": STRING,
            "days": COUNT,
            "sales": COUNT,
            "earned": MONEY,
            "balance": BALANCE,
            "listings": mapping(COUNT),
            "open_refund_requests": COUNT,
            "payouts_ready": BOOLEAN,
        }
    ),
)
SALE = shape(
    "Sale",
    obj(
        {
            "id": ID,
            "order": STRING,
            "listing": STRING,
            "title": STRING,
            "sold_at": nullable(TIME),
            "price": MONEY,
            "commission_bps": COUNT,
            "commission": MONEY,
            "share": MONEY,
            "refunded": MONEY,
            "via": nullable(STRING),
        }
    ),
)
SALE_PRICE = shape(
    "SalePrice",
    obj(
        {"listing": STRING, "price": MONEY, "price_before": MONEY, "starts": TIME, "ends": TIME, "is_running": BOOLEAN}
    ),
)
SALE_PRICE_SENT = shape(
    "NewSalePrice",
    obj(
        {
            "price": either({"type": "integer", "minimum": 300, "maximum": HIGHEST_PRICE}, MONEY),
            "ends": TIME,
        },
        {"starts": nullable(TIME)},
    ),
)
PAYOUT = shape(
    "Payout",
    obj(
        {
            "id": ID,
            "amount": MONEY,
            "state": choice(*Payout.State.values),
            "transfer": nullable(STRING),
            "reversed": MONEY,
            "created_at": TIME,
            "sent_at": nullable(TIME),
            "settled_at": nullable(TIME),
        }
    ),
)
ONBOARDING = shape("Onboarding", obj({"url": LINK}))
