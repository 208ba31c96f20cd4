import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections

from accounts import security
from accounts.models import ApiToken
from payments.agents import acts


class Command(BaseCommand):
    help = "Serves the Model Context Protocol on standard input and output, for the account of a token."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--token", help="an API token; PROMPTUARY_TOKEN in the environment keeps it out of sight")

    def handle(self, *args: Any, **options: Any) -> None:
        secret = options["token"] or os.environ.get("PROMPTUARY_TOKEN", "")
        if security.authenticate_token(secret) is None:
            raise CommandError("Give a valid token, by PROMPTUARY_TOKEN or --token.")
        import anyio

        def token() -> ApiToken | None:
            """Asked for at each call, so that a token revoked meanwhile is dead at once."""
            close_old_connections()  # no request begins and ends here to look after them
            return security.authenticate_token(secret)

        with acts.acting(token):
            anyio.run(_serve)


async def _serve() -> None:
    from mcp.server.stdio import stdio_server

    from payments.agents.server import server

    async with stdio_server() as (read, write):
        await server().run(read, write, server().create_initialization_options())
