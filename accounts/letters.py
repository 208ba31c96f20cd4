"""What the account's own letters say: codes, and news about how the account is signed in to.

The request that causes a letter only writes it down, encrypted, in the outbox, so that asking for a code takes as long
for an address that has an account as for one that has not.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from accounts import browsers, mail, outbox
from accounts.models import User
from common import clock, encryption
from common.ids import new_id

CODE_LIFE = timedelta(minutes=10)
ATTEMPTS = 200
_CONTEXT = "letter"
# What a letter may mention; everything else a caller offers (the request, the user) stays behind.
_FACTS = ("code", "ip", "user_agent", "timestamp", "from_email", "to_email", "deleted_email", "authenticator_name")


@dataclass(frozen=True, slots=True)
class Letter:
    subject: Any
    text: Any
    note: Any = ""
    action: Any = ""  # the button's words
    action_url: str = ""


_NOT_YOU = _("If this was not you, sign in, change your password and sign out all other devices, then write to us.")
_NOT_ASKED = _("If you did not ask for it, somebody may have mistyped their address; you can ignore this letter.")

LETTERS: dict[str, Letter] = {
    "account/email/login_code": Letter(
        _("Your sign-in code"), _("Enter this code to sign in. It is good for ten minutes, and only once."), _NOT_ASKED
    ),
    "account/email/email_confirmation": Letter(
        _("Confirm your e-mail address"),
        _("Enter this code to confirm that this address is yours. It is good for ten minutes."),
        _NOT_ASKED,
    ),
    "account/email/email_confirmation_signup": Letter(
        _("Confirm your e-mail address"),
        _("Welcome. Enter this code to finish opening your account. It is good for ten minutes."),
        _NOT_ASKED,
    ),
    "account/email/password_reset_code": Letter(
        _("Your code for a new password"),
        _("Enter this code to choose a new password. It is good for ten minutes, and only once."),
        _NOT_ASKED,
    ),
    "accounts/confirm_code": Letter(
        _("Your confirmation code"),
        _("Enter this code to confirm that it is you. It is good for ten minutes, and only once."),
        _NOT_YOU,
    ),
    "account/email/account_already_exists": Letter(
        _("You already have an account"),
        _("Somebody tried to open an account with this address, which has one already. You can simply sign in."),
        _NOT_ASKED,
        _("Sign in"),
        "/account/login/",
    ),
    "account/email/password_changed": Letter(_("Your password was changed"), "", _NOT_YOU),
    "account/email/password_set": Letter(_("A password was set for your account"), "", _NOT_YOU),
    "account/email/password_reset": Letter(_("Your password was reset"), "", _NOT_YOU),
    "account/email/email_changed": Letter(
        _("Your e-mail address was changed"),
        _("From now on your account uses %(to_email)s instead of %(from_email)s."),
        _NOT_YOU,
    ),
    "account/email/email_confirm": Letter(_("Your e-mail address is confirmed"), "", _NOT_YOU),
    "account/email/email_deleted": Letter(
        _("An e-mail address was removed"), _("%(deleted_email)s no longer belongs to your account."), _NOT_YOU
    ),
    "mfa/email/totp_activated": Letter(
        _("An authenticator app was added"),
        _("From now on signing in asks for a code of your authenticator app as well."),
        _NOT_YOU,
    ),
    "mfa/email/totp_deactivated": Letter(
        _("The authenticator app was removed"), _("Signing in no longer asks for its codes."), _NOT_YOU
    ),
    "mfa/email/webauthn_added": Letter(_("A passkey was added"), _("It can now sign in to your account."), _NOT_YOU),
    "mfa/email/webauthn_removed": Letter(
        _("A passkey was removed"), _("It can no longer sign in to your account."), _NOT_YOU
    ),
    "mfa/email/recovery_codes_generated": Letter(
        _("New recovery codes were made"), _("Codes from before no longer work."), _NOT_YOU
    ),
}


def promise(name: str, to: str, facts: Mapping[str, Any], *, language: str) -> None:
    """Have the letter written; one that nobody knows costs the same time and is thrown away."""
    said = {fact: facts[fact] for fact in _FACTS if facts.get(fact)}
    if isinstance(moment := said.get("timestamp"), datetime):
        said["timestamp"] = moment.isoformat()
    content = {
        "name": name,
        "to": to,
        "facts": said,
        "language": language,
        "id": new_id(),
        "at": clock.now().isoformat(),
    }
    sealed = encryption.encrypt(json.dumps(content), context=_CONTEXT).hex()
    outbox.promise("accounts.mail_letter", letter=sealed)


@outbox.handler("accounts.mail_letter", attempts=ATTEMPTS)
def mail_letter(letter: str) -> None:
    content = json.loads(encryption.decrypt(bytes.fromhex(letter), context=_CONTEXT))
    known, facts = LETTERS.get(content["name"]), content["facts"]
    if known is None or ("code" in facts and _too_old(content["at"])):
        return
    send(known, content["to"], facts, language=content["language"], message_id=f"letter-{content['id']}")


def send(letter: Letter, to: str, facts: Mapping[str, Any], *, language: str, message_id: str) -> None:
    with mail.speaking(language):
        said = {
            "title": str(letter.subject),
            "text": str(letter.text) % facts,
            "note": str(letter.note),
            "action": str(letter.action),
            "user_agent": browsers.describe(facts["user_agent"]) if facts.get("user_agent") else "",
        }
    mail.send(
        template="accounts/mail/letter",
        to=to,
        language=language,
        context=said
        | {
            "action_url": settings.SITE_URL + letter.action_url if letter.action_url else "",
            "code": facts.get("code", ""),
            "ip": facts.get("ip", ""),
            "moment": parse_datetime(facts["timestamp"]) if "timestamp" in facts else None,
        },
        message_id=message_id,
    )


def tell(user: User, name: str, facts: Mapping[str, Any] | None = None) -> None:
    """A letter to somebody's own address in their own language."""
    promise(name, user.email, facts or {}, language=user.language)


def _too_old(written: str) -> bool:
    moment = parse_datetime(written)
    return moment is None or clock.now() - moment > CODE_LIFE
