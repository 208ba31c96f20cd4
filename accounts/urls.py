from django.urls import path

from accounts.views import account, notifications, sellers, tokens

urlpatterns = [
    path("account/", account.profile, name="account"),
    path("account/letters/", account.preferences, name="account-preferences"),
    path("account/confirm/", account.confirm, name="account-confirm"),
    path("account/tokens/", tokens.tokens, name="account-tokens"),
    path("account/tokens/new/", tokens.new, name="account-token-new"),
    path("account/tokens/<str:token_id>/revoke/", tokens.revoke, name="account-token-revoke"),
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
