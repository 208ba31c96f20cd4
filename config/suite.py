"""bin/test: linters, types, migrations in step, then every test."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from config import env

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
STEPS = {
    "style": ["-m", "ruff", "check", "--quiet", "."],
    "format": ["-m", "ruff", "format", "--quiet", "--check", "."],
    "imports": ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-logo'])"],
    "types": ["-m", "mypy"],
    "migrations": ["manage.py", "makemigrations", "--check", "--dry-run"],
    "deploy": ["manage.py", "check", "--deploy", "--fail-level", "WARNING"],
}


def main() -> int:
    """Every step runs even when one fails, so one run tells all there is to mend."""
    failed = []
    for name, words in STEPS.items():
        if _run(name, words, production() if name == "deploy" else {}):
            failed.append(name)
    chromium = browser()
    arguments = sys.argv[1:] or ["-n", str(min(os.cpu_count() or 1, 4)), "--dist", "loadgroup"]
    if _run("tests", ["-m", "pytest", *arguments], {"CHROMIUM": chromium} if chromium else {}):
        failed.append("tests")
    print(f"\nFailed: {', '.join(failed)}." if failed else "\nAll well.")
    return 1 if failed else 0


def _run(name: str, words: list[str], more: Mapping[str, str]) -> int:
    began = time.monotonic()
    print(f"── {name}", flush=True)
    code = subprocess.run([sys.executable, *words], cwd=env.ROOT, env={**os.environ, **more}, check=False).returncode  # noqa: S603
    print(f"── {name}: {'failed' if code else 'well'} ({time.monotonic() - began:.0f} s)", flush=True)
    return code


def production() -> dict[str, str]:
    """What a careful operator would set, for the sake of the check; none of it opens anything."""
    from cryptography.fernet import Fernet

    return {
        "ENV_FILE": os.devnull,
        "DEBUG": "off",
        "SECRET_KEY": Fernet.generate_key().hex(),
        "PROMPT_KEYS": Fernet.generate_key().decode(),
        "SITE_URL": "https://market.example",
        "STRIPE_SECRET_KEY": "sk_test_not_a_key_of_anybody",
        "STRIPE_WEBHOOK_SECRET": "whsec_not_a_secret_of_anybody",
        "EMAIL_URL": "smtp+tls://user:password@mail.example",
        "PROMPTUARY_VAR": str(env.ROOT / "var" / "test"),
        "PROMPTUARY_THROWAWAY": "on",
    }


def browser() -> str | None:
    """A Chromium for the journeys: the system's, else playwright's own, fetched once."""
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    if found := _playwrights():
        return found
    print("── browser: fetching a Chromium, once", flush=True)
    fetch = [sys.executable, "-m", "playwright", "install", *(["--with-deps"] if os.getuid() == 0 else []), "chromium"]
    if subprocess.run(fetch, cwd=env.ROOT, check=False).returncode and os.getuid() == 0 and shutil.which("apt-get"):  # noqa: S603
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", *words], env=quiet, check=False)  # noqa: S603, S607
    return next((found for name in BROWSERS if (found := shutil.which(name))), None) or _playwrights()


def _playwrights() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as tools:
        path = tools.chromium.executable_path
    return path if Path(path).exists() else None


if __name__ == "__main__":
    raise SystemExit(main())
