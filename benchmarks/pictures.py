"""What a picture costs beside bare Pillow, and what pages notice of it: python benchmarks/pictures.py [--port N].

The floor decodes, shrinks each size from the one before and encodes the same files with the same settings, in this
process: nothing is checked, stored, limited or kept apart. The product takes an upload in (`images.add`) and prepares
it (`images.make_renditions`) with database and store, in its own small process. They take turns; medians count.

Then a whole site of its own is asked for its browse page by four connections, first idle, then while its worker
prepares pictures that were handed in all at once.
"""

import argparse
import io
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SIDE = 2048  # pixels
HANDED_IN = 30


def picture(seed: int) -> bytes:
    """A PNG with smooth and busy parts, as generated pictures have them."""
    from PIL import Image, ImageFilter

    chance = random.Random(seed)  # noqa: S311 — a picture
    noise = Image.frombytes("RGB", (256, 256), chance.randbytes(256 * 256 * 3))
    image = noise.resize((SIDE, SIDE), Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(3))
    image.paste(noise.resize((512, 512)), (chance.randrange(1024), chance.randrange(1024)))
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


def bare(data: bytes) -> None:
    """The best bare pipeline: every core encodes."""
    from PIL import Image

    from common import image_worker, images

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        image = Image.open(io.BytesIO(data)).convert("RGB")
        waiting = []
        for width in sorted((one for one in images.WIDTHS if one <= image.width), reverse=True):
            size = (width, round(image.height * width / image.width))
            if image.size != size:
                image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
            names = ("avif", "webp") if width >= image_worker.AVIF_FROM else ("webp",)
            waiting += [pool.submit(image_worker.ENCODERS[name], image) for name in names]
        for one in waiting:
            one.result()


def draft(title: str) -> tuple[Any, Any]:
    """A seller of this benchmark with an empty draft."""
    from accounts import sellers
    from accounts.models import User
    from marketplace import listings

    seller = User.objects.filter(email="painter@example.com").first()
    if seller is None:
        seller = User.objects.create_user("painter@example.com", name="Painter")
        sellers.become(seller, handle="painter", name="Painter", bio="", country="US")
    return listings.create(seller, title=title, prompt={"template": "Paint [this]"}), seller


def product(data: bytes) -> Callable[[], None]:
    from marketplace import images

    listing, seller = draft("A picture")

    def ask() -> None:
        image = images.add(listing, seller, data)
        images.make_renditions(image.pk)
        image.refresh_from_db()
        assert image.state == "ready", image.state
        images.remove(listing, seller, image.public_id)

    return ask


def prepare(rounds: int) -> None:
    """Product and floor in turn, in a market of this process."""
    from benchmarks import stage

    folder = stage.prepare(7871, 7870, EMAIL_URL="mailbox:")
    try:
        stage.open_market()
        data = picture(1)
        asks = {"bare Pillow": lambda: bare(data), "the product": product(data)}
        took: dict[str, list[float]] = {name: [] for name in asks}
        for _ in range(rounds + 1):
            for name, ask in asks.items():
                began = time.perf_counter()
                ask()
                took[name].append(1000 * (time.perf_counter() - began))
        middle = {name: statistics.median(times[1:]) for name, times in took.items()}
        for name, value in middle.items():
            print(f"{name:14} {value:7.0f} ms")
        print(f"ratio          {middle['the product'] / middle['bare Pillow']:7.2f}    (goal 1.15)")
    finally:
        stage.clear(folder)


def hand_in(number: int) -> None:
    """In a process beside the running site: that many pictures at once."""
    import django

    django.setup()
    from marketplace import images

    listing, seller = draft("Many pictures")
    for at in range(number):
        if at and at % 10 == 0:
            listing, seller = draft(f"Many pictures {at}")
        images.add(listing, seller, picture(at))


def still_waiting() -> int:
    import django

    django.setup()
    from marketplace.models import ExampleImage

    return ExampleImage.objects.filter(state="waiting").count()


def waiting(helper: list[str], told: dict[str, str]) -> int:
    asked = subprocess.run([*helper, "--waiting"], env=told, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603
    return int(asked.stdout)


def beside(port: int, seconds: float) -> None:
    """p95 of the browse page, idle and while the queue works."""
    from benchmarks import footprint

    site = footprint.Site(port)
    told = site.told | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    helper = [sys.executable, str(ROOT / "benchmarks" / "pictures.py")]
    try:
        site.start()
        while waiting(helper, told):  # the demo's own
            time.sleep(5)
        idle = sorted(footprint.crowd(port, 4, seconds, seed=1)[0])
        subprocess.run([*helper, "--hand-in", str(HANDED_IN)], env=told, cwd=ROOT, check=True)  # noqa: S603
        busy = sorted(footprint.crowd(port, 4, seconds, seed=2)[0])
        left = waiting(helper, told)
        one, other = (times[int(len(times) * 0.95)] for times in (idle, busy))
        print(f"pages, p95     {one:7.0f} ms idle, {other:.0f} ms beside pictures: {other / one:.2f} (goal 1.5)")
        print(f"               {HANDED_IN} handed in, {left} of them still waiting at the end")
        site.stop()
    finally:
        if site.process.poll() is None:
            site.stop()
        shutil.rmtree(site.folder, ignore_errors=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=7880)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--hand-in", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--waiting", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.hand_in:
        hand_in(options.hand_in)
    elif options.waiting:
        print(still_waiting())
    else:
        prepare(options.rounds)
        beside(options.port, options.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
