"""A prompt filled in with the inputs of an example, for those who look at it before it is sold."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from marketplace import variables
from marketplace.library import Filled
from marketplace.models import Revision
from marketplace.prompts import Prompt


def inputs_of(revision: Revision) -> dict[str, str]:
    """The inputs of the first example that names any, a picture's where there is no text."""
    shown = [*revision.examples, *revision.pictures]
    return next((dict(example["inputs"]) for example in shown if example.get("inputs")), {})


def fill(prompt: Prompt, inputs: Mapping[str, Any]) -> Filled:
    """What cannot be filled in stays open instead of being refused."""
    good = {name: value for name, value in inputs.items() if isinstance(value, str)}
    try:
        text = variables.render(prompt.template, good, prompt.variables)
        negative = variables.render(prompt.negative, good, prompt.variables)
    except variables.BadValues as refusal:
        good = {name: value for name, value in good.items() if name not in refusal.errors}
        text = variables.render(prompt.template, good, prompt.variables)
        negative = variables.render(prompt.negative, good, prompt.variables)
    return Filled(text.text, negative.text, text.missing, text.unknown)


def with_values(prompt: Prompt, inputs: Mapping[str, str]) -> list[dict[str, Any]]:
    """The variables as components/variable_form.html wants them."""
    return [
        variable.as_json() | {"label": variable.shown, "value": inputs.get(variable.name, "")}
        for variable in prompt.variables
    ]


def as_text(prompt: Prompt) -> str:
    """Everything of a prompt in one text, so that two versions can be laid side by side."""
    parts = [prompt.template]
    if prompt.negative:
        parts.append(f"## {_('Negative prompt')}\n{prompt.negative}")
    if prompt.parameters:
        parts.append(f"## {_('Parameters')}\n{parameters_shown(prompt.parameters)}")
    if prompt.instructions:
        parts.append(f"## {_('How to use it')}\n{prompt.instructions}")
    return "\n\n".join(parts)


def parameters_shown(parameters: Mapping[str, Any]) -> str:
    """`name: value` lines; JSON where a value is more than one line of text."""
    if all(isinstance(value, str) and "\n" not in value for value in parameters.values()):
        return "\n".join(f"{name}: {value}" for name, value in parameters.items())
    return json.dumps(dict(parameters), ensure_ascii=False, indent=2)
