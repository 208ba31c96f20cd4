"""What people's affairs announce to the apps above, inside the sender's transaction."""

from django.dispatch import Signal

suspended = Signal()  # user: User, by: User | None, reason: str
restored = Signal()  # user: User, by: User | None
erased = Signal()  # user: User; the row is already anonymous
became_seller = Signal()  # profile: SellerProfile
profile_changed = Signal()  # profile: SellerProfile
credentials_changed = Signal()  # user: User, what: str
outbox_parked = Signal()  # entry: OutboxEntry; outside any transaction
