from payments.models.cart import CartItem
from payments.models.coupons import Coupon, Redemption, Sale
from payments.models.disputes import Dispute
from payments.models.events import StripeEvent
from payments.models.ledger import Account, Entry, Transaction
from payments.models.orders import BillingDetails, Order, OrderLine
from payments.models.papers import Paper, PaperSeries
from payments.models.payouts import Payout, PayoutAccount, PayoutItem, Reversal
from payments.models.refunds import Claim, Refund, RefundLine
from payments.models.watch import Alert, LargePayout, ManualEntry, Switch

__all__ = [
    "Account",
    "Alert",
    "BillingDetails",
    "CartItem",
    "Claim",
    "Coupon",
    "Dispute",
    "Entry",
    "LargePayout",
    "ManualEntry",
    "Order",
    "OrderLine",
    "Paper",
    "PaperSeries",
    "Payout",
    "PayoutAccount",
    "PayoutItem",
    "Redemption",
    "Refund",
    "RefundLine",
    "Reversal",
    "Sale",
    "StripeEvent",
    "Switch",
    "Transaction",
]
