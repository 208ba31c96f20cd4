"""What an agent may do for the account whose token it holds; the same functions as behind the pages and the API.

Words of a prompt come from marketplace.library alone, which gives them to those who bought them.
"""

from collections.abc import Callable, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from django.http import Http404
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import permissions
from accounts.models import ApiToken, User
from common import problems, throttle
from common.problems import Problem
from marketplace import formats, library, search
from marketplace.api import shown, shown_cards
from marketplace.api.library import values_of, version_wanted
from marketplace.api.listings import find
from marketplace.models import Entitlement, Listing
from payments import checkout

MOST_RESULTS = 25
PAGE = 50
CALLS_A_MINUTE = 300


class NotSignedIn(Problem):
    status, code = 401, "not_signed_in"
    default_detail = "This token is not valid: it may be mistyped, revoked or run out."


class LacksScope(Problem):
    status, code = 403, "lacks_scope"


_token: ContextVar[Callable[[], ApiToken | None]] = ContextVar("agent_token")
_address: ContextVar[str] = ContextVar("agent_address", default="")


@contextmanager
def acting(token: Callable[[], ApiToken | None], address: str = "") -> Any:
    """Within this block calls are made with that token, asked for at each call, from where the `address` says."""
    reset, there = _token.set(token), _address.set(address)
    try:
        yield
    finally:
        _token.reset(reset)
        _address.reset(there)


def caller(scope: str) -> User:
    """The account behind the token, if the token has the scope at this moment."""
    token = _token.get()()
    if token is None or not permissions.is_person(token.user):
        raise NotSignedIn
    throttle.hit("agents", f"account {token.user_id}", CALLS_A_MINUTE, 60, when_down="open").require()
    if scope not in token.scopes:
        raise LacksScope(_("This token lacks the right “%(scope)s”.") % {"scope": scope})
    return token.user


# ---- Tools -----------------------------------------------------------------------------------------------------------


def search_prompts(arguments: Mapping[str, Any]) -> dict[str, Any]:
    caller("read")
    asked = {name: arguments[name] for name in ("model", "category", "medium", "tag", "sort") if arguments.get(name)}
    asked["q"] = arguments.get("query") or ""
    if arguments.get("free"):
        asked["free"] = "1"
    if arguments.get("price_max") is not None:
        asked["price_max"] = arguments["price_max"]
    query = replace(search.Query.from_params(asked, get_language() or "en"), only_keys=True)
    if query.errors:
        raise problems.invalid(query.errors)
    found = search.find(query, size=min(MOST_RESULTS, int(arguments.get("limit") or 10)))
    return {"results": [_line(one) for one in shown_cards.of_keys(found.results)]}


def _line(card: dict[str, Any]) -> dict[str, Any]:
    names = ("slug", "title", "summary", "url", "price", "price_before", "medium", "rating", "sales_count", "tags")
    return {name: card[name] for name in names} | {
        "model": card["model"]["name"] if card["model"] else None,
        "seller": card["seller"]["name"],
    }


def get_listing(arguments: Mapping[str, Any]) -> dict[str, Any]:
    user = caller("read")
    listing = find(str(arguments.get("slug") or ""), user)
    page = shown.listing(listing)
    names = ("description", "model_version", "examples", "variables", "prompt_facts", "versions", "language")
    held = _held(user, listing)
    return _line(page) | {name: page[name] for name in names} | {"library_id": held.public_id if held else None}


def buy_prompt(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Where the person pays; nothing is paid here."""
    user = caller("read")
    if user.is_suspended:
        raise checkout.MayNotBuy
    listing = Listing.objects.live().filter(slug=str(arguments.get("slug") or "")).first()
    if listing is None:
        raise Http404
    order = checkout.start(user, [listing], language=(get_language() or "en").split("-")[0], address=_address.get())
    held = _held(user, listing)
    return {
        "order": order.number,
        "state": order.state,
        "checkout_url": order.checkout_url or None,
        "library_id": held.public_id if held else None,
    }


def render_prompt(arguments: Mapping[str, Any]) -> dict[str, Any]:
    held = find_held(caller("library"), str(arguments.get("prompt") or ""))
    version = version_wanted(held, arguments.get("version"))
    values = values_of(dict(arguments))
    try:
        filled = library.render(held, values, version)
        document = library.document(held, version)
        for_model = formats.for_model(document, values, document.model)
    except library.BadValues as refusal:
        raise problems.invalid(dict(refusal.errors)) from None
    return {
        "text": filled.text,
        "negative": filled.negative,
        "missing": list(filled.missing),
        "unknown": list(filled.unknown),
        "for_model": for_model,
        "instructions": document.instructions,
        "version": version.number,
    }


# ---- The library as prompts ------------------------------------------------------------------------------------------


def prompts(after: str | None) -> tuple[list[dict[str, Any]], str | None]:
    """A page of what the account holds: name, title, description, variables; and the name to go on from."""
    user = caller("library")
    held = library.of(user).order_by("-pk")
    if after:
        if not after.isascii() or not after.isdigit() or len(after) > 18:
            raise problems.invalid({"cursor": [_("This cursor does not belong to this list.")]})
        held = held.filter(pk__lt=int(after))
    rows = list(held.select_related("listing__approved__version")[: PAGE + 1])
    page = rows[:PAGE]
    return [_prompt(one) for one in page], str(page[-1].pk) if len(rows) > PAGE else None


def _prompt(held: Entitlement) -> dict[str, Any]:
    listing = held.listing
    version = listing.approved.version if listing.approved and listing.approved.version else held.version
    return {
        "name": listing.slug,
        "title": listing.title,
        "description": listing.summary,
        "variables": version.variables,
    }


def prompt(name: str, values: Mapping[str, str]) -> tuple[str, str]:
    """The filled-in prompt as its model wants it pasted, and how it is to be used."""
    filled = render_prompt({"prompt": name, "variables": dict(values)})
    return filled["for_model"], filled["instructions"]


def find_held(user: User, name: str) -> Entitlement:
    """By the listing's slug or the id in the library."""
    held = library.of(user)
    found = held.filter(listing__slug=name).first() or held.filter(public_id=name).first()
    if found is None:
        raise library.NotYours
    return found


def _held(user: User, listing: Listing) -> Entitlement | None:
    return library.of(user).filter(listing=listing).first()
