"""Django's own `migrate`, which tries again when a table it must change is in use for longer than a lock is waited for.

A migration that queues for a lock makes everybody queue behind it, so none waits longer than three seconds
(`lock_timeout`); it lets the others pass and comes back. Each migration is one transaction: nothing is left half done.
"""

import time
from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db import OperationalError
from psycopg.errors import LockNotAvailable

ATTEMPTS = 40
PAUSE_SECONDS = 2


class Command(Migrate):
    def handle(self, *args: Any, **options: Any) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                super().handle(*args, **options)
            except OperationalError as problem:
                if not isinstance(problem.__cause__, LockNotAvailable) or attempt == ATTEMPTS:
                    raise
                self.stderr.write(f"A table is in use; trying again in {PAUSE_SECONDS} s ({attempt} of {ATTEMPTS}).")
                time.sleep(PAUSE_SECONDS)
            else:
                return
