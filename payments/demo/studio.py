"""The pictures of the demo, painted by several processes at once while the rest is being made."""

import io
import os
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from typing import Any

from payments.demo import catalogue_files
from payments.demo.pictures import PictureSpec, paint, portrait

LONGEST_SIDE = 960  # pixels: as sharp as a page shows it, and painted in half the time


def painted(values: dict[str, Any]) -> bytes:
    """One example picture as a file."""
    spec = PictureSpec.read(values)
    scale = min(1.0, LONGEST_SIDE / max(spec.width, spec.height))
    return _file(paint(replace(spec, width=round(spec.width * scale), height=round(spec.height * scale))))


def portrayed(handle: str) -> bytes:
    return _file(portrait(handle))


def _file(picture: Any) -> bytes:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=92)
    return out.getvalue()


class Studio:
    """Hands out work when it opens; `picture` waits for one that is not ready yet."""

    def __init__(self) -> None:
        # Spawned, not forked: the parent holds database connections.
        self._pool = ProcessPoolExecutor(max(1, os.cpu_count() or 1), mp_context=get_context("spawn"))
        self._portraits = {
            seller["handle"]: self._pool.submit(portrayed, seller["handle"])
            for seller in catalogue_files.read("sellers")
        }
        self._pictures: dict[tuple[str, int], Future[bytes]] = {
            (slug, number): self._pool.submit(painted, spec) for slug, number, spec in catalogue_files.pictures()
        }

    def picture(self, slug: str, number: int) -> bytes:
        return self._pictures[slug, number].result()

    def portrait(self, handle: str) -> bytes:
        return self._portraits[handle].result()

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)
