"""The door: an address and a code, or an address and a password."""

from typing import Any

from allauth.account import app_settings
from allauth.account.fields import PasswordField
from allauth.account.forms import LoginForm, RequestLoginCodeForm, SignupForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts import consents
from accounts.models import Consent, User
from common import text

LONGEST_ADDRESS = 254


def address_widget(autocomplete: str = "username") -> forms.EmailInput:
    attributes = {"autocomplete": autocomplete, "inputmode": "email", "maxlength": LONGEST_ADDRESS}
    return forms.EmailInput(attrs=attributes)


class SignInForm(LoginForm):
    """Without a password a code is sent; the one form serves both."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.EmailField(
            label=_("E-mail address"), max_length=LONGEST_ADDRESS, widget=address_widget("username webauthn")
        )

    def _setup_password_field(self) -> None:
        self.fields["password"] = PasswordField(
            label=_("Password"), autocomplete="current-password", required=False, help_text=""
        )
        self.fields["password"].widget.attrs.pop("placeholder", None)

    def clean_login(self) -> str:
        return User.objects.normalize_email(self.cleaned_data["login"])


class CodeForm(RequestLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = forms.EmailField(
            label=_("E-mail address"), max_length=LONGEST_ADDRESS, widget=address_widget()
        )


class SignUpForm(SignupForm):
    """An address, a name if one likes, and the terms; a password can be set later."""

    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=80,
        validators=[text.validate_line],
        help_text=_("What we call you in letters. Nobody else sees it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    terms = forms.BooleanField(label=_("I accept the terms of use."))
    field_order = ("email", "name", "terms")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")
        self.fields["email"].widget = address_widget("email")
        self.fields["terms"].label = consents.wording(Consent.Kind.TERMS, get_language() or "en").text
        # The trap for machines hides by a class: the page's policy allows no style of its own.
        trap = self.fields[app_settings.SIGNUP_FORM_HONEYPOT_FIELD]
        trap.widget = forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off", "aria-hidden": "true"})

    @transaction.atomic
    def save(self, request: HttpRequest) -> User:
        user: User = super().save(request)
        consents.give(user, Consent.Kind.TERMS, subject="account", language=get_language() or "en")
        return user


class ConfirmForm(forms.Form):
    """The code that was sent to confirm who is there."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )


class PasskeyForm(AddWebAuthnForm):
    """A new key is a passkey unless somebody says otherwise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["maxlength"] = 100
        self.fields["passwordless"].initial = True
