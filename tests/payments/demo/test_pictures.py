"""The demo's pictures: always the same, never alike."""

import itertools
import re

import pytest
from PIL import Image

from payments.demo import catalogue_files, pictures
from payments.demo.painting.palettes import PALETTES
from payments.demo.pictures import PictureSpec

SMALL = (304, 208)
ALIKE = 4  # of 64 bits; the review of listings calls pictures the same up to here


def small(spec: PictureSpec) -> PictureSpec:
    """The same picture at a quarter of its size."""
    return PictureSpec(spec.style, spec.seed, spec.palette, spec.width // 4, spec.height // 4, spec.alt)


def fingerprint(picture: Image.Image) -> int:
    """Sixty-four comparisons of neighbouring greys."""
    pixels = picture.convert("L").resize((9, 8), Image.Resampling.LANCZOS).tobytes()
    bits = 0
    for row, column in itertools.product(range(8), range(8)):
        bits = bits << 1 | (pixels[row * 9 + column] > pixels[row * 9 + column + 1])
    return bits


def motifs(style: str) -> list[str]:
    """The motifs that a style's own words promise."""
    promised = re.search(r"motifs: ([^.]+)\.", pictures.STYLES[style].__doc__ or "")
    return [style] if promised is None else [f"{style}/{motif.strip()}" for motif in promised[1].split(",")]


@pytest.fixture(scope="module")
def catalogue() -> dict[tuple[str, int], PictureSpec]:
    return {(slug, number): PictureSpec.read(values) for slug, number, values in catalogue_files.pictures()}


@pytest.mark.parametrize("style", sorted(pictures.STYLES))
def test_every_motif_of_a_style_is_painted_in_the_size_asked_for(style: str) -> None:
    for number, motif in enumerate(motifs(style)):
        size = SMALL if number % 2 else SMALL[::-1]

        picture = pictures.paint(PictureSpec(motif, number, sorted(PALETTES)[number], *size))

        assert (picture.size, picture.mode) == (size, "RGB"), motif
        low, high = picture.convert("L").getextrema()
        assert high - low > 40, f"{motif} is hardly more than one tone"


@pytest.mark.parametrize("style", sorted(pictures.STYLES))
def test_the_same_specification_gives_the_same_picture(style: str) -> None:
    spec = PictureSpec(style, 5, "dusk", *SMALL)

    assert pictures.paint(spec).tobytes() == pictures.paint(spec).tobytes()


@pytest.mark.parametrize("other", [{"seed": 6}, {"palette": "sea"}, {"style": "vase/moon"}])
def test_another_seed_palette_or_motif_gives_another_picture(other: dict[str, object]) -> None:
    spec = {"style": "vase/bottle", "seed": 5, "palette": "dusk", "width": 304, "height": 208}

    assert pictures.paint(PictureSpec(**spec)).tobytes() != pictures.paint(PictureSpec(**spec | other)).tobytes()


def test_no_two_pictures_of_the_catalogue_look_alike(catalogue: dict[tuple[str, int], PictureSpec]) -> None:
    prints = {place: fingerprint(pictures.paint(small(spec))) for place, spec in catalogue.items()}

    pairs = itertools.combinations(prints.items(), 2)
    alike = [(one, other) for (one, a), (other, b) in pairs if (a ^ b).bit_count() <= ALIKE]

    assert len(prints) > 100
    assert alike == []


def test_every_picture_of_the_catalogue_is_described(catalogue: dict[tuple[str, int], PictureSpec]) -> None:
    assert [place for place, spec in catalogue.items() if len(spec.alt) < 20] == []


def test_sellers_have_portraits_of_their_own() -> None:
    handles = [seller["handle"] for seller in catalogue_files.read("sellers")]

    portraits = [pictures.portrait(handle).tobytes() for handle in handles]

    assert len(handles) == 12
    assert len(set(portraits)) == 12


def test_collections_have_covers_of_their_own() -> None:
    covers = [pictures.cover(entry["slug"]) for entry in catalogue_files.read("collections")]

    assert {cover.size for cover in covers} == {(1280, 640)}
    assert len({cover.tobytes() for cover in covers}) == len(covers)


@pytest.mark.parametrize("spec", [PictureSpec("crayon"), PictureSpec("dunes", palette="beige")])
def test_an_unknown_style_or_palette_is_named(spec: PictureSpec) -> None:
    with pytest.raises(pictures.UnknownPicture, match=r"crayon|beige"):
        pictures.paint(spec)
