"""What money tells people."""

from django.utils.translation import gettext_lazy as _

from accounts import notifications

notifications.register(
    "sale",
    label=_("A prompt of mine was bought"),
    title=_("You sold “%(title)s”"),
    body=_("Your share is %(amount)s. It becomes available when the refund promise has run out."),
    mail=True,
)
notifications.register(
    "sale_refunded",
    label=_("A sale of mine was refunded"),
    title=_("A sale of “%(title)s” was refunded"),
    body=_("%(amount)s was taken back from your balance."),
    mail=True,
)
notifications.register(
    "sale_disputed",
    label=_("A payment of a sale of mine is disputed"),
    title=_("The payment of a sale of “%(title)s” is disputed"),
    body=_("The buyer's bank took the money back while it looks into it. If the dispute is won, your share returns."),
    mail=True,
)
notifications.register(
    "refund_asked",
    label=_("A buyer asks for a refund"),
    title=_("A buyer of “%(title)s” asks for a refund"),
    body=_("Read what they tried and answer within three days; then a moderator decides."),
    mail=True,
    optional=False,
)
notifications.register(
    "refund_refused",
    label=_("A refund request of mine was decided"),
    title=_("Your refund request for “%(title)s” was refused"),
    body=_("The moderator wrote: %(note)s"),
    mail=True,
    optional=False,
)
notifications.register(
    "payout_sent",
    label=_("A payout is on its way"),
    title=_("A payout of %(amount)s is on its way"),
    body=_("It goes to your Stripe account; your statement lists the sales in it."),
    mail=True,
)
notifications.register(
    "payout_account_ready",
    label=_("My payout account changed"),
    title=_("Your payout account is ready"),
    body=_("What matures from now on is paid out daily, from %(minimum)s up."),
    mail=True,
)
notifications.register(
    "payout_account_restricted",
    label=_("My payout account changed"),
    title=_("Stripe needs something from you"),
    body=_("Payouts wait until you have completed your payout account."),
    mail=True,
    optional=False,
)
notifications.register(
    "payout_account_changed",
    label=_("My payout account changed"),
    title=_("Your payout account was replaced"),
    body=_("Nothing is paid out for 72 hours. If this was not you, sign in now and secure your account."),
    mail=True,
    optional=False,
)
notifications.register(
    "bank_payout_failed",
    label=_("A bank refused a payout"),
    title=_("Your bank refused a payout"),
    body=_("%(amount)s is back in your Stripe balance. Mend the bank details there and it is sent again."),
    mail=True,
    optional=False,
)
