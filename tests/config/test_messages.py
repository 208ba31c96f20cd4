"""The catalogue of French: complete, in step with the code, set in French type."""

import polib
import pytest

from config import extraction, messages
from config.extraction import Message


@pytest.fixture(scope="module")
def spoken():
    return extraction.everything()


def entry(one, *texts, many="", **more):
    plural = {"msgid_plural": many, "msgstr_plural": dict(enumerate(texts))} if many else {"msgstr": texts[0]}
    return polib.POEntry(msgid=one, **plural, **more)


def test_french_is_complete(spoken):
    assert list(messages.problems(spoken)) == []


def test_extraction_finds_the_messages_of_python():
    source = (
        "from django.utils.translation import gettext_lazy as _, ngettext, pgettext\n"
        '_("One " "sentence."); ngettext("%d cat", "%d cats", n); pgettext("sorting", "Order"); print("Not this")\n'
    )

    assert set(extraction.in_python(source)) == {
        Message("One sentence."),
        Message("%d cat", "%d cats"),
        Message("Order", context="sorting"),
    }


def test_extraction_finds_the_messages_of_templates():
    source = (
        '<a title="{% translate "Order" context "sorting" %}">{{ name|default:_("Nobody") }}</a>'
        "{% blocktranslate count counter=n trimmed %}\n  {{ counter }} cat\n{% plural %}{{ counter }} cats"
        '{% endblocktranslate %}{% status "done" _("On") %}{# _("Not this") #}<p>Nor this</p>'
    )

    assert set(extraction.in_template(source)) == {
        Message("Order", context="sorting"),
        Message("Nobody"),
        Message("%(counter)s cat", "%(counter)s cats"),
        Message("On"),
    }


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (entry("Save", ""), "not translated"),
        (entry("Save", "Enregistrer", flags=["fuzzy"]), "only guessed (fuzzy)"),
        (entry("%(n)s cat", "%(n)s chat", "", many="%(n)s cats"), "not translated"),
        (entry("%(n)s cat", "%(n)s chat", many="%(n)s cats"), "a plural form is missing"),
        (entry("By %(name)s", "Par %(nom)s"), "other placeholders"),
        (entry("By {name}", "Par"), "other placeholders"),
        (entry("<strong>Save</strong>", "Enregistrer"), "other HTML tags"),
        (entry("Save ", "Enregistrer"), "other spaces at its ends"),
        (entry("Really?", "Vraiment ?"), "a space that can break before ; ! ?"),
        (entry("Really?", "Vraiment?"), "no space before ; ! ?"),
        (entry("Now:", "Maintenant :"), "a space that can break before :"),
        (entry("“Now”", "“Maintenant”"), "English quotation marks"),
        (entry("“Now”", "« Maintenant »"), "a quotation mark without its fixed space"),
        (entry("The order", "L'ordre"), "a straight apostrophe"),
    ],
)
def test_each_kind_of_mistake_is_named(wrong, problem):
    assert problem in messages.wrong_with(wrong)


def test_new_messages_come_in_and_forgotten_ones_go(tmp_path):
    path = tmp_path / "django.po"
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=utf-8"}
    catalogue.append(entry("Kept", "Gardé"))
    catalogue.append(entry("Forgotten", "Oublié"))
    catalogue.save(str(path))

    told = messages.update(
        {Message("Kept"): {"a.py"}, Message("New"): {"b.html"}, Message("New", "News"): {"c.py"}}, path
    )

    assert told == (1, 1)
    assert [(one.msgid, one.msgid_plural, one.msgstr) for one in polib.pofile(str(path))] == [
        ("Kept", "", "Gardé"),
        ("New", "News", ""),
    ]
