"""The clock: sends tasks by their names at their times, and needs neither the tasks themselves nor Django's apps."""

import logging.config
import os

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("PROMPTUARY_PROCESS", "beat")

# Without Django's fix-up, which would load every model for a process that never looks at one.
app = Celery("promptuary", fixups=[])
app.config_from_object("config.settings", namespace="CELERY")


@signals.beat_init.connect
def start_services(**_: object) -> None:
    from config import services

    services.start()


@signals.setup_logging.connect
def log_as_the_others(**_: object) -> None:
    from config import settings

    logging.config.dictConfig(settings.LOGGING)
