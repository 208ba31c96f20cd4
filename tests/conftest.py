"""What every test stands on: PostgreSQL and Redis of the tests' own, a Stripe sandbox, workers, a site."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
# Before settings are read. Nothing of the developer's .env reaches a test, least of all a key to real money.
os.environ["ENV_FILE"] = os.devnull
os.environ["TESTING"] = "on"
os.environ["PROMPTUARY_VAR"] = str(ROOT / "var" / "test")
os.environ["PROMPTUARY_THROWAWAY"] = "on"
for name in ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_API_BASE", "EMAIL_URL", "SENTRY_DSN", "SITE_URL"):
    os.environ.pop(name, None)

from tests import plumbing  # noqa: E402

plumbing.prepare()

pytest_plugins = ["tests.fixtures"]
