"""What buyers say of a prompt: one review each, by who holds it, with a reply by the seller."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import activity, notifications
from accounts.models import User
from common import clock
from common.prepared import Prepared
from common.problems import Problem
from marketplace import content, figures, permissions, signals
from marketplace.content import BadContent
from marketplace.models import Entitlement, Listing, Review

LONGEST_TEXT = 4000
LONGEST_OUTPUT = 8000


class NotBought(Problem):
    status = 403
    code = "not_bought"
    default_detail = gettext_lazy("Only those who bought this can review it.")


class OwnWork(Problem):
    status = 403
    code = "own_work"
    default_detail = gettext_lazy("You cannot review your own work.")


class AlreadyReviewed(Problem):
    code = "already_reviewed"
    default_detail = gettext_lazy("You have reviewed this already. Change your review instead.")


class NotHidden(Problem):
    code = "not_hidden"
    default_detail = gettext_lazy("This review is shown already.")


@transaction.atomic
def post(
    author: User, listing: Listing, *, rating: int, text: str = "", output: str = "", again: bool = True
) -> Review:
    """Review what one holds; doing it again changes the review, or raises AlreadyReviewed without `again`."""
    rating = _stars(rating)
    text = content.prose("text", text, LONGEST_TEXT, needed=False)
    output = content.prose("output", output, LONGEST_OUTPUT, needed=False)
    entitlement = _entitlement(author, listing)
    fields = {
        "rating": rating,
        "text": text,
        "output": output,
        "entitlement": entitlement,
        "version_number": max(entitlement.seen_version, entitlement.version.number),
        "changed_at": clock.now(),
    }
    # The constraint decides between two that are sent at once.
    made = {**fields, "created_at": clock.now()}
    if again:
        review, is_new = Review.objects.update_or_create(
            listing=listing, author=author, defaults=fields, create_defaults=made
        )
    else:
        review, is_new = Review.objects.get_or_create(listing=listing, author=author, defaults=made)
        if not is_new:
            raise AlreadyReviewed
    figures.changed(listing.pk)
    activity.record(author, "review.posted" if is_new else "review.changed", review, rating=rating)
    signals.review_posted.send(Review, review=review, is_new=is_new)
    if is_new:
        notifications.tell(
            listing.seller,
            "review_received",
            url=listing.get_absolute_url(),
            key=f"review:{review.pk}",
            title=listing.title,
            author=author.display_name,
            rating=rating,
        )
    return review


@transaction.atomic
def reply(review: Review, by: User, text: str) -> Review:
    """The seller's answer, shown under the review; an empty one takes it back."""
    if not permissions.may(by, "reply", review):
        raise permissions.NotAllowed
    text = content.prose("text", text, LONGEST_TEXT, needed=False)
    review = (
        Review.objects.select_for_update(of=("self",)).select_related("listing__seller", "author").get(pk=review.pk)
    )
    is_first = bool(text) and not review.reply
    review.reply, review.replied_at = text, clock.now() if text else None
    review.save(update_fields=["reply", "replied_at"])
    activity.record(by, "review.answered", review)
    if is_first:
        notifications.tell(
            review.author,
            "review_answered",
            url=review.listing.get_absolute_url(),
            key=f"reply:{review.pk}",
            title=review.listing.title,
            seller=_shop(review.listing),
        )
    return review


@transaction.atomic
def hide(review: Review, by: User, reason: str) -> Review:
    """A moderator takes a review off the page and out of the rating, never one of their own listing."""
    permissions.require(by, "hide_review")
    reason = content.prose("reason", reason, 400)
    review = (
        Review.objects.select_for_update(of=("self",)).select_related("listing__seller", "author").get(pk=review.pk)
    )
    if by.pk in {review.listing.seller_id, review.author_id}:
        raise permissions.NotAllowed(_("Somebody else has to decide about a review that concerns you."))
    if review.hidden_at is None:
        review.hidden_at = clock.now()
        review.save(update_fields=["hidden_at"])
        figures.changed(review.listing_id)
        activity.record(by, "review.hidden", review, reason=reason)
        notifications.tell(
            review.author, "review_hidden", key=f"hidden:{review.pk}", title=review.listing.title, reason=reason
        )
    return review


@transaction.atomic
def show(review: Review, by: User) -> Review:
    """Bring back what was hidden."""
    permissions.require(by, "hide_review")
    review = Review.objects.select_for_update().get(pk=review.pk)
    if review.hidden_at is None:
        raise NotHidden
    review.hidden_at = None
    review.save(update_fields=["hidden_at"])
    figures.changed(review.listing_id)
    activity.record(by, "review.shown", review)
    return review


@transaction.atomic
def remove(review: Review, by: User) -> None:
    """The author takes it back."""
    if review.author_id != by.pk:
        raise permissions.NotFound
    activity.record(by, "review.removed", review)
    figures.changed(review.listing_id)
    Review.objects.filter(pk=review.pk).delete()


def of(listing: Listing) -> QuerySet[Review]:
    """What everybody may read, newest first. Reviews of what was given back stay readable but do not count."""
    shown = Review.objects.visible().filter(listing=listing, author__suspended_at=None)
    return shown.select_related("author", "entitlement").order_by("-created_at", "-pk")


_newest = Prepared[Review](
    lambda listing: (
        Review.objects.visible()
        .filter(listing=listing, author__suspended_at=None)
        .select_related("author", "entitlement")
        .order_by("-created_at", "-pk")[:20]
    ),
    -(2**40) + 7,
)


def newest(listing: Listing, number: int) -> list[Review]:
    """The first of `of`, at most twenty, for the page that everybody opens."""
    return _newest.rows(listing.pk)[:number]


def spread(listing: Listing) -> dict[int, int]:
    """How many reviews that count gave each number of stars, five first."""
    counted = dict.fromkeys((5, 4, 3, 2, 1), 0)
    for rating in Review.objects.counting().filter(listing=listing).values_list("rating", flat=True):
        counted[rating] += 1
    return counted


def _entitlement(author: User, listing: Listing) -> Entitlement:
    """What gives the right to review, locked so that a refund at the same moment comes before or after."""
    if not permissions.is_active(author):
        raise permissions.Suspended if author.is_suspended else permissions.NotAllowed
    if permissions.owns(author, listing):
        raise OwnWork
    held = Entitlement.objects.active().select_for_update(of=("self",)).select_related("version")
    entitlement = held.filter(owner=author, listing=listing).first()
    if entitlement is None:
        if not permissions.may(author, "see", listing):
            raise permissions.NotFound
        raise NotBought
    return entitlement


def _stars(rating: Any) -> int:
    if isinstance(rating, bool) or not isinstance(rating, int) or not 1 <= rating <= 5:
        raise BadContent(errors={"rating": [_("Give one to five stars.")]})
    return rating


def _shop(listing: Listing) -> str:
    profile = getattr(listing.seller, "seller_profile", None)
    return profile.name if profile else listing.seller.display_name
