from typing import Any

from django.core.management.base import BaseCommand

from payments import sweeping


class Command(BaseCommand):
    help = "Finish what a crash, a lost webhook or a lost task left half done."

    def handle(self, *args: Any, **options: Any) -> None:
        for step, found in sweeping.run().items():
            self.stdout.write(f"{step}: {'failed, tried again later' if found < 0 else found}")
