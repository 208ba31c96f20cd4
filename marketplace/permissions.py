"""Who may do what in the market: asked by pages, API, admin, templates and by the acts themselves.

What a person may not see answers 404, what may be seen but not done answers 403.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.problems import Problem
from marketplace.models import Case, Collection, Entitlement, Listing, Review

Person = User | AnonymousUser | None


class NotFound(Problem):
    status = HTTPStatus.NOT_FOUND
    code = "not_found"
    default_detail = _("There is nothing here, or nothing that you may see.")


class NotAllowed(Problem):
    status = HTTPStatus.FORBIDDEN
    code = "not_allowed"
    default_detail = _("You may not do this.")


class Suspended(NotAllowed):
    code = "suspended"
    default_detail = _("Your account is suspended. You can still read what you bought.")


class NotASeller(NotAllowed):
    code = "not_a_seller"
    default_detail = _("Set up your seller profile first.")


class NotAModerator(NotAllowed):
    code = "not_a_moderator"
    default_detail = _("Only moderators may do this.")


def may(person: Person, act: str, thing: Any = None) -> bool:
    """Whether the person may do that to the thing: may(user, "edit", listing)."""
    return _RULES[act](person, thing)


def visible(person: Person) -> Q:
    """Whatever may be seen, as a condition on listings: what somebody may not know of is not even looked at.

    A refusal then takes as long as for what does not exist.
    """
    open_to_all = Q(status=Listing.Status.LIVE, seller__suspended_at=None)
    if not isinstance(person, User):
        return open_to_all
    if is_moderator(person):
        return Q()
    theirs = open_to_all | Q(seller=person)
    if _is_member(person):
        theirs |= Q(Exists(Entitlement.objects.active().filter(owner=person, listing=OuterRef("pk"))))
    return theirs


def require(person: Person, act: str, thing: Any = None) -> User:
    """The person, or the refusal that says why not."""
    if isinstance(thing, Listing | Collection) and not may(person, "see", thing):
        raise NotFound
    if may(person, act, thing):
        assert isinstance(person, User)
        return person
    if not _is_member(person):
        raise NotAllowed(_("Please sign in first."))
    assert isinstance(person, User)
    if person.is_suspended:
        raise Suspended
    if act in {"sell", "create"} and not person.is_seller:
        raise NotASeller
    if act in {"moderate", "hide_review"}:
        raise NotAModerator
    raise NotAllowed


def is_active(person: Person) -> bool:
    """A member who is neither suspended nor erased."""
    return isinstance(person, User) and _is_member(person) and not person.is_suspended


def is_moderator(person: Person) -> bool:
    return isinstance(person, User) and is_active(person) and person.is_moderator


def owns(person: Person, listing: Listing) -> bool:
    return isinstance(person, User) and person.pk == listing.seller_id


def holds(person: Person, listing: Listing) -> bool:
    """Whether the person bought it and still has it."""
    return (
        isinstance(person, User)
        and _is_member(person)
        and Entitlement.objects.active().filter(owner=person, listing=listing).exists()
    )


def _is_member(person: Person) -> bool:
    return isinstance(person, User) and person.is_active and person.erased_at is None


def _sell(person: Person, _thing: Any) -> bool:
    return isinstance(person, User) and is_active(person) and person.is_seller


def _see(person: Person, thing: Listing | Collection) -> bool:
    if isinstance(thing, Collection):
        return thing.is_public or (isinstance(person, User) and thing.owner_id == person.pk)
    if thing.is_live and not thing.seller.is_suspended:
        return True
    return owns(person, thing) or is_moderator(person) or holds(person, thing)


def _edit(person: Person, listing: Listing) -> bool:
    return owns(person, listing) and _sell(person, listing)


def _edit_collection(person: Person, collection: Collection) -> bool:
    return isinstance(person, User) and is_active(person) and collection.owner_id == person.pk


def _review(person: Person, listing: Listing) -> bool:
    return is_active(person) and not owns(person, listing) and holds(person, listing)


def _reply(person: Person, review: Review) -> bool:
    return is_active(person) and owns(person, review.listing)


def _decide(person: Person, case: Case) -> bool:
    return is_moderator(person) and not owns(person, case.listing)


def _report(person: Person, listing: Listing) -> bool:
    return is_active(person) and not owns(person, listing)


def _moderate(person: Person, _thing: Any) -> bool:
    return is_moderator(person)


def _join(person: Person, _thing: Any) -> bool:
    return is_active(person)


_RULES: dict[str, Callable[[Person, Any], bool]] = {
    "see": _see,
    "sell": _sell,
    "create": _sell,
    "edit": _edit,
    "submit": _edit,
    "withdraw": _edit,
    "delete": _edit,
    "edit_collection": _edit_collection,
    "review": _review,
    "reply": _reply,
    "report": _report,
    "moderate": _moderate,
    "decide": _decide,
    "hide_review": _moderate,
    "join": _join,  # favourites, follows, collections
}
