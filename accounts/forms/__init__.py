from accounts.forms.profile import LanguageForm, PreferencesForm, ProfileForm
from accounts.forms.sellers import SellerForm, StartForm
from accounts.forms.sign_in import CodeForm, ConfirmForm, PasskeyForm, SignInForm, SignUpForm
from accounts.forms.tokens import TokenForm
from accounts.forms.webhooks import WebhookForm

__all__ = [
    "CodeForm",
    "ConfirmForm",
    "LanguageForm",
    "PasskeyForm",
    "PreferencesForm",
    "ProfileForm",
    "SellerForm",
    "SignInForm",
    "SignUpForm",
    "StartForm",
    "TokenForm",
    "WebhookForm",
]
