"""Everything held about a person, and how it is given to them or removed.

Each app registers what it holds. `covers` names the models an exporter speaks for; a test compares them with every
foreign key to an account. Erasers run in one transaction, by `order`: 100 and up what money and prompts have to do,
900 and up the account itself. What stands against an erasure is told by `hindrance` functions, or by an eraser that
raises `CannotErase`.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import activity, signals
from accounts.models import User
from common import clock
from common.problems import Problem

Function = TypeVar("Function", bound=Callable[..., Any])


class CannotErase(Problem):
    """Something is still open between us and this person, named in `reasons`."""

    code = "cannot_erase"
    default_detail = _("The account cannot be deleted yet.")

    def __init__(self, *reasons: Any) -> None:
        self.reasons = [str(reason) for reason in reasons]
        super().__init__(" ".join(self.reasons), errors={"non_field_errors": self.reasons})


_exporters: dict[str, Callable[[User], Any]] = {}
_erasers: list[tuple[int, str, Callable[[User], None]]] = []
_hindrances: list[Callable[[User], Iterable[Any]]] = []
covered: set[str] = set()  # "payments.Order"


def exporter(name: str, *, covers: Iterable[str] = ()) -> Callable[[Function], Function]:
    """Register a function of the account whose answer, JSON-ready, becomes that part of the export."""

    def register(function: Function) -> Function:
        _exporters[name] = function
        covered.update(covers)
        return function

    return register


def eraser(*, order: int = 500) -> Callable[[Function], Function]:
    """Register a function that removes or makes anonymous what an app holds about the account."""

    def register(function: Function) -> Function:
        entry = (order, f"{function.__module__}.{function.__qualname__}", function)
        _erasers[:] = sorted([other for other in _erasers if other[1] != entry[1]] + [entry])
        return function

    return register


def hindrance(function: Function) -> Function:
    """Register a function that gives the reasons (sentences) why the account cannot be erased now."""
    if function not in _hindrances:
        _hindrances.append(function)
    return function


def export(user: User) -> dict[str, Any]:
    """All of it, by the name of each part."""
    head = {"made_at": clock.now().isoformat().replace("+00:00", "Z"), "account_id": user.public_id}
    return head | {name: function(user) for name, function in sorted(_exporters.items())}


def reasons_against(user: User) -> list[str]:
    return [str(reason) for function in _hindrances for reason in function(user)]


def erase(user: User, *, by: User | None = None) -> None:
    """Remove the person and keep the books whole; doing it again changes nothing."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        if user.erased_at is not None:
            return
        if reasons := reasons_against(user):
            raise CannotErase(*reasons)
        for _order, _name, function in _erasers:
            function(user)
        activity.record(by, "account.erased", user)
        signals.erased.send(User, user=user)
