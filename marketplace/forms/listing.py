"""The seller's long form without its repeating parts: what it is, where it belongs, the prompt, the price."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import money
from marketplace import content, languages, prompts
from marketplace.forms.sheets import Sheet
from marketplace.models import Category, GenerativeModel, Listing, Revision
from marketplace.models.catalogue import Medium

LANGUAGES = (
    *("en", "fr", "de", "es", "it", "pt", "nl", "pl", "sv", "da", "nb", "fi", "cs", "el", "hu", "ro"),
    *("uk", "ru", "tr", "ar", "he", "hi", "id", "vi", "th", "zh-hans", "zh-hant", "ja", "ko"),
)
Choices = list[tuple[str, Any]]


def words(longest: int, **attributes: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"maxlength": longest, "autocomplete": "off", **attributes})


def page(longest: int, rows: int = 4, **attributes: Any) -> forms.Textarea:
    return forms.Textarea(attrs={"maxlength": longest, "autocomplete": "off", "rows": rows, **attributes})


class ListingForm(Sheet):
    title = forms.CharField(
        label=gettext_lazy("Title"),
        help_text=gettext_lazy("What it makes, in the words a buyer would search for."),
        widget=words(content.LONGEST_TITLE),
    )
    summary = forms.CharField(
        label=gettext_lazy("One line on what it does"),
        widget=words(content.LONGEST_SUMMARY),
    )
    description = forms.CharField(
        label=gettext_lazy("Description"),
        help_text=gettext_lazy(
            "What goes in, what comes out, for whom. Everybody reads this, so do not quote the prompt. "
            "Markdown: **bold**, - lists, ## headings."
        ),
        widget=page(content.LONGEST_DESCRIPTION, 8),
    )
    model = forms.ChoiceField(label=gettext_lazy("Model"))
    model_version = forms.ChoiceField(label=gettext_lazy("Version of the model"), required=False)
    tested_on = forms.CharField(
        label=gettext_lazy("Tested on"),
        help_text=gettext_lazy("The day you last tried it with this version."),
        required=False,
        widget=forms.TextInput(attrs={"type": "date", "autocomplete": "off"}),
    )
    category = forms.ChoiceField(label=gettext_lazy("Category"))
    tags = forms.CharField(
        label=gettext_lazy("Tags"),
        help_text=gettext_lazy("Up to twelve, with commas between them."),
        required=False,
        widget=words(600),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of the prompt"))
    template = forms.CharField(
        label=gettext_lazy("Prompt"),
        help_text=gettext_lazy(
            "Put what the buyer fills in into square brackets: [subject]. Only buyers and, while they look at a case, "
            "moderators ever read this; it is kept encrypted."
        ),
        widget=page(prompts.LONGEST_TEMPLATE, 12, spellcheck="false", **{"class": "mono"}),
    )
    negative = forms.CharField(
        label=gettext_lazy("Negative prompt"),
        help_text=gettext_lazy("What the model is to leave out, for models that take one."),
        required=False,
        widget=page(prompts.LONGEST_PART, 2, spellcheck="false", **{"class": "mono"}),
    )
    parameters = forms.CharField(
        label=gettext_lazy("Parameters"),
        help_text=gettext_lazy("One a line, such as “temperature: 0.4” or “--ar 3:2”; JSON is fine, too."),
        required=False,
        widget=page(content.LONGEST_PARAMETERS, 2, spellcheck="false", **{"class": "mono"}),
    )
    instructions = forms.CharField(
        label=gettext_lazy("How to use it"),
        help_text=gettext_lazy("For the buyer: where to paste it, what to send next, how to vary it."),
        required=False,
        widget=page(prompts.LONGEST_PART, 3),
    )
    note = forms.CharField(
        label=gettext_lazy("What changed"),
        help_text=gettext_lazy("One line for those who bought an earlier version. They get this one free."),
        required=False,
        widget=words(300),
    )
    price = forms.CharField(
        label=gettext_lazy("Price"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": 14}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        typed = self.initial
        self._choose("model", [("", _("Choose a model")), *model_choices()])
        self._choose("model_version", [("", _("Any, or not named")), *version_choices(typed.get("model") or "")])
        self._choose("category", [("", _("Choose a category")), *category_choices()])
        self._choose("language", language_choices(typed.get("language") or "en"))
        self.fields["price"].help_text = price_help()

    def _choose(self, name: str, choices: Choices) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


def price_help() -> str:
    limits = {"least": money.format_money(settings.MIN_PRICE, settings.CURRENCY)}
    return _("0 for free, or %(least)s and more.") % limits


def model_choices() -> Choices:
    """The models by medium."""
    groups: dict[str, Choices] = {}
    for model in GenerativeModel.objects.order_by("name"):
        groups.setdefault(model.medium, []).append((model.slug, model.name))
    return [(str(label), groups[medium]) for medium, label in Medium.choices if medium in groups]


def version_choices(model_slug: str) -> Choices:
    """The versions of the model, newest first; of all models while none is chosen."""
    models = GenerativeModel.objects.prefetch_related("versions").order_by("name")
    if model_slug:
        models = models.filter(slug=model_slug)
    groups = [(model.name, list(_versions(model))) for model in models]
    found = [group for group in groups if group[1]]
    return list(found[0][1]) if model_slug and found else list(found)


def _versions(model: GenerativeModel) -> Iterator[tuple[str, str]]:
    for version in model.versions.all():
        yield f"{model.slug}:{version.name}", version.name


def version_name(typed: str, model_slug: str) -> str:
    """The version's own name out of “model:version”, whole when it belongs to another model than the one chosen."""
    slug, mark, name = typed.partition(":")
    return name if mark and (slug == model_slug or not model_slug) else typed


def category_choices() -> Choices:
    """Shelves with what stands on them; the shelf itself can be chosen as well."""
    everything = list(Category.objects.order_by("position", "slug"))
    children: dict[int, Choices] = {}
    for category in everything:
        if category.parent_id is not None:
            children.setdefault(category.parent_id, []).append((category.slug, category.name))
    tops = [category for category in everything if category.parent_id is None]
    general = _("%(shelf)s, in general")
    return [
        (top.name, [(top.slug, general % {"shelf": top.name}), *children[top.pk]])
        if top.pk in children
        else (top.slug, top.name)
        for top in tops
    ]


def language_choices(chosen: str) -> Choices:
    codes = [*LANGUAGES, *([] if chosen in LANGUAGES else [chosen])]
    return [(code, languages.name(code)) for code in codes]


def typed_in(listing: Listing, revision: Revision) -> dict[str, Any]:
    """The public fields of a revision as the form shows them."""
    version = revision.model_version
    return {
        "title": revision.title,
        "summary": revision.summary,
        "description": revision.description,
        "model": revision.model.slug if revision.model else "",
        "model_version": f"{version.model.slug}:{version.name}" if version else "",
        "tested_on": revision.tested_on.isoformat() if revision.tested_on else "",
        "category": revision.category.slug if revision.category else "",
        "tags": ", ".join(revision.tags),
        "language": revision.language,
        "price": money.plain_amount(revision.price, listing.currency),
    }
