import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from marketplace import formats
from marketplace.formats import PromptDocument
from marketplace.variables import BadValues, Variable

# What input validation lets through: anything but control characters and lone surrogates.
WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs"], include_characters="\t\r\n"))

HOSTILE = "Line\r\nline\u2028 ``` \n````\n🎉 مرحبا {{ 7*7 }} </script> [name]  \n\ttab: - # & *\n"

FOX = PromptDocument(
    title="A fox | in [snow]",
    template="A [animal] in the snow\nat dawn",
    model="Midjourney",
    version="3",
    negative="text, [worst]",
    parameters={"ar": "3:2", "stylize": 250, "tile": True, "hd": False},
    instructions="Try **blue** hours.",
    variables=(
        Variable("animal", help="Any animal", default="fox", choices=("fox", "owl")),
        Variable("worst", default="logo"),
    ),
    licence="Personal and commercial use, no resale.",
    url="https://market.example/prompts/a-fox/",
    seller="Mara Quill",
    summary="Winter animals.",
)


def document(template, **more):
    return PromptDocument(title="Title", template=template, **more)


@given(WORDS)
def test_the_words_are_the_same_in_every_file(template):
    of = document(template)

    assert formats.to_txt(of) == template
    assert json.loads(formats.to_json(of))["prompt"]["template"] == template
    assert yaml.safe_load(formats.to_prompt_yml(of))["messages"] == [{"role": "user", "content": template}]
    assert template in formats.to_markdown(of)


@given(st.text("`~\n a>", max_size=40))
def test_nothing_in_a_text_ends_its_code_block(template):
    tokens = MarkdownIt().parse(formats.to_markdown(document(template)))
    fences = [token.content for token in tokens if token.type == "fence"]

    assert fences == [template + "\n"]


def test_hostile_words_stay_as_they_are_in_yaml_and_json():
    of = document(HOSTILE, negative=HOSTILE, parameters={"seed": 7})

    assert yaml.safe_load(formats.to_prompt_yml(of)) == {
        "name": "Title",
        "description": "Title",
        "modelParameters": {"seed": 7, "negativePrompt": HOSTILE},
        "messages": [{"role": "user", "content": HOSTILE}],
    }
    assert json.loads(formats.to_json(of))["prompt"]["negative"] == HOSTILE


def test_a_prompt_yml_is_pleasant_to_read():
    assert formats.to_prompt_yml(FOX) == (
        "name: A fox | in [snow]\n"
        "description: Winter animals.\n"
        "model: Midjourney\n"
        "modelParameters:\n"
        "  ar: '3:2'\n"
        "  stylize: 250\n"
        "  tile: true\n"
        "  hd: false\n"
        "  negativePrompt: text, [worst]\n"
        "messages:\n"
        "- role: user\n"
        "  content: |-\n"
        "    A [animal] in the snow\n"
        "    at dawn\n"
    )


def test_json_holds_everything():
    assert json.loads(formats.to_json(FOX)) == {
        "title": "A fox | in [snow]",
        "summary": "Winter animals.",
        "model": "Midjourney",
        "version": "3",
        "prompt": {
            "template": "A [animal] in the snow\nat dawn",
            "negative": "text, [worst]",
            "parameters": {"ar": "3:2", "stylize": 250, "tile": True, "hd": False},
            "instructions": "Try **blue** hours.",
        },
        "variables": [
            {
                "name": "animal",
                "label": "",
                "help": "Any animal",
                "default": "fox",
                "choices": ["fox", "owl"],
                "long": False,
            },
            {"name": "worst", "label": "", "help": "", "default": "logo", "choices": [], "long": False},
        ],
        "seller": "Mara Quill",
        "licence": "Personal and commercial use, no resale.",
        "url": "https://market.example/prompts/a-fox/",
    }


def test_markdown_reads_as_a_page():
    page = formats.to_markdown(FOX)
    html = MarkdownIt("commonmark").enable("table").render(page)

    assert page.startswith(
        "# A fox \\| in \\[snow\\]\n\n- Model: Midjourney\n- Version: 3\n- Seller: Mara Quill\n\nWinter animals."
    )
    assert "<h1>A fox | in [snow]</h1>" in html
    assert html.count("<table>") == 2
    assert "<td>Animal – Any animal</td>\n<td>fox</td>\n<td>fox, owl</td>" in html
    assert "<strong>blue</strong>" in html


def test_a_bare_document_has_no_empty_sections():
    assert formats.to_markdown(document("Hello.")) == "# Title\n\n## Prompt\n\n```text\nHello.\n```\n\n---\n"


@pytest.mark.parametrize(
    ("title", "version", "name"),
    [
        ("Launch e-mail: café & crème", "3", "launch-e-mail-cafe-creme-v3.md"),
        ("../../etc/passwd\r\nX: y", "v2", "etc-passwd-x-y-v2.md"),
        ("東京", "", "prompt.md"),
        ("a" * 300, "1", "a" * 80 + "-v1.md"),
        ("\u202egpj.exe", "1", "gpj-exe-v1.md"),
    ],
)
def test_file_names_are_safe_everywhere(title, version, name):
    assert formats.file_name(PromptDocument(title=title, template="", version=version), "md") == name


def test_an_unknown_format_is_refused():
    assert [bool(formats.write(FOX, name)) for name in formats.FORMATS] == [True] * 4
    with pytest.raises(formats.UnknownFormat):
        formats.write(FOX, "docx")


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("Midjourney v7", "A owl in the snow at dawn --no text, logo --ar 3:2 --stylize 250 --tile"),
        (
            "stable-diffusion",
            "A owl in the snow\nat dawn\nNegative prompt: text, logo\nAr: 3:2, Stylize: 250, Tile: true, Hd: false",
        ),
        ("ChatGPT", "A owl in the snow\nat dawn\n\nAvoid: text, logo"),
        (
            "FLUX.2",
            "A owl in the snow\nat dawn\n\nNegative prompt: text, logo\n\nar: 3:2\nstylize: 250\ntile: true\nhd: false",
        ),
    ],
)
def test_each_model_gets_the_text_its_own_window_wants(target, text):
    assert formats.for_model(FOX, {"animal": "owl"}, target) == text


@pytest.mark.parametrize("target", ["claude", "midjourney", "stable-diffusion", "suno"])
def test_a_prompt_without_extras_is_itself(target):
    assert formats.for_model(document("Hello [name]"), {"name": "[x] $1"}, target) == "Hello [x] $1"


def test_values_are_checked_for_a_model_too():
    with pytest.raises(BadValues):
        formats.for_model(FOX, {"animal": "whale"}, "midjourney")


def test_a_long_run_of_spaces_is_no_trap():
    template = "a\n" + " " * 200_000 + "b"

    assert yaml.safe_load(formats.to_prompt_yml(document(template)))["messages"][0]["content"] == template
