from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Webhook
from common import text


class WebhookForm(forms.Form):
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("Where your program listens; it must begin with https://."),
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
    )
    events = forms.MultipleChoiceField(
        label=_("Tell it when"), widget=forms.CheckboxSelectMultiple, choices=Webhook.Event.choices
    )
    description = forms.CharField(
        label=_("Description"),
        max_length=120,
        required=False,
        validators=[text.validate_line],
        help_text=_("What it is for, so that you recognise it later."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
