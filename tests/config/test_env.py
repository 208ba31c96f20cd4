import os
import runpy
import subprocess
import sys

import pytest

from config import env, mail


def test_a_required_value_that_is_missing_stops_the_start(monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)

    with pytest.raises(env.Misconfigured, match="SECRET_KEY is not set"):
        env.text("SECRET_KEY", None)


def test_a_secret_too_short_to_be_one_is_refused(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "changeme")

    with pytest.raises(env.Misconfigured, match="too short"):
        env.secret("SECRET_KEY", None)


@pytest.mark.parametrize(("said", "meant"), [("on", True), ("1", True), ("False", False), ("no", False), ("", True)])
def test_a_flag_reads_what_people_write(monkeypatch, said, meant):
    monkeypatch.setenv("DEBUG", said)

    assert env.flag("DEBUG", True) is meant


def test_a_flag_that_says_neither_is_refused(monkeypatch):
    monkeypatch.setenv("DEBUG", "maybe")

    with pytest.raises(env.Misconfigured, match="on or off"):
        env.flag("DEBUG", True)


@pytest.mark.parametrize("said", ["many", "-1", "10001"])
def test_a_number_outside_its_range_is_refused(monkeypatch, said):
    monkeypatch.setenv("COMMISSION_BPS", said)

    with pytest.raises(env.Misconfigured, match="COMMISSION_BPS"):
        env.number("COMMISSION_BPS", 2000, most=10_000)


def test_the_environment_wins_over_the_file(monkeypatch, tmp_path):
    file = tmp_path / ".env"
    file.write_text('# a comment\nexport CURRENCY="eur"\nMIN_PRICE=500 # cents\nHOLD_DAYS=14\n')
    monkeypatch.setenv("HOLD_DAYS", "3")
    monkeypatch.setenv("CURRENCY", "x")
    monkeypatch.delenv("CURRENCY")
    monkeypatch.setenv("MIN_PRICE", "x")
    monkeypatch.delenv("MIN_PRICE")

    env.load(file)

    assert (env.text("CURRENCY", "usd"), env.number("MIN_PRICE", 0), env.number("HOLD_DAYS", 0)) == ("eur", 500, 3)


def test_a_kept_secret_is_made_once_and_private(tmp_path):
    path = tmp_path / "secrets" / "key"

    first = env.kept(path)

    assert len(first) > 40
    assert env.kept(path) == first
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_database_address_may_name_a_socket_folder():
    found = env.database("postgresql://me:p%40ss@/shop?host=/tmp/s p&sslmode=require")

    assert (found["USER"], found["PASSWORD"], found["NAME"]) == ("me", "p@ss", "shop")
    assert (found["HOST"], found["OPTIONS"]) == ("/tmp/s p", {"sslmode": "require"})


@pytest.mark.parametrize("url", ["mysql://a/b", "postgresql://host:5432", "nonsense"])
def test_an_address_that_is_not_postgresql_is_refused(url):
    with pytest.raises(env.Misconfigured, match="DATABASE_URL must look like"):
        env.database(url)


@pytest.mark.parametrize("url", ["postgresql://u:p@host:port/name", "mysql://host/name", "postgresql://host"])
def test_a_database_that_cannot_be_addressed_is_refused(url):
    with pytest.raises(env.Misconfigured, match="DATABASE_URL must look like"):
        env.database(url)


def test_a_list_of_keys_without_a_key_is_refused(monkeypatch):
    monkeypatch.setenv("PROMPT_KEYS", " , ")

    with pytest.raises(env.Misconfigured, match="holds no key"):
        env.keys("PROMPT_KEYS", None)


def test_a_letter_box_with_a_broken_port_is_refused():
    with pytest.raises(env.Misconfigured, match="EMAIL_URL"):
        mail.settings_from("smtp://user:password@mail.example:port")


@pytest.mark.parametrize(
    ("name", "said", "why"),
    [
        ("CURRENCY", "bitcoin", "CURRENCY is “bitcoin”"),
        ("SITE_URL", "market.example", "SITE_URL must be a whole address that begins with https:// or http://"),
        ("SITE_URL", "https://market.example:port", "SITE_URL must be"),
        ("SITE_URL", "https://", "SITE_URL must be"),
        ("REDIS_URL", "localhost:6379", "REDIS_URL must be"),
        ("REDIS_URL", "http://localhost:6379", "REDIS_URL must be"),
        ("CELERY_BROKER_URL", "localhost", "CELERY_BROKER_URL must be the address of a broker"),
        ("CELERY_BROKER_URL", "rabbit://localhost", "CELERY_BROKER_URL must be"),
        ("STRIPE_API_BASE", "localhost:8001", "STRIPE_API_BASE must be"),
        ("SENTRY_DSN", "https://sentry.example", "SENTRY_DSN must look like"),
        ("SENTRY_DSN", "http://[x", "SENTRY_DSN must look like"),
        ("EMAIL_URL", "mailgun://", "EMAIL_URL names no key"),
        ("EMAIL_URL", "postmark://@mail.example", "EMAIL_URL names no key"),
        ("EMAIL_URL", "http://mail.example", "EMAIL_URL begins with none"),
    ],
)
def test_what_cannot_be_right_stops_the_start_with_one_line(monkeypatch, name, said, why):
    """The settings file itself, run once more under the environment that is wrong."""
    monkeypatch.setenv(name, said)

    with pytest.raises(env.Misconfigured, match=why) as refused:
        runpy.run_path(str(env.ROOT / "config" / "settings.py"))

    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("CURRENCY", "EUR"),
        ("SITE_URL", "https://market.example:8443/"),
        ("REDIS_URL", "rediss://:secret@cache.example:6380/1"),
        ("CELERY_BROKER_URL", "amqp://a.example;amqp://b.example"),
        ("CELERY_BROKER_URL", "redis+socket:///run/redis.sock"),
        ("EMAIL_URL", "mailgun://key@mail.example"),
    ],
)
def test_what_may_be_right_is_taken(monkeypatch, name, said):
    monkeypatch.setenv(name, said)

    assert name in runpy.run_path(str(env.ROOT / "config" / "settings.py"))


def test_what_the_example_file_leaves_empty_is_unset(tmp_path):
    """Copied as it is, it must not send the sandbox's key to Stripe itself."""
    told = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "DATABASE_URL", "REDIS_URL"}}
    told |= {"ENV_FILE": str(env.ROOT / ".env.example"), "PROMPTUARY_VAR": str(tmp_path)}
    command = [sys.executable, "-c", "from config import settings; print(settings.STRIPE_API_BASE)"]

    started = subprocess.run(command, cwd=env.ROOT, env=told, capture_output=True, text=True, check=True, timeout=60)

    assert started.stdout.startswith("http://127.0.0.1:")
