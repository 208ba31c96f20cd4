"""Forms that show what was typed; the domain says what is wrong with it, so no rule is written down twice."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms.utils import ErrorDict


class Sheet(forms.Form):
    """A form of unchecked words: `initial` is what was typed or kept, `refuse` puts the domain's answer beside it."""

    use_required_attribute = False

    def full_clean(self) -> None:
        self._errors = ErrorDict()
        self.cleaned_data: dict[str, Any] = {}

    def refuse(self, name: str, messages: Iterable[str]) -> None:
        """Beside the field of that name, or at the top when there is none."""
        self.add_error(name if name in self.fields else None, list(dict.fromkeys(str(one) for one in messages)))


def plain(text: str) -> str:
    """Browsers send a line's end as two characters; prompts are kept with one."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
