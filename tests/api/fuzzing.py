"""Schemathesis, all its phases and checks, against a running site: python -m tests.api.fuzzing SITE ROLE

ROLE is anonymous, buyer, seller, moderator, or leaver (who only ends accounts, each time one of its own). `--cases`
says how many for each call (70 come to some 5,000 in all), `--only` a part of addresses. Whatever else is said goes on
to schemathesis.

It fills the site's database with people and listings first, and what it asks for ends some of them: let the site be one
that can be thrown away (PROMPTUARY_VAR=/tmp/fuzz bin/up --no-demo, and the same PROMPTUARY_VAR here).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import django

EMAIL = "{}-{}@fuzz.example"
MANY = 25  # of each thing, because some of what is asked deletes them
# Right by its shape, and refused all the same, where only the state of things tells what is right.
REFUSED_THOUGH_RIGHT = {
    "POST /api/v1/listings/": "names a model and a category out of a list that grows",
    "PATCH /api/v1/listings/{slug}/": "names a model and a category out of a list that grows",
    "POST /api/v1/listings/{slug}/versions/": "refuses a prompt that leaks keys, and templates that cannot be read",
    "PUT /api/v1/listings/{slug}/sale/": "looks at the calendar and at the price of the listing",
    "POST /api/v1/listings/{slug}/images/": "wants a real picture",
    "POST /api/v1/orders/{number}/refund/": "takes only lines of this order, and asks for evidence under the promise",
    "POST /api/v1/checkout/": "looks for the handle of a link's owner and the listings of a basket",
    "POST /api/v1/webhooks/": "reaches public addresses only",
    "PATCH /api/v1/webhooks/{webhook_id}/": "reaches public addresses only",
    "POST /api/v1/moderation/cases/{case_id}/reject/": "wants a reason that fits the kind of case",
    "POST /api/v1/moderation/cases/{case_id}/suspend/": "wants a reason that fits the kind of case",
    "POST /api/v1/moderation/cases/{case_id}/dismiss/": "fits reports only",
    "POST /api/v1/library/{item_id}/render/": "takes only what the prompt has places for",
}
LEAVING = "delete_me"


def prepare(role: str) -> dict[str, list[str]]:
    """Things of each kind, by the name that addresses have for them, and under "tokens" who may be."""
    from accounts import webhooks
    from marketplace import images, library, social
    from marketplace.models import Category
    from payments import checkout
    from tests.architecture.world import png
    from tests.factories.accounts import ModeratorFactory, SellerFactory, SellerProfileFactory, UserFactory, token
    from tests.factories.marketplace import ListingFactory, load_catalogue, submitted

    run = uuid.uuid4().hex[:8]
    for people in (UserFactory, SellerProfileFactory):
        people.reset_sequence(time.time_ns() // 1_000_000, force=True)
    load_catalogue()
    buyer = UserFactory(email=EMAIL.format("buyer", run))
    seller = SellerFactory(email=EMAIL.format("seller", run), seller_profile__handle=f"fuzz-{run}")
    moderator = ModeratorFactory(email=EMAIL.format("moderator", run))
    if role == "leaver":
        return {"tokens": [token(UserFactory(email=EMAIL.format(number, run)), "read") for number in range(MANY * 8)]}
    live = [ListingFactory(seller=seller, live=True) for _ in range(MANY)]
    drafts = [ListingFactory(seller=seller) for _ in range(MANY // 3)]
    cases = [submitted(ListingFactory(seller=seller)) for _ in range(MANY)]
    pictures = [images.add(drafts[0], seller, png(), alt="A box") for _ in range(8)]
    caller = {"buyer": buyer, "seller": seller, "moderator": moderator}.get(role, buyer)
    bought = ListingFactory(live=True)
    orders = [checkout.start(caller, [ListingFactory(live=True, price=price)]) for price in (0, 500, 700)]
    hooks = [
        webhooks.subscribe(seller, url=f"https://hooks.example.com/{number}", events=["sale.completed"])[0]
        for number in range(8)
    ]
    shelf = social.collect(buyer, title=f"For everybody {run}")
    scopes = {"seller": ("read", "library", "sell"), "moderator": ("read", "library", "moderate")}
    return {
        "tokens": [] if role == "anonymous" else [token(caller, *scopes.get(role, ("read", "library")))],
        "slug": [one.slug for one in (*live, *drafts, bought)],
        "collection": [shelf.slug],
        "category": [one.slug for one in Category.objects.all()[:3]],
        "handle": [seller.seller_profile.handle],
        "item_id": [library.grant(caller, bought, key=f"fuzz:{run}").public_id],
        "case_id": [one.public_id for one in cases],
        "image_id": [one.public_id for one in pictures],
        "number": [one.number for one in orders],
        "webhook_id": [one.public_id for one in hooks],
        "delivery_id": [webhooks.test(hooks[0]).public_id],
        "token_id": [one.public_id for one in caller.api_tokens.all()[1:]] or ["none"],
    }


def configuration(things: dict[str, list[str]]) -> dict[str, Any]:
    """What schemathesis is told: which things there are, and where a right question may be refused."""
    from config import openapi

    paths = openapi.document()["paths"]
    calls = {f"{verb.upper()} {path}": told for path, verbs in paths.items() for verb, told in verbs.items()}
    names = [name for name in things if name not in {"tokens", "collection", "category"}]
    return {
        "parameters": {f"path.{name}": {"dictionary": name, "probability": 0.85} for name in names},
        "dictionaries": {name: {"values": things[name]} for name in (*names, "collection") if name in things},
        "operations": [
            {"include-name": name, "checks": {"positive_data_acceptance": {"enabled": False}}}
            for name in sorted(set(REFUSED_THOUGH_RIGHT) & set(calls))
        ],
        # 400 is no answer to what is right; a state that does not allow it (409) is, and so is a limit (429).
        "checks": {
            "positive_data_acceptance": {"expected-statuses": ["2xx", "3xx", 401, 403, 404, 409, 412, 422, 429]}
        },
    }


def toml(value: Any) -> str:
    """As much of TOML as is needed: tables within tables are written inline."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)} = {toml(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site")
    parser.add_argument("role", choices=["anonymous", "buyer", "seller", "moderator", "leaver"])
    parser.add_argument("--cases", type=int, default=70)
    parser.add_argument("--seed", default="20261122")
    parser.add_argument("--only", default="")
    asked, more = parser.parse_known_args()
    asked.more = [word for word in more if word != "--"]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    things = prepare(asked.role)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "schemathesis.toml")
        told = {} if asked.role == "leaver" else configuration(things)
        file.write_text("\n".join(f"{name} = {toml(value)}" for name, value in told.items()))
        tokens = Path(folder, "tokens")
        tokens.write_text("\n".join(things["tokens"]))
        surroundings = os.environ | hooks(asked.role, tokens)
        return subprocess.run(command(asked, file, things), check=False, cwd=folder, env=surroundings).returncode


def hooks(role: str, tokens: Path) -> dict[str, str]:
    """Leavers take a new token for each question."""
    leaving = {"SCHEMATHESIS_HOOKS": "tests.api.leaving", "FUZZ_TOKENS": str(tokens), "PYTHONPATH": str(Path.cwd())}
    return leaving if role == "leaver" else {}


def command(asked: argparse.Namespace, file: Path, things: dict[str, list[str]]) -> list[str]:
    words = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(file), "run"]
    words += [f"{asked.site.rstrip('/')}/api/v1/schema/", "--url", asked.site.rstrip("/"), "--seed", asked.seed]
    words += ["--max-examples", str(asked.cases), "--continue-on-failure", "--no-shrink"]
    words += ["--request-timeout", "60", "--suppress-health-check", "all"]
    if asked.role == "leaver":
        # Whatever it leaves out of a question, the token that is put in instead makes up for.
        words += ["--include-operation-id", LEAVING, "--exclude-checks", "ignored_auth"]
        words += ["--phases", "examples,coverage,fuzzing"]
    else:
        words += ["--exclude-operation-id", LEAVING]
        words += [] if not things["tokens"] else ["--header", f"Authorization: Bearer {things['tokens'][0]}"]
    words += ["--include-path-regex", asked.only] if asked.only else []
    return [*words, *asked.more]


if __name__ == "__main__":
    sys.exit(main())
