from django.conf import settings

from config import beat, celery


def test_every_task_of_the_clock_is_one_the_workers_know():
    celery.app.loader.import_default_modules()

    wanted = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert wanted - set(celery.app.tasks) == set()


def test_the_clock_and_the_workers_mean_the_same_queue():
    names = ("broker_url", "broker_transport_options", "task_serializer", "task_default_queue")

    assert [getattr(beat.app.conf, name) for name in names] == [getattr(celery.app.conf, name) for name in names]


def test_what_was_missed_is_not_caught_up_in_a_burst():
    """Each beat is worth nothing once the next is due, so a worker that was away for a day runs each task once."""
    for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
        assert entry["options"]["expires"] <= entry["schedule"], name
