"""What the account itself tells people."""

from django.utils.translation import gettext_lazy as _

from accounts import notifications

notifications.register(
    "account_suspended",
    title=_("Your account is suspended"),
    body=_(
        "The reason: %(reason)s You can still read what you bought. Answer this letter if you think it is a mistake."
    ),
    mail=True,
    optional=False,
)
notifications.register(
    "account_restored",
    title=_("Your account is open again"),
    body=_("You may buy, sell and review as before. API tokens have to be made anew."),
    mail=True,
    optional=False,
)
