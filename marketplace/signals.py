"""What the market announces to the apps above, inside the sender's transaction."""

from django.dispatch import Signal

listing_published = Signal()  # listing: Listing, revision: Revision, is_first: bool
listing_rejected = Signal()  # listing: Listing, case: Case
listing_taken_down = Signal()  # listing: Listing, because: "withdrawn", "rejected", "suspended", "seller_suspended"
listing_restored = Signal()  # listing: Listing; back on sale as it was
price_changed = Signal()  # listing: Listing; it is charged another price than its own from now on, or its own again
listings_imported = Signal()  # ids: list[int] of listings made in bulk, is_live: bool
version_published = Signal()  # listing: Listing, version: Version
review_posted = Signal()  # review: Review, is_new: bool
figures_changed = Signal()  # ids: list[int] of listings whose counts were made anew
