from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        # Tasks find their application, and the checks register, as soon as Django is set up.
        from config import celery, checks  # noqa: F401
