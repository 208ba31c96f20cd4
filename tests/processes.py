"""Real processes for journeys: the Stripe sandbox, the site, a worker; each can be killed and started again."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from config import env, processes

START_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def wait_until(true: Callable[[], Any], what: str, seconds: float = 30) -> Any:
    """The first true answer; AssertionError when there is none in time."""
    deadline = time.monotonic() + seconds
    while not (found := true()):
        if time.monotonic() > deadline:
            raise AssertionError(f"Not within {seconds} s: {what}")
        time.sleep(0.05)
    return found


class Process:
    """A process in a group of its own, which ends with the test run however that ends."""

    def __init__(self, name: str, words: list[str], told: dict[str, str], ready: Callable[[], bool], log: Path) -> None:
        self.name = name
        self.words = words
        self.told = told
        self.ready = ready
        self.log = log
        self.running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Does nothing while it runs."""
        if self.running and self.running.poll() is None:
            return
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                [sys.executable, *self.words],
                cwd=env.ROOT,
                # The tests' own settings would give it another Redis number, and forget the sandbox's address.
                env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **self.told},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=processes.die_with_parent(signal.SIGTERM),  # noqa: PLW1509 — prctl only
            )
        wait_until(self._up, f"{self.name} is up; it said:\n{self.said()}", START_SECONDS)

    def _up(self) -> bool:
        assert self.running is not None
        assert self.running.poll() is None, f"{self.name} ended with {self.running.returncode}:\n{self.said()}"
        return self.ready()

    @property
    def pid(self) -> int:
        assert self.running is not None
        return self.running.pid

    def kill(self) -> None:
        """As a power cut would: the whole group at once, without a word."""
        os.killpg(self.pid, signal.SIGKILL)
        assert self.running is not None
        self.running.wait()

    def stop(self) -> None:
        if self.running is None:
            return
        self.running.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.running.wait(20)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.running.wait()
        self.running = None

    def said(self) -> str:
        return self.log.read_text(errors="replace")[-4000:] if self.log.exists() else ""


class Sandbox(Process):
    """The Stripe sandbox; control() speaks to the part of it that real Stripe has not."""

    def __init__(self, port: int, site_port: int, secret: str, folder: Path, journal: int = 100_000) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.webhook_secret = secret
        options = {
            "port": port,
            "store": folder / "stripe.sqlite3",
            "webhook-url": f"http://127.0.0.1:{site_port}/stripe/webhook/",
            "webhook-secret": secret,
            "journal-keep": journal,  # lines
        }
        words = [part for name, value in options.items() for part in (f"--{name}", str(value))]
        ready = lambda: answers(f"{self.url}/healthz")  # noqa: E731
        super().__init__("sandbox", ["-m", "payments.sandbox", *words], {}, ready, folder / "sandbox.log")

    def control(self, path: str, method: str = "POST", **values: Any) -> Any:
        """Its own controls (payments/sandbox/README.md): faults, clock, disputes, invariants."""
        data = json.dumps(values).encode() if method != "GET" else None
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/{path.lstrip('/')}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=600) as answer:  # a long journal is long to read
            return json.loads(answer.read() or b"null")


class Site(Process):
    """The web process on the test database."""

    def __init__(self, port: int, told: dict[str, str], folder: Path) -> None:
        self.url = f"http://localhost:{port}"
        self.folder = folder
        server = ["-m", "granian", "--interface", "wsgi", "--no-ws", "--port", str(port)]
        size = ["--workers", "1", "--blocking-threads", "4", "--log-level", "error"]
        told = told | {"PROMPTUARY_PROCESS": "web"}
        ready = lambda: answers(f"http://127.0.0.1:{port}/readyz")  # noqa: E731
        super().__init__("site", [*server, *size, "config.wsgi:application"], told, ready, folder / "site.log")


class Worker(Process):
    """A Celery worker with two processes of its own."""

    def __init__(self, told: dict[str, str], folder: Path) -> None:
        self.mark = folder / "worker.ready"
        celery = ["-m", "celery", "-A", "config", "--quiet", "worker", "--loglevel", "warning", "--concurrency", "2"]
        told = told | {"PROMPTUARY_PROCESS": "worker", "PROMPTUARY_READY_FILE": str(self.mark)}
        words = [*celery, "--without-gossip", "--without-mingle"]
        super().__init__("worker", words, told, self.mark.exists, folder / "worker.log")

    def start(self) -> None:
        if self.running is None or self.running.poll() is not None:
            self.mark.unlink(missing_ok=True)
        super().start()
