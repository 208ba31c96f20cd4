from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from marketplace import reviews
from marketplace.models import Review


def _stars() -> list[tuple[str, str]]:
    """Asked for by each form, in the language of its reader."""
    numbers = (5, 4, 3, 2, 1)
    return [(str(stars), ngettext("%(stars)d star", "%(stars)d stars", stars) % {"stars": stars}) for stars in numbers]


class ReviewForm(forms.Form):
    """Stars, words, and what came out if one likes to show it."""

    rating = forms.TypedChoiceField(
        label=_("Your rating"),
        choices=_stars,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Give one to five stars.")},
    )
    text = forms.CharField(
        label=_("Your review"),
        help_text=_("What did you use it for, and did it do what its examples show?"),
        required=False,
        max_length=reviews.LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off"}),
    )
    output = forms.CharField(
        label=_("What came out"),
        help_text=_("Shown with your review. Take out what is private, and do not quote the prompt itself."),
        required=False,
        max_length=reviews.LONGEST_OUTPUT,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
    )

    @classmethod
    def of(cls, review: Review | None, data: Any = None) -> "ReviewForm":
        """The form with what was said before."""
        if review is None:
            return cls(data)
        return cls(data, initial={"rating": str(review.rating), "text": review.text, "output": review.output})


class ReplyForm(forms.Form):
    text = forms.CharField(
        label=_("Your reply"),
        help_text=_("Everybody can read it. Leave it empty to take an earlier reply back."),
        required=False,
        max_length=reviews.LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
    )
