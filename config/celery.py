"""The task queue; `celery -A config worker` starts what it needs by itself."""

import os
import sys
import warnings
from pathlib import Path

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
if "worker" in sys.argv[1:] and "celery" in sys.argv[0]:
    # Connections stay open, logs speak: settings ask what sort of process they are read in.
    os.environ.setdefault("PROMPTUARY_PROCESS", "worker")

# Running as root matters to workers that unpickle; ours read JSON only.
warnings.filterwarnings("ignore", message=r"(?s).*superuser privileges")

app = Celery("promptuary")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.celeryd_init.connect
def start_services(**_: object) -> None:
    from config import processes, services

    services.start()
    # bin/up reads the modules while the tables are still being made.
    processes.wait_while("PROMPTUARY_WAIT_WHILE")


@signals.setup_logging.connect
def keep_our_logging(**_: object) -> None:
    """Having a listener is what stops Celery from replacing the project's logging."""


@signals.worker_ready.connect
def say_ready(**_: object) -> None:
    """Whoever started this worker may wait for a file to appear."""
    if path := os.environ.get("PROMPTUARY_READY_FILE"):
        Path(path).touch()
