"""A browser without a screen or JavaScript: follows links, fills in forms, keeps cookies. For the main job."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import requests

SECONDS = 20
MOST_REDIRECTS = 12


class Lost(Exception):
    """The page was not what somebody on this way would expect; says which page and what was on it."""


@dataclass
class Form:
    """A form as it stands on the page: where it leads and what is filled in already."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)  # words, name, value


class _Reader(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.words: list[str] = []
        self._form: Form | None = None
        self._href = ""
        self._button: tuple[str, str] | None = None
        self._collected: list[str] = []
        self._area = ""
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        had = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(had.get("action", ""), had.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "a":
            self._href, self._collected = had.get("href", ""), []
        elif self._form is None:
            return
        elif tag == "input":
            self._input(had)
        elif tag == "button":
            self._button, self._collected = (had.get("name", ""), had.get("value", "")), []
        elif tag == "textarea":
            self._area, self._collected = had.get("name", ""), []
        elif tag == "select":
            self._select = had.get("name", "")
        elif tag == "option" and self._select and ("selected" in had or self._select not in self._form.values):
            self._form.values[self._select] = had.get("value", "")

    def _input(self, had: dict[str, str]) -> None:
        assert self._form is not None
        kind, name = had.get("type", "text"), had.get("name", "")
        if kind in {"checkbox", "radio"} and "checked" not in had:
            return
        if kind in {"submit", "image"}:
            self._form.buttons.append((had.get("value", ""), name, had.get("value", "")))
        elif name and kind not in {"button", "file", "reset"}:
            self._form.values[name] = had.get("value", "on" if kind == "checkbox" else "")

    def handle_endtag(self, tag: str) -> None:
        said = " ".join("".join(self._collected).split())
        if tag == "form":
            self._form = None
        elif tag == "a" and self._href:
            self.links.append((said, self._href))
            self._href = ""
        elif tag == "button" and self._button is not None and self._form is not None:
            self._form.buttons.append((said, *self._button))
            self._button = None
        elif tag == "textarea" and self._area and self._form is not None:
            self._form.values[self._area] = "".join(self._collected).removeprefix("\n")
            self._area = ""
        elif tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        self._collected.append(data)
        self.words.append(data)


class Browser:
    """One person's browser."""

    def __init__(self, site: str, *, language: str = "en") -> None:
        self.site = site
        self.url = site
        self.status = 0
        self.text = ""
        self._session = requests.Session()
        self._session.headers.update({"Accept": "text/html", "Accept-Language": language})
        self._read = _Reader("")

    @property
    def words(self) -> str:
        """What stands on the page, as one line."""
        return " ".join(" ".join(self._read.words).split())

    def open(self, address: str) -> "Browser":
        return self._go("GET", urljoin(self.url or self.site, address))

    def follow(self, words: str) -> "Browser":
        """The first link with these words in it."""
        for said, href in self._read.links:
            if words.lower() in said.lower():
                return self.open(href)
        raise Lost(f"No link “{words}” at {self.url}: {self.words[:300]}")

    def submit(self, marker: str, *, button: str = "", **values: Any) -> "Browser":
        """Fill in the first form that has this field, or leads to such an address, and send it."""
        for form in self._read.forms:
            if marker in form.values or marker in form.action or any(marker == name for _, name, _ in form.buttons):
                break
        else:
            raise Lost(f"No form with “{marker}” at {self.url} ({self.status}): {self.words[:400]}")
        sent = form.values | {name: str(value) for name, value in values.items()}
        for said, name, value in form.buttons:
            if name and (not button or button.lower() in said.lower() or button == value):
                sent[name] = value
                break
        return self._go(form.method.upper(), urljoin(self.url, form.action or self.url), sent)

    def press(self, address: str) -> "Browser":
        """A lone button: it sends the page's own empty form to an address."""
        token = next(
            (form.values["csrfmiddlewaretoken"] for form in self._read.forms if "csrfmiddlewaretoken" in form.values),
            "",
        )
        return self._go("POST", urljoin(self.url, address), {"csrfmiddlewaretoken": token})

    def _go(self, method: str, url: str, sent: dict[str, str] | None = None) -> "Browser":
        for _ in range(MOST_REDIRECTS):
            told = {"Referer": self.url}
            answer = (
                self._session.get(url, params=sent, headers=told, timeout=SECONDS, allow_redirects=False)
                if method == "GET"
                else self._session.post(url, data=sent, headers=told, timeout=SECONDS, allow_redirects=False)
            )
            self.url, self.status, self.text = answer.url, answer.status_code, answer.text
            if not answer.is_redirect:
                break
            method, url, sent = "GET", urljoin(url, answer.headers["Location"]), None
        self._read = _Reader(self.text)
        return self

    def expect(self, status: int = 200, words: str = "") -> "Browser":
        if self.status != status or words.lower() not in self.words.lower():
            raise Lost(f"Expected {status} “{words}” at {self.url}, got {self.status}: {self.words[:500]}")
        return self
