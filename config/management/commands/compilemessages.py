from typing import Any

from django.core.management.base import BaseCommand

from config import messages


class Command(BaseCommand):
    help = "Compiles the translations (in Python: the system's gettext is not needed)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--ignore", "-i", action="append", help="accepted and not needed: only ours are compiled")

    def handle(self, *args: Any, **options: Any) -> None:
        for path in messages.compile_stale():
            self.stdout.write(f"compiled {path.name} of {path.parent.parent.name}")
