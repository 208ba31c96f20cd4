from django.urls import path
from django.views.generic import RedirectView

from accounts.views import account, notifications, sellers, tokens, webhooks

urlpatterns = [
    path("account/", account.profile, name="account"),
    path("account/letters/", account.preferences, name="account-preferences"),
    path("account/confirm/", account.confirm, name="account-confirm"),
    path("account/tokens/", tokens.tokens, name="account-tokens"),
    path("account/tokens/new/", tokens.new, name="account-token-new"),
    path("account/tokens/<str:token_id>/revoke/", tokens.revoke, name="account-token-revoke"),
    path("account/security/", RedirectView.as_view(pattern_name="mfa_index"), name="account-security"),
    path("account/webhooks/", webhooks.list_webhooks, name="account-webhooks"),
    path("account/webhooks/<str:webhook_id>/", webhooks.show, name="account-webhook"),
    path("account/webhooks/<str:webhook_id>/test/", webhooks.test, name="account-webhook-test"),
    path("account/webhooks/<str:webhook_id>/switch/", webhooks.switch, name="account-webhook-switch"),
    path("account/webhooks/<str:webhook_id>/secret/", webhooks.new_secret, name="account-webhook-secret"),
    path("account/webhooks/<str:webhook_id>/delete/", webhooks.delete, name="account-webhook-delete"),
    path(
        "account/webhooks/<str:webhook_id>/again/<str:delivery_id>/", webhooks.send_again, name="account-webhook-again"
    ),
    path("account/data/", account.data, name="account-privacy"),
    path("account/data/export/", account.export, name="account-export"),
    path("account/data/delete/", account.delete, name="account-delete"),
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/read/", notifications.read_all, name="notifications-read"),
    path("notifications/<str:notification_id>/open/", notifications.opened, name="notification-open"),
    path("sell/start/", sellers.start, name="sell-start"),
    path("sell/profile/", sellers.profile, name="sell-profile"),
    path("i18n/language/", account.set_language, name="set_language"),
]
