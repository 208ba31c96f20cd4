"""The Model Context Protocol through the official client: search, buy, read what was bought and nothing else."""

import json
import sys

import httpx2
import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.core.cache import cache
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

from accounts import security
from tests.factories.accounts import UserFactory, token
from tests.factories.marketplace import EntitlementFactory, ListingFactory

CANARY = "quetzalcoatlus"


class Wire(httpx2.AsyncBaseTransport):
    """Carries the client's requests to the project through Django's test client, on this test's own connection."""

    def __init__(self, client, secret):
        self.client, self.secret = client, secret

    async def handle_async_request(self, request):
        content = await request.aread()
        headers = {name: value for name, value in request.headers.items() if name not in {"content-length", "host"}}
        headers["Authorization"] = f"Bearer {self.secret}"
        answer = await sync_to_async(self.client.generic)(
            request.method, "/mcp/", content, content_type="application/json", headers=headers
        )
        return httpx2.Response(answer.status_code, headers=dict(answer.headers), content=answer.content)


def through(client, user, act, *scopes):
    """Run an async function of a connected client."""
    secret = token(user, *scopes) if scopes else token(user)

    async def run():
        async with (
            httpx2.AsyncClient(transport=Wire(client, secret)) as http,
            Client(streamable_http_client("http://testserver/mcp/", http_client=http)) as connected,
        ):
            return await act(connected)

    return async_to_sync(run)()


def said(result):
    return json.loads(result.content[0].text)


@pytest.mark.django_db
class TestOverHTTP:
    def test_search_buy_library_and_rendering(self, client, sandbox):
        buyer = UserFactory()
        words = {"template": f"Write about {CANARY} in a [tone] voice.", "instructions": "Choose a tone."}
        listing = ListingFactory(live=True, price=0, prompt=words)
        priced = ListingFactory(live=True)

        async def act(agent):
            tools = [tool.name for tool in (await agent.list_tools()).tools]
            found = await agent.call_tool("search_prompts", {"query": "letters", "limit": 5})
            page = await agent.call_tool("get_listing", {"slug": listing.slug})
            link = await agent.call_tool("buy_prompt", {"slug": priced.slug})
            before = await agent.list_prompts()
            bought = await agent.call_tool("buy_prompt", {"slug": listing.slug})
            after = await agent.list_prompts()
            filled = await agent.call_tool("render_prompt", {"prompt": listing.slug, "variables": {"tone": "warm"}})
            prompt = await agent.get_prompt(listing.slug, {"tone": "dry"})
            return tools, found, page, link, before, bought, after, filled, prompt

        tools, found, page, link, before, bought, after, filled, prompt = through(client, buyer, act)

        assert tools == ["search_prompts", "get_listing", "buy_prompt", "render_prompt"]
        assert {one["slug"] for one in said(found)["results"]} == {listing.slug, priced.slug}
        assert (said(page)["variables"][0]["name"], said(page)["library_id"]) == ("tone", None)
        assert CANARY not in page.content[0].text
        assert said(link)["checkout_url"].startswith("http")
        where = cache.get(f"order-at:{said(link)['order']}")
        assert where == "127.0.0.1", "Declined cards count by the place the agent calls from."
        assert before.prompts == []
        assert said(bought)["state"] == "fulfilled"
        assert [(one.name, [each.name for each in one.arguments]) for one in after.prompts] == [
            (listing.slug, ["tone"])
        ]
        assert said(filled)["text"] == f"Write about {CANARY} in a warm voice."
        assert prompt.messages[0].content.text == f"Write about {CANARY} in a dry voice."
        assert prompt.description == "Choose a tone."

    def test_what_was_not_bought_stays_hidden(self, client):
        owner, stranger = UserFactory(), UserFactory()
        listing = ListingFactory(live=True, prompt={"template": f"Write about {CANARY} in a [tone] voice."})
        held = EntitlementFactory(owner=owner, listing=listing)

        async def act(agent):
            answers = [
                await agent.call_tool(name, arguments)
                for name, arguments in [
                    ("search_prompts", {"query": CANARY}),
                    ("search_prompts", {}),
                    ("get_listing", {"slug": listing.slug}),
                    ("render_prompt", {"prompt": listing.slug}),
                    ("render_prompt", {"prompt": held.public_id}),
                    ("get_listing", {"slug": "no-such-thing"}),
                ]
            ]
            with pytest.raises(MCPError):
                await agent.get_prompt(listing.slug, {})
            return answers, await agent.list_prompts()

        answers, prompts = through(client, stranger, act)

        for answer in answers:
            assert CANARY not in answer.model_dump_json()
        assert [answer.is_error for answer in answers] == [False, False, False, True, True, True]
        assert prompts.prompts == []

    def test_a_token_without_the_right_reads_no_library(self, client):
        owner = UserFactory()
        slug = EntitlementFactory(owner=owner).listing.slug

        async def act(agent):
            with pytest.raises(MCPError):
                await agent.list_prompts()
            return await agent.call_tool("render_prompt", {"prompt": slug})

        assert through(client, owner, act, "read").is_error

    def test_wrong_arguments_are_named(self, client):
        async def act(agent):
            wrong = [
                ("search_prompts", {"query": 5}), ("search_prompts", {"limit": 1000}), ("search_prompts", {"x": 1}),
                ("get_listing", {}), ("get_listing", {"slug": "a\x00b"}), ("render_prompt", {"prompt": []}),
            ]  # fmt: skip
            return [await agent.call_tool(name, arguments) for name, arguments in wrong]

        assert all(answer.is_error for answer in through(client, UserFactory(), act))

    def test_without_a_valid_token_nobody_speaks(self, client):
        for headers in ({}, {"Authorization": "Bearer ptu_" + "x" * 40}, {"Authorization": "Basic abc"}):
            answer = client.post("/mcp/", "{}", content_type="application/json", headers=headers)
            assert answer.status_code == 401
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")

    def test_only_posts_and_only_the_protocol(self, client):
        headers = {"Authorization": f"Bearer {token(UserFactory())}"}
        assert client.get("/mcp/", headers=headers).status_code == 405
        for body in (b"", b"{", b"[]", b"\xff", b'{"jsonrpc": "2.0"}', b"x" * 300_000):
            answer = client.post("/mcp/", body, content_type="application/json", headers=headers)
            assert 400 <= answer.status_code < 500, body[:20]


@pytest.mark.django_db(transaction=True)
def test_over_standard_input_and_output(journey_surroundings, monkeypatch):
    owner = UserFactory()
    held = EntitlementFactory(owner=owner)
    slug = held.listing.slug
    secret = token(owner)

    async def run():
        server = StdioServerParameters(
            command=sys.executable,
            args=["manage.py", "mcp"],
            env={**journey_surroundings, "PROMPTUARY_TOKEN": secret, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        )
        async with Client(stdio_client(server)) as agent:
            prompts = await agent.list_prompts()
            filled = await agent.call_tool("render_prompt", {"prompt": slug, "variables": {"tone": "warm"}})
            await sync_to_async(security.revoke_tokens)(owner)
            dead = await agent.call_tool("render_prompt", {"prompt": slug})
            return prompts, filled, dead

    prompts, filled, dead = async_to_sync(run)()

    assert [one.name for one in prompts.prompts] == [slug]
    assert "in a warm voice" in said(filled)["text"]
    assert dead.is_error
