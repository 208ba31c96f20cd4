"""The repeating parts of the seller's form: a variable's settings, an example, a picture."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace import content
from marketplace.forms.listing import page, words
from marketplace.forms.sheets import Sheet
from marketplace.variables import Variable


class VariableForm(Sheet):
    name = forms.CharField(widget=forms.HiddenInput)
    label = forms.CharField(label=gettext_lazy("Label"), required=False, widget=words(80))
    help = forms.CharField(label=gettext_lazy("Help"), required=False, widget=words(300))
    default = forms.CharField(label=gettext_lazy("Default"), required=False, widget=page(content.LONGEST_VALUE, 1))
    choices = forms.CharField(
        label=gettext_lazy("Choices, one a line"), required=False, widget=page(content.LONGEST_VALUE, 1)
    )
    long = forms.BooleanField(label=gettext_lazy("A long text goes in here"), required=False)

    def __init__(self, variable: Variable, position: int) -> None:
        self.variable = variable
        initial = variable.as_json() | {"choices": "\n".join(variable.choices)}
        super().__init__(prefix=f"variable-{position}", initial=initial)
        self.fields["label"].widget.attrs["placeholder"] = Variable(variable.name).shown
        self.is_described = bool(variable.label or variable.help or variable.default or variable.choices)


class _WithInputs(Sheet):
    """One field for the value of each variable; what was typed for a variable that is gone stays visible."""

    def __init__(self, inputs: Mapping[str, str], known: Sequence[Variable], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        names = {variable.name for variable in known}
        gone = [Variable(name) for name, value in inputs.items() if name not in names and value]
        self.inputs = inputs
        for position, variable in enumerate([*known, *gone]):
            label = variable.shown if variable.name in names else _("%(name)s, no longer in the prompt")
            self.fields[f"name-{position}"] = forms.CharField(
                widget=forms.HiddenInput(attrs={"id": False}), initial=variable.name
            )
            self.fields[f"input-{position}"] = forms.CharField(
                label=label % {"name": variable.shown} if variable.name not in names else label,
                required=False,
                widget=page(content.LONGEST_VALUE, 2 if variable.long else 1, placeholder=variable.default),
                initial=inputs.get(variable.name, ""),
            )

    @property
    def input_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("input-")]

    @property
    def name_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("name-")]


class ExampleForm(_WithInputs):
    def __init__(self, example: Mapping[str, Any], known: Sequence[Variable], position: int) -> None:
        self.position = position
        super().__init__(example.get("inputs") or {}, known, prefix=f"example-{position}")
        self.fields["output"] = forms.CharField(
            label=_("What came out"), initial=example.get("output", ""), widget=page(content.LONGEST_OUTPUT, 5)
        )

    @property
    def is_blank(self) -> bool:
        return not self["output"].value() and not any(self.inputs.values())


class PictureForm(_WithInputs):
    def __init__(self, picture: Mapping[str, Any], known: Sequence[Variable], shown: Mapping[str, Any]) -> None:
        self.picture_id = picture["id"]
        self.shown = shown
        super().__init__(picture.get("inputs") or {}, known, prefix=f"picture-{picture['id']}")
        self.fields["alt"] = forms.CharField(
            label=_("What the picture shows"),
            help_text=_("For people who cannot see it."),
            required=False,
            initial=picture.get("alt", ""),
            widget=words(content.LONGEST_ALT),
        )
