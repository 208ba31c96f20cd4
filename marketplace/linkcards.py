"""The picture of a listing that other sites show beside a link to it: drawn with Pillow, kept in the media store.

It shows what everybody may see: the title, an example, the model, the price, the stars.
"""

import io
import logging
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import translation
from PIL import Image, ImageDraw, ImageFont

from common import money, tones
from marketplace.models import Listing

log = logging.getLogger(__name__)

WIDTH, HEIGHT = 1200, 630
MARGIN = 64
PAPER, INK, SOFT, VERMILION, VERDIGRIS = "#f8f5ef", "#2b2520", "#655c53", "#b3341c", "#2d6258"
# Papers of text examples, as in the style sheet.
TINTS = ("#f3ead8", "#f6e7dd", "#e3eee0", "#e2ebf1", "#ede6f1", "#f0ecd6", "#f6e4e3", "#dfeceb")
DRAWING = 3  # raised when the drawing changes, so that kept pictures are drawn anew

# Where people keep fonts that know more scripts than the one that comes with the admin's theme.
_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "/Library/Fonts")
_NAMES = ("NotoSansCJK", "NotoSans-Regular", "DejaVuSans.ttf", "Arial Unicode", "PingFang", "LiberationSans-Regular")


def picture(listing: Listing) -> IO[bytes]:
    """The PNG file, drawn if it is not there yet."""
    name = _name(listing)
    if not default_storage.exists(name):
        data = draw(listing)
        try:
            default_storage.save(name, ContentFile(data))
        except Exception as problem:  # noqa: BLE001 — each kind of store has errors of its own
            # Shown all the same; drawn again next time.
            log.warning("A link's picture could not be kept: %s", type(problem).__name__)
        return io.BytesIO(data)
    file: IO[bytes] = default_storage.open(name)
    return file


def draw(listing: Listing) -> bytes:
    """One picture of 1200 by 630, whatever the length of the title; the same words in every language."""
    sheet = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(sheet)
    right = _hang_example(sheet, pen, listing)
    with translation.override("en"):
        _write_words(pen, listing, right)
    out = io.BytesIO()
    sheet.quantize(192, dither=Image.Dither.FLOYDSTEINBERG).save(out, "PNG", optimize=True)
    return out.getvalue()


def _name(listing: Listing) -> str:
    # The stars change without a new revision, so the picture goes with them by tenths.
    stars = f"{listing.rating_average:.1f}".replace(".", "") if listing.rating_count else "0"
    return f"link-cards/{listing.public_id}-{listing.approved_id}-{stars}-{DRAWING}.png"


def _hang_example(sheet: Image.Image, pen: ImageDraw.ImageDraw, listing: Listing) -> int:
    """The example on the right; where the words must end."""
    left = WIDTH - 470
    example = _example(listing)
    if example is None:
        pen.rectangle((left, 0, WIDTH, HEIGHT), fill=TINTS[tones.tint(listing.slug)])
        pen.line((left + 40, 92, WIDTH - 48, 92), fill=VERMILION, width=2)
        words = _legible(str(listing.card.get("excerpt") or listing.summary))
        _write(pen, (left + 40, 120), words, size=30, width=WIDTH - left - 88, lines=10, fill=SOFT, leading=1.45)
    else:
        box = (470, HEIGHT)
        scale = max(box[0] / example.width, box[1] / example.height)
        fitted = example.resize((round(example.width * scale), round(example.height * scale)), Image.Resampling.LANCZOS)
        x, y = (fitted.width - box[0]) // 2, (fitted.height - box[1]) // 2
        sheet.paste(fitted.crop((x, y, x + box[0], y + box[1])), (left, 0))
    return left - 48


def _write_words(pen: ImageDraw.ImageDraw, listing: Listing, right: int) -> None:
    width = right - MARGIN
    pen.text((MARGIN, MARGIN), "Promptuary", font=_font("Promptuary", 30, bold=True), fill=INK)
    x = MARGIN + pen.textlength("Promptuary", font=_font("Promptuary", 30, bold=True)) + 10
    pen.rectangle((x, MARGIN + 6, x + 13, MARGIN + 32), fill=VERMILION)
    size, lines = _fitting(pen, _legible(listing.title), width, most=300)
    y = 142
    for line in lines:
        pen.text((MARGIN, y), line, font=_font(line, size, bold=True), fill=INK)
        y += round(size * 1.16)
    foot = HEIGHT - MARGIN - 44
    price = money.format_money(listing.price, listing.currency, "en") if listing.price else "Free"
    pen.text((MARGIN, foot), price, font=_font(price, 44, bold=True), fill=VERDIGRIS)
    said = listing.model.name if listing.model else ""
    if listing.rating_count:
        said += f"  ·  {listing.rating_average:.1f} / 5 ({listing.rating_count})"
    _write(pen, (MARGIN, foot - 52), said, size=27, width=width, lines=1, fill=SOFT)


def _example(listing: Listing) -> Image.Image | None:
    """A rendition of our own making, so it may be read here."""
    kept = listing.card.get("picture")
    webp = [one for one in (kept or {}).get("renditions", []) if one["format"] == "webp" and one["width"] <= 1280]
    if not webp:
        return None
    try:
        with default_storage.open(webp[-1]["name"]) as file:
            opened = Image.open(io.BytesIO(file.read()), formats=["WEBP"])
            return opened.convert("RGB")
    except Exception as problem:  # noqa: BLE001 — each kind of store has errors of its own
        log.warning("A rendition could not be read", extra={"error": type(problem).__name__})
        return None


def _fitting(pen: ImageDraw.ImageDraw, text: str, width: int, most: int) -> tuple[int, list[str]]:
    """The largest size at which the whole title stands in the height, and its lines."""
    for size in (68, 60, 54, 48, 42, 38):
        lines = list(_wrapped(pen, text, size, width, bold=True))
        if len(lines) * size * 1.16 <= most:
            return size, lines
    lines = list(_wrapped(pen, text, 38, width, bold=True))
    kept = lines[: int(most // (38 * 1.16))]
    kept[-1] = kept[-1].rstrip(" ,;:.-")[:-1] + "…"
    return 38, kept


def _write(
    pen: ImageDraw.ImageDraw,
    place: tuple[float, float],
    text: str,
    *,
    size: int,
    width: int,
    lines: int,
    fill: str,
    leading: float = 1.3,
) -> None:
    x, y = place
    wrapped = list(_wrapped(pen, text, size, width))
    for number, line in enumerate(wrapped[:lines], start=1):
        words = line.rstrip(" ,;:.-") + "…" if number == lines and len(wrapped) > lines else line
        pen.text((x, y), words, font=_font(words, size), fill=fill)
        y += size * leading


def _wrapped(pen: ImageDraw.ImageDraw, text: str, size: int, width: int, *, bold: bool = False) -> Iterator[str]:
    """Lines no wider than the width; a word that is too long, or of a script without spaces, is cut."""
    font = _font(text, size, bold=bold)
    line = ""
    for word in " ".join(text.split()).split(" "):
        joined = f"{line} {word}".strip()
        if pen.textlength(joined, font=font) <= width:
            line = joined
            continue
        if line:
            yield line
        line = word
        while pen.textlength(line, font=font) > width:
            fits = len(line)
            while fits > 1 and pen.textlength(line[:fits], font=font) > width:
                fits -= 1
            yield line[:fits]
            line = line[fits:]
    if line:
        yield line


def _legible(text: str) -> str:
    """Without what no face here can write (a bare machine has none for pictures in text), rather than with boxes."""
    faces = ("", *_others())
    known = "".join(letter for letter in text if letter.isspace() or any(_knows(path, letter) for path in faces))
    # What joined or coloured them goes with them.
    return text if known == text else known.replace("\u200d", "").replace("\ufe0f", "").strip()


def _font(text: str, size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """The house's face, or the first that knows every letter of the text."""
    own = _loaded("", size, bold)
    unknown = {letter for letter in text if not letter.isspace() and not _knows("", letter)}
    if unknown:
        for path in _others():
            if all(_knows(path, letter) for letter in unknown):
                return _loaded(path, size, bold)
    return own


@lru_cache(maxsize=64)
def _loaded(path: str, size: int, bold: bool) -> ImageFont.FreeTypeFont:
    if path:
        return ImageFont.truetype(path, size)
    face = "Inter-SemiBold.woff2" if bold else "Inter-Regular.woff2"
    with as_file(files("unfold") / "static" / "unfold" / "fonts" / "inter" / face) as file:
        return ImageFont.truetype(io.BytesIO(Path(file).read_bytes()), size)


@lru_cache(maxsize=4096)
def _knows(path: str, letter: str) -> bool:
    """Whether the face has the letter: what it lacks looks like the sign for what is lacking."""
    font = _loaded(path, 24, False)
    return bytes(font.getmask(letter)) != bytes(font.getmask("\U0010ffff")) or letter == "\U0010ffff"


@lru_cache(maxsize=1)
def _others() -> tuple[str, ...]:
    found = [
        path
        for folder in map(Path, _FOLDERS)
        if folder.is_dir()
        for path in folder.rglob("*")
        if path.suffix in {".ttf", ".ttc", ".otf"}
    ]
    ranked = [path for name in _NAMES for path in sorted(found) if path.name.startswith(name.removesuffix(".ttf"))]
    return tuple(str(path) for path in ranked[:12])
