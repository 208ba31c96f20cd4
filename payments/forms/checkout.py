from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import consents
from accounts.models import Consent
from payments.models import BillingDetails, Claim


class CheckoutForm(forms.Form):
    """The two consents of EU law, unticked, and a code."""

    coupon = forms.CharField(
        label=_("Discount code"),
        required=False,
        max_length=24,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    delivery = forms.BooleanField(
        error_messages={"required": _("Tick this box: without it we may not deliver before 14 days have passed.")}
    )
    withdrawal = forms.BooleanField(
        error_messages={"required": _("Tick this box to confirm that you know what delivery at once means.")}
    )

    def __init__(self, *args: object, language: str, paid: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["delivery"].label = consents.wording(Consent.Kind.IMMEDIATE_DELIVERY, language).text
        self.fields["withdrawal"].label = consents.wording(Consent.Kind.WITHDRAWAL_LOST, language).text
        if not paid:
            del self.fields["coupon"]


class BillingForm(forms.ModelForm[BillingDetails]):
    class Meta:
        model = BillingDetails
        fields = ("name", "address", "country", "tax_id")
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "billing name"}),
            "address": forms.Textarea(attrs={"rows": 3, "autocomplete": "billing street-address"}),
            "country": forms.TextInput(attrs={"autocomplete": "billing country", "maxlength": 2}),
            "tax_id": forms.TextInput(attrs={"autocomplete": "off"}),
        }


class ClaimForm(forms.Form):
    reason = forms.ChoiceField(label=_("What is wrong?"), widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("What happened"),
        help_text=_("Which values you filled in, which model and version you used, and what you expected."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 4000}),
    )
    evidence = forms.CharField(
        label=_("What came out"),
        help_text=_("Paste the answer of the model, so that a moderator can hold it against the examples."),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": 20_000}),
    )

    def __init__(self, *args: object, waived: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        hidden = {Claim.Reason.WITHDRAWAL} if waived else set()
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [choice for choice in Claim.Reason.choices if choice[0] not in hidden]
