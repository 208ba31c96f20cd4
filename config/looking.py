"""Pages in a real browser without a server: what the browser asks for is answered by Django in this very process.

For the pictures of bin/shots and the tests that look at pages: each person has a context of their own, signed in, in
a language, a colour scheme and a width.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.staticfiles import finders
from django.test import Client

from accounts.models import User

HEIGHT = 900
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
# Told to axe: the rules of WCAG 2.2 at level AA, and what its authors hold to be good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_AXE = """async (rules) => {
  const said = await axe.run(document, { runOnly: { type: "tag", values: rules }, resultTypes: ["violations"] });
  const why = (node) => (node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? "";
  return said.violations.map((one) => `${one.id} (${one.impact}): ${one.nodes.length} times, `
    + `${one.nodes[0].html.slice(0, 160)} ${why(one.nodes[0])}`);
}"""
_WIDE = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  const scrolls = (one) => one && (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(one).overflowX)
    ? one !== document.documentElement && one !== document.body : scrolls(one.parentElement));
  return [...document.querySelectorAll("main *, header *, footer *")]
    .filter((one) => one.getBoundingClientRect().right > room + 1 && !scrolls(one.parentElement))
    .slice(0, 3).map((one) => `${one.tagName.toLowerCase()}.${one.className} ends at ${
      Math.round(one.getBoundingClientRect().right)} of ${room} px: ${one.textContent.trim().slice(0, 60)}`);
}"""


@dataclass
class Eyes:
    """One browser page that looks as one person does."""

    page: Any  # playwright's
    troubles: list[str] = field(default_factory=list)

    def open(self, path: str) -> int:
        """The status; what the page complains about is kept in `troubles`."""
        self.troubles.clear()
        answer = self.page.goto(settings.SITE_URL + path, wait_until="load")
        return int(answer.status) if answer else 0

    def unread(self) -> list[str]:
        """What axe finds wrong for people who see, hear or move differently."""
        self.page.evaluate(_axe())
        return list(self.page.evaluate(_AXE, RULES))

    def too_wide(self) -> list[str]:
        """What makes the page scroll sideways."""
        return list(self.page.evaluate(_WIDE))

    def too_wide_enlarged(self) -> list[str]:
        """The same with letters twice as large."""
        self.page.evaluate("document.documentElement.style.fontSize = '200%'")
        return [f"at 200 %, {one}" for one in self.page.evaluate(_WIDE)]


@contextmanager
def browser() -> Iterator[Any]:
    import os
    import shutil

    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in our thread; we speak to the database beside it, never inside.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    paths = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    with sync_playwright() as tools:
        chromium = tools.chromium.launch(executable_path=next(filter(None, paths), None), args=FLAGS)
        yield chromium
        chromium.close()


@contextmanager
def looking(
    chromium: Any,
    person: User | None,
    *,
    language: str = "en",
    scheme: str = "light",
    width: int = 1280,
    script: bool = True,
) -> Iterator[Eyes]:
    """A page that looks as this person; closed again afterwards."""
    context = chromium.new_context(
        viewport={"width": width, "height": HEIGHT},
        color_scheme=scheme,
        locale=language,
        reduced_motion="reduce",
        java_script_enabled=script,
        bypass_csp=True,  # axe is put into the page by us
    )
    client = Client(headers={"Accept-Language": language, "User-Agent": "Mozilla/5.0 Chromium"})
    if person is not None:
        client.force_login(person)
        _fresh(client)
    # Django's connections belong to the context they were made in, and the browser calls back in another.
    ours = copy_context()
    context.route("**/*", lambda route: _answer(route, client, ours))
    page = context.new_page()
    eyes = Eyes(page)
    page.on("pageerror", lambda problem: eyes.troubles.append(str(problem)))
    page.on("console", lambda said: eyes.troubles.append(said.text) if said.type == "error" else None)
    try:
        yield eyes
    finally:
        context.close()


def _fresh(client: Client) -> None:
    """Signed in just now, as far as grave things are concerned."""
    import time

    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = session[SESSION_KEY]
    session.save()


def _answer(route: Any, client: Client, ours: Context) -> None:
    asked = route.request
    where = urlsplit(asked.url)
    if asked.url.startswith(("data:", "blob:")):
        route.continue_()
    elif not asked.url.startswith(settings.SITE_URL) or asked.method not in {"GET", "HEAD"}:
        route.abort()
    elif where.path.startswith(settings.STATIC_URL):
        found = finders.find(where.path.removeprefix(settings.STATIC_URL))
        route.fulfill(path=str(found)) if found else route.fulfill(status=404)
    else:
        path = where.path + (f"?{where.query}" if where.query else "")
        headers = {name: value for name, value in asked.headers.items() if name.startswith(("hx-", "accept"))}
        headers["host"] = urlsplit(settings.SITE_URL).netloc
        said, body = ours.run(_ask, client, path, headers)
        route.fulfill(status=said.status_code, headers=dict(said.items()), body=body)


def _ask(client: Client, path: str, headers: dict[str, str]) -> tuple[Any, bytes]:
    said = client.get(path, headers=headers, follow=True)
    return said, b"".join(getattr(said, "streaming_content", ())) if said.streaming else said.content


@cache
def _axe() -> str:
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
