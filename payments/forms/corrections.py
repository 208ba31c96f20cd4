from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import money
from payments.models import Account

KINDS = [choice for choice in Account.Kind.choices if choice[0] != Account.Kind.IN_TRANSIT]


class AmountMixin(forms.Form):
    amount = forms.CharField(label=_("Amount"), max_length=14)
    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("It stays in the books."))

    def clean_amount(self) -> int:
        try:
            amount = money.parse_price(self.cleaned_data["amount"], settings.CURRENCY)
        except money.BadPrice as error:
            raise forms.ValidationError(str(error)) from error
        if not amount:
            raise forms.ValidationError(_("An amount of nothing changes nothing."))
        return amount


def _seller(email: str) -> User:
    seller = User.objects.filter(email__iexact=email, seller_profile__isnull=False).first()
    if seller is None:
        raise forms.ValidationError(_("No seller has this address."))
    return seller


class CorrectionForm(AmountMixin):
    """One amount from one account to another; more legs than two are two corrections."""

    debit = forms.ChoiceField(label=_("Account to debit"), choices=KINDS)
    credit = forms.ChoiceField(label=_("Account to credit"), choices=KINDS)
    seller = forms.EmailField(
        label=_("E-mail of the seller"), required=False, help_text=_("Where one of the accounts is a seller's.")
    )
    field_order = ("debit", "credit", "seller", "amount", "reason")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kinds = {data.get("debit"), data.get("credit")}
        if len(kinds) < 2 and None not in kinds:
            self.add_error("credit", _("Choose two different accounts."))
        if Account.Kind.SELLER in kinds:
            if data.get("seller"):
                data["person"] = _seller(data["seller"])
            elif "seller" not in self.errors:
                self.add_error("seller", _("Say which seller."))
        return data

    def legs(self) -> list[tuple[Account, int]]:
        """What the form says, as (account, debit positive); accounts are opened where there are none yet."""
        amount = self.cleaned_data["amount"]
        return [(self._account("debit"), amount), (self._account("credit"), -amount)]

    def _account(self, side: str) -> Account:
        kind = self.cleaned_data[side]
        person = self.cleaned_data.get("person") if kind == Account.Kind.SELLER else None
        account, _is_new = Account.objects.get_or_create(kind=kind, user=person, currency=settings.CURRENCY)
        return account


class LargePayoutForm(AmountMixin):
    seller = forms.EmailField(label=_("E-mail of the seller"))
    field_order = ("seller", "amount", "reason")

    def clean_seller(self) -> User:
        return _seller(self.cleaned_data["seller"])
