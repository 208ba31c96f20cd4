from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MarketplaceConfig(AppConfig):
    name = "marketplace"
    verbose_name = _("Prompts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # What the outbox runs, what people are told, what is announced by the people below.
        from marketplace import (  # noqa: F401
            announcements,
            figures,
            images,
            listings,
            moderation,
            notices,
            pagecache,
            privacy,
            receivers,
        )
        from marketplace.search import documents, keeping, vocabulary  # noqa: F401
