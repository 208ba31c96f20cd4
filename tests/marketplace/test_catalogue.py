import pytest

from marketplace import catalogue
from marketplace.models import Category, GenerativeModel, ModelVersion, Tag

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("ChatGPT", "chatgpt"),
        ("chat gpt", "chatgpt"),
        ("GPT-4+", "chatgpt"),
        ("gpt_4o-mini", "chatgpt"),
        ("DALL·E 3", "dall-e"),
        ("dalle", "dall-e"),
        ("Claude 3+", "claude"),
        ("claude code", "claude-code"),
        ("FLUX.1", "flux"),
        ("SDXL", "stable-diffusion"),
        ("ElevenLabs v3", "elevenlabs"),
    ],
)
def test_models_are_found_however_they_are_written(text, slug):
    assert catalogue.find_model(text).slug == slug


@pytest.mark.parametrize("text", ["", "  ", "—", "Claudette", "no such model", "sun"])
def test_other_words_name_no_model(text):
    assert catalogue.find_model(text) is None
    assert catalogue.find_model("", make=True) is None


def test_an_unknown_model_is_made_once():
    made = catalogue.find_model("Brand-New 2", make=True, medium="video")

    assert catalogue.find_model("brand new 2", make=True) == made
    assert (made.name, made.medium, made.slug) == ("Brand-New 2", "video", "brand-new-2")
    assert catalogue.find_model("模型", make=True).slug.startswith("model-")


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Écriture", "writing"),
        ("ecriture", "writing"),
        ("blog", "articles"),
        ("creative-writing", "fiction"),
        ("Technical/Code Review", "reviewing"),
        ("Business > Unheard of", "business"),
        ("SEO", "marketing"),
    ],
)
def test_shelves_are_found_by_name_alias_and_path(text, slug):
    assert catalogue.find_category(text).slug == slug


def test_an_unknown_shelf_is_made_once():
    made = catalogue.find_category("space travel", make=True)

    assert catalogue.find_category("Space-Travel", make=True) == made
    assert (made.name_en, made.parent) == ("Space travel", None)


def test_the_version_is_found_in_the_models_name():
    model = catalogue.find_model("chatgpt")

    assert catalogue.find_model_version(model, "GPT-5.1").name == "GPT-5.1"
    assert catalogue.find_model_version(catalogue.find_model("claude"), "Claude Opus 4.5").name == "Opus 4.5"
    assert catalogue.find_model_version(model, "GPT-9") is None


def test_tags_are_written_one_way_and_made_once():
    tags = catalogue.find_tags(["Hello World", "hello-world", "Grüße", "  ", "!"])

    assert [tag.slug for tag in tags] == ["hello-world", "grüße"]
    assert catalogue.find_tags(["hello world"]) == [tags[0]]
    assert catalogue.find_tags(["unknown"], make=False) == []
    assert Tag.objects.count() == 2


def test_loading_again_changes_nothing_and_keeps_corrections():
    GenerativeModel.objects.filter(slug="claude").update(maker="Somebody else", site="")
    ModelVersion.objects.filter(model__slug="claude").first().delete()
    before = (GenerativeModel.objects.count(), Category.objects.count(), ModelVersion.objects.count())

    catalogue.load()

    claude = GenerativeModel.objects.get(slug="claude")
    assert (claude.maker, claude.site) == ("Somebody else", "https://claude.ai/")
    after = (GenerativeModel.objects.count(), Category.objects.count(), ModelVersion.objects.count())
    assert after == (before[0], before[1], before[2] + 1)


def test_every_name_of_the_data_is_found_again():
    names = catalogue.Names()

    for model in GenerativeModel.objects.all():
        for name in (model.slug, model.name, *model.aliases):
            assert names.model(name) == model, name
    for category in Category.objects.all():
        for name in (category.slug, category.name_en, category.name_fr):
            assert names.category(name) == category, name
