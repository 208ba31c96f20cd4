"""What the market holds about a person: given to them on request, removed when they go."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import privacy
from accounts.models import User
from marketplace import library, lifecycle, listings
from marketplace.models import (
    Case,
    Collection,
    Entitlement,
    Favourite,
    Follow,
    Listing,
    Preset,
    Report,
    Review,
    Revision,
    Version,
)
from marketplace.prompts import Prompt


@privacy.exporter("listings", covers=["marketplace.Listing"])
def export_listings(user: User) -> list[dict[str, Any]]:
    """Everything the person sells or drafted, with the prompts' own words."""
    mine = Listing.objects.filter(seller=user).select_related("model", "category").order_by("pk")
    return [_listing(listing) for listing in mine]


@privacy.exporter("library", covers=["marketplace.Entitlement"])
def export_library(user: User) -> list[dict[str, Any]]:
    """Everything bought; the words of what is still held."""
    held = Entitlement.objects.filter(owner=user).select_related("listing", "owner").order_by("pk")
    return [
        {
            "id": one.public_id,
            "listing": one.listing.slug,
            "title": one.listing.title,
            "granted_at": one.granted_at.isoformat(),
            "paid": one.is_paid,
            "revoked_at": one.revoked_at.isoformat() if one.revoked_at else None,
            "revoked_because": one.revoked_because,
            "note": one.note,
            "presets": list(Preset.objects.filter(entitlement=one).order_by("pk").values("name", "values")),
            "versions": [
                {"number": version.number, "note": version.note, **_words(library.open(user, version))}
                for version in library.versions_for(one)
            ],
        }
        for one in held
    ]


@privacy.exporter("reviews", covers=["marketplace.Review"])
def export_reviews(user: User) -> list[dict[str, Any]]:
    mine = Review.objects.filter(author=user).select_related("listing").order_by("pk")
    return [
        {
            "listing": review.listing.slug,
            "stars": review.rating,
            "text": review.text,
            "output": review.output,
            "created_at": review.created_at.isoformat(),
            "changed_at": review.changed_at.isoformat(),
            "reply": review.reply,
            "hidden": review.hidden_at is not None,
        }
        for review in mine
    ]


@privacy.exporter("social", covers=["marketplace.Favourite", "marketplace.Follow", "marketplace.Collection"])
def export_social(user: User) -> dict[str, Any]:
    followers = Follow.objects.filter(seller=user).count()
    return {
        "favourites": list(Favourite.objects.filter(user=user).order_by("pk").values_list("listing__slug", flat=True)),
        "follows": list(
            Follow.objects.filter(user=user).order_by("pk").values_list("seller__seller_profile__handle", flat=True)
        ),
        "followers": followers,
        "collections": [
            {
                "title": one.title_en,
                "words": one.words_en,
                "public": one.is_public,
                "listings": list(one.items.values_list("listing__slug", flat=True)),
            }
            for one in Collection.objects.filter(owner=user).order_by("pk")
        ],
    }


@privacy.exporter("moderation", covers=["marketplace.Case", "marketplace.Report"])
def export_moderation(user: User) -> dict[str, Any]:
    """Cases about the person's listings, what they reported, and what they decided as a moderator."""
    cases = Case.objects.filter(Q(opened_by=user) | Q(listing__seller=user)).exclude(kind=Case.Kind.REPORT)
    decided = Case.objects.filter(Q(decided_by=user) | Q(claimed_by=user)).order_by("pk")
    return {
        "cases": [_case(case) for case in cases.select_related("listing").order_by("pk")],
        "reports": [
            {
                "listing": report.listing.slug,
                "kind": report.kind,
                "words": report.words,
                "created_at": report.created_at.isoformat(),
            }
            for report in Report.objects.filter(reporter=user).select_related("listing").order_by("pk")
        ],
        "decided": list(decided.values_list("public_id", flat=True)),
    }


@privacy.eraser(order=150)
def erase_shop(user: User) -> None:
    """Drafts go; what was sold leaves the shelves and stays readable for those who bought it."""
    for listing in Listing.objects.filter(seller=user).order_by("pk"):
        held = lifecycle.locked(listing)
        if listings.was_ever_seen(held):
            listings.shelve(held, None)
            _forget_drafts(held)
        else:
            listings.erase(held)


@privacy.eraser(order=160)
def erase_opinions(user: User) -> None:
    """Stars stay in the count without a name; the words go."""
    Review.objects.filter(author=user).update(text="", output="")
    Review.objects.filter(listing__seller=user).exclude(reply="").update(reply="", replied_at=None)
    Favourite.objects.filter(user=user).delete()
    Follow.objects.filter(Q(user=user) | Q(seller=user)).delete()
    Collection.objects.filter(owner=user).delete()
    Preset.objects.filter(entitlement__owner=user).delete()
    Entitlement.objects.filter(owner=user).exclude(note="").update(note="")
    Report.objects.filter(reporter=user).update(words=_("(removed)"))
    Case.objects.filter(kind=Case.Kind.APPEAL, opened_by=user).update(words=_("(removed)"))


def _forget_drafts(listing: Listing) -> None:
    """Revisions nobody approved or judged, with the words only they hold."""
    drafts = Revision.objects.filter(listing=listing, state=Revision.State.DRAFT, cases=None)
    if listing.approved_id is not None and drafts.filter(pk=lifecycle.working(listing).pk).exists():
        Listing.objects.filter(pk=listing.pk).update(working=listing.approved_id)
        listings.forget_versions(listing, drafts)


def _listing(listing: Listing) -> dict[str, Any]:
    versions = Version.objects.filter(listing=listing).select_related("listing").order_by("number")
    return {
        "id": listing.public_id,
        "slug": listing.slug,
        "status": listing.status,
        "created_at": listing.created_at.isoformat(),
        "published_at": listing.published_at.isoformat() if listing.published_at else None,
        "revisions": [
            {
                "number": revision.number,
                "state": revision.state,
                "title": revision.title,
                "summary": revision.summary,
                "description": revision.description,
                "model": revision.model.slug if revision.model else None,
                "category": revision.category.slug if revision.category else None,
                "tags": revision.tags,
                "price": {"amount": revision.price, "currency": listing.currency},
                "examples": revision.examples,
                "pictures": revision.pictures,
            }
            for revision in listing.revisions.select_related("model", "category").order_by("number")
        ],
        "versions": [
            {"number": version.number, "note": version.note, **_words(library.open(listing.seller, version))}
            for version in versions
            if hasattr(version, "text")
        ],
    }


def _words(prompt: Prompt) -> dict[str, Any]:
    return {
        "template": prompt.template,
        "negative": prompt.negative,
        "parameters": prompt.parameters,
        "instructions": prompt.instructions,
        "variables": [variable.as_json() for variable in prompt.variables],
    }


def _case(case: Case) -> dict[str, Any]:
    return {
        "id": case.public_id,
        "kind": case.kind,
        "listing": case.listing.slug,
        "opened_at": case.opened_at.isoformat(),
        "words": case.words,
        "decision": case.decision,
        "reason": case.reason,
        "note": case.note,
        "decided_at": case.decided_at.isoformat() if case.decided_at else None,
    }
