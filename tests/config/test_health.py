import pytest
from django.test import override_settings

from config import health


def test_the_process_is_up_without_asking_anybody(client, django_assert_num_queries):
    answer = client.get("/healthz", headers={"host": "10.1.2.3"})

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert not answer.cookies


@pytest.mark.django_db
def test_ready_names_every_part(client):
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "redis": "ok", "migrations": "ok"}


@pytest.mark.django_db
@override_settings(REDIS_URL="redis://127.0.0.1:1/0")
def test_not_ready_without_redis(client):
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["redis"]) == (503, "unreachable")
    assert answer["Retry-After"]


@pytest.mark.django_db
def test_not_ready_while_migrations_wait(client, monkeypatch):
    from django.db.migrations.recorder import MigrationRecorder

    monkeypatch.setattr(health, "_migrations_done", False)
    MigrationRecorder.Migration.objects.filter(app="sessions").delete()

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["migrations"]) == (503, "pending")


@pytest.mark.django_db(transaction=True)
def test_a_test_that_commits_is_followed_by_emptying(client):
    assert client.get("/readyz").status_code == 200
