"""A fence between a transfer and a suspension: whichever comes first is through before the other begins.

The call to Stripe happens outside any transaction, so rows cannot be held meanwhile. The sender holds an advisory lock
of its connection for the seconds of the call; a suspension waits for that lock before it commits. It does not wait
long: a Stripe that hangs must not keep anybody from being suspended.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.dispatch import receiver

from accounts import signals
from accounts.models import User

NAMESPACE = 0x70617920 << 31  # nobody else's advisory locks
LONGEST_WAIT = 2.0  # seconds


@contextmanager
def sending(seller_id: int) -> Iterator[None]:
    """While money is being sent to this seller."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [NAMESPACE + seller_id])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [NAMESPACE + seller_id])


@receiver(signals.suspended)
def wait_for_sending(user: User, **_: Any) -> None:
    """Inside the transaction that suspends: transfers that begin now wait for its commit, and then see it."""
    deadline = time.monotonic() + LONGEST_WAIT
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [NAMESPACE + user.pk])
            row = cursor.fetchone()
        if (row and row[0]) or time.monotonic() > deadline:
            return
        time.sleep(0.02)
