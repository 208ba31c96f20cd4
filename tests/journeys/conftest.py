"""Browsers for the journeys."""

import os
import shutil
from collections.abc import Iterator

import pytest
from django.db import connections
from playwright.sync_api import Browser, expect, sync_playwright

from tests.journeys.hands import SECONDS, Finger, Hands, Keys
from tests.processes import Site

# Playwright keeps an event loop in our thread; the tests speak to the database beside it, never inside.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

expect.set_options(timeout=SECONDS)

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def chromium(django_db_setup: None) -> Iterator[Browser]:
    """The system's Chromium, else the one playwright brought; bin/test saw to it that one of them is there."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
        # Those made beside the browser's loop would keep the test database from being dropped.
        connections.close_all()


@pytest.fixture(params=[Keys, Finger], ids=["keys alone", "a finger, no JavaScript"])
def hands(request: pytest.FixtureRequest, chromium: Browser, site: Site) -> Iterator[Hands]:
    made = Hands(chromium, site, request.param)
    yield made
    made.context.close()
