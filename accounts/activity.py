"""Who did what to what, when and why: rows are added, never changed."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, QuerySet

from accounts.models import Activity, User

Named = tuple[str, str | int, str]  # type, id, label

LONGEST_LABEL = 200


def record(actor: Any, verb: str, obj: Model | Named, *, reason: str = "", **data: Any) -> Activity:
    """Note that the actor (None: the house itself) did this, as in `record(by, "listing.published", listing)`."""
    happened = row(actor, verb, obj, reason=reason, **data)
    happened.save(force_insert=True)
    return happened


def record_all(rows: Iterable[Activity]) -> None:
    """Many at once, each made by `row`."""
    Activity.objects.bulk_create(rows)


def row(actor: Any, verb: str, obj: Model | Named, *, reason: str = "", **data: Any) -> Activity:
    """What `record` would write, not written yet."""
    kind, identity, label = obj if isinstance(obj, tuple) else _named(obj)
    return Activity(
        actor=actor if isinstance(actor, User) else None,
        verb=verb,
        object_type=kind,
        object_id=str(identity),
        object_label=label[:LONGEST_LABEL],
        reason=reason,
        data=data,
    )


def of(obj: Model | Named) -> QuerySet[Activity]:
    """Everything that happened to it, newest first."""
    kind, identity, _ = obj if isinstance(obj, tuple) else _named(obj)
    happened = Activity.objects.filter(object_type=kind, object_id=str(identity))
    return happened.select_related("actor").order_by("-created_at", "-pk")


def _named(obj: Model) -> Named:
    kind = str(obj._meta.model_name)
    if isinstance(obj, User):
        # No address: what stands here outlives the account.
        return kind, obj.public_id, obj.seller_profile.handle if obj.is_seller else ""
    return kind, getattr(obj, "public_id", None) or str(obj.pk), str(obj)
