import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from marketplace import variables
from marketplace.variables import BadValues, Variable

ANYTHING = st.text(st.characters(exclude_categories=["Cs"]))
# Text made of what the notation is made of.
AWKWARD = st.lists(
    st.sampled_from(
        ["[", "]", "(", ")", "\\", "[name]", "[a b]", "${x:1}", "{{ y }}", "\r\n", " ", "x", "é", "🎉", "http://a"]
    )
).map("".join)


@pytest.mark.parametrize(
    ("template", "names"),
    [
        ("Write about [topic] for [audience].", ["topic", "audience"]),
        ("[b] then [a] then [b]", ["b", "a"]),
        ("[Company Name] [year_2] [don't-ask/tell] [C# & C++] [Node.js version]", None),
        ("[colour][animal]", ["colour", "animal"]),
        ("写一篇关于[主题]的文章, [नाम], [ชื่อ], [שם], [Größe]", ["主题", "नाम", "ชื่อ", "שם", "Größe"]),
        ("[[name]] {[name]} ([name])", ["name"]),
        ("\\\\[name] after a backslash", ["name"]),
        ("[city](e.g. Paris, or Rome)", ["city"]),
        ("[" + "a" * 60 + "]", ["a" * 60]),
    ],
)
def test_variables_are_found_in_order(template, names):
    expected = ["Company Name", "year_2", "don't-ask/tell", "C# & C++", "Node.js version"] if names is None else names

    assert variables.find(template) == expected


@pytest.mark.parametrize(
    "template",
    [
        *(
            "[open",
            "[x] done",
            "[X] done",
            "[ ] to do",
            "- [x] tick",
            "note [1]",
            "[^1]",
            "[]",
            "[text](https://example.com)",
        ),
        *("![alt](picture.png)", '[text](#here "Title")', "[text]()", r"\[escaped\]", r"\[escaped]", r"\\\[escaped]"),
        *(
            "[ padded]",
            "[padded ]",
            "[two\nlines]",
            "[" + "a" * 61 + "]",
            '["list", "of"]',
            "[a, b]",
            "[a: b]",
            "[_a]",
            "[open",
        ),
    ],
)
def test_what_people_write_brackets_for_otherwise_is_no_variable(template):
    assert variables.find(template) == []


def test_values_are_filled_in_everywhere():
    rendered = variables.render("Dear [name],\r\n[name]: [city] 🎉", {"name": "Ada", "city": "Paris"})

    assert rendered == variables.Rendered("Dear Ada,\r\nAda: Paris 🎉")


def test_missing_and_unknown_values_are_named():
    rendered = variables.render("[a] [b] [c] [b]", {"a": "1", "b": "", "z": "9", "y": ""}, [Variable("c", default="3")])

    assert rendered == variables.Rendered("1 [b] 3 [b]", missing=("b",), unknown=("z", "y"))


@pytest.mark.parametrize(
    "value", ["[b]", "\\1", r"\g<name>", "{{ 7*7 }}", "${b}", "%(b)s", "{b}", "</script>", "\u202e", "$&"]
)
def test_nothing_inside_a_value_or_default_is_looked_at_again(value):
    described = [Variable("a"), Variable("b", default=value)]

    assert variables.render("<[a]|[b]>", {"a": value}, described).text == f"<{value}|{value}>"


def test_choices_are_kept_to():
    described = [Variable("tone", choices=("warm", "dry"), default="dry")]

    assert variables.render("[tone]", {"tone": "warm"}, described).text == "warm"
    assert variables.render("[tone]", {}, described).text == "dry"
    with pytest.raises(BadValues) as caught:
        variables.render("[tone] [n]", {"tone": "loud", "n": 5}, described)
    assert caught.value.errors == {"tone": "Choose one of: warm, dry.", "n": "This value must be text."}


def test_a_flood_is_refused_before_it_is_made():
    with pytest.raises(BadValues) as caught:
        variables.render("[a]" * 60_000 + "[b]", {"a": "x" * 20_000, "b": "y"})

    assert list(caught.value.errors) == ["a"]


@given(ANYTHING | AWKWARD)
def test_a_template_without_values_stays_byte_for_byte(template):
    rendered = variables.render(template, {})

    assert rendered.text == template
    assert list(rendered.missing) == variables.find(template)


@given(AWKWARD, AWKWARD)
def test_only_the_placeholder_itself_changes(before, after):
    template = f"{before} [the one] {after}"
    rendered = variables.render(template, {"the one": "VALUE"})

    assert rendered.text == f"{before} VALUE {after}"


@given(AWKWARD)
def test_spans_are_exactly_the_placeholders(template):
    assert list(dict.fromkeys(name for *_span, name in variables.spans(template))) == variables.find(template)
    assert all(template[start:end] == f"[{name}]" for start, end, name in variables.spans(template))


@pytest.mark.parametrize(
    ("text", "template", "found"),
    [
        ("Be ${role:a poet}.", "Be [role].", [Variable("role", default="a poet")]),
        ("Be ${ role }.", "Be [role].", [Variable("role")]),
        ("{{name}} {{ tone | warm }}", "[name] [tone]", [Variable("name"), Variable("tone", default="warm")]),
        (
            "{{ a | default('b c') }}{{ d | default: e }}",
            "[a][d]",
            [Variable("a", default="b c"), Variable("d", default="e")],
        ),
        ("${a} ${a:1} {{a|2}} [a]", "[a] [a] [a] [a]", [Variable("a", default="1")]),
        ("${url:https://example.com:80/x}", "[url]", [Variable("url", default="https://example.com:80/x")]),
        ("${x:5} {{X}}", "[x value] [X value]", [Variable("x value", default="5"), Variable("X value")]),
        ("${a}(${b:two words})", "[a]([b])", [Variable("a"), Variable("b", default="two words")]),
        ("[mine] stays", "[mine] stays", [Variable("mine")]),
        ("[${name}]", "[[name]]", [Variable("name")]),
    ],
)
def test_other_notations_are_taken_over_with_their_defaults(text, template, found):
    assert variables.normalise(text) == (template, found)


@pytest.mark.parametrize(
    "text",
    [
        "{{ 7*7 }}",
        "${a ? b : c}",
        "{% if x %}",
        "{name}",
        "$name",
        r"\${name}",
        "${}",
        "{{}}",
        "${1st}",
        "${a}(http://b)",
        "\r\n${",
    ],
)
def test_what_would_not_become_a_variable_stays_as_it_was(text):
    assert variables.normalise(text)[0] == text


@given(AWKWARD)
@example("${a}(${b:x y})")
def test_normalising_twice_changes_nothing_more(text):
    template, found = variables.normalise(text)

    assert [variable.name for variable in found] == variables.find(template)
    assert variables.normalise(template)[0] == template


@given(AWKWARD)
def test_normalising_loses_no_other_character(text):
    template, _found = variables.normalise(text)
    foreign = str.maketrans("", "", "${}:1[]y x")

    assert template.replace(" value", "").translate(foreign) == text.replace(" value", "").translate(foreign)


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "[",
            "[a",
            "[a](",
            "[a](b",
            "\\",
            "\\[",
            "]",
            "[a b ",
            "${a:",
            "${",
            "{{a|",
            "{{ ",
            "[name] ",
            "${name:default} ",
            "plain words ",
        ),
        *("[" + "a" * 60, "[a](" + "b" * 1990, "${a:" + "b" * 1990, "{{" + " " * 8 + "a" * 59, "[a " + " " * 57),
    ],
)
def test_long_texts_are_quick_whatever_they_hold(unit):
    text = unit * (200_000 // len(unit))
    fastest = min(_seconds(text) for _ in range(3))

    assert fastest < 0.5  # three passes; a quadratic one would need minutes


def _seconds(text):
    start = time.process_time()
    variables.render(text, {"name": "value"})
    variables.normalise(text)
    return time.process_time() - start


def test_variables_are_described_or_bare_in_the_templates_order():
    described = [Variable("gone"), Variable("b", label="Bee")]

    assert variables.describe("[a] [b]", described) == [Variable("a"), Variable("b", label="Bee")]


def test_a_variable_survives_json():
    variable = Variable("tone", "Tone", "How it sounds", "dry", ("warm", "dry"), long=True)

    assert Variable.from_json(variable.as_json()) == variable
    assert Variable.from_json({"name": "a", "choices": None}) == Variable("a")


@pytest.mark.parametrize(
    "bad",
    [
        [Variable("1st")],
        [Variable("x")],
        [Variable("a"), Variable("a")],
        [Variable("a", choices=("b", "b"))],
        [Variable("a", choices=("b", " "))],
        [Variable("a", choices=("b",), default="c")],
    ],
)
def test_a_bad_description_is_explained(bad):
    assert list(variables.check(bad)) == [bad[0].name]


def test_a_good_description_has_no_errors():
    assert variables.check([Variable("a"), Variable("b", choices=("c", "d"), default="d")]) == {}


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("learning_style", "Learning style"),
        ("sourceLanguage", "Source language"),
        ("Company Name", "Company Name"),
        ("API_KEY", "API KEY"),
        ("topic", "Topic"),
    ],
)
def test_a_name_makes_a_readable_label(name, label):
    assert Variable(name).shown == label
