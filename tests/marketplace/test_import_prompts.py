import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Activity, OutboxEntry
from marketplace import library, listings, prompts, signals
from marketplace.importing import mapping
from marketplace.models import Case, Listing, PromptText
from tests.factories.accounts import SellerFactory, UserFactory
from tests.factories.marketplace import ListingFactory, work

pytestmark = pytest.mark.django_db

LIBRARIAN = "librarian@promptuary.example"


@pytest.fixture
def run(tmp_path):
    """Write a file, import it; the summary and the rejected rows as (place, kind, reason)."""

    def importing(content, name="prompts.csv", **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        report, out = tmp_path / "report.csv", io.StringIO()
        call_command("import_prompts", path, report=report, stdout=out, quiet=True, **options)
        with report.open(newline="") as file:
            return out.getvalue(), [tuple(row) for row in csv.reader(file)][1:]

    return importing


def words(listing):
    return library.open(listing.seller, listing.versions.get())


def test_rows_become_drafts_of_the_house(run):
    said, rejected = run('act,prompt\nPoet,"Write a poem about ${subject:the sea}, please."\n')

    listing = Listing.objects.get()
    assert (listing.title, listing.status, listing.price, listing.model.slug) == ("Poet", "draft", 0, "chatgpt")
    assert listing.seller.email == LIBRARIAN
    assert listing.seller.seller_profile.name == "The Librarian"
    prompt = words(listing)
    assert prompt.template == "Write a poem about [subject], please."
    assert [(one.name, one.default) for one in prompt.variables] == [("subject", "the sea")]
    assert rejected == []
    assert "1 rows" in said
    assert "1 kept as drafts" in said


def test_published_rows_are_on_sale_without_a_case_and_leave_the_rest_to_workers(run):
    heard = []

    def hear(ids, is_live, **_):
        heard.append((ids, is_live))

    signals.listings_imported.connect(hear)
    run("title,prompt\nPoet,Write a poem about the sea for me\nCook,Write a recipe for tonight\n", publish=True)
    signals.listings_imported.disconnect(hear)

    live = list(Listing.objects.live().order_by("pk"))
    assert [listing.title for listing in live] == ["Poet", "Cook"]
    assert all(listing.approved_id == listing.working_id != None for listing in live)  # noqa: E711
    assert heard == [([listing.pk for listing in live], True)]
    assert not Case.objects.exists()
    assert Activity.objects.filter(verb="listing.imported").count() == 2
    work()
    assert all(len(bands) == 16 for bands in PromptText.objects.values_list("bands", flat=True))


def test_what_was_imported_is_bought_and_read_like_anything_else(run):
    run("title,prompt,price\nPoet,Write a poem about [subject] for me,499\n", publish=True)
    listing = Listing.objects.get()

    held = library.grant(UserFactory(), listing, key="line:1")

    assert library.render(held, {"subject": "rain"}).text == "Write a poem about rain for me"
    listings.edit(listing, by=listing.seller, summary="A poem in any mood you like.")
    assert listing.revisions.count() == 2


def test_running_again_adds_nothing(run):
    content = "title,prompt\nPoet,Write a poem about the sea for me\nCook,Write a recipe for tonight\n"
    run(content)

    said, rejected = run(content)

    assert Listing.objects.count() == 2
    assert [(place, kind) for place, kind, _ in rejected] == [("line 2", "known"), ("line 3", "known")]
    assert "0 kept as drafts, 2 there before" in said


def test_another_file_may_use_a_title_again(run):
    run("title,prompt\nPoet,Write a poem about the sea for me\n")
    run("title,prompt\nPoet,Write four lines on rain and nothing else\n")

    assert list(Listing.objects.values_list("title", flat=True)) == ["Poet", "Poet"]


def test_another_seller_may_bring_the_same(run):
    content = "title,prompt\nPoet,Write a poem about the sea for me\n"
    seller = UserFactory(name="Jo Doe")
    run(content)

    run(content, seller=seller.email)

    assert Listing.objects.filter(seller=seller).count() == 1
    assert len(set(Listing.objects.values_list("slug", flat=True))) == 2
    with pytest.raises(CommandError, match="no account"):
        run(content, seller="nobody@example.com")


def test_duplicates_are_told_with_the_line_of_the_first(run):
    _said, rejected = run(
        "title,prompt\n"
        'Poet,"Write a poem\nabout the sea for me"\n'
        "Cook,Write a recipe for tonight\n"
        "Other poet,WRITE a poem about the sea for me!\n"
        "poet,Something else altogether\n"
    )  # fmt: skip

    assert rejected == [
        ("line 5", "duplicate", "The same prompt as in line 2."),
        ("line 6", "duplicate", "The same title as in line 2."),
    ]


def test_bad_rows_are_told_by_line_and_never_by_their_words(run):
    _said, rejected = run(
        "title,prompt,price\n"
        "One,,0\n"
        ",a prompt without a title,0\n"
        "Three,secretcanary with a \x00 in it,0\n"
        "Four,too cheap,299\n"
        "Five,strange price,1e3\n"
        "Six,too many columns,0,1\n"
        "Seven,fine,\n"
        "Eight,far too dear,10000.01\n"
        "secretcanary nine,secretcanary nine,0\n"
    )

    assert [(place, kind) for place, kind, _ in rejected] == [(f"line {n}", "bad") for n in (2, 3, 4, 5, 6, 7, 9, 10)]
    assert "canary" not in str(rejected)
    assert Listing.objects.get().title == "Seven"


def test_a_broken_byte_spoils_one_row_only(run):
    _said, rejected = run(b"title,prompt\nOne,a prompt with \xff in it\nTwo,a prompt that is fine\n")

    assert [place for place, _, _ in rejected] == ["line 2"]
    assert Listing.objects.get().title == "Two"


@pytest.mark.parametrize(
    ("price", "amount"),
    [("", 0), ("free", 0), ("0", 0), ("499", 499), ("4.99", 499), ("4,5", 450), ("$4.99", 499), ("300", 300)],
)
def test_whole_prices_are_minor_units_and_others_major(run, price, amount):
    run(f'title,prompt,price\nPoet,Write a poem about the sea,"{price}"\n')

    assert Listing.objects.get().price == amount


@pytest.mark.parametrize("price", [4.99, 499, {"amount": 499, "currency": "usd"}])
def test_prices_in_json(run, price):
    run(json.dumps([{"title": "Poet", "prompt": "Write a poem about the sea", "price": price}]), "a.json")

    assert Listing.objects.get().price == 499


@pytest.mark.parametrize(
    ("name", "wrap"),
    [
        ("a.json", json.dumps),
        ("a.json", lambda rows: json.dumps({"source": "x", "prompts": rows})),
        ("a.json", lambda rows: json.dumps({"licence": "MIT", "agents": rows, "few": []})),
        ("a.jsonl", lambda rows: "\n".join(map(json.dumps, rows))),
        ("a.json", lambda rows: "\n".join(map(json.dumps, rows))),
        ("a.data", lambda rows: "\ufeff" + json.dumps(rows)),
        ("a.json", lambda rows: json.dumps({row["title"]: {"prompt": row["prompt"]} for row in rows})),
    ],
)
def test_json_in_all_its_shapes(run, name, wrap):
    rows = [
        {"title": "Poet", "prompt": "Write a poem about {{ subject | the sea }}"},
        {"title": "Cook", "prompt": "Write a recipe for tonight"},
    ]

    run(wrap(rows), name)

    assert set(Listing.objects.values_list("title", flat=True)) == {"Poet", "Cook"}
    assert words(Listing.objects.get(title="Poet")).template == "Write a poem about [subject]"


def test_what_is_no_row_is_told_by_its_number(run):
    _said, rejected = run(json.dumps([5, {"title": "Poet", "prompt": "Write a poem about the sea"}, None]), "a.json")
    assert [place for place, _, _ in rejected] == ["item 1", "item 3"]

    _said, rejected = run('{"title": "Cook", "prompt": "Write a recipe for us"}\n{oops\n\n[1]\n', "a.jsonl")
    assert [place for place, _, _ in rejected] == ["line 2", "line 4"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", ""), ("a.json", "{oops"), ("a.json", '{"a": 1}'), ("a.json", b"\xff\xfe"), ("a.json", "[" * 100_000)],
)
def test_a_file_that_cannot_be_read_ends_with_one_sentence(run, name, content):
    with pytest.raises(CommandError):
        run(content, name)
    assert not Listing.objects.exists()


def test_a_missing_file_ends_with_one_sentence():
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_prompts", "/nowhere/prompts.csv", quiet=True)


def test_columns_are_guessed_and_can_be_said(run):
    row = {
        "identifier": "poet-of-the-sea",
        "system_prompt": "Write a poem about the sea",
        "compatible_models": ["Claude 3+", "GPT-4+"],
        "category": "creative-writing/poems",
        "tags": ["Sea", "poem", "sea"],
        "contributor": "somebody",
        "negative_prompt": "no rain",
        "original_language": "fr-FR",
        "examples": ["The sea is wide."],
        "notes": "How to use it well",
    }

    run(json.dumps([row]), "a.json", map="notes=instructions,contributor=-")

    listing = Listing.objects.get()
    assert (listing.title, listing.model.slug, listing.category.slug) == ("poet-of-the-sea", "claude", "fiction")
    assert (listing.language, list(listing.tags.order_by("slug").values_list("slug", flat=True))) == (
        "fr",
        ["poem", "sea"],
    )
    assert listing.revisions.get().examples == [{"inputs": {}, "output": "The sea is wide."}]
    assert (words(listing).negative, words(listing).instructions) == ("no rain", "How to use it well")
    assert "somebody" not in listing.description


def test_a_map_is_understood_or_refused():
    assert mapping.parse("Act = title , body=prompt,x=-") == {"Act": "title", "body": "prompt", "x": "-"}
    assert mapping.resolve(["Act", "prompt", "body"], {"body": "prompt"}) == {"prompt": "body", "title": "Act"}
    for wrong in ("title", "a=secret", "=title"):
        with pytest.raises(mapping.BadMap):
            mapping.parse(wrong)
    with pytest.raises(CommandError, match="no field"):
        call_command("import_prompts", "x.csv", map="a=secret", quiet=True)


def test_unknown_models_categories_and_tags_are_made(run):
    run('title,prompt,model,medium,category,tags\nPoet,Write a poem about it,Brand New 2,image,Space travel,"a b, c"\n')

    listing = Listing.objects.get()
    assert (listing.model.name, listing.medium) == ("Brand New 2", "image")
    assert (listing.category.name_en, listing.revisions.get().tags) == ("Space travel", ["a-b", "c"])


@pytest.mark.parametrize(
    ("title", "medium", "shelf"),
    [
        ("Career Counselor", "text", "hiring"),
        ("Dentist", "text", "health"),
        ("Commit Message Generator", "text", "building"),
        ("Candlestick Trading Coach for Stocks", "text", "finance"),
        ("Zyx", "text", "agents"),
        ("Mirror Selfie at a Wedding", "image", "photography"),
        ("Dentist", "image", "images"),
    ],
)
def test_a_row_without_category_stands_where_its_title_says(run, title, medium, shelf):
    run(f"title,prompt,medium\n{title},Write about it,{medium}\n")

    assert Listing.objects.get().category.slug == shelf


def test_a_style_file_is_for_pictures_and_its_slot_is_a_variable(run):
    run(json.dumps([{"name": "neon", "prompt": "neon noir {prompt} . cinematic", "negative_prompt": "dull"}]), "a.json")

    listing = Listing.objects.get()
    assert (listing.medium, words(listing).template) == ("image", "neon noir [prompt] . cinematic")


def test_the_public_words_are_never_the_prompts(run):
    prompt = "Secretcanary takes the letter and answers it in a calm voice with two offers and a date for each of them"
    rows = [
        {"title": "Bare", "prompt": prompt},
        {"title": "Described by itself", "prompt": prompt + " now", "description": prompt, "summary": prompt},
        {"title": "Described", "prompt": prompt + " then", "description": "Calm answers to letters."},
    ]

    run(json.dumps(rows), "a.json", publish=True)
    work()

    for listing in Listing.objects.all():
        public = f"{listing.title} {listing.summary} {listing.description} {listing.card}"
        assert "canary" not in public
        assert listing.summary
        assert listing.description
    assert Listing.objects.get(title="Described").summary == "Calm answers to letters."
    logged = str(list(Activity.objects.values())) + str(list(OutboxEntry.objects.values()))
    assert "canary" not in logged


@pytest.mark.parametrize(
    "sent",
    [
        "title;prompt\nÉté;Write a poem about the sea\n".encode("utf-16"),
        'sep=;\ntitle;prompt\nÉté;"Write a poem about the sea"\n',
        '"sep=;"\r\ntitle;prompt\r\nÉté;Write a poem about the sea\r\n'.encode("utf-16"),
        "\ufeffsep=\t\ntitle\tprompt\nÉté\tWrite a poem about the sea\n",
    ],
)
def test_what_spreadsheets_write_is_read(run, sent):
    _said, rejected = run(sent)

    assert (rejected, Listing.objects.get().title) == ([], "Été")
    assert words(Listing.objects.get()).template == "Write a poem about the sea"


def test_json_in_utf_16_is_read(run):
    run(json.dumps([{"title": "Été", "prompt": "Write a poem"}], ensure_ascii=False).encode("utf-16"), "a")

    assert Listing.objects.get().title == "Été"


def test_crlf_and_odd_characters_are_kept(run):
    template = "Line one\r\nLine two \u202e 😀 {% x %} </script>\x0b"
    run(json.dumps([{"title": "Odd", "prompt": template}]), "a.json")

    assert words(Listing.objects.get()).template == template


def test_imported_prompts_are_recognised_as_copies(run):
    prompt = "Answer the letter in a calm voice: " + ", ".join(f"offer {number} with its date" for number in range(60))
    run(json.dumps([{"title": "Calm", "prompt": prompt}]), "a.json", publish=True)
    work()
    copy = ListingFactory(prompt={"template": prompt + " at all"})

    (near,) = prompts.neighbours(copy.working.version)

    assert near.listing_id == Listing.objects.get(title="Calm").pk
    assert near.likeness > 0.7


def test_a_suspended_seller_gets_nothing_imported(run):
    seller = SellerFactory()
    seller.suspended_at = seller.joined_at
    seller.save()

    with pytest.raises(CommandError):
        run("title,prompt\nPoet,Write a poem about the sea\n", seller=seller.email)


def test_many_rows_take_few_queries(run, django_assert_max_num_queries):
    SellerFactory()
    rows = [
        {"title": f"Title {n}", "prompt": f"Write a poem number {n} about the sea", "tags": f"a{n}"} for n in range(600)
    ]

    with django_assert_max_num_queries(90):
        run(json.dumps(rows), "a.json", publish=True)

    assert Listing.objects.live().count() == 600
