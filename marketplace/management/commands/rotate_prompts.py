"""Write prompt texts anew under the newest key."""

from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from marketplace import rotation


class Command(BaseCommand):
    help = "Encrypts every prompt under the newest of PROMPT_KEYS, and renews fingerprints made with a dropped key."

    def handle(self, **options: Any) -> None:
        total, renewed = rotation.total(), 0
        with tqdm(total=total, disable=options["verbosity"] == 0, unit="prompt") as bar:
            for number in rotation.rotate():
                renewed += number
                bar.update(min(rotation.BATCH, total - bar.n))
        self.stdout.write(f"{renewed:,} of {total:,} prompts were written anew.")
