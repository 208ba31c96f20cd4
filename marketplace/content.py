"""What a seller sends in: strict about types, lengths and characters, generous about spelling.

Everything that is wrong is said at once, each thing under the name of its field (`examples.0.output`).
"""

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from common import clock, money
from common.problems import Errors
from marketplace import catalogue, prompts, variables
from marketplace.inputs import BadContent, Wrong, attempt, exact, line, lines, named, prose
from marketplace.models import Category, GenerativeModel, Listing, ModelVersion
from marketplace.models.listings import HIGHEST_PRICE
from marketplace.prompts import Prompt
from marketplace.variables import Variable

__all__ = ["BadContent", "Content", "Wrong", "exact", "line", "lines", "named", "parameters", "price", "prose", "read"]

LONGEST_TITLE = 120
LONGEST_SUMMARY = 200
LONGEST_DESCRIPTION = 20_000
LONGEST_OUTPUT = 20_000
LONGEST_VALUE = 10_000
LONGEST_PARAMETERS = 8_000  # as JSON
LONGEST_ALT = 300
MOST_EXAMPLES = 12
MOST_PICTURES = 12
MOST_VARIABLES = 100
MOST_CHOICES = 50

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z]{2,4})?")


@dataclass(slots=True)
class Content:
    """What was sent, made ready for a revision: only the fields that were there."""

    fields: dict[str, Any] = field(default_factory=dict)
    prompt: dict[str, Any] | None = field(default=None, repr=False)
    model_as_written: str = ""  # “GPT-4o” names a version too

    def whole_prompt(self, before: Prompt | None) -> Prompt | None:
        """The prompt with what was not sent taken over from the one before."""
        if self.prompt is None:
            return before
        known = before or Prompt("")
        parts = {name: self.prompt.get(name, getattr(known, name)) for name in Prompt.__dataclass_fields__}
        return Prompt(**parts).described()


def read(sent: Mapping[str, Any], *, names: catalogue.Names | None = None) -> Content:
    """The content in the shape a revision keeps it, or BadContent; fields nobody knows are passed over."""
    errors: Errors = {}
    content = Content()
    names = names or catalogue.Names()
    readers: dict[str, Callable[[Any], Any]] = {
        "title": lambda value: line(value, LONGEST_TITLE, needed=True),
        "summary": lambda value: line(value, LONGEST_SUMMARY),
        "description": _description,
        "model": lambda value: _model(value, names),
        "category": lambda value: _category(value, names),
        "tags": _tags,
        "language": _language,
        "tested_on": _day,
        "price": price,
    }
    for name, reader in readers.items():
        if name in sent:
            attempt(errors, name, lambda n=name, r=reader: content.fields.__setitem__(n, r(sent[n])))  # type: ignore[misc]
    if "model_version" in sent:
        # Looked up when the model is known: it may be the one from before.
        attempt(errors, "model_version", lambda: content.fields.__setitem__("model_version", _version(sent)))
    if "examples" in sent:
        content.fields["examples"] = _examples(sent["examples"], errors)
    if "pictures" in sent:
        content.fields["pictures"] = _pictures(sent["pictures"], errors)
    if sent.get("prompt") is not None:
        content.prompt = _prompt(sent["prompt"], errors)
    if errors:
        raise BadContent(errors=errors)
    content.model_as_written = sent["model"] if isinstance(sent.get("model"), str) else ""
    return content


def model_version(model: GenerativeModel | None, wanted: Any, *, named: str = "") -> ModelVersion | None:
    """The version that was named, else the one the model's own name gives away (“GPT-4o”)."""
    if isinstance(wanted, ModelVersion):
        if model is None or wanted.model_id != model.pk:
            raise BadContent(errors={"model_version": [_("This version belongs to another model.")]})
        return wanted
    if model is None or not (wanted or named):
        return None
    found = catalogue.find_model_version(model, str(wanted or named))
    if found is None and wanted:
        known = ", ".join(model.versions.values_list("name", flat=True))
        message = _("This version of %(model)s is not known here. Known: %(known)s.")
        raise BadContent(errors={"model_version": [message % {"model": model.name, "known": known or "-"}]})
    return found


def price(value: Any) -> int:
    """Whole minor units, or {"amount", "currency"}; free, or within the limits of the house."""
    if isinstance(value, Mapping):
        currency = value.get("currency", settings.CURRENCY)
        if not isinstance(currency, str) or currency.lower() != settings.CURRENCY:
            raise Wrong(_("Prices are in %(currency)s here.") % {"currency": settings.CURRENCY.upper()})
        value = value.get("amount", "")
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int):
        raise Wrong(_("Write the price as a whole number of minor units, such as 499 for 4.99."))
    least = max(int(settings.MIN_PRICE), 1)
    if value != 0 and not least <= value <= HIGHEST_PRICE:
        words = _("A price is 0 for free, or from %(least)s to %(most)s.")
        limits = {"least": _shown(least), "most": _shown(HIGHEST_PRICE)}
        raise Wrong(words % limits)
    return value


def read_inputs(field_name: str, sent: Any) -> dict[str, str]:
    """Values of variables by name, or BadContent naming the field."""
    try:
        return _inputs(sent)
    except Wrong as wrong:
        raise BadContent(errors={field_name: [str(wrong)]}) from None


def read_variables(sent: Any, errors: Errors, path: str = "prompt.variables") -> tuple[Variable, ...]:
    """A list of descriptions, or an object of name -> description or default."""
    if isinstance(sent, Mapping):
        sent = [
            {**(value if isinstance(value, Mapping) else {"default": value}), "name": name}
            for name, value in sent.items()
        ]
    if not isinstance(sent, list | tuple):
        errors.setdefault(path, []).append(_("This must be a list."))
        return ()
    if len(sent) > MOST_VARIABLES:
        errors.setdefault(path, []).append(_most(MOST_VARIABLES))
        return ()
    found = []
    for index, entry in enumerate(sent):
        attempt(errors, f"{path}.{index}", lambda e=entry: found.append(_variable(e)))  # type: ignore[misc]
    for name, message in variables.check(found).items():
        errors.setdefault(f"{path}.{name}", []).append(message)
    return tuple(found)


def _prompt(sent: Any, errors: Errors) -> dict[str, Any]:
    if isinstance(sent, Prompt):
        sent = {name: getattr(sent, name) for name in Prompt.__dataclass_fields__}
    if isinstance(sent, str):
        sent = {"template": sent}
    if not isinstance(sent, Mapping):
        errors["prompt"] = [_("This must be an object with a template.")]
        return {}
    found: dict[str, Any] = {}
    limits = {
        "template": prompts.LONGEST_TEMPLATE,
        "negative": prompts.LONGEST_PART,
        "instructions": prompts.LONGEST_PART,
    }
    for name, longest in limits.items():
        if sent.get(name) is not None:
            attempt(errors, f"prompt.{name}", lambda n=name, m=longest: found.__setitem__(n, exact(sent[n], m)))  # type: ignore[misc]
    if sent.get("parameters") is not None:
        attempt(errors, "prompt.parameters", lambda: found.__setitem__("parameters", parameters(sent["parameters"])))
    if sent.get("variables") is not None:
        found["variables"] = read_variables(_as_data(sent["variables"]), errors)
    if "template" in found and len(variables.find(found["template"])) > MOST_VARIABLES:
        message = _("A prompt can have at most %(most)d variables.") % {"most": MOST_VARIABLES}
        errors.setdefault("prompt.template", []).append(message)
    return found


def _as_data(sent: Any) -> Any:
    if isinstance(sent, list | tuple):
        return [entry.as_json() if isinstance(entry, Variable) else entry for entry in sent]
    return sent


def _variable(entry: Any) -> Variable:
    if isinstance(entry, str):
        entry = {"name": entry}
    if not isinstance(entry, Mapping):
        raise Wrong(_("This must be an object with a name."))
    choices = entry.get("choices") or []
    if not isinstance(choices, list | tuple) or len(choices) > MOST_CHOICES:
        raise Wrong(_("Choices must be a list of at most %(most)d texts.") % {"most": MOST_CHOICES})
    default = entry.get("default")
    return Variable(
        name=line(entry.get("name"), 60, needed=True),
        label=line(entry.get("label") or "", 80),
        help=line(entry.get("help") or "", 300),
        default=_value("" if default is None else default),
        choices=tuple(line(_value(choice), 200) for choice in choices),
        long=bool(entry.get("long")),
    )


def parameters(sent: Any) -> dict[str, Any]:
    """Settings of the model by name; a text of `name: value` lines is read as well."""
    if isinstance(sent, str):
        sent = _parameter_lines(exact(sent, LONGEST_PARAMETERS))
    if not isinstance(sent, Mapping) or not all(isinstance(name, str) and name.strip() for name in sent):
        raise Wrong(_("Parameters are names with values."))
    try:
        written = json.dumps(sent, ensure_ascii=False, allow_nan=False)
    except (ValueError, TypeError, RecursionError):
        raise Wrong(_("Parameters are names with values.")) from None
    exact(written.replace("\\u0000", "\x00"), LONGEST_PARAMETERS)
    return dict(sent)


def _parameter_lines(sent: str) -> dict[str, str]:
    found: dict[str, str] = {}
    loose: list[str] = []
    for entry in sent.splitlines():
        name, mark, value = entry.partition(":" if ":" in entry else "=")
        if mark and name.strip() and not entry.lstrip().startswith("-"):
            found[name.strip()] = value.strip()
        elif entry.strip():
            loose.append(entry.strip())
    if loose:
        found["flags"] = " ".join(loose)
    return found


def _examples(sent: Any, errors: Errors) -> list[dict[str, Any]]:
    if not isinstance(sent, list | tuple) or len(sent) > MOST_EXAMPLES:
        errors["examples"] = [_("Examples are a list of at most %(most)d.") % {"most": MOST_EXAMPLES}]
        return []
    found: list[dict[str, Any]] = []
    for index, entry in enumerate(sent):
        attempt(errors, f"examples.{index}", lambda e=entry: found.append(_example(e)))  # type: ignore[misc]
    return found


def _example(entry: Any) -> dict[str, Any]:
    if isinstance(entry, str):
        entry = {"output": entry}
    if not isinstance(entry, Mapping):
        raise Wrong(_("An example is an object with inputs and an output."))
    output = lines(entry.get("output") or "", LONGEST_OUTPUT)
    if not output.strip():
        raise Wrong(_("Show what came out."))
    return {"inputs": _inputs(entry.get("inputs")), "output": output}


def _inputs(sent: Any) -> dict[str, str]:
    if sent is None:
        return {}
    if not isinstance(sent, Mapping) or len(sent) > MOST_VARIABLES:
        raise Wrong(_("Inputs are the values of the variables by name."))
    return {line(name, 60, needed=True): _value(value) for name, value in sent.items()}


def _pictures(sent: Any, errors: Errors) -> list[dict[str, Any]]:
    if not isinstance(sent, list | tuple) or len(sent) > MOST_PICTURES:
        errors["pictures"] = [_("Pictures are a list of at most %(most)d.") % {"most": MOST_PICTURES}]
        return []
    found: list[dict[str, Any]] = []
    for index, entry in enumerate(sent):
        attempt(errors, f"pictures.{index}", lambda e=entry: found.append(_picture(e)))  # type: ignore[misc]
    return found


def _picture(entry: Any) -> dict[str, Any]:
    if isinstance(entry, str):
        entry = {"id": entry}
    if not isinstance(entry, Mapping):
        raise Wrong(_("A picture is an object with the id of an uploaded image."))
    return {
        "id": line(entry.get("id"), 32, needed=True),
        "alt": line(entry.get("alt") or "", LONGEST_ALT),
        "inputs": _inputs(entry.get("inputs")),
    }


def _description(value: Any) -> str:
    return lines("" if value is None else value, LONGEST_DESCRIPTION)


def _model(value: Any, names: catalogue.Names) -> GenerativeModel | None:
    if isinstance(value, Mapping):
        value = value.get("slug") or value.get("name")
    if value is None or value == "" or isinstance(value, GenerativeModel):
        return value or None
    found = catalogue.find_model(line(value, 200), names=names)
    if found is None:
        raise Wrong(_("This model is not known here."))
    return found


def _version(sent: Mapping[str, Any]) -> Any:
    value = sent["model_version"]
    if value is None or isinstance(value, ModelVersion):
        return value
    return line(value, 60)


def _category(value: Any, names: catalogue.Names) -> Category | None:
    if isinstance(value, Mapping):
        value = value.get("slug") or value.get("name")
    if value is None or value == "" or isinstance(value, Category):
        return value or None
    found = catalogue.find_category(line(value, 200), names=names)
    if found is None:
        raise Wrong(_("This category is not known here."))
    return found


def _tags(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list | tuple):
        raise Wrong(_("Tags are a list of words."))
    slugs = list(dict.fromkeys(catalogue.tag_slug(line(tag, 60)) for tag in value))
    slugs = [slug for slug in slugs if slug]
    if len(slugs) > catalogue.MOST_TAGS:
        raise Wrong(_("At most %(most)d tags, please.") % {"most": catalogue.MOST_TAGS})
    return slugs


def _language(value: Any) -> str:
    code = line(value, 8)
    if not _LANGUAGE.fullmatch(code):
        raise Wrong(_("Write the language as a code, such as en or fr."))
    return code


def _day(value: Any) -> dt.date | None:
    if value is None or value == "":
        return None
    if isinstance(value, dt.datetime):
        value = value.date()
    if not isinstance(value, dt.date):
        try:
            value = dt.date.fromisoformat(line(value, 10))
        except ValueError:
            raise Wrong(_("Write the day as YYYY-MM-DD.")) from None
    assert isinstance(value, dt.date)
    if value > clock.now().date() + dt.timedelta(days=1):
        raise Wrong(_("This day has not come yet."))
    return value


def _value(value: Any) -> str:
    """A value of a variable; numbers are taken as they are written."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    return lines(value, LONGEST_VALUE)


def _most(number: int) -> str:
    return _("At most %(most)d, please.") % {"most": number}


def _shown(amount: int) -> str:
    return money.format_money(amount, settings.CURRENCY)


def of_revision(listing: Listing) -> dict[str, Any]:
    """The fields of the working revision as they could be sent in again, for forms."""
    revision = listing.working
    assert revision is not None
    names = ["title", "summary", "description", "model", "model_version", "tested_on", "category", "tags", "language"]
    return {name: getattr(revision, name) for name in [*names, "price", "examples", "pictures"]}
