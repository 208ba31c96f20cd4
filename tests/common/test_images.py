import io
import os
import signal
import struct
import time
import zlib

import psutil
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

from common import image_worker, images
from common.images import BadImage, ImageFacts


def picture(width=900, height=600, mode="RGB"):
    """Left half red, right half blue, so that turns and colours show."""
    image = Image.new("RGB", (width, height), (200, 30, 30))
    ImageDraw.Draw(image).rectangle((width // 2, 0, width, height), fill=(30, 30, 200))
    return image.convert(mode)


def encoded(image, name="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, name, **options)
    return buffer.getvalue()


def decoded(rendition):
    image = Image.open(io.BytesIO(rendition.data))
    image.load()
    return image


def chunk(kind, data):
    return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))


def png(width, height, *more, body=None):
    head = chunk(b"IHDR", struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = zlib.compress(b"\0" * 1000) if body is None else body
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def refusal(data, of=images.inspect):
    with pytest.raises(BadImage) as caught:
        of(data)
    assert caught.value.detail.endswith(".")
    return caught.value.reason


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP"])
def test_an_upload_is_recognised_and_left_at_its_beginning(name):
    file = SimpleUploadedFile("any name.gif", encoded(picture(), name), content_type="text/html")

    assert images.inspect(file) == ImageFacts(name.lower(), 900, 600)
    assert file.tell() == 0


def test_every_rendition_is_made_from_wide_to_narrow():
    made = images.process(encoded(picture(3000, 1500), "JPEG"))

    assert made.facts == ImageFacts("jpeg", 3000, 1500)
    assert [(one.width, one.height, one.format) for one in made.renditions] == [
        (2048, 1024, "avif"),
        (2048, 1024, "webp"),
        (1280, 640, "avif"),
        (1280, 640, "webp"),
        (640, 320, "avif"),
        (640, 320, "webp"),
        (320, 160, "webp"),
    ]
    for one in made.renditions:
        image = decoded(one)
        assert (image.size, image.format) == ((one.width, one.height), one.format.upper())
        red, green, blue = image.convert("RGB").getpixel((5, 5))
        assert (red > 150, green < 90, blue < 90) == (True, True, True)


@pytest.mark.parametrize(
    ("width", "widths"), [(100, [100]), (330, [320]), (500, [500, 320]), (640, [640, 320]), (1000, [1000, 640, 320])]
)
def test_nothing_is_blown_up(width, widths):
    made = images.renditions(encoded(picture(width, 50)))

    assert [one.width for one in made if one.format == "webp"] == widths


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "1", "I;16", "CMYK"])
def test_every_kind_of_picture_comes_out_as_what_it_shows(mode):
    name = "JPEG" if mode == "CMYK" else "PNG"
    if mode.startswith("I"):
        source = picture(400, 300, "L").convert("I").point(lambda value: value * 256).convert("I;16")
    else:
        source = picture(400, 300, mode)
    data = encoded(source, name)

    (rendition,) = images.renditions(data, [320])
    left, right = (decoded(rendition).convert("L").getpixel((x, 100)) for x in (20, 300))

    expected = [picture(400, 300, "L").getpixel((x, 100)) for x in (20, 380)]
    tolerance = 255 if mode == "1" else 12  # two colours are dithered
    assert abs(left - expected[0]) < tolerance
    assert abs(right - expected[1]) < tolerance


def test_transparency_stays():
    image = picture(400, 300, "RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 200, 300))

    (rendition,) = images.renditions(encoded(image), [320])

    assert decoded(rendition).getchannel("A").getextrema() == (0, 255)


def test_a_palette_with_a_transparent_colour_stays_transparent():
    image = picture(400, 300).quantize(4)
    data = encoded(image, transparency=image.getpixel((0, 0)))

    (rendition,) = images.renditions(data, [320])

    assert decoded(rendition).convert("RGBA").getpixel((5, 5))[3] == 0


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP"])
def test_pictures_are_turned_upright(name, orientation):
    """A dark corner at the top left of what is meant to be seen."""
    upright = Image.new("L", (400, 300), 255)
    upright.paste(0, (0, 0, 200, 150))
    undo = {6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    lying = upright
    for turn in image_worker._TURNS.get(orientation, ()):
        lying = lying.transpose(undo.get(orientation, turn))
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(lying.convert("RGB"), name, exif=exif)

    made = images.process(data, [320])

    assert made.facts == ImageFacts(name.lower(), 400, 300)
    shown = decoded(made.renditions[0]).convert("L")
    assert shown.size == (320, 240)
    assert [shown.getpixel(at) < 128 for at in ((20, 20), (300, 20), (20, 220), (300, 220))] == [
        True,
        False,
        False,
        False,
    ]


def test_no_metadata_comes_out():
    exif = Image.Exif()
    exif[0x010E] = "canary description"
    exif.get_ifd(0x8825)[1] = "N"
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "canary comment")
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    sources = [
        encoded(picture(), "JPEG", exif=exif, comment="canary", icc_profile=profile, xmp=b"<x>canary</x>"),
        encoded(picture(), "PNG", exif=exif, pnginfo=info, icc_profile=profile),
        encoded(picture(), "WEBP", exif=exif.tobytes(), xmp=b"<x>canary</x>", icc_profile=profile),
    ]

    for source in sources:
        for one in images.renditions(source, [320, 640]):
            image = decoded(one)
            assert b"canary" not in one.data
            assert not dict(image.getexif())
            assert not {"exif", "xmp", "icc_profile", "comment"} & set(image.info)


def test_colours_are_brought_into_srgb():
    """In a profile whose red and blue are swapped, what is stored as red looks blue."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace("sRGB".encode("utf-16-be"), "ours".encode("utf-16-be"))
    for mark in (b"XYZ", b"TRC"):
        swapped = (
            swapped.replace(b"r" + mark, b"?" + mark)
            .replace(b"b" + mark, b"r" + mark)
            .replace(b"?" + mark, b"b" + mark)
        )

    (rendition,) = images.renditions(encoded(picture(400, 300), icc_profile=swapped), [320])

    red, _green, blue = decoded(rendition).getpixel((20, 100))
    assert (red < 90, blue > 150) == (True, True)


def test_a_profile_that_does_not_fit_is_left_aside():
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    made = [
        images.process(encoded(picture(400, 300), icc_profile=profile), [320]) for profile in (None, lab, b"nonsense")
    ]

    assert len({one.colour for one in made}) == 1


def test_the_dominant_colour_is_the_commonest():
    image = Image.new("RGB", (500, 400), (18, 120, 86))
    image.paste((250, 250, 250), (0, 0, 100, 100))
    transparent = Image.new("RGBA", (300, 300), (10, 10, 10, 0))

    assert images.dominant_colour(encoded(image)) == "#127856" == images.process(encoded(image), [320]).colour
    assert images.dominant_colour(encoded(transparent)) == "#ffffff"


@pytest.mark.parametrize(
    "data",
    [
        b"GIF89a" + b"\0" * 100,
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"%PDF-1.7\n",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"SIMPLE  =                    T",
        b"8BPS\0\1" + b"\0" * 100,
        b"\x1f\x8b\x08" + b"\0" * 50,
        encoded(picture(20, 20), "GIF"),
        encoded(picture(20, 20), "BMP"),
        encoded(picture(20, 20), "TIFF"),
        encoded(picture(20, 20), "AVIF"),
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"RIFF\0\0\0\0WEBP",
        b"x",
    ],
)
def test_only_three_formats_are_ever_decoded(data):
    assert refusal(data) in ("unknown_format", "unreadable")
    assert refusal(data, images.process) in ("unknown_format", "unreadable")


def test_what_is_empty_or_too_heavy_is_not_even_looked_at():
    class Endless(io.RawIOBase):
        asked = 0

        def seek(self, *_where):
            return 0

        def read(self, size=-1):
            self.asked = size
            return b"\0" * size

    endless = Endless()

    assert refusal(b"") == "empty"
    assert refusal(endless) == "too_heavy"
    assert endless.asked == images.MAX_BYTES + 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (png(100_000, 100_000), "too_many_pixels"),
        (png(16_001, 10), "too_long"),
        (png(7_000, 7_000), "too_many_pixels"),
        (png(2**31 - 1, 1), "too_many_pixels"),
        (encoded(picture(50, 50), "WEBP", save_all=True, append_images=[Image.new("RGB", (50, 50))]), "animated"),
        (encoded(picture(50, 50), "PNG", save_all=True, append_images=[Image.new("RGB", (50, 50))]), "animated"),
    ],
)
def test_bombs_are_refused_by_their_headers(data, reason):
    began = time.monotonic()

    assert refusal(data) == refusal(data, images.process) == reason
    assert time.monotonic() - began < 2


def test_compressed_notes_that_explode_are_refused_or_skipped():
    bomb = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 200_000_000, 9))

    assert refusal(png(10, 10, bomb), images.process) == "unreadable"


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP"])
def test_a_truncated_file_is_refused_when_it_arrives(name):
    whole = encoded(picture(), name)

    assert refusal(whole[: len(whole) * 2 // 3]) in ("unreadable", "unknown_format")


def test_a_picture_with_a_page_behind_it_comes_out_as_a_picture():
    (rendition,) = images.renditions(encoded(picture(), "JPEG") + b"<script>canary()</script>", [320])

    assert b"canary" not in rendition.data


def test_a_phones_jpeg_with_a_preview_inside_is_a_jpeg():
    data = encoded(picture(), "MPO", save_all=True, append_images=[picture(90, 60)])

    assert Image.open(io.BytesIO(data)).format == "MPO"
    assert images.inspect(data) == ImageFacts("jpeg", 900, 600)
    assert images.renditions(data, [320])[0].height == 213


def test_the_largest_picture_allowed_is_read():
    data = encoded(Image.new("RGBA", (6320, 6320), (1, 2, 3, 255)), compress_level=1)

    assert images.process(data, [320]).colour == "#010203"


def test_a_worker_that_died_is_replaced():
    data = encoded(picture(50, 50))
    images.inspect(data)
    os.kill(images._worker._process.pid, signal.SIGKILL)

    assert images.inspect(data) == ImageFacts("png", 50, 50)


def test_a_decoder_that_hangs_is_ended():
    with pytest.raises(BadImage) as caught:
        images._work(
            "process", encoded(picture(6000, 6000)), {"widths": [5000]}, {"cpu_seconds": 60, "wall_seconds": 1}
        )

    assert caught.value.reason == "gave_up"
    assert images.inspect(encoded(picture(50, 50))) == ImageFacts("png", 50, 50)


def test_the_worker_knows_none_of_our_secrets():
    images.inspect(encoded(picture(50, 50)))
    worker = psutil.Process(images._worker._process.pid)

    assert set(worker.environ()) <= images._HARMLESS
