"""docs/api.md does what it says: its sessions, as they stand there, against the running site and worker."""

import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.factories.accounts import ModeratorFactory, SellerFactory, UserFactory, token
from tests.factories.marketplace import load_catalogue

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "api.md"


def session(language):
    return "\n".join(re.findall(rf"^```{language}\n(.*?)^```", GUIDE.read_text(), re.MULTILINE | re.DOTALL))


def run(words, folder, surroundings):
    done = subprocess.run(words, cwd=folder, env=surroundings, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


@pytest.mark.timeout(240)
def test_the_guide_is_worked_through(site, worker, tmp_path):
    assert shutil.which("bash")
    assert shutil.which("curl")
    load_catalogue()
    file = io.BytesIO()
    Image.new("RGB", (800, 600), "teal").save(file, "PNG")
    (tmp_path / "picture.png").write_bytes(file.getvalue())
    surroundings = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "BASE": site.url,
        "SELLER": token(SellerFactory(), "read", "library", "sell"),
        "BUYER": token(UserFactory(email="ben@example.com"), "read", "library"),
        "MODERATOR": token(ModeratorFactory(), "read", "library", "moderate"),
    }

    said = run(["bash", "-euo", "pipefail", "-c", session("bash")], tmp_path, surroundings)
    more = run([sys.executable, "-c", session("python")], tmp_path, surroundings)

    assert said == [
        "waiting",
        "in_review",
        "claimed",
        "approve",
        "Calm answers to hard letters",
        "Write a firm answer to this letter, without any excuse: Where is my parcel?",
        "399",
    ]
    assert "Write a [tone] answer" in (tmp_path / "prompt.yml").read_text()
    assert more == ["[2, 1]", "refunded", "{'amount': 0, 'currency': 'usd'}"]
