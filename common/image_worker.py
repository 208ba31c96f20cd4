"""The small process in which pictures from strangers are decoded: no secrets, no Django, little memory, little time.

Started by `common.images` with a control socket as its standard input. For each job it receives one more socket, forks
(Pillow is loaded already, so this costs milliseconds), and the fork limits itself, does the job and ends. It runs as a
file in Python's isolated mode and may import only the standard library and Pillow.
"""

import contextlib
import io
import json
import os
import resource
import signal
import socket
import struct
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from PIL import (
    AvifImagePlugin,
    Image,
    ImageCms,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 40_000_000
MAX_SIDE = 16_000  # WebP ends at 16,383
MEMORY = 1536 * 1024 * 1024  # of address space; threads and libraries reserve far more than they use
IDLE_SECONDS = 60
AVIF_FROM = 640  # below this WebP is as small
STARTED = b"!"

_LOADED = (AvifImagePlugin, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin)
_TURNS = {
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,),
    6: (Image.Transpose.ROTATE_270,),
    7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_90,),
}
_ORIENTATION = 0x0112

Answer = tuple[dict[str, Any], list[bytes]]


class Refused(Exception):
    """The picture is not one we take; the code says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def serve(control: socket.socket) -> None:
    """Fork for each socket that arrives, until the parent goes or nothing happens for a while."""
    Image.preinit()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the forks
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, whose end is ours
    control.settimeout(IDLE_SECONDS)
    while True:
        try:
            message, sockets, _flags, _address = socket.recv_fds(control, 1, 1)
        except TimeoutError:
            return
        if not message:
            return
        if os.fork() == 0:
            control.close()
            with socket.socket(fileno=sockets[0]) as job:
                job.settimeout(None)
                work(job)
            os._exit(0)
        os.close(sockets[0])


def work(job: socket.socket) -> None:
    """One job: read the request, limit ourselves, answer."""
    job.sendall(STARTED)
    request, (data,) = receive(job)
    limit(cpu=request["cpu_seconds"], wall=request["wall_seconds"])
    try:
        answer, blobs = JOBS[request["job"]](data, **request["arguments"])
    except Refused as refusal:
        answer, blobs = {"refused": refusal.code}, []
    except MemoryError:
        answer, blobs = {"refused": "too_large"}, []
    except Exception:  # noqa: BLE001  whatever a decoder makes of a broken file
        answer, blobs = {"refused": "unreadable"}, []
    send(job, answer, blobs)


def limit(*, cpu: int, wall: int) -> None:
    """From here on, too much of anything ends this process."""
    os.nice(5)  # pages go before pictures
    signal.setitimer(signal.ITIMER_REAL, wall)
    for kind, amount in (
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # not every system has every limit
            resource.setrlimit(kind, (amount, amount))


def receive(channel: socket.socket) -> tuple[dict[str, Any], list[bytes]]:
    """A message: its length, JSON with the sizes of the blobs, the blobs."""
    (length,) = struct.unpack("!I", _exactly(channel, 4))
    message = json.loads(_exactly(channel, length))
    return message, [_exactly(channel, size) for size in message.pop("sizes")]


def send(channel: socket.socket, message: dict[str, Any], blobs: list[bytes]) -> None:
    head = json.dumps({**message, "sizes": [len(blob) for blob in blobs]}).encode()
    channel.sendall(struct.pack("!I", len(head)) + head)
    for blob in blobs:
        channel.sendall(blob)


def _exactly(channel: socket.socket, size: int) -> bytes:
    buffer = bytearray(size)
    view, position = memoryview(buffer), 0
    while position < size:
        received = channel.recv_into(view[position:])
        if not received:
            raise EOFError
        position += received
    return bytes(buffer)


def opened(data: bytes) -> Image.Image:
    """The picture, its header read and checked, not yet decoded."""
    Image.MAX_IMAGE_PIXELS = None  # checked here, with words of our own
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError:
        raise Refused("unknown_format") from None
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise Refused("too_many_pixels")
    if max(width, height) > MAX_SIDE:
        raise Refused("too_long")
    # Phones add a preview to their JPEG and call it MPO; its first picture is the one meant.
    if getattr(image, "n_frames", 1) > 1 and image.format != "MPO":
        raise Refused("animated")
    return image


def orientation(image: Image.Image) -> int:
    """How the camera was held; a broken note about it is no reason to refuse a picture."""
    if image.format == "PNG" and "exif" not in image.info:
        return 1  # Pillow would decode the whole picture to look behind it
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # noqa: BLE001
        return 1
    return value if value in _TURNS else 1


def upright_size(image: Image.Image) -> tuple[int, int]:
    width, height = image.size
    return (height, width) if orientation(image) >= 5 else (width, height)


def facts(image: Image.Image) -> dict[str, Any]:
    width, height = upright_size(image)
    name = "JPEG" if image.format == "MPO" else str(image.format)
    return {"format": name.lower(), "width": width, "height": height}


def inspect(data: bytes) -> Answer:
    """What the picture is, after the cheapest check that finds a truncated file."""
    image = opened(data)
    found = facts(image)
    if image.format in ("JPEG", "MPO"):
        image.draft("RGB", (image.width // 8 or 1, image.height // 8 or 1))  # reads all of the file, decodes a 64th
        image.load()
    else:
        image.verify()  # the checksums of PNG; WebP was checked when it was opened
    return found, []


def process(data: bytes, widths: list[int]) -> Answer:
    """Every rendition, the widest first, and the dominant colour; the facts beside them."""
    image = opened(data)
    found = facts(image)
    sizes = _sizes((found["width"], found["height"]), widths)
    image = _prepared(image, sizes[0])
    made: list[tuple[dict[str, Any], Future[bytes]]] = []
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for size in sizes:
            if image.size != size:
                image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
            for name in ("avif", "webp") if size[0] >= AVIF_FROM else ("webp",):
                described = {"width": size[0], "height": size[1], "format": name}
                made.append((described, pool.submit(ENCODERS[name], image)))
        colour = _dominant(image)
        blobs = [future.result() for _described, future in made]
    return {"facts": found, "renditions": [described for described, _future in made], "colour": colour}, blobs


def dominant_colour(data: bytes) -> Answer:
    image = opened(data)
    return {"colour": _dominant(_prepared(image, _sizes(upright_size(image), [64])[0]))}, []


def _sizes(size: tuple[int, int], widths: list[int]) -> list[tuple[int, int]]:
    """Widest first, never wider than the picture; its own width too where that is well beyond the widest that fits."""
    width, height = size
    fitting = sorted((wanted for wanted in set(widths) if wanted <= width), reverse=True)
    if not fitting or (len(fitting) < len(set(widths)) and width > fitting[0] * 1.1):
        fitting.insert(0, width)
    return [(wanted, max(1, round(height * wanted / width))) for wanted in fitting]


def _prepared(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Decoded, shrunk to the size, upright, in sRGB, without metadata. Shrunk first: the rest then costs little."""
    turned = orientation(image)
    lying = (size[1], size[0]) if turned >= 5 else size
    if image.format in ("JPEG", "MPO"):
        image.draft(None, lying)
    image.load()
    profile = image.info.get("icc_profile")
    image = _plain_mode(image)
    if image.size != lying:
        image = image.resize(lying, Image.Resampling.LANCZOS, reducing_gap=2.0)
    for turn in _TURNS.get(turned, ()):
        image = image.transpose(turn)
    image = _in_srgb(image, profile)
    image.info = {}  # encoders would copy the camera's notes from here
    return image


def _plain_mode(image: Image.Image) -> Image.Image:
    """A mode that can be shrunk smoothly: L, RGB, RGBA or CMYK."""
    if image.mode in ("L", "RGB", "RGBA", "CMYK") and "transparency" not in image.info:
        return image
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    converted = _by_profile(image.convert("RGB") if alpha else image, profile)
    if alpha:
        converted.putalpha(alpha)
    return converted


def _by_profile(image: Image.Image, profile: bytes | None) -> Image.Image:
    if not profile:
        return image.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(source).lower():
            return image.convert("RGB")
        target = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image.convert("RGB")  # a profile that does not fit its picture
    return converted or image.convert("RGB")


def _dominant(image: Image.Image) -> str:
    """The commonest colour of a much reduced palette, over white where the picture is transparent."""
    small = image.resize((64, 64), Image.Resampling.BOX, reducing_gap=2.0)
    if small.mode == "RGBA":
        ground = Image.new("RGBA", small.size, "white")
        small = Image.alpha_composite(ground, small)
    reduced = small.convert("RGB").quantize(6, Image.Quantize.MEDIANCUT)
    palette = reduced.getpalette() or []
    index = max(range(6), key=reduced.histogram().__getitem__)
    red, green, blue = palette[index * 3 : index * 3 + 3]
    return f"#{red:02x}{green:02x}{blue:02x}"


def _webp(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=80, method=2)
    return buffer.getvalue()


def _avif(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "AVIF", quality=62, speed=8, max_threads=1)
    return buffer.getvalue()


ENCODERS: dict[str, Callable[[Image.Image], bytes]] = {"webp": _webp, "avif": _avif}
JOBS: dict[str, Callable[..., Answer]] = {"inspect": inspect, "process": process, "dominant_colour": dominant_colour}


if __name__ == "__main__":
    serve(socket.socket(fileno=sys.stdin.fileno()))
