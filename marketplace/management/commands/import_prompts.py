"""Take in prompts from a CSV, JSON or JSON Lines file."""

import csv
import sys
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from accounts.models import User
from accounts.sellers import MayNotSell
from marketplace import importing
from marketplace.importing import house, mapping


class Command(BaseCommand):
    help = "Imports prompts as drafts, or live with --publish; running it again adds nothing twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV, JSON (a list, or an object with one) or JSON Lines")
        parser.add_argument("--seller", metavar="EMAIL", default="", help=f"whose they become ({house.EMAIL})")
        parser.add_argument("--map", metavar="THEIRS=OURS,…", default="", help=f"ours: {', '.join(mapping.FIELDS)}")
        parser.add_argument("--publish", action="store_true", help="put them on sale at once, by the house")
        parser.add_argument("--report", type=Path, metavar="FILE", help="write the rejected rows there, as CSV")
        parser.add_argument("--quiet", action="store_true", help="show no progress and no rejected rows")

    def handle(self, *, file: Path, publish: bool, report: Path | None, quiet: bool, **options: Any) -> None:
        try:
            columns = mapping.parse(options["map"])
            seller = self._seller(options["seller"])
            with ExitStack() as stack:
                bar = stack.enter_context(tqdm(disable=quiet, unit="%", total=100, bar_format=_BAR, file=sys.stderr))
                tell = self._teller(stack, bar, report=report, quiet=quiet)
                result = importing.run(
                    file,
                    seller=seller,
                    columns=columns,
                    publish=publish,
                    progress=lambda done, total: _show(bar, done, total),
                    rejected=tell,
                )
        except (mapping.BadMap, importing.BadFile) as problem:
            raise CommandError(str(problem)) from None
        self._sum_up(result, publish=publish)

    def _seller(self, email: str) -> User:
        if not email:
            return house.librarian()
        user = User.objects.filter(email=User.objects.normalize_email(email), erased_at=None).first()
        if user is None:
            raise CommandError(f"There is no account of {email}.")
        try:
            return house.with_shop(user)
        except MayNotSell as problem:
            raise CommandError(str(problem)) from None

    def _teller(self, stack: ExitStack, bar: Any, *, report: Path | None, quiet: bool) -> Any:
        """Where rejected rows are told: a file, or standard error above the bar."""
        if report is not None:
            try:
                written = csv.writer(stack.enter_context(report.open("w", encoding="utf-8", newline="")))
            except OSError as problem:
                raise CommandError(f"{report} cannot be written: {problem.strerror}.") from None
            written.writerow(["place", "kind", "reason"])
            return lambda one: written.writerow([one.place, one.kind, one.reason])
        if quiet:
            return importing.silent
        return lambda one: bar.write(f"{one.place}: {one.reason}", file=sys.stderr)

    def _sum_up(self, result: importing.Result, *, publish: bool) -> None:
        speed = result.rows / result.seconds if result.seconds else 0.0
        state = "put on sale" if publish else "kept as drafts"
        self.stdout.write(
            f"{result.rows:,} rows in {result.seconds:.1f} s ({speed:,.0f} a second): {result.imported:,} {state}, "
            f"{result.count('known'):,} there before, {result.count('duplicate'):,} duplicates in the file, "
            f"{result.count('bad'):,} bad rows."
        )


_BAR = "{desc}{percentage:3.0f} %|{bar}| {elapsed}<{remaining}"


def _show(bar: Any, done: int, total: int) -> None:
    bar.update((100 * done / total if total else 100) - bar.n)
