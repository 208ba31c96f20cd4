from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Handlers, kinds of notification, exporters and erasers are known once their modules are.
        from accounts import erasure, letters, notices, notifications, receivers, webhooks  # noqa: F401
        from accounts.api import schema  # noqa: F401
