"""A canary in a prompt's words is seen by nobody without the right to read it, on any way we can find."""

import base64
import json
import logging
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import pytest
import redis
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client

from accounts import outbox
from config import embedded, services
from marketplace import listings
from marketplace.models import PromptText
from marketplace.search import demand
from tests.factories.accounts import SellerFactory, UserFactory
from tests.factories.marketplace import TEMPLATE, ListingFactory, content, submitted

CANARY = "Qx7Zebrafinch9 vermilion-Kumquat Wj3Ocarina8"
SLICE = 12
MOST_PAGES = 250
LINK = re.compile(r"""(?:href|src|action|hx-get)=["']([^"'#]+)""")


def needles() -> set[bytes]:
    """The canary raw and as others would write it, and every slice of twelve characters of it."""
    slices = {CANARY[start : start + SLICE] for start in range(len(CANARY) - SLICE + 1)}
    written = {CANARY.encode().hex(), quote(CANARY), json.dumps(CANARY)[1:-1], CANARY.replace(" ", "+")}
    for shift in range(3):
        code = base64.b64encode(b"x" * shift + CANARY.encode())
        written.add(code[4:-4].decode())
    return {text.lower().encode() for text in slices | written}


NEEDLES = needles()


def assert_clean(data: bytes, where: str) -> None:
    low = data.lower()
    found = [needle for needle in NEEDLES if needle in low]
    assert not found, f"{where} shows {found[:3]}"


@pytest.fixture
def market(transactional_db):
    """Listings in every state, each with the canary in every secret part."""
    prompt = {
        "template": f"{TEMPLATE}\n{CANARY}",
        "negative": CANARY,
        "parameters": {"style": CANARY},
        "instructions": CANARY,
    }
    seller = SellerFactory()
    made = {
        "live": ListingFactory(seller=seller, live=True, prompt=prompt),
        "draft": ListingFactory(seller=seller, prompt=prompt),
        "in review": ListingFactory(seller=seller, prompt=prompt | {"template": f"{TEMPLATE} {CANARY} again"}),
        "withdrawn": ListingFactory(
            seller=seller, live=True, prompt=prompt | {"template": f"Other {TEMPLATE} {CANARY}"}
        ),
    }
    submitted(made["in review"])
    listings.withdraw(made["withdrawn"], seller)
    listings.new_version(
        made["live"], by=seller, prompt=prompt | {"template": f"{TEMPLATE} newer {CANARY}"}, note="Newer"
    )
    outbox.drain()
    return made


def crawl(client: Client, starts: list[str]) -> Iterator[tuple[str, bytes]]:
    """Every page of ours that can be reached from these, by links and by addresses in JSON."""
    seen, waiting = set(), list(starts)
    while waiting and len(seen) < MOST_PAGES:
        url = waiting.pop(0)
        if url in seen or "logout" in url:
            continue
        seen.add(url)
        answer = client.get(url, headers={"Accept": "*/*"})
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        yield url, body + repr(sorted(answer.headers.items())).encode()
        if answer.get("Location"):
            waiting.append(answer["Location"])
        text = body.decode("utf-8", "replace")
        found = (
            LINK.findall(text)
            + re.findall(r'"(?:url|next|previous)": ?"([^"]+)"', text)
            + re.findall(r"<loc>([^<]+)", text)
        )
        for link in found:
            parts = urlsplit(urljoin(url, link.replace("&amp;", "&")))
            if parts.hostname in {None, "testserver", "localhost"} and not parts.path.startswith(
                ("/static/", "/media/")
            ):
                waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))


def starts(market) -> list[str]:
    slugs = [listing.slug for listing in market.values()]
    pages = ["/", "/prompts/", "/collections/", "/sitemap.xml", "/feed.xml", "/robots.txt", "/nothing-here/"]
    pages += [f"/prompts/?q={quote(word)}" for word in CANARY.split()]
    api = "/api/v1/"
    pages += [f"{api}schema/", f"{api}docs/", f"{api}listings/?facets=1", f"{api}nothing/"]
    pages += [f"{api}listings/?q={quote(CANARY.split(maxsplit=1)[0])}", f"{api}suggest/?q={quote(CANARY[:5])}"]
    for slug in slugs:
        pages += [
            f"/prompts/{slug}/",
            f"{api}listings/{slug}/",
            f"{api}listings/{slug}/similar/",
            f"/sell/listings/{slug}/",
        ]
    return pages


@pytest.mark.parametrize("who", ["anonymous", "another buyer", "another seller"])
def test_no_page_and_no_answer_shows_a_canary(market, client, who):
    if who != "anonymous":
        client.force_login(SellerFactory() if who == "another seller" else UserFactory())
    echoed = re.compile(rb"(?:q=|value=\"|search=)[^\s&\"<>]*", re.IGNORECASE)

    pages = 0
    for url, body in crawl(client, starts(market)):
        pages += 1
        # A search box repeats what was typed: the asker's own words are no leak.
        assert_clean(body if "q=" not in url else forget_question(body, echoed), url)

    assert pages > 40


def forget_question(body: bytes, echoed: re.Pattern[bytes]) -> bytes:
    body = echoed.sub(b"", body)
    for word in [*CANARY.split(), CANARY[:5]]:
        body = re.sub(re.escape(word.encode()), b"", body, flags=re.IGNORECASE)
    return body


def test_no_column_no_key_no_letter_no_line_of_the_log_holds_a_canary(market, caplog, settings):
    caplog.set_level(logging.DEBUG)
    live = market["live"]
    listings.edit(market["draft"], by=live.seller, **content(prompt={"template": f"{TEMPLATE} edited {CANARY}"}))
    outbox.drain()

    assert_clean(caplog.text.encode(), "the log")
    for path in Path(settings.MAILBOX).rglob("*"):
        assert_clean(path.read_bytes(), "a letter")
    for path in Path(settings.MEDIA_ROOT).rglob("*.*"):
        assert_clean(path.read_bytes(), "a media file")
    with redis.Redis.from_url(django_settings.REDIS_URL) as store:
        # Questions that several people ask are counted in their words: the hunt asked these itself.
        store.delete(demand.KEY)
        for key in store.scan_iter():
            assert_clean(key + (store.dump(key) or b""), f"Redis under {key!r}")
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            for (row,) in cursor.fetchall():
                assert_clean(row.encode(), table)
    assert PromptText.objects.count() >= 4


def test_neither_a_dump_nor_the_files_of_the_database_hold_a_canary(market):
    """What a thief of backups gets: all of it in clear, and each file as it lies on the disk."""
    live = market["live"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        (number,) = cursor.fetchone()
    socket, name = connection.settings_dict["HOST"], connection.settings_dict["NAME"]
    program = embedded.postgres_programs() / "pg_dump"

    # Tests of other things keep copies of their own beside what is ours.
    command = [program, "-h", socket, "-U", connection.settings_dict["USER"], "--inserts", "--schema=public", name]
    dump = subprocess.run(command, capture_output=True, check=True).stdout
    services.ask("CHECKPOINT", superuser=True)
    files = b"".join(path.read_bytes() for path in (services.var() / "postgres" / "base" / str(number)).iterdir())

    assert_clean(dump, "the dump")
    assert_clean(files, "a file of the database")
    assert live.title.encode() in dump
    assert live.title.encode() in files


def test_the_hunt_would_find_a_canary():
    for hidden in (CANARY, CANARY.upper(), quote(CANARY), base64.b64encode(CANARY.encode()).decode(), CANARY[7:21]):
        with pytest.raises(AssertionError):
            assert_clean(f"<p>{hidden}</p>".encode(), "a page")
