from django.urls import path

from accounts.api import views, webhooks

urlpatterns = [
    path("me/", views.Me.as_view(), name="api-me"),
    path("me/export/", views.Export.as_view(), name="api-me-export"),
    path("me/tokens/", views.Tokens.as_view(), name="api-tokens"),
    path("me/tokens/<str:token_id>/", views.Token.as_view(), name="api-token"),
    path("me/notifications/", views.Notifications.as_view(), name="api-notifications"),
    path("me/notifications/read/", views.NotificationsRead.as_view(), name="api-notifications-read"),
    path("webhooks/", webhooks.Webhooks.as_view(), name="api-webhooks"),
    path("webhooks/<str:webhook_id>/", webhooks.OneWebhook.as_view(), name="api-webhook"),
    path("webhooks/<str:webhook_id>/secret/", webhooks.NewSecret.as_view(), name="api-webhook-secret"),
    path("webhooks/<str:webhook_id>/test/", webhooks.Test.as_view(), name="api-webhook-test"),
    path("webhooks/<str:webhook_id>/deliveries/", webhooks.Deliveries.as_view(), name="api-webhook-deliveries"),
    path(
        "webhooks/<str:webhook_id>/deliveries/<str:delivery_id>/resend/",
        webhooks.SendAgain.as_view(),
        name="api-webhook-resend",
    ),
]
