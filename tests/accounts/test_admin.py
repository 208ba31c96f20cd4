"""The back office: behind the same door, showing no secrets, changing only by recorded acts."""

import pytest
from django.urls import reverse

from accounts import activity, consents, notifications, outbox
from accounts.models import OutboxEntry, User
from tests.factories.accounts import (
    ModeratorFactory,
    SellerFactory,
    StaffFactory,
    UserFactory,
    sign_in,
    token,
)

pytestmark = pytest.mark.django_db
MODELS = ["user", "sellerprofile", "apitoken", "activity", "consent", "notification", "outboxentry"]


@pytest.fixture
def rows():
    seller = SellerFactory()
    token(seller)
    consents.give(seller, "terms", language="en")
    notifications.tell(seller, "account_restored")
    outbox.promise("accounts.mail_notification", notification_id=0)
    activity.record(seller, "listing.published", ("listing", 1, "A listing"))
    return seller


@pytest.mark.parametrize("model", MODELS)
def test_every_list_and_every_row_shows(client, rows, model):
    sign_in(client, StaffFactory())

    page = client.get(reverse(f"admin:accounts_{model}_changelist"), {"q": "a"})
    assert page.status_code == 200
    everything = client.get(reverse(f"admin:accounts_{model}_changelist"))
    (row, *_) = everything.context["cl"].result_list
    assert client.get(reverse(f"admin:accounts_{model}_change", args=[row.pk])).status_code == 200


@pytest.mark.parametrize("model", [model for model in MODELS if model != "user"])
def test_nothing_is_added_or_deleted(client, rows, model):
    sign_in(client, StaffFactory())
    (row, *_) = client.get(reverse(f"admin:accounts_{model}_changelist")).context["cl"].result_list

    assert client.get(reverse(f"admin:accounts_{model}_add")).status_code == 403
    assert client.post(reverse(f"admin:accounts_{model}_delete", args=[row.pk])).status_code == 403
    assert client.post(reverse(f"admin:accounts_{model}_change", args=[row.pk]), {"name": "x"}).status_code == 403


def test_no_page_shows_a_digest(client, rows):
    sign_in(client, StaffFactory())
    key = rows.api_tokens.get()

    page = client.get(reverse("admin:accounts_apitoken_change", args=[key.pk])).content.decode()

    assert key.hint in page
    assert key.digest not in page


@pytest.mark.parametrize("who", [UserFactory, SellerFactory, ModeratorFactory])
def test_others_do_not_come_in(client, who):
    sign_in(client, who())

    assert client.get(reverse("admin:accounts_user_changelist")).status_code in {302, 403}


def test_suspending_is_an_act_on_record(client):
    staff, user = StaffFactory(), UserFactory()
    sign_in(client, staff)

    act(client, "user", "suspend", user)

    user.refresh_from_db()
    assert user.is_suspended
    assert activity.of(user).get().actor == staff


def test_a_form_gives_no_role_and_no_other_address(client):
    user = UserFactory()
    sign_in(client, StaffFactory())

    client.post(
        reverse("admin:accounts_user_change", args=[user.pk]),
        {
            "email": "eve@example.com",
            "is_moderator": "on",
            "name": "N",
            "language": "en",
            "seller_profile-TOTAL_FORMS": 0,
            "seller_profile-INITIAL_FORMS": 0,
        },
    )

    after = User.objects.get(pk=user.pk)
    assert (after.name, after.email, after.is_moderator) == ("N", user.email, False)


def test_what_was_given_up_is_begun_again(client):
    sign_in(client, StaffFactory())
    outbox.promise("accounts.mail_notification", notification_id=0)
    OutboxEntry.objects.update(parked_at="2026-01-01T00:00Z", attempts=12)

    act(client, "outboxentry", "retry", OutboxEntry.objects.get())

    entry = OutboxEntry.objects.get()
    assert (entry.parked_at, entry.attempts) == (None, 0)


def act(client, model, name, row):
    return client.post(
        reverse(f"admin:accounts_{model}_changelist"), {"action": name, "_selected_action": [row.pk], "index": 0}
    )
