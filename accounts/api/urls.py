from django.urls import path

from accounts.api import views

urlpatterns = [
    path("me/", views.Me.as_view(), name="api-me"),
    path("me/export/", views.Export.as_view(), name="api-me-export"),
    path("me/tokens/", views.Tokens.as_view(), name="api-tokens"),
    path("me/tokens/<str:token_id>/", views.Token.as_view(), name="api-token"),
    path("me/notifications/", views.Notifications.as_view(), name="api-notifications"),
    path("me/notifications/read/", views.NotificationsRead.as_view(), name="api-notifications-read"),
]
