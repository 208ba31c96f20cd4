"""Who may come into the workshop, and what they may not carry out of it."""

import pytest
from django.urls import reverse

from accounts import people
from marketplace import moderation
from marketplace.models import Listing
from tests.factories.accounts import ModeratorFactory, SellerFactory, StaffFactory, UserFactory
from tests.factories.marketplace import ListingFactory, approved, content, submitted, work

pytestmark = pytest.mark.django_db

CANARY = "the heron waits beside the seventh lamp"
TO_LOGIN, TO_START = "login", "start"

OWN_PAGES = ["sell-listing", "sell-preview", "sell-history", "sell-beside"]
OWN_ACTS = [
    "sell-autosave",
    "sell-variables",
    "sell-examples",
    "sell-pictures",
    "sell-submit",
    "sell-take-back",
    "sell-withdraw",
    "sell-put-back",
    "sell-delete",
    "sell-appeal",
]
CASE_ACTS = ["moderation-claim", "moderation-release", "moderation-decide", "moderation-read"]


@pytest.fixture
def listing():
    prompt = {"template": f"Write about [subject]: {CANARY}, twice, and then stop."}
    return ListingFactory(live=True, prompt=prompt)


@pytest.fixture
def case(listing):
    from marketplace import listings

    listings.edit(listing, by=listing.seller, title="Another title altogether")
    made = submitted(Listing.objects.get(pk=listing.pk))
    work()
    return made


def suspended(user):
    people.suspend(user, by=StaffFactory(), reason="Copied work")
    user.refresh_from_db()
    return user


def visit(client, person, address, method="get"):
    if person is not None:
        client.force_login(person)
    return getattr(client, method)(address)


def outcome(response):
    where = response.headers.get("Location", "")
    if response.status_code == 302:
        return TO_LOGIN if "login" in where else TO_START if "start" in where else where
    return response.status_code


PEOPLE = {
    "anonymous": lambda listing: None,
    "buyer": lambda listing: UserFactory(),
    "other seller": lambda listing: SellerFactory(),
    "moderator": lambda listing: ModeratorFactory(),
    "suspended moderator": lambda listing: suspended(ModeratorFactory()),
    "owner": lambda listing: listing.seller,
}


@pytest.mark.parametrize("name", OWN_PAGES)
@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("anonymous", TO_LOGIN),
        ("buyer", 404),
        ("other seller", 404),
        ("moderator", 404),
        ("owner", 200),
    ],
)
def test_a_listing_in_the_workshop_is_its_sellers_alone(client, listing, who, name, expected):
    response = visit(client, PEOPLE[who](listing), reverse(name, args=[listing.slug]))

    assert outcome(response) == expected
    if who != "owner":
        assert CANARY not in response.content.decode()


@pytest.mark.parametrize("name", OWN_ACTS)
@pytest.mark.parametrize(
    ("who", "expected"), [("anonymous", TO_LOGIN), ("buyer", 404), ("other seller", 404), ("moderator", 404)]
)
def test_nobody_else_can_act_on_a_listing(client, listing, who, name, expected):
    before = Listing.objects.filter(pk=listing.pk).values().get()

    response = visit(client, PEOPLE[who](listing), reverse(name, args=[listing.slug]), "post")

    assert outcome(response) == expected
    assert Listing.objects.filter(pk=listing.pk).values().get() == before


@pytest.mark.parametrize("name", [*OWN_PAGES, *OWN_ACTS])
def test_a_suspended_seller_changes_nothing(client, listing, name):
    seller = suspended(listing.seller)
    before = Listing.objects.filter(pk=listing.pk).values().get()
    method = "get" if name in OWN_PAGES else "post"

    response = visit(client, seller, reverse(name, args=[listing.slug]), method)

    assert response.status_code in ({302} if method == "post" else {403})
    assert Listing.objects.filter(pk=listing.pk).values().get() == before


@pytest.mark.parametrize(
    ("who", "expected"), [("anonymous", TO_LOGIN), ("buyer", TO_START), ("moderator", TO_START), ("owner", 200)]
)
@pytest.mark.parametrize("name", ["sell-new", "sell-listings"])
def test_beginning_needs_a_seller(client, listing, who, name, expected):
    assert outcome(visit(client, PEOPLE[who](listing), reverse(name))) == expected


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("anonymous", TO_LOGIN),
        ("buyer", 404),
        ("other seller", 404),
        ("owner", 404),
        ("suspended moderator", 404),
        ("moderator", 200),
    ],
)
def test_cases_are_there_for_moderators_alone(client, listing, case, who, expected):
    addresses = [
        reverse("moderation"),
        reverse("moderation-history"),
        reverse("moderation-case", args=[case.public_id]),
    ]
    person = PEOPLE[who](listing)

    responses = [visit(client, person, address) for address in addresses]

    assert [outcome(response) for response in responses] == [expected] * 3
    assert not any(CANARY in response.content.decode() for response in responses)


@pytest.mark.parametrize("who", ["buyer", "other seller", "owner", "suspended moderator"])
@pytest.mark.parametrize("name", CASE_ACTS)
def test_nobody_else_can_act_on_a_case(client, listing, case, who, name):
    response = visit(client, PEOPLE[who](listing), reverse(name, args=[case.public_id]), "post")

    case.refresh_from_db()
    assert response.status_code == 404
    assert (case.state, case.claimed_by) == ("open", None)


def test_a_moderator_reads_the_prompt_of_a_claimed_case_only(client, listing, case):
    moderator, other = ModeratorFactory(), ModeratorFactory()
    address = reverse("moderation-case", args=[case.public_id])
    moderation.claim(case, moderator)

    assert CANARY in visit(client, moderator, address).content.decode()
    assert CANARY not in visit(client, other, address).content.decode()


def test_a_moderator_does_not_see_the_case_of_their_own_listing(client):
    seller = SellerFactory(is_moderator=True)
    from marketplace import listings

    listing = listings.create(seller, **content(prompt={"template": f"Tell [who] that {CANARY}, please, and no more."}))
    case = submitted(listing)
    work()

    page = visit(client, seller, reverse("moderation-case", args=[case.public_id]))
    tried = client.post(
        reverse("moderation-decide", args=[case.public_id]), {"decision": "approve", "digest": case.digest}
    )

    case.refresh_from_db()
    assert "Somebody else has to decide about your own listing." in page.content.decode()
    assert tried.status_code == 422
    assert case.state == "open"


@pytest.mark.parametrize("name", [*OWN_PAGES, "sell-new", "sell-listings"])
def test_the_sellers_pages_are_kept_by_no_cache(client, listing, name):
    arguments = [listing.slug] if name in OWN_PAGES else []

    assert "no-store" in visit(client, listing.seller, reverse(name, args=arguments)).headers["Cache-Control"]


def test_the_moderators_pages_are_kept_by_no_cache(client, listing, case):
    moderator = ModeratorFactory()
    for address in (reverse("moderation"), reverse("moderation-case", args=[case.public_id])):
        assert "no-store" in visit(client, moderator, address).headers["Cache-Control"]


def test_the_queue_asks_as_often_for_three_cases_as_for_one(client, django_assert_max_num_queries):
    moderator = ModeratorFactory()
    client.force_login(moderator)
    counted = []
    for _round in range(2):
        submitted()
        submitted()
        work()
        with django_assert_max_num_queries(16) as queries:
            client.get(reverse("moderation"))
        counted.append(len(queries))

    assert counted[0] == counted[1]


def test_the_shelf_asks_as_often_for_four_listings_as_for_two(client, django_assert_max_num_queries):
    seller = SellerFactory()
    client.force_login(seller)
    counted = []
    for _round in range(2):
        ListingFactory(seller=seller)
        approved(ListingFactory(seller=seller))
        with django_assert_max_num_queries(14) as queries:
            client.get(reverse("sell-listings"))
        counted.append(len(queries))

    assert counted[0] == counted[1]
