import pytest
from django.contrib import admin
from django.urls import reverse

from marketplace.models import Case, Collection, Entitlement, Finding, Listing
from tests.factories.accounts import UserFactory
from tests.factories.marketplace import EntitlementFactory, submitted, work

pytestmark = pytest.mark.django_db

CANARY = "xylocanaryphone"
OURS = [model for model in admin.site._registry if model._meta.app_label == "marketplace"]


@pytest.fixture
def staff(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True, is_moderator=True))
    return client


def url(model, page, *args):
    return reverse(f"admin:marketplace_{model._meta.model_name}_{page}", args=args)


@pytest.fixture
def market():
    submitted(prompt={"template": f"Take [subject] and {CANARY} it calmly, at length."})
    EntitlementFactory()
    Collection.objects.create(slug="first", title_en="First")
    work()
    assert Finding.objects.exists()


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_lists_and_pages_open_and_show_no_prompt(staff, market, model):
    answers = [staff.get(url(model, "changelist"), {"q": "a"}), staff.get(url(model, "changelist"))]
    answers += [staff.get(url(model, "change", row.pk)) for row in model._default_manager.all()[:2]]

    for answer in answers:
        assert answer.status_code in (200, 302)
        assert CANARY not in answer.content.decode()


@pytest.mark.parametrize("model", [Listing, Case, Entitlement])
def test_what_has_rules_is_not_changed_here(staff, market, model):
    row = model.objects.first()

    assert staff.get(url(model, "add")).status_code == 403
    assert staff.post(url(model, "change", row.pk), {}).status_code == 403
    assert staff.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403


def test_peoples_collections_are_theirs(staff):
    mine = Collection.objects.create(slug="private-one", title_en="Mine", owner=UserFactory())

    assert "private-one" not in staff.get(url(Collection, "changelist")).content.decode()
    assert staff.get(url(Collection, "change", mine.pk)).status_code == 302
