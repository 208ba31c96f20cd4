from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from config import messages


class Command(BaseCommand):
    help = "Brings everything up to date before the processes start: tables, translations, files, demo."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="fill an empty database with the demo catalogue")
        parser.add_argument("--sign-ins", help="a file to write the demo's sign-ins to")

    def handle(self, *args: Any, **options: Any) -> None:
        messages.compile_stale()
        self._reach()
        if not settings.DEBUG:
            call_command("collectstatic", interactive=False, verbosity=0)
        # bin/up starts the web and the worker beside us when it sees this file, so that a core does not idle.
        nearly = settings.VAR / "run" / "nearly"
        if not options["demo"]:
            nearly.touch()
        opening = self._opening() if options["demo"] else None
        try:
            self._migrate()
        except BaseException:
            if opening:
                opening.close()
            raise
        # Its sales are the sandbox's; with a Stripe key of one's own there is no demo.
        if options["demo"] and settings.STRIPE_SANDBOX:
            if not get_user_model()._default_manager.exists():
                self.stdout.write("Filling the empty database with the demo catalogue …")
                self.stdout.flush()
                unfinished = settings.VAR / "run" / "demo.unfinished"
                # Ended in the middle, the next start begins again (config/up.py).
                unfinished.touch()
                call_command("demo", stocked=nearly, opening=opening)
                unfinished.unlink()
            if options["sign_ins"]:
                with Path(options["sign_ins"]).open("w") as file:
                    call_command("demo", sign_ins=True, stdout=file)

    def _opening(self) -> Any:
        """Painters and traders begin while the tables are being made, where there are none yet."""
        from payments.demo import market

        if (
            not (settings.STRIPE_SANDBOX and settings.STRIPE_API_BASE)
            or "accounts_user" in connection.introspection.table_names()
        ):
            return None
        return market.Opening()

    def _reach(self) -> None:
        """Say in one line what is not there, rather than in fifty when it is first needed."""
        try:
            connection.ensure_connection()
        except OperationalError as problem:
            raise CommandError(f"The database does not answer: {str(problem).splitlines()[0]}") from None
        try:
            with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=5) as client:
                client.ping()
        except redis.RedisError as problem:
            raise CommandError(f"Redis does not answer: {problem}") from None

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting:
            self.stdout.write(f"Applying {len(waiting)} migrations …")
            self.stdout.flush()
            call_command("migrate", interactive=False, verbosity=0)
