"""The embedded servers, started for real in a folder with a long name and spaces in it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from config import embedded, env, processes, services
from tests.processes import wait_until


class User:
    """A process that holds on to the services, as the site, a worker or a command does."""

    def __init__(self, var: Path) -> None:
        told = {**os.environ, "PROMPTUARY_VAR": str(var), "PROMPTUARY_THROWAWAY": "on"}
        for name in ("DATABASE_URL", "REDIS_URL"):
            told.pop(name, None)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.services"], cwd=env.ROOT, env=told, stdout=subprocess.PIPE, text=True
        )
        self.said = [self.process.stdout.readline().strip() for _ in range(3)]

    @property
    def database_url(self) -> str:
        return self.said[0].removeprefix("DATABASE_URL=")

    @property
    def redis_url(self) -> str:
        return self.said[1].removeprefix("REDIS_URL=")

    def end(self, number: signal.Signals = signal.SIGINT) -> None:
        self.process.send_signal(number)
        self.process.wait()


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "a folder with spaces" / ("and a name that is far too long for a socket " * 3).strip() / "var"
    monkeypatch.setenv("PROMPTUARY_VAR", str(folder))
    # What root makes for PostgreSQL's own user must be reachable for it.
    for parent in folder.parents[:4]:
        parent.mkdir(parents=True, exist_ok=True)
    yield folder
    assert services.wait_stopped(), "the services stop with their last user"


def running() -> dict[str, int]:
    return dict(services.state().get("pids", {}))


def test_they_start_once_are_shared_and_stop_with_the_last_user(var):
    first, second = User(var), User(var)
    pids = running()
    with psycopg.connect(first.database_url) as database, redis.Redis.from_url(second.redis_url) as client:
        answer = database.execute("SELECT current_user, extname FROM pg_extension WHERE extname = 'vector'").fetchone()
        client.set("kept", "yes")
    first.end()
    alive = [processes.alive(pid) for pid in pids.values()]
    second.end()

    assert answer == ("promptuary", "vector")
    assert alive == [True, True]
    assert services.wait_stopped()
    assert [processes.alive(pid) for pid in pids.values()] == [False, False]
    assert not services.sockets().exists()


@pytest.mark.parametrize("victims", [["user"], ["keeper"], ["keeper", "database", "redis", "user"]])
def test_after_a_kill_the_next_start_recovers_and_has_lost_nothing(var, victims):
    user = User(var)
    with psycopg.connect(user.database_url) as database:
        database.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    pids = running() | {"keeper": services.state()["keeper"], "user": user.process.pid}
    for victim in victims:
        os.kill(pids[victim], signal.SIGKILL)
    wait_until(lambda: not processes.alive(pids["database"]), "the database ends without anybody to serve")
    user.end(signal.SIGKILL)

    again = User(var)

    with psycopg.connect(again.database_url) as database:
        assert database.execute("SELECT answer FROM kept").fetchone() == (42,)
    again.end()


def test_a_server_that_falls_over_is_started_again(var):
    user = User(var)
    before = running()
    os.kill(before["redis"], signal.SIGKILL)

    wait_until(lambda: running().get("redis") not in {None, before["redis"]}, "Redis runs again")

    with redis.Redis.from_url(user.redis_url) as client:
        assert client.ping()
    user.end()


def test_a_killed_database_comes_back_though_a_query_of_before_has_not_noticed(var):
    user = User(var)
    before = running()
    with psycopg.connect(user.database_url) as busy:
        backend = busy.info.backend_pid
        os.kill(backend, signal.SIGSTOP)  # as one deep in its work, or without its turn on a busy machine
        os.kill(before["database"], signal.SIGKILL)

        wait_until(lambda: running().get("database") not in {None, before["database"]}, "the database runs again")

        assert not processes.alive(backend), "It could still write what the new server does not know of."
    with psycopg.connect(user.database_url) as database:
        assert database.execute("SELECT 1").fetchone() == (1,)
    assert running()["redis"] == before["redis"], "Its neighbour goes on meanwhile."
    user.end()


def test_the_application_is_no_superuser_and_may_make_test_databases(var):
    user = User(var)
    with psycopg.connect(user.database_url) as database:
        rights = database.execute(
            "SELECT rolsuper, rolcreatedb, pg_get_userbyid(datdba) = current_user "
            "FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()"
        ).fetchone()
    user.end()

    assert rights == (False, True, True)


def test_socket_names_stay_short_however_long_the_path(monkeypatch, tmp_path):
    monkeypatch.setenv("PROMPTUARY_VAR", str(tmp_path / ("x" * 200)))
    monkeypatch.setattr("tempfile.tempdir", "/" + "t" * 90)

    longest = services.sockets() / "pg" / ".s.PGSQL.5432"

    # macOS allows 104, Linux 108.
    assert len(str(longest)) < 100


def test_two_clones_have_sockets_of_their_own(monkeypatch, tmp_path):
    monkeypatch.setenv("PROMPTUARY_VAR", str(tmp_path / "one"))
    first = services.sockets()
    monkeypatch.setenv("PROMPTUARY_VAR", str(tmp_path / "two"))

    assert services.sockets() != first


def test_a_folder_somebody_else_put_there_is_not_used(tmp_path):
    trap = tmp_path / "promptuary"
    trap.symlink_to(tmp_path)

    with pytest.raises(services.Failed, match="belongs to somebody else"):
        embedded.private_folder(trap, None)


def test_nothing_is_embedded_where_addresses_are_given(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://db/shop")
    monkeypatch.delenv("REDIS_URL", raising=False)

    assert services.wanted() == ["redis"]


def test_what_does_not_come_up_is_said_in_one_line(var):
    var.mkdir()
    (var / "postgres").write_text("in the way")

    told = {**os.environ, "PROMPTUARY_VAR": str(var)}
    told.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "config.services"]
    refused = subprocess.run(command, cwd=env.ROOT, env=told, capture_output=True, text=True, check=False, timeout=60)

    assert refused.returncode == 1
    assert len(refused.stderr.strip().splitlines()) == 1
    assert "PostgreSQL" in refused.stderr


def test_a_demo_that_was_interrupted_is_begun_again(var):
    user = User(var)
    with psycopg.connect(user.database_url) as database:
        database.execute("CREATE TABLE half_a_demo ()")
    (var / "stripe.sqlite3").write_text("half a Stripe")
    before = services.forget_half_demo()
    (var / "run" / "demo.unfinished").touch()

    after = services.forget_half_demo()

    with psycopg.connect(user.database_url) as database:
        assert database.execute("SELECT to_regclass('half_a_demo')").fetchone() == (None,)
        assert database.execute("SELECT extname FROM pg_extension WHERE extname = 'vector'").fetchone() == ("vector",)
    user.end()
    assert (before, after) == (False, True)
    assert list(var.glob("stripe*")) == list((var / "run").glob("demo*")) == []
