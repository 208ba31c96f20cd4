import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

from config import bootstrap, env, messages, services, up


@pytest.fixture
def taken() -> Iterator[int]:
    """A port somebody else listens at; the one before it is free."""
    with socket.socket() as other:
        port = up.free_pair() + 1
        other.bind(("127.0.0.1", port))
        other.listen(1)
        yield port


def start(*words: str, **told: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "config.up", *words]
    surroundings = os.environ | told
    return subprocess.run(
        command, cwd=env.ROOT, env=surroundings, capture_output=True, text=True, check=False, timeout=60
    )


def test_a_taken_port_is_said_in_one_line(taken, tmp_path):
    refused = start("--port", str(taken), PROMPTUARY_VAR=str(tmp_path / "var"))

    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == f"bin/up: port {taken} is taken by another program; choose another with --port.\n"


def test_the_sandboxs_port_counts_too(taken, tmp_path):
    refused = start("--port", str(taken - 1), PROMPTUARY_VAR=str(tmp_path / "var"))

    assert f"port {taken} is taken" in refused.stderr


def test_a_second_start_in_the_same_folder_says_where_the_first_is(tmp_path, monkeypatch):
    monkeypatch.setenv("PROMPTUARY_VAR", str(tmp_path / "var"))
    with up.only_one():
        refused = start("--port", "18765")

    assert refused.returncode == 1
    assert "it is already running in this folder, at http://localhost:" in refused.stderr


@pytest.mark.parametrize("port", ["0", "65535", "a"])
def test_what_is_no_port_is_refused(port):
    assert start("--port", port).returncode != 0


def test_other_commands_know_where_the_site_was_put(tmp_path, monkeypatch):
    monkeypatch.setenv("PROMPTUARY_VAR", str(tmp_path))
    (tmp_path / "run").mkdir()
    up.Site(8123).note()

    assert services.addresses() == {"site": "http://localhost:8123", "sandbox": "http://127.0.0.1:8124"}


def test_translations_are_compiled_without_gettext_and_only_when_stale(tmp_path):
    source = tmp_path / "fr" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=utf-8"}
    catalogue.append(polib.POEntry(msgid="Prompts", msgstr="Invites"))
    catalogue.save(str(source))

    made = messages.compile_stale(tmp_path)

    assert made == [source.with_suffix(".mo")]
    assert polib.mofile(str(made[0]))[0].msgstr == "Invites"
    assert messages.compile_stale(tmp_path) == []


def test_the_embedded_redis_is_not_built_where_the_machine_has_one(tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    (tmp_path / "constraints.txt").write_text("sqlparse==0.6\n")
    (tmp_path / "requirements.txt").write_text("Django==5.2\nredislite==6.2\n")
    (tmp_path / "requirements-dev.txt").write_text("-r requirements.txt\npytest==9\n")
    monkeypatch.setattr(bootstrap.shutil, "which", lambda _: "/usr/bin/redis-server")

    arguments = bootstrap._requirements("requirements.txt")

    assert Path(arguments[1]).read_text() == "Django==5.2\n"


def test_without_one_everything_is_installed(monkeypatch):
    monkeypatch.setattr(bootstrap.shutil, "which", lambda _: None)

    assert bootstrap._requirements("requirements.txt") == ["-r", str(env.ROOT / "requirements.txt")]


def test_packages_that_cannot_be_installed_are_one_line(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(bootstrap, "LOG", tmp_path / "install.log")
    monkeypatch.setattr(sys, "argv", ["bootstrap.py", "up"])
    script = "import sys; sys.exit('error: Failed to initialize cache at `/broken`\\n  Caused by: Permission denied')"

    with pytest.raises(SystemExit):
        bootstrap._run([sys.executable, "-c", script], "The packages could not be installed")

    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert "Failed to initialize cache at `/broken` Caused by: Permission denied" in said


def test_a_virtual_environment_moved_from_elsewhere_is_made_again(monkeypatch, tmp_path):
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / "bin" / "python")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(sys.executable)

    assert not bootstrap._works()
