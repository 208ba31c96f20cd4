from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import countries, sellers
from accounts.models import SellerProfile
from common import text


class StartForm(forms.Form):
    """The first of the two screens that make a seller; the second is the payout account."""

    name = forms.CharField(
        label=_("Seller name"),
        max_length=60,
        validators=[text.validate_line],
        help_text=_("Shown on your listings: your own name, or that of your studio."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    handle = forms.CharField(
        label=_("Handle"),
        min_length=sellers.SHORTEST_HANDLE,
        max_length=sellers.LONGEST_HANDLE + 1,
        help_text=_("Your address here, as in promptuary/@handle: 3 to 30 letters, digits and hyphens."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
    )
    country = forms.ChoiceField(
        label=_("Country"),
        help_text=_("Where you, or your company, pay taxes. The payout account is opened there."),
        widget=forms.Select(attrs={"autocomplete": "country"}),
    )
    bio = forms.CharField(
        label=_("About you"),
        required=False,
        max_length=600,
        validators=[text.validate_text],
        help_text=_("What you make, and what buyers can expect."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country = self.fields["country"]
        assert isinstance(country, forms.ChoiceField)
        country.choices = countries.choices()


class SellerForm(StartForm):
    """What a seller may change later, with a picture."""

    website = forms.URLField(
        label=_("Web site"),
        required=False,
        max_length=200,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"autocomplete": "url"}),
    )
    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_("JPEG, PNG or WebP. We make it smaller and take out what the camera noted."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    remove_picture = forms.BooleanField(label=_("Remove the picture"), required=False)
    field_order = ("name", "handle", "bio", "website", "country", "picture", "remove_picture")

    def __init__(self, *args: Any, profile: SellerProfile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {name: getattr(profile, name) for name in ("name", "handle", "bio", "website", "country")}
        if not profile.picture:
            del self.fields["remove_picture"]

    def changes(self) -> dict[str, Any]:
        """Only what differs from before; a picture only when one was chosen or is to go."""
        data = self.cleaned_data
        changed = {name: data[name] for name in self.initial if data[name] != self.initial[name]}
        if data.get("picture"):
            changed["picture"] = data["picture"]
        elif data.get("remove_picture"):
            changed["picture"] = None
        return changed
