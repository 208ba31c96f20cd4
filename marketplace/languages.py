"""The names of the languages that prompts are written in, in the reader's language."""

from django.conf.locale import LANG_INFO
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _


def name(code: str) -> str:
    """“French” for fr; the code itself for a language nobody here knows by name."""
    known = LANG_INFO.get(code.lower())
    if known is None or "name" not in known:
        known = LANG_INFO.get(code.lower().partition("-")[0])
    if known is None or "name" not in known:
        return code
    # Django translates these names in its own catalogue.
    return str(get_language_info(known["code"])["name_translated"]) or _("Unknown language")
