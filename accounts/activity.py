"""Who did what to what, when and why: rows are added, never changed."""

import json
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet

from accounts.models import Activity, User
from common.gathering import Gathering

Named = tuple[str, str | int, str]  # type, id, label

LONGEST_LABEL = 200


def record(actor: Any, verb: str, obj: Model | Named, *, reason: str = "", **data: Any) -> Activity:
    """Note that the actor (None: the house itself) did this, as in `record(by, "listing.published", listing)`."""
    happened = row(actor, verb, obj, reason=reason, **data)
    if not _gathered.takes([happened]):
        happened.save(force_insert=True)
    return happened


# Written once: it stands on the way of every delivery.
_WRITE = """
    INSERT INTO accounts_activity
        (actor_id, verb, object_type, object_id, object_label, reason, data, created_at)
    SELECT actor_id, verb, object_type, object_id, object_label, reason, data::jsonb, created_at
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[])
        WITH ORDINALITY AS
        happened (actor_id, verb, object_type, object_id, object_label, reason, data, created_at, number)
    ORDER BY number
"""


def record_all(rows: Iterable[Activity]) -> None:
    """Many at once, each made by `row`."""
    listed = list(rows)
    if not listed or _gathered.takes(listed):
        return
    words = ("verb", "object_type", "object_id", "object_label", "reason")
    columns: list[list[Any]] = [[each.actor_id for each in listed]]
    columns += [[str(getattr(each, name)) for each in listed] for name in words]
    columns += [[json.dumps(each.data) for each in listed], [each.created_at for each in listed]]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, columns)


_gathered: Gathering[Activity] = Gathering("happened", record_all)
together = _gathered.together  # what is recorded inside is written in one statement at its end


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
