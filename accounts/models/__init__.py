from accounts.models.activity import Activity
from accounts.models.consents import Consent
from accounts.models.idempotency import IdempotentCall
from accounts.models.notifications import Notification
from accounts.models.outbox import OutboxEntry
from accounts.models.sellers import SellerProfile
from accounts.models.tokens import ApiToken
from accounts.models.users import User
from accounts.models.webhooks import Webhook, WebhookDelivery

__all__ = [
    "Activity",
    "ApiToken",
    "Consent",
    "IdempotentCall",
    "Notification",
    "OutboxEntry",
    "SellerProfile",
    "User",
    "Webhook",
    "WebhookDelivery",
]
