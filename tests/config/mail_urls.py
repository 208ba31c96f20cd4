"""The mailbox's two addresses, without the rest of the site."""

from django.urls import path

from config import views

urlpatterns = [
    path("dev/mail/", views.mailbox, name="mailbox"),
    path("dev/mail/<str:name>/", views.letter, name="letter"),
]
