"""Questions made from the API's own document, right and wrong ones, to the running site, as four kinds of callers.

FUZZ_EXAMPLES in the environment asks for more of them for each call (10,000 cases in all take some minutes).
"""

import os
import warnings

import hypothesis
import pytest
import schemathesis
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config import openapi
from tests.factories.accounts import ModeratorFactory, SellerFactory, UserFactory, token
from tests.factories.marketplace import EntitlementFactory, ListingFactory, load_catalogue, submitted

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "4"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
# Would end the very account that asks.
LEFT_OUT = {("DELETE", "/api/v1/me/")}


@pytest.fixture
def market(site):
    """Something of everything, and a token for each role."""
    load_catalogue()
    seller, buyer, moderator = SellerFactory(), UserFactory(), ModeratorFactory()
    listing = ListingFactory(seller=seller, live=True)
    ListingFactory(seller=seller)
    submitted(ListingFactory(seller=seller))
    held = EntitlementFactory(owner=buyer, listing=listing)
    return {
        "names": {"slug": listing.slug, "item_id": held.public_id, "handle": seller.seller_profile.handle},
        "tokens": {
            "anonymous": None,
            "buyer": token(buyer, "read", "library"),
            "seller": token(seller, "read", "library", "sell"),
            "moderator": token(moderator, "read", "moderate"),
        },
    }


@pytest.mark.parametrize("role", ["anonymous", "buyer", "seller", "moderator"])
def test_no_question_made_from_the_document_breaks_it(site, market, role):
    secret = market["tokens"][role]
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    failures: dict[str, str] = {}
    schema = schemathesis.openapi.from_dict(openapi.document())
    for result in schema.get_all_operations():
        operation = result.ok()
        if (operation.method.upper(), operation.path) not in LEFT_OUT:
            _ask(operation, site.url, headers, market["names"], failures)

    assert not failures, "\n\n".join(failures.values())


def _ask(operation, base, headers, names, failures):
    """Some right cases about things that are there, and some wrong ones."""
    for mode, known in ((GenerationMode.POSITIVE, names), (GenerationMode.NEGATIVE, {})):
        run = hypothesis.given(case=operation.as_strategy(generation_mode=mode))(
            _runner(base, headers, known, failures)
        )
        run = hypothesis.settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=[hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
        )(hypothesis.seed(20261122)(run))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                run()
            except hypothesis.errors.Unsatisfiable:
                continue  # a call without anything to get wrong


def _runner(base, headers, known, failures):
    def run(case):
        case.path_parameters.update({name: known[name] for name in case.path_parameters if name in known})
        try:
            case.call_and_validate(base_url=base, headers=headers, checks=CHECKS, timeout=30)
        except FailureGroup as group:
            call = f"{case.method} {case.path}"
            for failure in group.exceptions:
                words = f"{call}: {failure}\n{case.as_curl_command()}"
                failures.setdefault(f"{call} {type(failure).__name__}", words)

    return run
