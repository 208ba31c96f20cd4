from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from common import money
from payments import gateway, ledger, reconcile, sweeping


class Command(BaseCommand):
    help = "Compare the ledger with orders, refunds, payouts and Stripe's own balance; exit 1 and name each difference."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--without-stripe", action="store_true", help="do not ask Stripe")

    def handle(self, *args: Any, without_stripe: bool, **options: Any) -> None:
        try:
            found = reconcile.lasting(
                with_stripe=not without_stripe, between=bool if without_stripe else sweeping.catch_up
            )
        except gateway.Away as error:
            raise CommandError("Stripe does not answer; --without-stripe checks the rest.") from error
        for kind, amount in ledger.totals().items():
            self.stdout.write(f"{kind:>14} {money.format_money(amount, settings.CURRENCY, 'en'):>14}")
        if found:
            for difference in found:
                self.stderr.write(str(difference))
            raise CommandError(f"{len(found)} differences.", returncode=1)
        self.stdout.write(self.style.SUCCESS("The books balance, and agree with orders, refunds, payouts and Stripe."))
