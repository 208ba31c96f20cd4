"""A short run of chaos: processes are killed and Stripe misbehaves; every cent is where it belongs in the end."""

import re
import subprocess
import sys

import pytest

from benchmarks import stage
from config import env
from tests import plumbing

# A number of things, not of seconds, and few kills: a slow machine only takes longer.
SIZE = {"checkouts": 16, "refunds": 3, "disputes": 2, "payouts": 4, "clients": 4, "webs": 1, "workers": 1}
PACE = {"seed": 20261122, "kills": 4, "kill-every": 2.5, "fault-every": 0.1, "patience": 240}


@pytest.mark.journey
@pytest.mark.xdist_group("journeys")
@pytest.mark.timeout(400)
def test_nothing_is_lost_doubled_or_unexplained_after_chaos(django_db_setup, tmp_path):
    schema = tmp_path / "schema.sql"
    stage.dump(plumbing.address(plumbing.template()), str(schema))
    words = [f"--{name}={value}" for name, value in (SIZE | PACE).items()]

    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.chaos", *words, f"--schema={schema}", "--no-beat"],
        cwd=env.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    said = done.stdout[-4000:] + done.stderr[-4000:]
    assert "0 lost, 0 doubled, 0 unexplained cents" in done.stdout, said
    assert done.returncode == 0, said
    assert int(re.search(r'"payments": (\d+)', done.stdout).group(1)) >= SIZE["checkouts"] // 2, said
