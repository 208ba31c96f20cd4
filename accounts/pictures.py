"""Portraits of sellers: checked, made small, written anew without what the camera knew."""

from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from accounts.models import SellerProfile
from common.ids import new_id

SIDE = 512  # pixels


def put(profile: SellerProfile, file: Any) -> None:
    """Set the portrait from an upload, or remove it with None; the caller saves the profile."""
    old, storage = profile.picture.name, profile.picture.storage
    if file is None:
        profile.picture = ""
    else:
        from common import images

        content = images.portrait(file, side=SIDE)
        # A name of our own: the uploader's may say more than they meant.
        profile.picture.save(f"{new_id()}.webp", ContentFile(content), save=False)
    if old:
        transaction.on_commit(lambda: storage.delete(old), robust=True)
