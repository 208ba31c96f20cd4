"""Where django-allauth asks the project: how letters go out, whom to count, what happens at the door."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from accounts import letters, security
from accounts.models import User
from common import encryption, text, throttle

_MFA_CONTEXT = "second factor"


class AccountAdapter(DefaultAccountAdapter):
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        letters.promise(template_prefix, email, context, language=get_language() or "en")

    def get_client_ip(self, request: HttpRequest) -> str:
        return throttle.client_address(request)

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        user.name = text.clean_line(form.cleaned_data.get("name") or "")
        user.language = (get_language() or "en").split("-")[0]
        return super().save_user(request, user, form, commit=commit)

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There is none: people are known by their address."""

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who signed in a moment ago is not asked again."""
        return not security.recently_signed_in(self.request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return "/"

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account")


class MFAAdapter(DefaultMFAAdapter):
    """Secrets of second factors are kept encrypted, under the same keys as prompts."""

    def encrypt(self, text: str) -> str:
        return encryption.encrypt(text, context=_MFA_CONTEXT).hex()

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.decrypt(bytes.fromhex(encrypted_text), context=_MFA_CONTEXT)

    def _get_user_identifier(self, user: User) -> str:
        return user.email
