"""What pages share about reviews: how one is shown, and how a refusal becomes errors of a form."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from accounts.models import User
from common import markdown
from common.problems import Problem
from marketplace.models import Review


def shown(review: Review) -> dict[str, Any]:
    """A review as a template shows it; nobody's address is ever taken for a name."""
    return {
        "review": review,
        "author": author_name(review.author),
        "is_verified": review.entitlement.is_paid and review.entitlement.revoked_at is None,
        "is_returned": review.entitlement.revoked_at is not None,
        "output": markdown.render(review.output, heading=5) if review.output else "",
    }


def author_name(author: User) -> str:
    return author.name or _("A buyer")


def put_errors(form: forms.Form, refusal: Problem) -> None:
    """Say what the domain refused where it belongs."""
    if not refusal.errors:
        form.add_error(None, refusal.detail)
    for name, words in refusal.errors.items():
        for word in words:
            form.add_error(name if name in form.fields else None, word)
