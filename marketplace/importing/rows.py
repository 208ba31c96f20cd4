"""What one row means: everything cleaned, guessed and filled in, or the reason why it cannot be used.

The public words of a listing come from the row's public columns or are made of its facts (title, model, category,
number of variables), never from the prompt.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from common import money, text
from marketplace import catalogue, content, prompts, variables
from marketplace.importing import guessing, mapping
from marketplace.importing.sources import Row
from marketplace.inputs import BadContent, Wrong
from marketplace.models import Category, GenerativeModel, ModelVersion
from marketplace.models.catalogue import Medium
from marketplace.prompts import Prompt
from marketplace.screening import language

# For rows that say nothing: where a prompt of this medium most likely belongs.
MODELS = {"text": "chatgpt", "image": "stable-diffusion", "video": "sora", "audio": "suno", "code": "github-copilot"}
CATEGORIES = {"text": "agents", "image": "images", "video": "motion", "audio": "sound", "code": "code"}
SHELVES = {
    "image": {"photography", "illustration", "design", "three-d", "patterns"},
    "video": {"film", "advertising-film"},
    "audio": {"songs", "voice"},
}
MEDIA = {"text": "text", "structured": "text", "chat": "text", "image": "image", "photo": "image", "picture": "image",
         "video": "video", "audio": "audio", "music": "audio", "code": "code"}  # fmt: skip
PARTS = re.compile(r"[,;|]")
SHARED = 0.5  # of the prompt in its own description, and the description is left out
_SLOT = re.compile(r"(?<![{$])\{(prompt|input|subject|text)\}(?!\})")
_NUMBER = re.compile(r"[0-9]{1,10}")


class BadRow(ValueError):
    """The row cannot be used; the message quotes nothing of it."""


@dataclass(slots=True)
class Draft:
    """A row ready to be written."""

    place: str
    title: str
    prompt: Prompt = field(repr=False)
    words: list[str] = field(repr=False)  # of the prompt, in its order
    fingerprint: str = ""
    summary: str = ""
    description: str = ""
    model: GenerativeModel | None = None
    model_version: ModelVersion | None = None
    category: Category | None = None
    tags: list[str] = field(default_factory=list)
    language: str = "en"
    price: int = 0
    examples: list[dict[str, Any]] = field(default_factory=list)


class Reader:
    """Understands the rows of one file; knows the catalogue by heart."""

    def __init__(self, columns: Mapping[str, str]) -> None:
        self._columns = columns
        self._names = catalogue.Names()
        self._resolved: dict[tuple[str, ...], dict[str, str]] = {}
        self._models: dict[tuple[str, str], GenerativeModel] = {}
        self._categories: dict[str, Category | None] = {}

    def read(self, row: Row) -> Draft:
        values = self._values(row)
        title = _line(values.get("title"), content.LONGEST_TITLE)
        if not title:
            raise BadRow(_("There is no title."))
        prompt = _prompt(values)
        words = prompts.words_of(prompt.template)
        if " ".join(prompts.words_of(title)) == " ".join(words):
            raise BadRow(_("The title is the prompt itself."))
        model, version = self._model(values)
        draft = Draft(row.place, title, prompt, words, prompts.fingerprint(prompt, words))
        draft.model, draft.model_version = model, version
        draft.category = self._category(values, title, model)
        draft.tags = _tags(values.get("tags"))
        draft.language = _language(values.get("language"), draft)
        draft.price = _price(values.get("price"))
        draft.examples = _examples(values.get("examples"))
        _describe(draft, values)
        return draft

    def _values(self, row: Row) -> dict[str, Any]:
        names = tuple(row.columns)
        if names not in self._resolved:
            self._resolved[names] = mapping.resolve(names, self._columns)
        return {ours: row.columns[theirs] for ours, theirs in self._resolved[names].items()}

    def _model(self, values: dict[str, Any]) -> tuple[GenerativeModel, ModelVersion | None]:
        named = [name for name in _words(values.get("model")) if catalogue.key(name)]
        medium = MEDIA.get(str(values.get("medium") or "").strip().lower(), "")
        if not named:
            medium = medium or ("image" if values.get("negative") else "text")
            return self._found_model(MODELS[medium], medium), None
        known = next((name for name in named if self._names.model(name)), named[0])
        model = self._found_model(known, medium)
        return model, catalogue.find_model_version(model, known, self._names)

    def _found_model(self, name: str, medium: str) -> GenerativeModel:
        if (name, medium) not in self._models:
            found = catalogue.find_model(name, make=True, medium=medium, names=self._names)
            assert found is not None, "A name with letters always makes a model."
            self._models[name, medium] = found
        return self._models[name, medium]

    def _category(self, values: dict[str, Any], title: str, model: GenerativeModel) -> Category | None:
        named = next((name for name in _words(values.get("category"), split=False) if catalogue.key(name)), "")
        if not named:
            fallback = CATEGORIES.get(model.medium, CATEGORIES[Medium.TEXT])
            named = self._guess(title) or self._fitting(title, model) or fallback
        if named not in self._categories:
            self._categories[named] = catalogue.find_category(named, make=True, names=self._names)
        return self._categories[named]

    def _guess(self, title: str) -> str:
        """A word of the title that is the name of a shelf."""
        words = prompts.words_of(title)
        pairs = [" ".join(words[at : at + 2]) for at in range(len(words) - 1)]
        return next((name for name in (*pairs, *words) if len(name) > 2 and self._names.category(name)), "")

    def _fitting(self, title: str, model: GenerativeModel) -> str:
        """What words of the title speak for; pictures, films and sounds stay among their own."""
        guessed = guessing.shelf(title)
        own = SHELVES.get(model.medium)
        return "" if own and guessed not in own else guessed


def _prompt(values: dict[str, Any]) -> Prompt:
    template = values.get("prompt")
    if not isinstance(template, str) or not template.strip():
        raise BadRow(_("There is no prompt."))
    try:
        template = content.exact(template, prompts.LONGEST_TEMPLATE)
        negative = content.exact(values.get("negative") or "", prompts.LONGEST_PART)
        instructions = content.exact(values.get("instructions") or "", prompts.LONGEST_PART)
        parameters = content.parameters(values.get("parameters") or {})
    except Wrong as wrong:
        raise BadRow(str(wrong)) from None
    if template.count("{") == len(_SLOT.findall(template)):
        # The one slot that style files leave open.
        template = _SLOT.sub(r"[\1]", template)
    template, found = variables.normalise(template)
    if len(found) > content.MOST_VARIABLES:
        raise BadRow(_("The prompt has more than %(most)d variables.") % {"most": content.MOST_VARIABLES})
    return Prompt(template, negative, parameters, instructions, tuple(found)).described()


def _describe(draft: Draft, values: dict[str, Any]) -> None:
    """Summary and description: as given where they do not quote the prompt, else made of facts."""
    given = _safe(_lines(values.get("description")), draft.words)
    summary = _safe(_line(values.get("summary"), content.LONGEST_SUMMARY), draft.words)
    draft.summary = summary or text.excerpt(given, 160) or _made_summary(draft)
    description = given or _made_description(draft)
    author = _line(values.get("author"), 60)
    if author:
        description = f"{description}\n\n{_('Written by %(author)s.') % {'author': author}}"
    draft.description = description[: content.LONGEST_DESCRIPTION]


def _safe(public: str, words: list[str]) -> str:
    """The text unless it gives the prompt away."""
    said = prompts.words_of(public)
    # What is much shorter than the prompt cannot hold most of it.
    if not said or len(said) < SHARED * len(words):
        return public
    own = prompts.shingles(words)
    return "" if own and len(own & prompts.shingles(said)) / len(own) > SHARED else public


def _made_summary(draft: Draft) -> str:
    words = _("“%(title)s”: a prompt for %(model)s.")
    return text.excerpt(words % {"title": draft.title, "model": draft.model}, content.LONGEST_SUMMARY)


def _made_description(draft: Draft) -> str:
    number = len(draft.prompt.variables)
    facts = {"title": draft.title, "model": draft.model, "number": number, "category": draft.category}
    words = _("“%(title)s” is a prompt for %(model)s, on the shelf “%(category)s”.") % facts
    fill = _("It is ready to use as it is.") if not number else _("Fill in %(number)d values to make it yours.") % facts
    return f"{words}\n\n{fill}"


def _price(value: Any) -> int:
    """Whole numbers are minor units, numbers with a point major ones; nothing is free."""
    if isinstance(value, Mapping):
        value = value.get("amount")
    if isinstance(value, str):
        value = value.strip().lower().removeprefix("$").removeprefix("€").strip()
    if value is None or value in {"", "free", "0"}:
        return 0
    try:
        amount = _amount(value)
        return content.price(amount)
    except (Wrong, ValueError, InvalidOperation) as problem:
        raise BadRow(_("The price cannot be used: %(reason)s") % {"reason": problem}) from None


def _amount(value: Any) -> int:
    written = str(value)
    if isinstance(value, bool):
        raise Wrong(_("Write the price as a number."))
    if _NUMBER.fullmatch(written):
        return int(written)
    if not re.fullmatch(r"[0-9]{1,8}[.,][0-9]{1,2}0*", written):
        raise Wrong(_("Write the price as a number."))
    scale = Decimal(10) ** money.exponent(settings.CURRENCY)
    return int(Decimal(written.replace(",", ".")) * scale)


def _examples(value: Any) -> list[dict[str, Any]]:
    if not value:
        return []
    if isinstance(value, str | Mapping):
        value = [value]
    try:
        found: list[dict[str, Any]] = content.read({"examples": value[: content.MOST_EXAMPLES]}).fields["examples"]
    except (BadContent, TypeError):
        raise BadRow(_("The examples cannot be used.")) from None
    return found


def _tags(value: Any) -> list[str]:
    return catalogue.tag_slugs(_words(value))


def _language(value: Any, draft: Draft) -> str:
    code = value.strip().replace("_", "-").split("-")[0].lower() if isinstance(value, str) else ""
    if re.fullmatch(r"[a-z]{2,3}", code):
        return code
    return language.guess(draft.prompt.template, draft.words) or "en"


def _words(value: Any, *, split: bool = True) -> list[str]:
    """The texts of a list, or the parts of a text."""
    if isinstance(value, str):
        value = PARTS.split(value) if split else [value]
    if not isinstance(value, list | tuple):
        return []
    return [_line(each, 80) for each in value if isinstance(each, str) and each.strip()]


def _line(value: Any, longest: int) -> str:
    """One clean line, cut where it is too long; nothing for what is no text."""
    if not isinstance(value, str):
        return ""
    try:
        return text.excerpt(text.clean_line(value[: longest * 8]), longest)
    except text.BadText as problem:
        raise BadRow(str(problem)) from None


def _lines(value: Any) -> str:
    if not isinstance(value, str):
        return ""
    try:
        return text.clean(value, newlines=True).strip()[: content.LONGEST_DESCRIPTION]
    except text.BadText as problem:
        raise BadRow(str(problem)) from None
