from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts import notifications
from accounts.models import User
from common import text


class ProfileForm(forms.ModelForm[User]):
    """What we call somebody, and in which language."""

    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, help_text=_("Of the pages and of our letters to you.")
    )

    class Meta:
        model = User
        fields = ("name", "language")
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}
        help_texts = {"name": _("What we call you in letters. Nobody else sees it.")}

    def clean_name(self) -> str:
        try:
            return text.clean_line(self.cleaned_data["name"])
        except text.BadText as error:
            raise forms.ValidationError(str(error)) from None


class LanguageForm(forms.Form):
    language = forms.ChoiceField(choices=settings.LANGUAGES)


class PreferencesForm(forms.Form):
    """Which letters somebody gets; what is not ticked is muted."""

    wanted = forms.MultipleChoiceField(
        label=_("Write to me about"), required=False, widget=forms.CheckboxSelectMultiple, choices=[]
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        field = self.fields["wanted"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(kind.name, kind.label) for kind in notifications.optional_mail()]
        field.initial = [kind.name for kind in notifications.optional_mail() if kind.name not in user.muted_mail]

    def muted(self) -> list[str]:
        return [kind.name for kind in notifications.optional_mail() if kind.name not in self.cleaned_data["wanted"]]
