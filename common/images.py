"""Pictures from strangers: checked, shrunk, re-encoded, all in a limited process of its own (see `image_worker`).

A file that makes a decoder crash, hang or grow costs that process and nothing else. What comes out holds no metadata.
"""

import atexit
import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from common import image_worker, problems

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = image_worker.MAX_PIXELS
WIDTHS = (320, 640, 1280, 2048)
CONTENT_TYPES = {"webp": "image/webp", "avif": "image/avif"}

_INSPECTION = {"cpu_seconds": 5, "wall_seconds": 10}
_PROCESSING = {"cpu_seconds": 60, "wall_seconds": 90}
_AT_ONCE = threading.BoundedSemaphore(4)

_REFUSALS = {
    "empty": _("The file is empty."),
    "too_heavy": _("The picture is larger than 10 MB."),
    "unknown_format": _("This is not a JPEG, PNG or WebP picture."),
    "unreadable": _("The picture is damaged and cannot be read."),
    "too_many_pixels": _("The picture has more than 40 million pixels."),
    "too_long": _("The picture is more than 16,000 pixels wide or high."),
    "animated": _("Moving pictures are not accepted. Please send a still one."),
    "too_large": _("The picture needs too much memory to be read."),
    "gave_up": _("The picture took too long to read."),
}


class BadImage(problems.Problem):
    """The file is not a picture that we take; the message says why."""

    status = HTTPStatus.BAD_REQUEST
    code = "bad_image"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(_REFUSALS[reason])


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What a picture is: "jpeg", "png" or "webp", and its size as seen (after turning it upright)."""

    format: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Rendition:
    """One picture in one width and one format, "webp" or "avif"."""

    width: int
    height: int
    format: str
    data: bytes

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[self.format]


@dataclass(frozen=True, slots=True)
class Processed:
    """All that is made of a picture: renditions from wide to narrow, its facts, its dominant colour as #rrggbb."""

    facts: ImageFacts
    renditions: tuple[Rendition, ...]
    colour: str


def inspect(file: IO[bytes] | bytes) -> ImageFacts:
    """Check an upload; the file is left at its beginning. Raises BadImage."""
    answer, _blobs = _work("inspect", read(file), {}, _INSPECTION)
    return ImageFacts(**answer)


def read(file: IO[bytes] | bytes) -> bytes:
    """The bytes of an upload, never more than allowed."""
    if isinstance(file, bytes):
        data = file
    else:
        file.seek(0)
        data = file.read(MAX_BYTES + 1)
        file.seek(0)
    if not data:
        raise BadImage("empty")
    if len(data) > MAX_BYTES:
        raise BadImage("too_heavy")
    return data


def process(data: bytes, widths: Sequence[int] = WIDTHS) -> Processed:
    """Everything at once, decoding a single time. Raises BadImage."""
    answer, blobs = _work("process", read(data), {"widths": list(widths)}, _PROCESSING)
    made = zip(answer["renditions"], blobs, strict=True)
    return Processed(
        facts=ImageFacts(**answer["facts"]),
        renditions=tuple(Rendition(**described, data=blob) for described, blob in made),
        colour=answer["colour"],
    )


def renditions(data: bytes, widths: Sequence[int] = WIDTHS) -> list[Rendition]:
    """WebP in every width that the picture fills, AVIF from 640 up; upright, in sRGB, without metadata."""
    return list(process(data, widths).renditions)


def dominant_colour(data: bytes) -> str:
    """The colour to show until the picture is there, as #rrggbb."""
    answer, _blobs = _work("dominant_colour", read(data), {}, _INSPECTION)
    return str(answer["colour"])


def _work(job: str, data: bytes, arguments: dict[str, Any], limits: dict[str, int]) -> image_worker.Answer:
    request = {"job": job, "arguments": arguments, **limits}
    with _AT_ONCE, _worker.job() as channel:
        channel.settimeout(limits["wall_seconds"] + 5)
        try:
            image_worker.send(channel, request, [data])
            answer, blobs = image_worker.receive(channel)
        except (EOFError, OSError):
            # The limits ended the process, or a decoder did.
            raise BadImage("gave_up") from None
    if reason := answer.get("refused"):
        raise BadImage(reason)
    return answer, blobs


class _Worker:
    """The process that forks for each job; started when first needed, and again when it has gone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def job(self) -> socket.socket:
        """A channel to a fresh fork. The worker goes after idle time, so it may need to be started again."""
        for _attempt in range(3):
            ours, theirs = socket.socketpair()
            with theirs:
                self._hand_over(theirs)
            ours.settimeout(20)
            try:
                started = ours.recv(1)
            except OSError:
                started = b""
            if started == image_worker.STARTED:
                return ours
            ours.close()
            self.stop()
        raise OSError("The process that reads pictures does not start.")

    def _hand_over(self, channel: socket.socket) -> None:
        with self._lock:
            if self._control is None or self._owner != os.getpid():
                self._start()
            assert self._control is not None
            with contextlib.suppress(OSError):  # it has gone: nothing will answer on the channel
                socket.send_fds(self._control, [b"j"], [channel.fileno()])

    def _start(self) -> None:
        if self._control is not None:
            self._control.close()  # inherited by a fork of ours; the parent keeps its own
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  our own file, nothing from outside
                [sys.executable, "-I", str(Path(image_worker.__file__).resolve())],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env={name: value for name, value in os.environ.items() if name in _HARMLESS},
                cwd="/",
            )
        self._control, self._owner = ours, os.getpid()

    def stop(self) -> None:
        with self._lock:
            if self._control is not None:
                self._control.close()
            if self._process is not None and self._owner == os.getpid():
                self._process.wait(timeout=10)
            self._control = self._process = None


# The worker is given no secrets by way of its environment.
_HARMLESS = {"PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR"}
_worker = _Worker()
atexit.register(_worker.stop)
