"""Reading what was sent: texts and yes or no, of the right kind."""

from typing import Any

from django.utils.translation import gettext as _

from common import problems


def text(sent: dict[str, Any], name: str) -> str:
    """A text that may be missing; the domain looks at what it says."""
    value = sent.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise problems.invalid({name: [_("This must be text.")]})
    return value


def flag(sent: dict[str, Any], name: str, *, otherwise: bool = True) -> bool:
    value = sent.get(name, otherwise)
    if isinstance(value, str) and value.lower() in {"true", "false", "1", "0", "on", "off"}:
        return value.lower() in {"true", "1", "on"}
    if not isinstance(value, bool):
        raise problems.invalid({name: [_("This must be true or false.")]})
    return value


def affirmed(sent: dict[str, Any]) -> bool:
    """Submitting says that one may sell it, as the API's terms put it; saying otherwise is heard."""
    return flag(sent, "rights_affirmed")
