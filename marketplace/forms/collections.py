from django import forms
from django.utils.translation import gettext_lazy as _


class CollectionForm(forms.Form):
    title = forms.CharField(
        label=_("Title"), max_length=80, widget=forms.TextInput(attrs={"maxlength": 80, "autocomplete": "off"})
    )
    words = forms.CharField(
        label=_("What belongs together here"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 1000, "autocomplete": "off"}),
    )
    is_public = forms.BooleanField(
        label=_("Everybody may see it"),
        help_text=_("Your name stands beside it. Otherwise only you see it."),
        required=False,
    )
