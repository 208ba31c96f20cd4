"""The main job through the real site, worker and sandbox: what bin/up --check does."""

from config.main_job import MainJob
from tests.factories.marketplace import load_catalogue


def test_every_step_of_the_main_job_holds(site, worker, sandbox, settings):
    # The books are held against all that Stripe has: nothing of other tests may be there.
    sandbox.control("_control/reset")
    settings.HOLD_DAYS = 0
    load_catalogue()
    said: list[str] = []

    MainJob(said.append, domain="journey.example.com", site=site.url).run()

    assert [line.split()[1] for line in said] == [
        "sign-up",
        "onboarding",
        "listing",
        "review",
        "purchase",
        "delivery",
        "rendering",
        "declined",
        "3-D",
        "refund",
        "payout",
        "books",
    ]
