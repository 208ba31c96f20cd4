"""Portraits of sellers: checked, made small, written anew without what the camera knew."""

from typing import IO

from django.core.files.base import ContentFile
from django.db import transaction

from accounts.models import SellerProfile
from common import images
from common.ids import new_id

WIDTH = 512  # pixels


def put(profile: SellerProfile, file: IO[bytes] | None) -> None:
    """Set the portrait from an upload, or remove it with None; the caller saves the profile. Raises BadImage."""
    old, storage = profile.picture.name, profile.picture.storage
    if file is None:
        profile.picture = ""
    else:
        small = next(each for each in images.renditions(images.read(file), [WIDTH]) if each.format == "webp")
        # A name of our own: the uploader's may say more than they meant.
        profile.picture.save(f"{new_id()}.webp", ContentFile(small.data), save=False)
    if old:
        transaction.on_commit(lambda: storage.delete(old), robust=True)
