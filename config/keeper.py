"""The keeper: runs the embedded servers until nobody uses them. Started by config/services.py only."""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from config import embedded, services
from config.embedded import Postgres, Redis

Server = Postgres | Redis
KINDS: dict[str, Callable[[Path, Path], Server]] = {"postgres": Postgres, "redis": Redis}


LONGEST_PAUSE = 10  # seconds between two attempts to bring a server back


@dataclass
class Down:
    """A server that fell over and has not come up again."""

    again_at: float
    pause: float = 1


class Keeper:
    """Starts the servers, says so on its output, restarts one that falls over, stops all with the last user."""

    def __init__(self, names: list[str]) -> None:
        self.run = services.var() / "run"
        self.names = names
        self.lock = (self.run / "keeper.lock").open("a")
        self.users = (self.run / "users.lock").open("a")
        self.servers: list[Server] = []
        self.running: dict[Server, subprocess.Popen[bytes]] = {}
        self.down: dict[Server, Down] = {}
        self.asked_to_stop = False

    def serve(self) -> None:
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        signal.signal(signal.SIGTERM, self._ask_to_stop)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sockets = services.sockets()
        embedded.private_folder(sockets, None, mode=0o711 if os.getuid() == 0 else 0o700)
        self.servers = [KINDS[name](services.var(), sockets) for name in self.names]
        try:
            for server in self.servers:
                self.running[server] = self._started(server)
            self._record()
            _announce("ready")
            while not self.asked_to_stop and not self._alone():
                self._restart_fallen()
                time.sleep(0.25)
        finally:
            self._stop()

    def _started(self, server: Server) -> subprocess.Popen[bytes]:
        try:
            return server.start()
        except OSError as problem:
            where = problem.filename or services.var()
            raise services.Failed(f"{server.name} cannot be started: {problem.strerror}: {where}.") from problem

    def _ask_to_stop(self, *_: object) -> None:
        self.asked_to_stop = True

    def _alone(self) -> bool:
        try:
            fcntl.flock(self.users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _restart_fallen(self) -> None:
        """One that does not come up is tried again as long as anybody wants it: its neighbour serves on meanwhile."""
        now = time.monotonic()
        for server, process in self.running.items():
            if process.poll() is None or now < self.down.setdefault(server, Down(now)).again_at:
                continue
            print(f"{server.name} ended with {process.returncode}; starting it again", file=sys.stderr, flush=True)
            try:
                self.running[server] = self._started(server)
                self._record()
            except (services.Failed, subprocess.SubprocessError, OSError) as problem:
                print(f"{problem} It is tried again.", file=sys.stderr, flush=True)
                waiting = self.down[server]
                waiting.again_at = time.monotonic() + waiting.pause
                waiting.pause = min(waiting.pause * 2, LONGEST_PAUSE)
            else:
                del self.down[server]

    def _record(self) -> None:
        known: dict[str, object] = {name: server.url for name, server in self._named()}
        known["keeper"] = os.getpid()
        known["pids"] = {name: self.running[server].pid for name, server in self._named()}
        draft = services.state_file().with_suffix(".new")
        draft.write_text(json.dumps(known))
        draft.replace(services.state_file())

    def _named(self) -> list[tuple[str, Server]]:
        return [("database" if isinstance(server, Postgres) else "redis", server) for server in self.servers]

    def _stop(self) -> None:
        for server, process in self.running.items():
            process.send_signal(signal.SIGINT if isinstance(server, Postgres) else signal.SIGTERM)
        for process in self.running.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
        services.state_file().unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            shutil.rmtree(services.sockets())


def _announce(line: str) -> None:
    """Tell the process that started us, then cut the line to it, so that it never waits for our end."""
    print(line, flush=True)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, sys.stdout.fileno())


def main() -> NoReturn:
    keeper = Keeper(sys.argv[1:])
    try:
        keeper.serve()
    except (services.Failed, OSError) as problem:
        _announce(str(problem).replace("\n", " "))
        raise SystemExit(1) from None
    raise SystemExit(0)


if __name__ == "__main__":
    main()
