from django.urls import path

from payments.agents import endpoint
from payments.views import coupons, desk, orders, sell, shop, webhook

urlpatterns = [
    path("cart/", shop.show_cart, name="cart"),
    path("cart/add/<slug:slug>/", shop.add, name="cart-add"),
    path("cart/remove/<slug:slug>/", shop.remove, name="cart-remove"),
    path("checkout/", shop.check_out, name="checkout"),
    path("orders/", orders.list_orders, name="orders"),
    path("orders/line/<int:line>/refund/", orders.refund_of_line, name="line-refund"),
    path("orders/<str:number>/", orders.show, name="order"),
    path("orders/<str:number>/status/", orders.status, name="order-status"),
    path("orders/<str:number>/pay/", orders.pay, name="order-pay"),
    path("orders/<str:number>/withdraw/", orders.withdraw, name="order-withdraw"),
    path("orders/<str:number>/refund/<int:line>/", orders.ask_refund, name="order-refund"),
    path("orders/<str:number>/receipt/", orders.receipt, name="order-receipt"),
    path("orders/<str:number>/receipt.pdf", orders.receipt_pdf, name="order-receipt-pdf"),
    path("sell/", sell.dashboard, name="sell"),
    path("sell/sales/", sell.sales, name="sell-sales"),
    path("sell/sales.csv", sell.sales_csv, name="sell-sales-csv"),
    path("sell/payouts/", sell.show_payouts, name="sell-payouts"),
    path("sell/payouts/set-up/", sell.set_up, name="sell-payouts-set-up"),
    path("sell/payouts/replace/", sell.replace_account, name="sell-payouts-replace"),
    path("sell/payouts/<str:payout_id>/", sell.show_payout, name="sell-payout"),
    path("sell/refunds/", sell.refund_requests, name="sell-refunds"),
    path("sell/refunds/<str:claim_id>/", sell.answer_refund, name="sell-refund"),
    path("sell/coupons/", coupons.list_coupons, name="sell-coupons"),
    path("sell/coupons/<int:coupon_id>/stop/", coupons.stop, name="sell-coupon-stop"),
    path("moderation/refunds/", desk.refund_queue, name="moderation-refunds"),
    path("moderation/refunds/<str:claim_id>/", desk.refund_case, name="moderation-refund"),
    path("desk/", desk.desk, name="desk"),
    path("desk/payouts/", desk.switch_payouts, name="desk-payouts"),
    path("desk/alerts/<int:alert_id>/", desk.resolve_alert, name="desk-alert"),
    path("mcp/", endpoint.serve, name="mcp"),
    path("mcp", endpoint.serve),
    path("stripe/webhook/", webhook.receive, name="stripe-webhook"),
]
