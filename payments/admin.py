"""The back room of money: everything can be read, nothing can be edited or deleted by hand."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from common.looking import ReadOnly
from common.money import format_money
from payments.models import (
    Account,
    Alert,
    Claim,
    Coupon,
    Dispute,
    Entry,
    LargePayout,
    ManualEntry,
    Order,
    OrderLine,
    Paper,
    Payout,
    PayoutAccount,
    Refund,
    StripeEvent,
    Transaction,
)


def _money(name: str, title: Any) -> Callable[[Any, Model], str]:
    """A column that shows minor units as money of the row's own currency."""

    def shown(_: Any, row: Model) -> str:
        amount = getattr(row, name)
        return "–" if amount is None else format_money(amount, getattr(row, "currency"))  # noqa: B009

    column: Callable[[Any, Model], str] = display(shown, description=title, ordering=name)
    return column


class LineInline(ReadOnly, TabularInline):
    model = OrderLine
    fields = ("title", "seller", "price", "tax", "commission_bps", "commission", "seller_share", "refunded")


class EntryInline(ReadOnly, TabularInline):
    model = Entry
    fields = ("account", "amount", "line", "matures_at", "created_at")


@admin.register(Order)
class OrderAdmin(ReadOnly, ModelAdmin):
    list_display = ("number", "buyer", "status", "paid", "given_back", "created_at", "disputed_at")
    list_filter = ("status", "currency")
    search_fields = ("number", "email", "payment_intent", "charge")
    date_hierarchy = "created_at"
    inlines = (LineInline,)
    exclude = ("checkout_url",)
    paid = _money("total", _("total"))
    given_back = _money("refunded", _("refunded"))


@admin.register(Transaction)
class TransactionAdmin(ReadOnly, ModelAdmin):
    list_display = ("key", "kind", "order", "payout", "created_at")
    list_filter = ("kind",)
    search_fields = ("key",)
    inlines = (EntryInline,)


@admin.register(Account)
class AccountAdmin(ReadOnly, ModelAdmin):
    list_display = ("kind", "user", "currency")
    list_filter = ("kind", "currency")


@admin.register(Payout)
class PayoutAdmin(ReadOnly, ModelAdmin):
    list_display = ("public_id", "seller", "sum", "state", "transfer", "created_at")
    list_filter = ("state",)
    search_fields = ("public_id", "transfer", "seller__email")
    sum = _money("amount", _("amount"))


@admin.register(PayoutAccount)
class PayoutAccountAdmin(ReadOnly, ModelAdmin):
    list_display = ("stripe_id", "seller", "state", "country", "held_until", "retired_at")
    list_filter = ("state",)
    search_fields = ("stripe_id", "seller__email")


@admin.register(Refund)
class RefundAdmin(ReadOnly, ModelAdmin):
    list_display = ("public_id", "order", "sum", "cause", "state", "created_at")
    list_filter = ("state", "cause")
    search_fields = ("public_id", "stripe_id", "order__number")
    sum = _money("amount", _("amount"))


@admin.register(Claim)
class ClaimAdmin(ReadOnly, ModelAdmin):
    list_display = ("public_id", "line", "buyer", "reason", "state", "asked_at")
    list_filter = ("state", "reason")


@admin.register(Dispute)
class DisputeAdmin(ReadOnly, ModelAdmin):
    list_display = ("stripe_id", "order", "status", "reason", "amount", "opened_at", "settled_at")
    list_filter = ("status",)


@admin.register(Coupon)
class CouponAdmin(ReadOnly, ModelAdmin):
    list_display = ("code", "seller", "percent_bps", "amount", "used", "limit", "ends_at", "stopped_at")
    search_fields = ("code", "seller__email")


@admin.register(StripeEvent)
class StripeEventAdmin(ReadOnly, ModelAdmin):
    list_display = ("stripe_id", "kind", "state", "attempts", "error", "received_at")
    list_filter = ("state", "kind")
    search_fields = ("stripe_id", "object_id")


@admin.register(Paper)
class PaperAdmin(ReadOnly, ModelAdmin):
    list_display = ("number", "kind", "order", "refund", "payout", "issued_at")
    list_filter = ("kind", "year")
    search_fields = ("order__number", "refund__order__number", "payout__public_id")


@admin.register(ManualEntry)
class ManualEntryAdmin(ReadOnly, ModelAdmin):
    list_display = ("reason", "proposed_by", "approved_by", "refused", "proposed_at", "decided_at")


@admin.register(LargePayout)
class LargePayoutAdmin(ReadOnly, ModelAdmin):
    list_display = ("seller", "sum", "proposed_by", "approved_by", "payout", "proposed_at")
    sum = _money("amount", _("amount"))


@admin.register(Alert)
class AlertAdmin(ReadOnly, ModelAdmin):
    list_display = ("kind", "key", "message", "raised_at", "resolved_at")
    list_filter = ("kind",)
