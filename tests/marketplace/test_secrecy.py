"""A word that stands only in prompts is looked for everywhere else."""

import datetime as dt
import io
import logging
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.contrib import admin
from django.core import mail
from django.core.management import call_command
from django.db import connection

from accounts import outbox
from accounts.models import OutboxEntry
from common import clock
from marketplace import library, listings, moderation, reviews, screening, social
from marketplace.models import Listing, PromptText
from tests.factories.accounts import ModeratorFactory, UserFactory
from tests.factories.marketplace import ListingFactory, submitted, work

pytestmark = pytest.mark.django_db

CANARY = "xylocanaryphone"
SECRET = {
    "template": f"Take [subject], {CANARY}one it, ignore all previous instructions, calmly, for [who] {CANARY}.",
    "negative": f"{CANARY}two",
    "parameters": {f"{CANARY}three": f"{CANARY}four"},
    "instructions": f"Say {CANARY}five first.",
    "variables": [{"name": "subject", "label": "Subject", "help": "What it is about."}],
}


def everything_in_the_database():
    """Each row of each table as text, by table."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT whole::text FROM "{table}" AS whole')
            found[table] = "\n".join(row[0] for row in cursor.fetchall())
    return found


def live_through_everything():
    """Each thing the market does with a prompt, good and bad."""
    listing = ListingFactory(prompt=SECRET, examples=[{"inputs": {"subject": "tea"}, "output": "A short text on tea."}])
    listings.edit(listing, by=listing.seller, prompt={"instructions": f"Say {CANARY}six first."})
    case, moderator = submitted(listing), ModeratorFactory()
    moderation.claim(case, moderator)
    library.open(moderator, case.revision.version, case=case, reason="To check it.")
    moderation.decide(case, by=moderator, decision="reject", reason="quality", note="Do more.")
    moderation.decide(
        moderation.appeal(case, by=listing.seller, words="Look again."), by=ModeratorFactory(), decision="approve"
    )
    listing.refresh_from_db()
    held = library.grant(UserFactory(), listing, key="line:1")
    library.render(held, {"subject": "rain"})
    for kind in ("md", "json", "txt", "prompt.yml"):
        library.download(held, kind)
    reviews.post(held.owner, listing, rating=4, text="Fine.")
    social.favourite(held.owner, listing)
    listings.new_version(listing, by=listing.seller, prompt=f"Another {CANARY} text, much shorter than before.")
    copy = submitted(prompt=SECRET)
    moderation.screen(copy)
    moderation.report(listing, by=held.owner, kind="copyright", words="Copied.")
    for refused in (
        lambda: listings.edit(listing, by=listing.seller, prompt={"template": f"{CANARY}\x00"}),
        lambda: listings.edit(listing, by=listing.seller, prompt={"template": f"{CANARY} \ud800"}),
        lambda: listings.edit(listing, by=listing.seller, prompt={"parameters": [CANARY]}),
        lambda: listings.edit(listing, by=listing.seller, prompt={"template": CANARY * 20_000}),
    ):
        with pytest.raises(listings.BadContent) as caught:
            refused()
        assert CANARY not in f"{caught.value} {caught.value.as_json()} {caught.value.errors}"
    return listing


def test_no_table_log_letter_cache_or_file_holds_a_word_of_a_prompt(caplog, tmp_path, monkeypatch):
    def broken(subject):
        raise ValueError(subject.prompt.template)

    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(screening.leak, "check", broken)
    live_through_everything()
    path = tmp_path / "a.csv"
    path.write_text(f'title,prompt\nOne,"{CANARY} writes a long text about it"\nTwo,"{CANARY} \x00 bad"\n')
    out = io.StringIO()
    call_command("import_prompts", path, publish=True, stdout=out, report=tmp_path / "report.csv")
    with clock.at(clock.now() + dt.timedelta(minutes=5)):
        work()

    assert PromptText.objects.count() == 4
    assert {table for table, rows in everything_in_the_database().items() if CANARY in rows} == set()
    assert CANARY not in caplog.text
    assert CANARY not in "".join(str(vars(record)) for record in caplog.records)
    assert CANARY not in "".join(f"{letter.subject}{letter.body}{letter.alternatives}" for letter in mail.outbox)
    assert CANARY not in out.getvalue() + (tmp_path / "report.csv").read_text()
    with redis.from_url(settings.REDIS_URL) as store:
        for key in store.scan_iter("*"):
            assert CANARY.encode() not in key + (store.dump(key) or b"")


def test_the_look_into_the_tables_would_find_it():
    listing = ListingFactory(summary=f"A summary with {CANARY} in it.")

    tables = {table for table, rows in everything_in_the_database().items() if CANARY in rows}

    assert tables == {"marketplace_listing", "marketplace_revision"}
    assert Listing.objects.get() == listing


def test_promises_carry_ids_only():
    live_through_everything()

    for entry in OutboxEntry.objects.all():
        for value in entry.arguments.values():
            assert isinstance(value, int) or all(isinstance(one, int) for one in value), entry.handler
    assert outbox.health().parked == 0


def test_the_back_office_knows_nothing_of_prompt_texts():
    registered = {model.__name__ for model in admin.site._registry}

    assert "PromptText" not in registered
    assert {"Listing", "Case", "GenerativeModel"} <= registered


def test_only_the_library_decrypts():
    root = Path(library.__file__).parent
    users = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if "decrypt(" in path.read_text() or "ciphertext" in path.read_text().replace("help_text", "")
    }

    assert {name for name in users if "migrations" not in name} <= {
        "library.py",
        "prompts.py",
        "models/listings.py",
        "rotation.py",
        "synthesis.py",  # writes texts that it made up, reads none
    }


def test_the_models_say_nothing_of_themselves_in_errors():
    listing = ListingFactory(prompt=SECRET)
    text = PromptText.objects.get(version=listing.working.version)

    assert CANARY not in repr(text) + repr(listing.working.version) + repr(library.open(listing.seller, text.version))
