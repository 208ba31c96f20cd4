"""What the market tells people."""

from django.utils.translation import gettext_lazy as _

from accounts import notifications

register = notifications.register

register(
    "listing_approved",
    title=_("“%(title)s” is on sale"),
    body=_("A moderator has approved it. Share your own link: sales that come by it are free of commission."),
    mail=True,
    label=_("My listing was approved"),
)
register(
    "listing_rejected",
    title=_("“%(title)s” needs changes"),
    body=_("The reason: %(reason)s. %(mend)s %(note)s You can change it and submit it again, or appeal."),
    mail=True,
    label=_("My listing needs changes"),
)
register(
    "listing_suspended",
    title=_("“%(title)s” was taken off sale"),
    body=_("The reason: %(reason)s. %(mend)s %(note)s You can appeal; somebody else will decide."),
    mail=True,
    optional=False,
)
register(
    "listing_restored",
    title=_("“%(title)s” is on sale again"),
    body=_("A moderator looked at it again and restored it. %(note)s"),
    mail=True,
    label=_("My listing was restored"),
)
register(
    "appeal_decided",
    title=_("Your appeal about “%(title)s” was decided"),
    body=_("The decision: %(decision)s. %(note)s"),
    mail=True,
    optional=False,
)
register(
    "report_answered",
    title=_("Thank you for your report on “%(title)s”"),
    body=_("A moderator looked at it. The decision: %(decision)s."),
    label=_("My report was answered"),
)
register(
    "new_listing",
    title=_("%(seller)s has something new"),
    body=_("“%(title)s” is on sale now."),
    label=_("A seller I follow has something new"),
)
register(
    "new_version",
    title=_("“%(title)s” has a new version"),
    body=_("Version %(number)s is in your library, free of charge. %(note)s"),
    mail=True,
    label=_("Something I bought has a new version"),
)
register(
    "review_received",
    title=_("A review of “%(title)s”"),
    body=_("%(author)s gave it %(rating)s of 5 stars."),
    mail=True,
    label=_("Somebody reviewed my listing"),
)
register(
    "review_answered",
    title=_("%(seller)s replied to your review"),
    body=_("Your review of “%(title)s” has a reply."),
    label=_("A seller replied to my review"),
)
register(
    "review_hidden",
    title=_("Your review of “%(title)s” is not shown any more"),
    body=_("The reason: %(reason)s"),
    label=_("My review was hidden"),
)
