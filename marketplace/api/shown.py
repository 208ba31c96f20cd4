"""How the API writes what the market holds: plain dictionaries, made by hand, because lists are read very often.

Nothing in this module touches the words of a prompt, except `prompt`, which is given them by marketplace.library.
"""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from common import markdown
from marketplace import images, listings, moderation, permissions
from marketplace.api.shown_cards import Shown, address, cards, media, moment
from marketplace.models import (
    Case,
    Category,
    Collection,
    Entitlement,
    ExampleImage,
    GenerativeModel,
    Listing,
    Review,
    Revision,
    Version,
)
from marketplace.prompts import Prompt
from marketplace.shelves import Maker, Shelf

# ---- Listings --------------------------------------------------------------------------------------------------------


def listing(found: Listing, viewer: Any = None) -> Shown:
    """One listing with its page; its owner also sees what is being worked on and what is missing."""
    revision = found.approved or found.working
    assert revision is not None
    return (
        cards([found])[0]
        | _page(revision)
        | {
            "versions": [_version_line(version) for version in _approved_versions(found)],
            "created_at": moment(found.created_at),
        }
        | (_for_owner(found) if permissions.owns(viewer, found) else {})
    )


def _page(revision: Revision) -> Shown:
    version = revision.version
    return {
        "description": revision.description,
        "description_html": str(markdown.render(revision.description)),
        "model_version": revision.model_version.name if revision.model_version else None,
        "examples": revision.examples,
        "images": [_picture(one) for one in images.shown(revision)],
        "variables": version.variables if version else [],
        "prompt_facts": _facts(version),
    }


def _facts(version: Version | None) -> Shown:
    """What may be told about the words without telling them."""
    return {
        "characters": version.characters if version else 0,
        "words": version.words if version else 0,
        "has_negative": version.has_negative if version else False,
        "has_parameters": version.has_parameters if version else False,
    }


def _for_owner(found: Listing) -> Shown:
    """For the seller: the draft or submitted state beside what is on sale, what it lacks, what was decided."""
    working = found.working
    assert working is not None
    newest = found.cases.filter(kind=Case.Kind.SUBMISSION).order_by("-opened_at", "-pk").first()
    missing = listings.checklist(found)
    return {
        "draft": draft(found, working) if working.pk != found.approved_id else None,
        "missing": {item.name: [item.problem] for item in missing if not item.is_done},
        "review": decision(newest) if newest else None,
    }


def draft(found: Listing, revision: Revision) -> Shown:
    """What the seller is working on, in the shape in which it can be sent in again."""
    ids = [one["id"] for one in revision.pictures]
    known = {image.public_id: image for image in ExampleImage.objects.filter(public_id__in=ids)} if ids else {}
    return {
        "number": revision.number,
        "state": revision.state,
        "title": revision.title,
        "summary": revision.summary,
        "description": revision.description,
        "model": model(revision.model) if revision.model else None,
        "model_version": revision.model_version.name if revision.model_version else None,
        "category": _category_line(revision.category) if revision.category else None,
        "tags": revision.tags,
        "language": revision.language,
        "price": {"amount": revision.price, "currency": found.currency},
        "tested_on": revision.tested_on.isoformat() if revision.tested_on else None,
        "examples": revision.examples,
        "images": [image(known[one["id"]], alt=one["alt"]) for one in revision.pictures if one["id"] in known],
        "version": revision.version.number if revision.version else None,
        "variables": revision.version.variables if revision.version else [],
        "changed_at": moment(revision.changed_at),
        "submitted_at": moment(revision.submitted_at),
    }


def decision(case: Case) -> Shown:
    """A case as the seller it concerns may see it: never who decided."""
    return {
        "case": case.public_id,
        "state": case.state,
        "decision": case.decision or None,
        "reason": case.reason or None,
        "reason_label": str(Case.Reason(case.reason).label) if case.reason else None,
        "mend": str(moderation.MEND[Case.Reason(case.reason)]) if case.reason else None,
        "note": case.note,
        "opened_at": moment(case.opened_at),
        "decided_at": moment(case.decided_at),
    }


def _approved_versions(found: Listing) -> Iterable[Version]:
    return Version.objects.filter(listing=found, approved_at__isnull=False).order_by("-number")


def _version_line(version: Version) -> Shown:
    return {"number": version.number, "note": version.note, "approved_at": moment(version.approved_at)}


def version(found: Version) -> Shown:
    """A version without its words."""
    return {
        "number": found.number,
        "note": found.note,
        "variables": found.variables,
        "prompt_facts": _facts(found),
        "created_at": moment(found.created_at),
        "approved_at": moment(found.approved_at),
    }


def image(found: ExampleImage, *, alt: str = "") -> Shown:
    return _picture(images.sources(found) | {"alt": alt})


def _picture(source: dict[str, Any]) -> Shown:
    return {
        "id": source["id"],
        "state": source["state"],
        "url": (source["src"] and media(source["src"])) or None,
        "srcset": {"webp": _srcset(source["webp"]), "avif": _srcset(source["avif"])},
        "width": source["width"],
        "height": source["height"],
        "colour": source["tone"],
        "alt": source["alt"],
    }


def _srcset(text: str) -> str:
    return ", ".join(media(part) for part in text.split(", ") if part)


# ---- Models, categories, sellers, collections ------------------------------------------------------------------------


def model(found: GenerativeModel | Maker) -> Shown:
    return {"slug": found.slug, "name": found.name}


def model_page(found: GenerativeModel) -> Shown:
    return {
        "slug": found.slug,
        "name": found.name,
        "maker": found.maker,
        "medium": found.medium,
        "aliases": found.aliases,
        "versions": [version.name for version in found.versions.all()],
        "url": address(f"/models/{found.slug}/"),
    }


def _category_line(found: Shelf | Category) -> Shown:
    return {"slug": found.slug, "name": found.name}


def category_page(found: Category) -> Shown:
    return {
        "slug": found.slug,
        "name": found.name,
        "parent": found.parent.slug if found.parent else None,
        "url": address(f"/categories/{found.slug}/"),
    }


def seller(user: Any) -> Shown:
    """As everybody sees a seller; for_cards() has loaded the profile."""
    profile = user.seller_profile
    return {"handle": profile.handle, "name": profile.name, "url": f"{settings.SITE_URL}/@{profile.handle}/"}


def collection(found: Collection) -> Shown:
    owner = found.owner
    return {
        "slug": found.slug,
        "title": found.title,
        "description": found.words,
        "owner": (owner.display_name if not owner.is_seller else owner.seller_profile.name) if owner else None,
        "is_public": found.is_public,
        "url": address(f"/collections/{found.slug}/"),
        "created_at": moment(found.created_at),
    }


# ---- Reviews ---------------------------------------------------------------------------------------------------------


def review(found: Review) -> Shown:
    return {
        "id": found.public_id,
        "author": {"name": found.author.name or _("A buyer")},
        "rating": found.rating,
        "text": found.text,
        "output": found.output,
        "version": found.version_number,
        "created_at": moment(found.created_at),
        "changed_at": moment(found.changed_at),
        "reply": found.reply or None,
        "replied_at": moment(found.replied_at),
    }


# ---- The library -----------------------------------------------------------------------------------------------------


def held(entitlement: Entitlement, newest: int) -> Shown:
    """What somebody bought, in a list: without the words."""
    about = entitlement.listing
    return {
        "id": entitlement.public_id,
        "listing": {"slug": about.slug, "title": about.title, "url": f"{settings.SITE_URL}/prompts/{about.slug}/"},
        "model": model(about.model) if about.model else None,
        "seller": seller(about.seller),
        "granted_at": moment(entitlement.granted_at),
        "is_paid": entitlement.is_paid,
        "version": {"number": newest},
        "bought_version": {"number": entitlement.version.number},
        "has_news": newest > max(entitlement.seen_version, entitlement.version.number),
        "url": address(f"/library/{entitlement.public_id}/"),
    }


def prompt(words: Prompt) -> Shown:
    """The good itself; only for whoever marketplace.library opened it to."""
    return {
        "template": words.template,
        "negative": words.negative,
        "parameters": words.parameters,
        "instructions": words.instructions,
        "variables": [variable.as_json() for variable in words.variables],
    }


def opened_version(found: Version, words: Prompt) -> Shown:
    return {
        "number": found.number,
        "note": found.note,
        "created_at": moment(found.created_at),
        "approved_at": moment(found.approved_at),
        "prompt": prompt(words),
    }
