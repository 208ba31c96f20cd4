"""What search engines and link previews are told of a listing: JSON-LD and OpenGraph, in plain values."""

import json
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from common import money
from marketplace import cards
from marketplace.models import Listing, Review

# A script element ends at “</script”, and some readers take & for an entity.
_IN_SCRIPT = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def script(data: Any) -> SafeString:
    """JSON that may stand inside a script element."""
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(_IN_SCRIPT))  # noqa: S308  escaped on this line


def product(listing: Listing, pictures: list[dict[str, Any]], reviews: list[Review]) -> dict[str, Any]:
    address = absolute(listing.get_absolute_url())
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "@id": address,
        "name": listing.title,
        "description": listing.summary,
        "sku": listing.public_id,
        "url": address,
        "image": [absolute(picture["src"]) for picture in pictures[:4]] or [absolute(card_address(listing))],
        "category": listing.category.name if listing.category else "",
        "brand": {"@type": "Brand", "name": cards.seller_name(listing)},
        "offers": {
            "@type": "Offer",
            "url": address,
            "price": money.plain_amount(listing.price, listing.currency),
            "priceCurrency": listing.currency.upper(),
            "availability": "https://schema.org/InStock",
            "seller": {"@type": "Organization", "name": cards.seller_name(listing)},
        },
    }
    if listing.rating_count:
        found["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": round(listing.rating_average, 2),
            "reviewCount": listing.rating_count,
            "bestRating": 5,
            "worstRating": 1,
        }
        found["review"] = [_review(review) for review in reviews[:3] if review.text]
    return found


def breadcrumb(trail: list[tuple[str, str]]) -> dict[str, Any]:
    items = [
        {"@type": "ListItem", "position": place, "name": name, **({"item": absolute(url)} if url else {})}
        for place, (name, url) in enumerate(trail, start=1)
    ]
    return {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items}


def absolute(path: str) -> str:
    return path if path.startswith(("http://", "https://")) else settings.SITE_URL + path


def card_address(listing: Listing) -> str:
    """The picture for link previews; its address changes when the page does."""
    return f"{reverse('listing-card', args=[listing.slug])}?{listing.approved_id or 0}"


def _review(review: Review) -> dict[str, Any]:
    return {
        "@type": "Review",
        "author": {"@type": "Person", "name": review.author.display_name},
        "datePublished": review.created_at.date().isoformat(),
        "reviewBody": review.text[:500],
        "reviewRating": {"@type": "Rating", "ratingValue": review.rating, "bestRating": 5, "worstRating": 1},
    }


def person(profile: Any) -> dict[str, Any]:
    """A seller's page, as its subject."""
    address = absolute(profile.get_absolute_url())
    about = {"@type": "Person", "name": profile.name, "alternateName": f"@{profile.handle}", "url": address}
    if profile.bio:
        about["description"] = profile.bio
    if profile.picture_url:
        about["image"] = absolute(profile.picture_url)
    return {"@context": "https://schema.org", "@type": "ProfilePage", "mainEntity": about}
