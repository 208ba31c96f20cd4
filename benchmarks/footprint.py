"""What the whole of it weighs and how it holds under a crowd: python benchmarks/footprint.py [--port N] [--seconds N].

Starts `bin/up` on data of its own (the demo), twice: the first start fills the market, the second is the one measured.
Memory is the proportional set size (what is shared is divided among those who share it) of every process of the site,
in MB; a web process's own is its resident set. The crowd is 64 connections, each asking for its next page as soon as it
has the one before, so what counts is that nobody waits much longer than the middle one, and that nothing fails.
"""

import argparse
import http.client
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("/", "/prompts/", "/prompts/?medium=image", "/prompts/?q=calm+answers+to+letters", "/api/v1/listings/")
CLIENTS = 64
PATIENCE = 300  # seconds for a first start
IDLE = 20  # seconds until what starting does is done


@dataclass(frozen=True, slots=True)
class Weight:
    shared: int  # MB, proportional
    resident: int  # MB
    command: str


class Site:
    """`bin/up` in surroundings of its own."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.folder = Path(tempfile.mkdtemp(prefix="promptuary-weight-"))
        if os.getuid() == 0:
            self.folder.chmod(0o711)  # the database does not run as root
        left = ("STRIPE_API_BASE", "SITE_URL", "DJANGO_SETTINGS_MODULE", "DATABASE_URL", "REDIS_URL")
        self.told = {name: value for name, value in os.environ.items() if name not in left}
        self.told |= {"PROMPTUARY_VAR": str(self.folder), "ENV_FILE": os.devnull}

    def start(self) -> float:
        """Seconds until the first page is there."""
        began = time.monotonic()
        self.log = (self.folder / "up.log").open("a")
        command = [sys.executable, "-m", "config.up", "--port", str(self.port)]
        self.process = subprocess.Popen(  # noqa: S603 — our own words
            command,
            cwd=ROOT,
            env=self.told,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
            # Whoever runs us in the background has made its children deaf to Ctrl-C.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 — no thread runs yet
        )
        while time.monotonic() - began < PATIENCE and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=PATIENCE):
                    return time.monotonic() - began
            except OSError:
                time.sleep(0.05)
        raise SystemExit((self.folder / "up.log").read_text())

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)
        self.log.close()

    def weights(self) -> list[Weight]:
        """Every process that was told of our folder, heaviest first."""
        mark = f"PROMPTUARY_VAR={self.folder}".encode()
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            try:
                command = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                above = Path("/proc", (place / "stat").read_text().rpartition(")")[2].split()[1], "cmdline")
                ours = str(self.folder) in command or str(self.folder).encode() in above.read_bytes()
                if ours or mark in (place / "environ").read_bytes():
                    rollup = (place / "smaps_rollup").read_text().splitlines()
                    sizes = {line.split(":")[0]: int(line.split()[1]) // 1024 for line in rollup[1:] if "kB" in line}
                    found.append(Weight(sizes["Pss"], sizes["Rss"], command.strip()))
            except (OSError, KeyError):
                continue
        return sorted(found, key=lambda one: -one.shared)


def crowd(port: int, clients: int, seconds: float, seed: int) -> tuple[list[float], int]:
    """Milliseconds of every answer, and how many went wrong."""
    ends = time.monotonic() + seconds

    def client(number: int) -> tuple[list[float], int]:
        chance = random.Random(seed * 1000 + number)  # noqa: S311 — which page comes next
        waited, wrong = [], 0
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while time.monotonic() < ends:
            began = time.monotonic()
            try:
                line.request("GET", chance.choice(PAGES), headers={"Accept-Language": "en", "Accept": "text/html"})
                answer = line.getresponse()
                answer.read()
                wrong += answer.status != 200
            except (OSError, http.client.HTTPException):
                wrong += 1
                line.close()
            waited.append(1000 * (time.monotonic() - began))
        return waited, wrong

    with ThreadPoolExecutor(clients) as pool:
        results = list(pool.map(client, range(clients)))
    return [one for waited, _ in results for one in waited], sum(wrong for _, wrong in results)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=7900)
    parser.add_argument("--seconds", type=float, default=15)
    options = parser.parse_args()
    site = Site(options.port)
    try:
        print(f"first start, with the demo       {site.start():6.1f} s")
        time.sleep(IDLE)
        site.stop()
        print(f"second start to the first page   {site.start():6.1f} s     (goal 10)")
        time.sleep(IDLE)
        idle = site.weights()
        print(f"idle, {len(idle)} processes             {sum(one.shared for one in idle):6} MB    (goal 900)")
        crowd(options.port, 8, 3, seed=0)  # meanings are read by the first questions
        web = max(one.resident for one in site.weights() if "granian" in one.command)
        print(f"heaviest web process, with model {web:6} MB    (goal 250)")
        with ProcessPoolExecutor(2) as pool:
            halves = [pool.submit(crowd, options.port, CLIENTS // 2, options.seconds, seed) for seed in (1, 2)]
            waited = sorted(one for half in halves for one in half.result()[0])
            wrong = sum(half.result()[1] for half in halves)
        middle, late = statistics.median(waited), waited[int(len(waited) * 0.99)]
        print(f"{CLIENTS} clients, {len(waited) / options.seconds:.0f} pages a second: {wrong} wrong (goal 0)")
        print(f"p50 {middle:.0f} ms, p99 {late:.0f} ms: {late / middle:.2f} × (goal 2)")
        for one in site.weights()[:8]:
            print(f"  {one.shared:5} MB of its own, {one.resident:5} MB resident  {one.command[:80]}")
        site.stop()
    finally:
        if site.process.poll() is None:
            site.stop()
        shutil.rmtree(site.folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
