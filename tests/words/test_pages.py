"""Every page, for everybody, in both languages: no word of ours in the wrong one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.factories.accounts import sign_in
from tests.words import reading, world

# Nothing to read at these addresses: they take a form, send a file or speak to programs.
NOT_PAGES = frozenset({"healthz", "readyz", "set_language", "media", "mcp", "stripe-webhook", "sitemap-part", "letter"})
# A passkey cannot be had without the device that made it.
NOT_PAGES |= {"mfa_remove_webauthn", "mfa_edit_webauthn"}
# Written in one language on purpose: the reference for programmers, and the workbench of the design.
ENGLISH = frozenset({"api-docs", "components"})
PEOPLE = ("nobody", "buyer", "seller", "moderator")


def routes(resolver: URLResolver | None = None, before: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each named route of the site with its parameters; the back office has a test of its own."""
    for entry in (resolver or get_resolver()).url_patterns:
        wanted = (*before, *entry.pattern.regex.groupindex)
        if isinstance(entry, URLResolver) and entry.app_name != "admin":
            yield from routes(entry, wanted)
        elif isinstance(entry, URLPattern) and entry.name and not _for_programs(entry.name):
            yield entry.name, wanted


def _for_programs(name: str) -> bool:
    return name in NOT_PAGES or (name.startswith("api-") and name != "api-docs")


@pytest.fixture
def place(db, sandbox, settings):
    sandbox.control("_control/reset")
    settings.HOLD_DAYS, settings.MIN_PAYOUT = 0, 300
    # One reader who turns all pages in a few seconds is no attack.
    settings.ACCOUNT_RATE_LIMITS = {}
    return world.build(sandbox)


@dataclass(frozen=True)
class Visit:
    person: str
    route: str
    address: str
    status: int
    said: frozenset[str] | None  # None when it is no page


def client_of(place: world.World, person: str, language: str) -> Client:
    client = Client(raise_request_exception=False, headers={"accept-language": language})
    return sign_in(client, user) if (user := place.people[person]) else client


def visits(place: world.World, person: str, language: str, wanted: Callable[[str], bool]) -> Iterator[Visit]:
    client = client_of(place, person, language)
    for name, parameters in routes():
        for values in place.addresses(name, parameters):
            address = reverse(name, kwargs=values)
            if not wanted(address):
                continue
            with transaction.atomic():
                answer = client.get(address)
                transaction.set_rollback(True)
            is_page = answer.headers.get("Content-Type", "").startswith("text/html")
            yield Visit(person, name, address, answer.status_code, reading.texts(answer.text) if is_page else None)


def walk(place: world.World) -> dict[str, list[Visit]]:
    """Every address for everybody in French; in English, too, where that was a page of its own."""
    french: list[Visit] = []
    for person in PEOPLE:
        no_pages = {visit.address for visit in french if visit.status == 405}
        french += visits(place, person, "fr", lambda address, no_pages=no_pages: address not in no_pages)
    english: list[Visit] = []
    for person in PEOPLE:
        pages = {visit.address for visit in french if visit.person == person and visit.said and visit.status == 200}
        english += visits(place, person, "en", pages.__contains__)
    return {"fr": french, "en": english}


@pytest.mark.timeout(900)
def test_every_page_speaks_the_readers_language_and_no_other(place):
    walked = walk(place)

    for name, wanted in routes():
        assert place.addresses(name, wanted), f"Give tests/words/world.py something to show at the route {name}."
        answers = {visit.status for visit in walked["fr"] if visit.route == name}
        assert answers - {403, 404}, f"Nobody may see {name}: tests/words/world.py lacks what it shows."
    assert [(visit.person, visit.address) for visit in walked["fr"] if visit.status == 500] == []
    wrong = [
        (language, visit.person, visit.address, foreign)
        for language, all_visits in walked.items()
        for visit in all_visits
        if visit.said and visit.route not in ENGLISH and (foreign := reading.foreign_in(visit.said, language))
    ]
    # What is the same on both pages was never given to the translators, unless it is a name or somebody's own words.
    wrong += [
        ("both", visit.person, visit.address, hard)
        for visit, twin in zip(
            [one for one in walked["fr"] if one.said and one.status == 200], walked["en"], strict=True
        )
        if visit.route not in ENGLISH and (hard := reading.shared(visit.said or frozenset(), twin.said or frozenset()))
    ]
    assert not wrong, "\n".join(map(str, wrong))
