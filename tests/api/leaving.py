"""For fuzzing.py: each question of a leaver is asked by somebody who is still there."""

import os
from pathlib import Path
from typing import Any

import schemathesis

_tokens = iter(Path(os.environ["FUZZ_TOKENS"]).read_text().split())


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    token = next(_tokens, None)
    if token:
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}
