from django.apps import AppConfig


class CommonConfig(AppConfig):
    """No tables; an app for the sake of its template tags and checks."""

    name = "common"
