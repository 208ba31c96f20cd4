"""A short run of chaos: processes are killed and Stripe misbehaves; every cent is where it belongs in the end."""

import subprocess
import sys

import pytest

from benchmarks import stage
from config import env
from tests import plumbing


@pytest.mark.journey
@pytest.mark.xdist_group("journeys")
@pytest.mark.timeout(400)
def test_nothing_is_lost_doubled_or_unexplained_after_chaos(django_db_setup, tmp_path):
    schema = tmp_path / "schema.sql"
    stage.dump(plumbing.address(plumbing.template()), str(schema))
    size = {"checkouts": 40, "refunds": 10, "disputes": 4, "payouts": 12, "clients": 4, "webs": 1, "workers": 1}
    pace = {"seed": 20261122, "kill-every": 2, "fault-every": 0.1, "patience": 150, "seconds": 45}
    words = [f"--{name}={value}" for name, value in (size | pace).items()]

    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.chaos", *words, f"--schema={schema}"],
        cwd=env.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "0 lost, 0 doubled, 0 unexplained cents" in done.stdout, done.stdout[-4000:] + done.stderr[-4000:]
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
