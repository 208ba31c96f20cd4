"""What is compressed, and what never is."""

import gzip

import pytest
from django.urls import reverse

from tests.factories.marketplace import EntitlementFactory

pytestmark = pytest.mark.django_db
TAKES = {"Accept-Encoding": "gzip, br"}


def test_a_page_is_compressed_for_browsers_that_take_it(client):
    answer = client.get("/prompts/", headers=TAKES)

    assert answer["Content-Encoding"] == "gzip"
    assert b"<main" in gzip.decompress(answer.content)
    assert len(answer.content) < len(client.get("/prompts/").content) / 2
    assert "Accept-Encoding" in answer["Vary"]


def test_a_page_with_a_prompt_on_it_is_not(client):
    held = EntitlementFactory()
    client.force_login(held.owner)

    assert "Content-Encoding" not in client.get(reverse("library-item", args=[held.public_id]), headers=TAKES)
