"""The back office in a real browser: axe reads its front page and each of its tables, by turns light and dark."""

import pytest
from django.contrib import admin
from django.db import connection
from django.urls import reverse

from config import looking
from tests.architecture import world
from tests.factories.accounts import StaffFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.xdist_group("journeys"),
]


@pytest.fixture
def keeper(chromium, sandbox):
    """A browser takes its time between two statements of the one transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    world.make(sandbox)
    return StaffFactory(is_superuser=True)


def pages(scheme: str) -> list[str]:
    """Every table that is registered, by turns its list and its first row; each half of them in one scheme."""
    found = [reverse("admin:index")]
    tables = sorted(admin.site._registry, key=lambda model: model._meta.label_lower)
    for number, model in enumerate(tables):
        if (number % 4 in {0, 3}) != (scheme == "light"):
            continue
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        row = model._default_manager.order_by("pk").first()
        whole = number % 2 == 0 or row is None
        found.append(reverse(f"{name}_changelist") if whole else reverse(f"{name}_change", args=[row.pk]))
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_the_back_office(keeper, chromium, scheme):
    wrong = []

    with looking.looking(chromium, keeper, scheme=scheme) as eyes:
        for path in pages(scheme):
            status = eyes.open(path)
            said = [f"answered {status}"] * (status != 200) + eyes.unread() + eyes.troubles
            wrong += [f"{path} ({scheme}): {one}" for one in said]

    assert not wrong, "\n".join(wrong)
