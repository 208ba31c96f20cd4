import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts import outbox
from accounts.models import User
from marketplace.models import Listing
from payments.demo import market, people, stripe


class Command(BaseCommand):
    help = "Fill an empty database with the demo catalogue."
    stealth_options = ("opening",)  # for who calls us from Python

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sign-ins", action="store_true", help="only print who may be signed in as")

        parser.add_argument("--stocked", type=Path, help="a file to make when all shelves are filled")

    def handle(
        self,
        *args: Any,
        sign_ins: bool,
        stocked: Path | None = None,
        opening: market.Opening | None = None,
        **options: Any,
    ) -> None:
        if sign_ins:
            if User.objects.filter(email__in=people.HOUSE).exists():
                self.stdout.write(people.sign_ins())
            return
        if not settings.DEBUG:
            raise CommandError("The demo is for development: its passwords are known to everybody.")
        if User.objects.filter(email__in=people.HOUSE).exists() and Listing.objects.exists():
            self.stdout.write("The demo catalogue is there already.")
            return
        if User.objects.exists():
            raise CommandError("The database is not empty; the demo is only put into an empty one.")
        started = time.monotonic()
        try:
            # Nobody works yet; market.hurry tells the workers of everything at the end.
            with outbox.patiently():
                made = (opening or market.Opening()).fill(self.show, stocked.touch if stocked else lambda: None)
        except stripe.NoSandbox as error:
            raise CommandError("The demo needs the Stripe sandbox; with a real Stripe key there is none.") from error
        counted = ", ".join(f"{number} {name}" for name, number in made.items())
        self.stdout.write(f"The demo is in: {counted} ({time.monotonic() - started:.0f} s).")
        market.hurry()

    def show(self, what: str, done: int, total: int) -> None:
        """A line that counts, where somebody is watching."""
        if sys.stderr.isatty():
            self.stderr.write(f"\r{what}: {done}/{total} ", ending="")
            self.stderr.flush()
