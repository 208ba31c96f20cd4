"""Findings in the reader's language."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import money
from marketplace.models import Finding

MESSAGES: dict[str, Any] = {
    "exact_duplicate": gettext_lazy("The same words are sold as “%(listing)s”."),
    "near_duplicate": gettext_lazy("About %(percent)s %% of the wording is shared with “%(listing)s”."),
    "secret": gettext_lazy("Something like a key or password stands in %(where)s (%(kinds)s)."),
    "personal_data": gettext_lazy("Something like personal data stands in %(where)s (%(kinds)s)."),
    "page_shows_prompt": gettext_lazy(
        "The public page shows %(percent)s %% of the prompt, up to %(words_in_a_row)s words in a row."
    ),
    "no_examples": gettext_lazy("There is no example."),
    "no_pictures": gettext_lazy("The model makes pictures or films, but no picture is shown."),
    "short_examples": gettext_lazy("%(count)s of the examples have a very short output."),
    "same_examples": gettext_lazy("%(count)s of the examples repeat another one."),
    "one_example": gettext_lazy("There is only one example."),
    "unknown_inputs": gettext_lazy("Examples name inputs that are no variables: %(names)s."),
    "variables_not_shown": gettext_lazy("No example shows these variables: %(names)s."),
    "variables_not_described": gettext_lazy("These variables have neither a label nor a help: %(names)s."),
    "foreign_notation": gettext_lazy("%(count)s placeholders are written in a notation we do not fill in."),
    "other_language": gettext_lazy("The page says the prompt is in “%(said)s”, but it looks like “%(guessed)s”."),
    "talks_past_rules": gettext_lazy("Some wording tries to talk a model out of its rules (%(kinds)s)."),
    "not_sold_here": gettext_lazy("Something we do not sell may be meant in %(where)s (%(subjects)s)."),
    "leads_outside": gettext_lazy("The page leads outside (%(kinds)s)."),
    "links_in_prompt": gettext_lazy("The prompt holds %(count)s links."),
    "short_for_price": gettext_lazy("%(characters)s characters for %(price)s."),
    "high_price": gettext_lazy("%(price)s is far above the usual: half cost %(median)s or less."),
    "price_jump": gettext_lazy("The price rises from %(before)s to %(price)s."),
    "pictures_not_ready": gettext_lazy("%(count)s pictures were still being prepared and were not compared."),
    "same_picture": gettext_lazy("%(count)s pictures are also shown by “%(listing)s”."),
    "check_failed": gettext_lazy("The check “%(check)s” could not be finished (%(error)s). Please look closely."),
}
PRICES = {"price", "before", "median", "percentile_99"}


def words(finding: Finding) -> str:
    """One sentence."""
    template = MESSAGES.get(finding.code)
    if template is None:
        return finding.code
    shown = {name: _shown(name, value, finding) for name, value in finding.evidence.items()}
    return str(template) % _Gaps(shown)


def _shown(name: str, value: Any, finding: Finding) -> str:
    if isinstance(value, list):
        return ", ".join(str(one).replace("_", " ") if name != "names" else str(one) for one in value)
    if name == "where":
        return _("the prompt") if value == "prompt" else _("the public page")
    if name in PRICES and isinstance(value, int):
        return money.format_money(value, finding.case.listing.currency)
    return str(value)


class _Gaps(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "…"
