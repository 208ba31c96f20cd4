"""The project's settings, read in surroundings of the tests' own (pytest-django reads settings before any conftest)."""

import base64
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Nothing of the developer's .env reaches a test, least of all a key to real money.
os.environ["ENV_FILE"] = os.devnull
os.environ["TESTING"] = "on"
os.environ["PROMPTUARY_VAR"] = str(ROOT / "var" / "test")
os.environ["PROMPTUARY_THROWAWAY"] = "on"
# One key for all runs: likeness is estimated under it, and a test must not pass by the luck of a fresh key.
os.environ["PROMPT_KEYS"] = base64.urlsafe_b64encode(b"promptuary's tests, not a secret").decode()
for name in ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_API_BASE", "EMAIL_URL", "SENTRY_DSN", "SITE_URL"):
    os.environ.pop(name, None)

from tests import plumbing  # noqa: E402

plumbing.prepare()

from config.settings import *  # noqa: E402, F403

# Tests of meaning turn it on; the others need not load a network.
SEARCH_MEANING = False
