from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "payments"
    verbose_name = _("Money")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # What the outbox, the notices, erasure, suspensions and sellers' own programs wait for.
        from payments import announcements, fences, privacy, promises, sale_prices  # noqa: F401
