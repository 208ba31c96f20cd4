from django.urls import path

from payments.api import buying, selling

urlpatterns = [
    path("checkout/", buying.Checkout.as_view(), name="api-checkout"),
    path("orders/", buying.Orders.as_view(), name="api-orders"),
    path("orders/<str:number>/", buying.OneOrder.as_view(), name="api-order"),
    path("orders/<str:number>/pay/", buying.Pay.as_view(), name="api-order-pay"),
    path("orders/<str:number>/refund/", buying.AskRefund.as_view(), name="api-order-refund"),
    path("listings/<slug:slug>/sale/", selling.Sale.as_view(), name="api-sale"),
    path("seller/summary/", selling.Summary.as_view(), name="api-seller-summary"),
    path("seller/listings/", selling.OwnListings.as_view(), name="api-seller-listings"),
    path("seller/sales/", selling.Sales.as_view(), name="api-seller-sales"),
    path("seller/balance/", selling.Balance.as_view(), name="api-seller-balance"),
    path("seller/payouts/", selling.Payouts.as_view(), name="api-seller-payouts"),
    path("seller/onboarding/", selling.Onboarding.as_view(), name="api-seller-onboarding"),
]
