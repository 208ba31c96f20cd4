from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import ApiToken, User
from common import text

LIVES = ((30, _("30 days")), (90, _("90 days")), (365, _("One year")), (0, _("Until I revoke it")))


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        validators=[text.validate_line],
        help_text=_("What it is for, so that you recognise it later."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(label=_("It may"), widget=forms.CheckboxSelectMultiple, choices=[])
    days = forms.TypedChoiceField(label=_("It lives"), choices=LIVES, coerce=int, initial=90)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = permissions.scopes(user)
        scopes = self.fields["scopes"]
        assert isinstance(scopes, forms.MultipleChoiceField)
        scopes.choices = [choice for choice in ApiToken.Scope.choices if choice[0] in allowed]
        scopes.initial = ["read"]
