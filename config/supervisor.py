"""Runs several processes as one: their output in one place, one end for all of them, nothing left behind."""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from config import processes

COLOURS = (36, 33, 32, 35, 34)
QUICK_SECONDS = 10.0
QUICK_ENDS = 3


class GaveUp(Exception):
    """A process ends again and again; running on without it would only look like running."""


@dataclass
class Child:
    name: str
    command: list[str]
    surroundings: Mapping[str, str]
    stop_last: bool = False
    plain: bool = False
    grace: float = 15.0
    process: subprocess.Popen[bytes] | None = None
    rest: bytes = b""
    started_at: float = 0.0
    starts_at: float | None = None
    quick_ends: int = 0
    colour: int = field(default=0)

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    def __init__(self, folder: Path, *, say: IO[str] = sys.stdout, note: Callable[[dict[str, int]], None]) -> None:
        self.folder = folder
        self.say = say
        self.note = note
        self.children: list[Child] = []
        self.selector = selectors.DefaultSelector()
        self.asked_to_stop = 0
        self.stopping = False
        self._wake, self._woken = os.pipe()
        for end in (self._wake, self._woken):
            os.set_blocking(end, False)
        self.selector.register(self._wake, selectors.EVENT_READ, None)

    def listen_for_signals(self) -> None:
        signal.set_wakeup_fd(self._woken, warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)

    def _ask_to_stop(self, *_: object) -> None:
        self.asked_to_stop += 1

    def add(self, name: str, command: list[str], surroundings: Mapping[str, str], **options: object) -> Child:
        child = Child(name, command, surroundings, **options)  # type: ignore[arg-type]
        child.colour = COLOURS[len(self.children) % len(COLOURS)]
        self.children.append(child)
        self._start(child)
        return child

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(  # noqa: S603
            child.command,
            cwd=self.folder,
            env={**os.environ, **child.surroundings, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # A group of its own: Ctrl-C reaches us alone, and we end the whole group.
            start_new_session=True,
            preexec_fn=processes.die_with_parent(signal.SIGTERM),  # noqa: PLW1509 — we have one thread
        )
        child.started_at, child.starts_at, child.rest = time.monotonic(), None, b""
        assert child.process.stdout is not None
        os.set_blocking(child.process.stdout.fileno(), False)
        self.selector.register(child.process.stdout, selectors.EVENT_READ, child)
        self.note({each.name: each.process.pid for each in self.children if each.process and each.running})

    def turn(self, seconds: float = 0.25) -> None:
        """Pass on what was said and see who ended; raises GaveUp."""
        for key, _ in self.selector.select(seconds):
            if key.data is None:
                with contextlib.suppress(BlockingIOError):
                    os.read(self._wake, 1024)
            else:
                self._read(key.data)
        if not (self.asked_to_stop or self.stopping):
            for child in self.children:
                self._revive(child)

    def run(self, also: Callable[[], None] = lambda: None) -> None:
        while not self.asked_to_stop:
            self.turn()
            also()

    def wait(self, ready: Callable[[], bool], child: Child, seconds: float) -> bool:
        """True once ready; false when asked to stop, when the child ended or when the time is over."""
        deadline = time.monotonic() + seconds
        while not self.asked_to_stop and child.running and time.monotonic() < deadline:
            if ready():
                return True
            self.turn(0.05)
        return False

    def finish(self, child: Child, also: Callable[[], None] = lambda: None) -> int | None:
        """Wait for a child that ends by itself; None when we were asked to stop instead."""
        assert child.process is not None
        # It is meant to end: nobody starts it again.
        self.children.remove(child)
        while child.process.poll() is None:
            if self.asked_to_stop:
                self._end([child])
                return None
            self.turn(0.05)
            also()
        self._read(child)
        self._sweep_up(child)
        return child.process.returncode

    def _revive(self, child: Child) -> None:
        if child.running:
            return
        now = time.monotonic()
        if child.starts_at is None:
            assert child.process is not None
            self._read(child)
            self._sweep_up(child)
            quick = now - child.started_at < QUICK_SECONDS
            child.quick_ends = child.quick_ends + 1 if quick else 1
            self.line(child, f"ended with {child.process.returncode}")
            if child.quick_ends >= QUICK_ENDS:
                raise GaveUp(f"{child.name} keeps ending (code {child.process.returncode}); what it said stands above.")
            child.starts_at = now + 0.5 * child.quick_ends
        elif now >= child.starts_at:
            self._start(child)

    def stop(self) -> None:
        """Those that serve people first, what they lean on last; nobody outlives this."""
        self.stopping = True
        self._end([child for child in self.children if not child.stop_last])
        self._end([child for child in self.children if child.stop_last])
        self.children.clear()

    def _end(self, children: list[Child]) -> None:
        for child in children:
            if child.process and child.running:
                with contextlib.suppress(ProcessLookupError):
                    child.process.terminate()
        patience = self.asked_to_stop
        began = time.monotonic()
        while any(child.running for child in children):
            # Asked once more while we wait: no more waiting.
            impatient = self.asked_to_stop > max(patience, 1)
            for child in children:
                if child.running and (impatient or time.monotonic() - began > child.grace):
                    self._sweep_up(child)
            self.turn(0.05)
        for child in children:
            self._sweep_up(child)
            if child.process:
                child.process.wait()
                self._read(child)

    def _sweep_up(self, child: Child) -> None:
        """Whatever is left of its group: a pool's workers when the pool's master was killed."""
        if child.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.process.pid, signal.SIGKILL)

    def _read(self, child: Child) -> None:
        stream = child.process.stdout if child.process else None
        if stream is None or stream.closed:
            return
        while True:
            try:
                piece = os.read(stream.fileno(), 65536)
            except BlockingIOError:
                return
            if not piece:
                self.selector.unregister(stream)
                stream.close()
                if child.rest:
                    self.line(child, child.rest.decode(errors="replace"))
                    child.rest = b""
                return
            *lines, child.rest = (child.rest + piece).split(b"\n")
            for line in lines:
                self.line(child, line.decode(errors="replace"))

    def line(self, child: Child, words: str) -> None:
        if child.plain:
            tell(words.rstrip(), self.say)
            return
        label = f"{child.name:<7}│"
        if self.say.isatty():
            label = f"\033[{child.colour}m{label}\033[0m"
        tell(f"{label} {words.rstrip()}", self.say)


def tell(words: str, to: IO[str] | None = None) -> None:
    """Print; whoever listened may have gone, which is no reason to stop half-way."""
    with contextlib.suppress(BrokenPipeError, ValueError):
        print(words, file=to or sys.stdout, flush=True)
