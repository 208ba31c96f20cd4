from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from common import money


class SalePriceForm(forms.Form):
    """The fields are named as `sale_prices.BadSale` names what is wrong."""

    price = forms.CharField(
        label=_("Sale price"),
        max_length=14,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    starts = forms.DateTimeField(
        label=_("From"),
        help_text=_("In UTC. Left empty, it begins at once."),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    ends = forms.DateTimeField(
        label=_("Until"),
        help_text=_("In UTC, 30 days after the beginning at most."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, is_running: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_running:
            del self.fields["starts"]

    def clean_price(self) -> int:
        try:
            return money.parse_price(self.cleaned_data["price"], settings.CURRENCY)
        except money.BadPrice as error:
            raise forms.ValidationError(str(error)) from error
