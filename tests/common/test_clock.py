import contextvars
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from common import clock

LONG_AGO = datetime(2024, 2, 29, 12, tzinfo=UTC)


def test_now_is_the_present_moment():
    before = timezone.now()

    assert before <= clock.now() <= timezone.now()


def test_now_is_the_moment_set_and_goes_back_even_after_an_error():
    seen = []

    with pytest.raises(ZeroDivisionError), clock.at(LONG_AGO):
        seen.append((clock.now(), clock.database_now(), 1 / 0))

    with clock.at(LONG_AGO):
        seen.append((clock.now(), clock.database_now()))

    assert seen == [(LONG_AGO, LONG_AGO)]
    assert clock.overridden() is None
    assert clock.now() > LONG_AGO + timedelta(days=365)


def test_another_context_does_not_notice():
    elsewhere = contextvars.copy_context()

    with clock.at(LONG_AGO):
        assert elsewhere.run(clock.overridden) is None


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"), clock.at(datetime(2024, 1, 1)):  # noqa: DTZ001
        pass


@pytest.mark.django_db
def test_the_database_has_a_clock_of_its_own():
    assert abs(clock.database_now() - timezone.now()) < timedelta(minutes=1)
