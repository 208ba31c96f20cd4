"""What a seller has written, as the form shows it and as the domain takes it in."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _

from common import money
from common.problems import Errors
from marketplace import images, variables
from marketplace.forms.listing import ListingForm, typed_in, version_name
from marketplace.forms.parts import ExampleForm, PictureForm, VariableForm
from marketplace.forms.sheets import plain
from marketplace.models import ExampleImage, Listing
from marketplace.prompts import Prompt
from marketplace.samples import parameters_shown
from marketplace.variables import Variable

_EXAMPLE = re.compile(r"example-(\d{1,3})-output")
_VARIABLE = re.compile(r"variable-(\d{1,3})-name")
_PICTURE = re.compile(r"picture-([0-9A-Za-z]{1,32})-alt")
PROMPT_TEXTS = ("template", "negative", "instructions")


class Manuscript:
    """Made from the database or from a request; every form in it is unbound and shows what is there."""

    def __init__(
        self,
        listing: Listing | None,
        typed: dict[str, Any],
        *,
        described: Sequence[Variable] = (),
        examples: Sequence[Mapping[str, Any]] = (),
        pictures: Sequence[Mapping[str, Any]] = (),
        before: Prompt | None = None,
    ) -> None:
        self.listing = listing
        self.typed = typed
        self.before = before
        self.is_outdated = False  # somebody saved another state meanwhile
        self.known = variables.describe(f"{typed.get('template', '')}\n{typed.get('negative', '')}", described)
        self.form = ListingForm(initial=typed)
        self.variables = [VariableForm(variable, position) for position, variable in enumerate(self.known)]
        self.examples = [ExampleForm(example, self.known, position) for position, example in enumerate(examples)]
        self.pictures = list(self._picture_forms(pictures))

    @classmethod
    def kept(cls, listing: Listing, prompt: Prompt | None) -> "Manuscript":
        """As it was saved last."""
        revision = listing.working
        assert revision is not None
        typed = typed_in(listing, revision)
        if prompt is not None:
            typed |= {name: getattr(prompt, name) for name in PROMPT_TEXTS}
            typed["parameters"] = parameters_shown(prompt.parameters)
        version = revision.version
        typed["note"] = version.note if version is not None and version.approved_at is None else ""
        described = prompt.variables if prompt is not None else ()
        return cls(
            listing,
            typed,
            described=described,
            examples=revision.examples or [{}],
            pictures=revision.pictures,
            before=prompt,
        )

    @classmethod
    def sent(cls, post: QueryDict, listing: Listing | None, before: Prompt | None) -> "Manuscript":
        """As it stands in the form."""
        names = list(ListingForm.base_fields)
        typed: dict[str, Any] = {name: plain(text(post, name)) for name in names}
        # What a form did not show is not what somebody emptied.
        typed["sent"] = [name for name in names if name in post]
        pictures = _pictures(post, listing)
        return cls(
            listing,
            typed,
            described=list(_variables(post)),
            examples=list(_examples(post)),
            pictures=pictures,
            before=before,
        )

    # ---- For the domain ----------------------------------------------------------------------------------------------

    def content(self) -> tuple[dict[str, Any], Errors]:
        """What to save, and what could not even be read."""
        errors: Errors = {}
        sent = self.typed.get("sent", [])
        plain_fields = ("title", "summary", "description", "model", "tested_on", "category", "tags", "language")
        found: dict[str, Any] = {name: self.typed[name] for name in plain_fields if name in sent}
        if "model_version" in sent:
            found["model_version"] = version_name(self.typed["model_version"], self.typed["model"]) or None
        if "language" in found and not found["language"]:
            del found["language"]
        if self.typed.get("price", "").strip():
            try:
                found["price"] = money.parse_price(self.typed["price"], settings.CURRENCY)
            except money.BadPrice as refusal:
                errors["price"] = [str(refusal)]
        if "template" in sent:
            found["prompt"] = self._prompt(errors)
            found["examples"] = [_example(form) for form in self.examples if not form.is_blank]
            if self.listing is not None:
                found["pictures"] = [_picture(form) for form in self.pictures]
        return {name: value for name, value in found.items() if name != "prompt" or value is not None}, errors

    def _prompt(self, errors: Errors) -> dict[str, Any] | None:
        """Nothing while nothing was written; words nobody touched are sent as they were, to the last byte."""
        before = self.before or Prompt("")
        found: dict[str, Any] = {}
        for name in PROMPT_TEXTS:
            kept = getattr(before, name)
            found[name] = kept if plain(kept) == self.typed[name] else self.typed[name]
        if self.typed["parameters"] != plain(parameters_shown(before.parameters)):
            found["parameters"] = self._parameters(errors)
        found["variables"] = [variable.as_json() for variable in self.known]
        is_nothing = not any(found[name].strip() for name in PROMPT_TEXTS) and not self.typed["parameters"].strip()
        return None if is_nothing and self.before is None else found

    def _parameters(self, errors: Errors) -> Any:
        text = self.typed["parameters"]
        if not text.lstrip().startswith("{"):
            return text
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            errors["prompt.parameters"] = [_("This is not valid JSON.")]
            return None

    # ---- For the page ------------------------------------------------------------------------------------------------

    def refuse(self, errors: Errors, detail: str = "") -> None:
        """Put each refusal beside the field it is about, whichever part of the form that is in."""
        if not errors and detail:
            self.form.refuse("", [detail])
        shown = [form for form in self.examples if not form.is_blank]
        for path, messages in errors.items():
            head, _dot, rest = path.partition(".")
            position = rest.partition(".")[0]
            if head == "examples" and position.isdigit() and int(position) < len(shown):
                shown[int(position)].refuse("output", messages)
                self.form.refuse("", [_("Example %(number)s: %(problem)s") % _numbered(shown, position, messages)])
            elif head == "pictures" and position.isdigit() and int(position) < len(self.pictures):
                self.pictures[int(position)].refuse("alt", messages)
                self.form.refuse("", [_("Picture %(number)s: %(problem)s") % _numbered(None, position, messages)])
            elif head == "prompt" and rest.startswith("variables."):
                self._refuse_variable(rest.removeprefix("variables."), messages)
            else:
                self.form.refuse(rest if head == "prompt" else head, messages)

    def _refuse_variable(self, which: str, messages: list[str]) -> None:
        for position, form in enumerate(self.variables):
            if which in (str(position), form.variable.name):
                form.refuse("label", messages)
                words = {"name": form.variable.shown, "problem": " ".join(messages)}
                self.form.refuse("", [_("Variable %(name)s: %(problem)s") % words])
                return
        self.form.refuse("template", messages)

    def add_example(self) -> None:
        self.examples.append(ExampleForm({}, self.known, len(self.examples)))

    def drop_example(self, position: int) -> None:
        rest = [_example(form) for form in self.examples if form.position != position]
        self.examples = [ExampleForm(example, self.known, place) for place, example in enumerate(rest)]

    def move_picture(self, picture_id: str, step: int) -> None:
        """One place towards the front (-1) or the back (1)."""
        at = next((place for place, form in enumerate(self.pictures) if form.picture_id == picture_id), None)
        if at is not None and 0 <= at + step < len(self.pictures):
            self.pictures.insert(at + step, self.pictures.pop(at))

    @property
    def names(self) -> list[str]:
        return [variable.name for variable in self.known]

    @property
    def problem_count(self) -> int:
        return len(self.form.errors)

    def _picture_forms(self, pictures: Sequence[Mapping[str, Any]]) -> Iterator[PictureForm]:
        ids = [picture["id"] for picture in pictures]
        rows = {image.public_id: image for image in ExampleImage.objects.filter(public_id__in=ids)} if ids else {}
        for picture in pictures:
            if picture["id"] in rows:
                yield PictureForm(picture, self.known, images.sources(rows[picture["id"]]))


def text(post: QueryDict, name: str) -> str:
    """The last value of that name."""
    return str(post.get(name, ""))


def _variables(post: QueryDict) -> Iterator[Variable]:
    for key in post:
        if matched := _VARIABLE.fullmatch(key):
            prefix = f"variable-{matched[1]}"
            choices = [line.strip() for line in plain(text(post, f"{prefix}-choices")).split("\n")]
            yield Variable(
                name=text(post, key),
                label=text(post, f"{prefix}-label").strip(),
                help=text(post, f"{prefix}-help").strip(),
                default=plain(text(post, f"{prefix}-default")),
                choices=tuple(choice for choice in choices if choice),
                long=f"{prefix}-long" in post,
            )


def _examples(post: QueryDict) -> Iterator[dict[str, Any]]:
    for number in sorted({int(matched[1]) for key in post if (matched := _EXAMPLE.fullmatch(key))}):
        prefix = f"example-{number}"
        yield {"inputs": _inputs(post, prefix), "output": plain(text(post, f"{prefix}-output"))}


def _pictures(post: QueryDict, listing: Listing | None) -> list[dict[str, Any]]:
    """In the order of the form; only those of the draft, and those the form did not know of yet behind them."""
    if listing is None or listing.working is None:
        return []
    kept = {picture["id"]: picture for picture in listing.working.pictures}
    found: dict[str, dict[str, Any]] = {}
    for key in post:
        matched = _PICTURE.fullmatch(key)
        if matched and matched[1] in kept:
            inputs = _inputs(post, f"picture-{matched[1]}")
            found[matched[1]] = {"id": matched[1], "alt": text(post, key).strip(), "inputs": inputs}
    return [*found.values(), *(picture for number, picture in kept.items() if number not in found)]


def _inputs(post: QueryDict, prefix: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for position in range(200):
        name = text(post, f"{prefix}-name-{position}")
        if not name:
            break
        if value := plain(text(post, f"{prefix}-input-{position}")):
            found[name] = value
    return found


def _example(form: ExampleForm) -> dict[str, Any]:
    return {"inputs": {name: value for name, value in form.inputs.items() if value}, "output": form["output"].value()}


def _picture(form: PictureForm) -> dict[str, Any]:
    return {"id": form.picture_id, "alt": form["alt"].value() or "", "inputs": dict(form.inputs)}


def _numbered(shown: Sequence[ExampleForm] | None, position: str, messages: list[str]) -> dict[str, Any]:
    number = shown[int(position)].position + 1 if shown is not None else int(position) + 1
    return {"number": number, "problem": " ".join(messages)}
