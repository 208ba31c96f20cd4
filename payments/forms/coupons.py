from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from common import money
from marketplace.models import Listing


class CouponForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        min_length=3,
        max_length=24,
        validators=[RegexValidator(r"^[A-Za-z0-9-]+\Z", _("Use letters, digits and hyphens."))],
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "maxlength": 24}),
    )
    percent = forms.IntegerField(label=_("Percent off"), min_value=1, max_value=90, required=False)
    amount = forms.CharField(label=_("Or an amount off each prompt"), required=False, max_length=12)
    ends_at = forms.DateTimeField(
        label=_("Until"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    limit = forms.IntegerField(label=_("How often in all"), min_value=1, max_value=1_000_000, required=False)
    limit_per_buyer = forms.IntegerField(label=_("How often for one buyer"), min_value=1, max_value=1000, initial=1)
    listings = forms.ModelMultipleChoiceField(
        label=_("For these prompts"),
        help_text=_("None chosen: for all of yours."),
        queryset=Listing.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, seller: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["listings"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = seller.listings.filter(price__gt=0).exclude(status="draft").order_by("title")
        if not field.queryset.exists():
            del self.fields["listings"]  # a question without an answer to choose

    def clean_amount(self) -> int | None:
        text = self.cleaned_data.get("amount", "")
        if not text:
            return None
        try:
            return money.parse_price(text, settings.CURRENCY)
        except money.BadPrice as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "amount" in data and bool(data.get("percent")) == bool(data.get("amount")):
            raise forms.ValidationError(_("Give either a percentage or an amount."))
        return data
