"""With DEBUG off the project starts with real secrets or not at all; each start is a process of its own."""

import os
import subprocess
import sys

import pytest
from cryptography.fernet import Fernet

from config import checks, env, suite

WHOLE = suite.production()


def start(*words: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "DATABASE_URL", "REDIS_URL"}}
    told = {name: value for name, value in (kept | WHOLE | changes).items() if value is not None}
    command = [sys.executable, "manage.py", *(words or ("version",))]
    return subprocess.run(command, cwd=env.ROOT, env=told, capture_output=True, text=True, check=False, timeout=60)


def test_the_deployment_check_is_clean():
    checked = start("check", "--deploy", "--fail-level", "DEBUG")

    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize(
    "name", ["SECRET_KEY", "PROMPT_KEYS", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "SITE_URL"]
)
def test_what_is_missing_is_named_and_nothing_starts(name):
    refused = start("check", **{name: None})

    assert refused.returncode == 1
    assert f"{name} is not set" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [("SECRET_KEY", "changeme"), ("SECRET_KEY", "x" * 60), ("PROMPT_KEYS", "not a key of the right kind, but long")],
)
def test_a_secret_that_is_none_is_refused(name, value):
    refused = start("check", **{name: value})

    assert refused.returncode == 1
    assert name in refused.stderr


@pytest.fixture
def in_production(settings):
    settings.DEBUG = settings.STRIPE_SANDBOX = False
    settings.SITE_URL, settings.STRIPE_API_BASE, settings.STRIPE_SECRET_KEY = "https://market.example", "", "sk_live_x"
    return settings


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"STRIPE_API_BASE": "http://127.0.0.1:8001"}, "promptuary.E001"),
        ({"STRIPE_API_BASE": "https://api.stripe.com.evil.example"}, "promptuary.E001"),
        ({"STRIPE_SANDBOX": True}, "promptuary.E001"),
        ({"STRIPE_SECRET_KEY": "sk_test_sandbox_promptuary"}, "promptuary.E002"),
        ({"SITE_URL": "http://market.example"}, "promptuary.E003"),
    ],
)
def test_what_cannot_be_true_together_is_refused(in_production, changes, code):
    for name, value in changes.items():
        setattr(in_production, name, value)

    assert [found.id for found in checks.sandbox_beside_live_key(None)] == [code]


def test_a_live_key_at_stripe_itself_is_welcome(in_production):
    assert checks.sandbox_beside_live_key(None) == []


def test_the_sandbox_does_not_run_beside_a_key():
    told = os.environ | {"STRIPE_SECRET_KEY": "sk_live_x"}
    command = [sys.executable, "-m", "config.sandbox"]

    refused = subprocess.run(command, cwd=env.ROOT, env=told, capture_output=True, text=True, check=False, timeout=60)

    assert refused.returncode == 1
    assert "does not run beside a Stripe key" in refused.stderr


def test_prompt_keys_are_read_newest_first():
    keys = [Fernet.generate_key().decode() for _ in range(2)]

    shown = start("diffsettings", PROMPT_KEYS=",".join(keys))

    assert f"PROMPT_KEYS = {keys!r}" in shown.stdout
