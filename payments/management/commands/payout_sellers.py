from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from common import money
from payments import alerts, gateway, payouts


class Command(BaseCommand):
    help = "Pay out what has matured, seller by seller."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only show who would be paid how much")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        if not alerts.payouts_on():
            raise CommandError("Payouts are switched off; see the alerts in the back office.")
        failed = total = 0
        for seller_id, available in payouts.due():
            seller = User.objects.get(pk=seller_id)
            shown = money.format_money(available, settings.CURRENCY, "en")
            if dry_run:
                try:
                    payouts.check(seller)
                except payouts.PayoutsHeld as reason:
                    self.stdout.write(f"{seller.email}: {shown} held, {reason}")
                else:
                    self.stdout.write(f"{seller.email}: {shown}")
                continue
            try:
                payout = payouts.pay(seller_id)
            except gateway.Away:
                failed += 1
                self.stderr.write(f"{seller.email}: Stripe did not answer; asked again by the sweep")
                continue
            if payout is None:
                self.stdout.write(f"{seller.email}: {shown} held")
            else:
                total += payout.amount
                amount = money.format_money(payout.amount, payout.currency, "en")
                self.stdout.write(f"{seller.email}: {amount} {payout.state} {payout.transfer or ''}".rstrip())
        if not dry_run:
            self.stdout.write(f"Total: {money.format_money(total, settings.CURRENCY, 'en')}")
        if failed:
            raise CommandError(f"{failed} payouts wait for Stripe.")
