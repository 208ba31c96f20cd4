from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace import casework
from marketplace.forms.sheets import Sheet
from marketplace.models import Case


class DecisionForm(Sheet):
    """A reason from the short list and a note; which decision it is, the button says."""

    reason = forms.ChoiceField(label=_("Reason"), required=False, choices=Case.Reason.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Note to the seller"),
        help_text=_("What exactly you saw, and what would make it right."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": casework.LONGEST_NOTE, "autocomplete": "off"}),
    )
