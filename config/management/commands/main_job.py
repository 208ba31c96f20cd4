import os
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.browsing import Lost
from config.main_job import DidNotHold, MainJob


class Command(BaseCommand):
    help = "Do the market's main job once against the running site; for a throw-away database (bin/up --check)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--domain", default="example.com", help="of the people made up for it")

    def handle(self, *args: Any, domain: str, **options: Any) -> None:
        if os.environ.get("PROMPTUARY_THROWAWAY") != "on":
            raise CommandError("This makes accounts, orders and payouts. Use bin/up --check.")
        started = time.monotonic()
        try:
            MainJob(self.say, domain).run()
        except (DidNotHold, Lost) as reason:
            raise CommandError(f"The main job does not hold: {reason}") from reason
        self.say(f"Every step held ({time.monotonic() - started:.0f} s).")

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
