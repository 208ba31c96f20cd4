"""What happens to pictures where the disk has no room left."""

import resource
from contextlib import contextmanager

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from common.problems import Problem
from marketplace import images
from marketplace.models import ExampleImage
from tests.factories.marketplace import ListingFactory
from tests.marketplace.test_images import picture


@contextmanager
def a_full_disk(room=512):
    """The system itself cuts each file off after so many bytes, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def files(settings):
    return [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_a_file_that_was_cut_off_is_taken_away_and_fits_once_there_is_room(settings):
    with a_full_disk(), pytest.raises(Problem) as refused:
        default_storage.save("arrivals/large", ContentFile(b"a" * 5000))

    assert refused.value.status == 503
    assert files(settings) == []
    assert default_storage.save("arrivals/large", ContentFile(b"a" * 5000)) == "arrivals/large"


@pytest.mark.django_db
def test_a_picture_that_finds_no_room_is_refused_and_nothing_is_left_of_it(settings):
    listing = ListingFactory()

    with a_full_disk(), pytest.raises(Problem) as refused:
        images.add(listing, listing.seller, picture())

    assert refused.value.status == 503
    assert (files(settings), ExampleImage.objects.count()) == ([], 0)
