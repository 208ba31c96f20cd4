from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config import extraction, messages


class Command(BaseCommand):
    help = (
        "Keeps the French catalogue: extract takes in the messages of the code, check names what is missing or wrong, "
        "compile writes the .mo files. None of it needs the system's gettext."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("act", choices=["extract", "check", "compile"])

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        {"extract": self.take_in, "check": self.look_over, "compile": self.compile}[act]()

    def take_in(self) -> None:
        new, gone = messages.update(extraction.everything())
        self.stdout.write(f"{new} new messages, {gone} gone, in {messages.FRENCH.relative_to(extraction.ROOT)}")

    def look_over(self) -> None:
        problems = list(messages.problems(extraction.everything()))
        for problem in problems:
            self.stdout.write(problem)
        if problems:
            raise CommandError(f"{len(problems)} things to mend in the catalogue.")
        self.stdout.write("The catalogue is complete.")

    def compile(self) -> None:
        for path in messages.compile_stale():
            self.stdout.write(f"compiled {path.name} of {path.parent.parent.name}")
