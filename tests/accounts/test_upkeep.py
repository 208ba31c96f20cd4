"""What is thrown away when its time is over."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session

from accounts import browsers, consents, upkeep
from accounts.models import IdempotentCall, Notification, User
from common import clock
from tests.factories.accounts import UserFactory, sign_in

pytestmark = pytest.mark.django_db


def test_kept_answers_and_old_sessions_go(client):
    user = UserFactory()
    sign_in(client, user)
    IdempotentCall.objects.create(user=user, key="k", fingerprint="f")
    Notification.objects.create(user=user, kind="x")

    assert set(upkeep.run().values()) == {0}

    with clock.at(clock.now() + timedelta(days=366)):
        upkeep.run()
    assert [model.objects.count() for model in (IdempotentCall, Session, Notification)] == [0, 0, 0]


def test_addresses_nobody_confirmed_are_forgotten():
    lost, staff = UserFactory(verified=False), User.objects.create_superuser("root@example.com")
    lost.emailaddress_set.create(email=lost.email, primary=True, verified=False)
    consents.give(lost, "terms", language="en")
    kept = UserFactory()

    upkeep.forget_unconfirmed()
    assert User.objects.count() == 3

    with clock.at(clock.now() + timedelta(days=8)):
        assert upkeep.forget_unconfirmed() == 1
    assert set(User.objects.all()) == {kept, staff}


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", "Safari on iOS"),
        ("curl/8.9", "curl/8.9"),
        ("", "an unknown program"),
    ],
)
def test_browsers_are_named(user_agent, words):
    assert browsers.describe(user_agent) == words
