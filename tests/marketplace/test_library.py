import datetime as dt
import io
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import connection

from accounts import privacy
from accounts.models import Activity, User
from common import clock, encryption
from marketplace import formats, library, listings, moderation, prompts, rotation
from marketplace.models import Entitlement, Listing, PromptText
from tests.factories.accounts import ModeratorFactory, SellerFactory, UserFactory
from tests.factories.marketplace import EntitlementFactory, ListingFactory, load_catalogue, submitted

pytestmark = pytest.mark.django_db

HOSTILE = "a\r\nb\rc\n\t{{ x }} {% y %} </script> 😀 \u202eעברית مرحبا [name] ‘’ \\[not] \x0b\x85 é é " + "z" * 1000


def test_the_words_come_back_byte_for_byte():
    listing = ListingFactory(live=True, prompt={"template": HOSTILE, "negative": HOSTILE, "instructions": HOSTILE})
    held = EntitlementFactory(listing=listing)

    prompt = library.open(held.owner, held.version)

    assert (prompt.template, prompt.negative, prompt.instructions) == (HOSTILE, HOSTILE, HOSTILE)


def test_two_hundred_thousand_characters_are_kept_and_one_more_is_refused():
    longest = "é" * 199_990 + " [subject]"
    listing = ListingFactory(prompt={"template": longest})

    assert library.open(listing.seller, listing.working.version).template == longest
    with pytest.raises(listings.BadContent):
        ListingFactory(prompt={"template": longest + "x"})


def test_nothing_in_the_table_tells_the_words():
    listing = ListingFactory(prompt={"template": "the very secret canary phrase of this prompt"})

    row = PromptText.objects.filter(version__listing=listing).values().get()
    blob = bytes(row.pop("ciphertext"))
    assert b"canary" not in blob
    assert "canary" not in str(row)


def test_a_text_copied_to_another_row_does_not_open():
    one, other = ListingFactory(), ListingFactory()
    blob = PromptText.objects.get(version__listing=one).ciphertext
    PromptText.objects.filter(version__listing=other).update(ciphertext=blob)

    with pytest.raises(Exception, match="could not be decrypted"):
        library.open(other.seller, other.working.version)


def test_who_may_read_and_who_may_not():
    listing = ListingFactory(live=True)
    held = EntitlementFactory(listing=listing)
    version = listing.approved.version
    gone = UserFactory(is_active=False)
    library.grant(gone, listing, key="gone")

    assert library.open(listing.seller, version).template
    assert library.open(held.owner, version).template
    for reader in (
        UserFactory(),
        SellerFactory(),
        ModeratorFactory(),
        UserFactory(is_staff=True, is_superuser=True, is_support=True),
        AnonymousUser(),
        None,
        gone,
    ):
        with pytest.raises(library.MayNotRead):
            library.open(reader, version)


def test_a_buyer_reads_no_version_that_nobody_approved():
    listing = ListingFactory(live=True)
    held = EntitlementFactory(listing=listing)
    draft = listings.new_version(listing, by=listing.seller, prompt="Another prompt, not yet approved.", submit=False)

    with pytest.raises(library.MayNotRead):
        library.open(held.owner, draft)
    with pytest.raises(library.MayNotRead):
        library.version_for(held, draft.number)


def test_a_moderator_reads_only_with_an_own_claim_that_still_holds():
    case, moderator, other = submitted(), ModeratorFactory(), ModeratorFactory()
    version = case.revision.version

    def refused(reader):
        with pytest.raises(library.MayNotRead):
            library.open(reader, version, case=case)

    refused(moderator)
    moderation.claim(case, moderator)
    refused(other)
    assert library.open(moderator, version, case=case).template
    with clock.at(clock.now() + dt.timedelta(minutes=61)):
        refused(moderator)
    elsewhere = submitted()
    with pytest.raises(library.MayNotRead):
        library.open(moderator, elsewhere.revision.version, case=case)
    moderation.decide(case, by=moderator, decision="approve")
    refused(moderator)
    assert Activity.objects.filter(verb="prompt.read").count() == 1


def test_reading_as_a_seller_or_buyer_is_nobodys_business():
    listing = ListingFactory(live=True)
    held = EntitlementFactory(listing=listing)

    library.open(listing.seller, held.version)
    library.open(held.owner, held.version)

    assert not Activity.objects.filter(verb="prompt.read").exists()


@pytest.mark.parametrize("cause", ["refund", "dispute", "fraud"])
def test_a_revoked_right_reads_nothing_and_keeps_its_first_cause(cause):
    held = EntitlementFactory()

    library.revoke(held, cause)
    library.revoke(held, "fraud")

    held.refresh_from_db()
    assert held.revoked_because == cause
    assert library.versions_for(held) == []
    for act in (
        lambda: library.open(held.owner, held.version),
        lambda: library.render(held, {}),
        lambda: library.document(held),
        lambda: library.document(held, held.version),
    ):
        with pytest.raises(library.MayNotRead):
            act()
    with pytest.raises(library.NotYours):
        library.find(held.owner, held.public_id)


def test_a_right_given_back_reads_again():
    held = EntitlementFactory()

    library.reinstate(library.revoke(held, "dispute"))

    assert library.open(held.owner, held.version).template


def test_what_was_bought_stays_readable_whatever_becomes_of_the_seller():
    listing = ListingFactory(live=True)
    held = EntitlementFactory(listing=listing)
    words = library.open(held.owner, held.version).template

    listings.edit(listing, by=listing.seller, prompt="Something else that came later, quite long.")
    assert library.open(held.owner, held.version).template == words
    listings.withdraw(listing, listing.seller)
    assert library.open(held.owner, held.version).template == words
    privacy.erase(listing.seller)
    held = library.find(held.owner, held.public_id)
    assert library.open(held.owner, held.version).template == words
    assert library.document(held).template == words


def test_what_was_bought_stays_readable_when_the_listing_is_suspended():
    held = EntitlementFactory()

    moderation.suspend(held.listing, by=ModeratorFactory(), reason="rights")

    assert library.open(held.owner, held.version).template


def test_a_grant_is_made_once_for_a_key_and_once_for_a_listing():
    listing, owner = ListingFactory(live=True), UserFactory()

    first = library.grant(owner, listing, key="line:1")

    assert library.grant(owner, listing, key="line:1") == first
    assert library.grant(owner, listing, key="line:2") == first
    assert Entitlement.objects.count() == 1


def test_a_revoked_grant_is_not_made_again_by_its_own_key():
    listing, owner = ListingFactory(live=True), UserFactory()
    library.revoke(library.grant(owner, listing, key="line:1"), "refund")

    assert library.grant(owner, listing, key="line:1").revoked_at is not None
    assert library.grant(owner, listing, key="line:2").revoked_at is None


@pytest.mark.django_db(transaction=True)
def test_one_grant_comes_of_many_at_once():
    load_catalogue()
    listing, owner = ListingFactory(live=True), UserFactory()
    barrier = Barrier(10)

    def grant(number):
        try:
            barrier.wait()
            return library.grant(owner, listing, key=f"line:{number % 2}").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert len(set(pool.map(grant, range(10)))) == 1
    assert Entitlement.objects.count() == 1


def test_render_fills_in_and_names_what_is_open_or_unknown():
    listing = ListingFactory(
        live=True,
        prompt={
            "template": "Write to [who] about [what], [mood].",
            "negative": "no [mood] [who]",
            "variables": [{"name": "mood", "default": "calm"}],
        },
    )
    held = EntitlementFactory(listing=listing)

    filled = library.render(held, {"who": "[what] {{x}}", "other": "1"})

    assert filled.text == "Write to [what] {{x}} about [what], calm."
    assert filled.negative == "no calm [what] {{x}}"
    assert (filled.missing, filled.unknown) == (("what",), ("other",))


@pytest.mark.parametrize("kind", formats.FORMATS)
def test_every_download_holds_the_words(kind):
    listing = ListingFactory(live=True, title="Line edit", prompt={"template": "Edit [this] with care and no haste."})
    held = EntitlementFactory(listing=listing)

    name, content_type, text = library.download(held, kind)

    assert (name, content_type) == (f"line-edit-v1.{kind}", formats.CONTENT_TYPES[kind])
    assert "Edit [this] with care and no haste." in text


def test_an_unknown_format_is_refused():
    with pytest.raises(formats.UnknownFormat):
        library.download(EntitlementFactory(), "exe")


def test_find_gives_only_ones_own():
    held = EntitlementFactory()

    assert library.find(held.owner, held.public_id) == held
    for other in (UserFactory(), held.listing.seller, AnonymousUser()):
        with pytest.raises(library.NotYours):
            library.find(other, held.public_id)


def test_presets_are_kept_by_name():
    held = EntitlementFactory()

    library.keep_preset(held, name="mine", values={"tone": "warm"})
    library.keep_preset(held, name="mine", values={"tone": "dry"})

    assert list(held.presets.values_list("name", "values")) == [("mine", {"tone": "dry"})]


def test_equal_words_have_equal_fingerprints_and_other_seals():
    one = prompts.Prompt("Write a  POEM, about [x]!")
    other = prompts.Prompt("write a poem about [X]")

    assert prompts.fingerprint(one) == prompts.fingerprint(other)
    assert prompts.seal(prompts.payload(one)) != prompts.seal(prompts.payload(other))


def test_fingerprints_survive_a_new_key_in_front(settings):
    prompt = prompts.Prompt("Write a poem about the sea and its many moods")
    before = (prompts.fingerprint(prompt), prompts.sketch_of(prompts.words_of(prompt.template)))

    settings.PROMPT_KEYS = [encryption.new_key(), *settings.PROMPT_KEYS]

    assert (prompts.fingerprint(prompt), prompts.sketch_of(prompts.words_of(prompt.template))) == before


def test_likeness_is_near_the_share_of_common_wording():
    words = [f"word{number}" for number in range(600)]
    whole = prompts.sketch_of(words)

    for kept in (600, 450, 300, 0):
        other = words[:kept] + [f"other{number}" for number in range(600 - kept)]
        alike = prompts.likeness(whole, prompts.sketch_of(other))
        assert alike == pytest.approx(kept / (1200 - kept), abs=0.15)


def test_short_and_unspaced_texts_are_compared_as_well():
    def sketch(text):
        return prompts.sketch_of(prompts.words_of(text))

    assert prompts.likeness(sketch("hello there"), sketch("Hello, there!")) == 1
    assert prompts.likeness(sketch("担任雅思写作考官请给我评分"), sketch("担任雅思写作考官请给我评分吧")) > 0.5
    assert sketch("…") == []


def test_a_prompts_representation_shows_nothing():
    assert "secret" not in repr(prompts.Prompt("secret words", "secret", {"a": "secret"}, "secret"))


def test_every_account_is_covered_by_export():
    held = EntitlementFactory()
    listing = held.listing

    mine = privacy.export(held.owner)["library"]
    theirs = privacy.export(listing.seller)["listings"]

    assert mine[0]["versions"][0]["template"] == theirs[0]["versions"][0]["template"]
    assert privacy.export(UserFactory())["library"] == []


def test_an_erased_seller_leaves_no_draft_and_nothing_on_sale():
    seller = SellerFactory()
    ListingFactory(seller=seller)
    live = ListingFactory(seller=seller, live=True)
    listings.edit(live, by=seller, title="A draft of an edit", prompt="Words nobody else has ever seen, long.")

    privacy.erase(User.objects.get(pk=seller.pk))

    live.refresh_from_db()
    assert [listing.status for listing in Listing.objects.all()] == ["withdrawn"]
    assert live.revisions.count() == live.versions.count() == 1


def test_keys_are_rotated_and_the_old_ones_dropped_without_losing_anything(settings):
    old, new = settings.PROMPT_KEYS, encryption.new_key()
    case = submitted()
    listing = case.listing
    words = library.open(listing.seller, listing.working.version)

    settings.PROMPT_KEYS = [new, *old]
    call_command("rotate_prompts", verbosity=0, stdout=io.StringIO())
    settings.PROMPT_KEYS = [new]
    assert library.open(listing.seller, listing.working.version) == words
    assert list(rotation.rotate()) == [1]
    assert list(rotation.rotate()) == [0]

    text = PromptText.objects.get()
    assert text.fingerprint == prompts.fingerprint(words)
    moderation.decide(case, by=ModeratorFactory(), decision="approve")
    assert Listing.objects.get().status == "live"
