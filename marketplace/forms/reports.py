from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace import reporting
from marketplace.models import Report


class ReportForm(forms.Form):
    """What is wrong with a listing."""

    kind = forms.ChoiceField(label=_("What is wrong?"), choices=Report.Kind.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("Tell the moderator what you saw"),
        help_text=_("For a copy: where the original is, and that it is yours or whose it is."),
        max_length=reporting.LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off"}),
    )
