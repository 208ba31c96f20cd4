"""What stands in the catalogue files, as the demo uses it."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "catalogue"
LONG_GALLERY = 4  # pictures
WAITING = 4  # submissions for the desk
PEOPLE = {"sellers", "buyers", "collections"}
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def read(name: str) -> list[dict[str, Any]]:
    """The list in one file; empty when there is no such file."""
    path = FOLDER / f"{name}.yaml"
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as file:
        found: list[dict[str, Any]] = yaml.load(file, Loader=_Loader)  # noqa: S506  a safe loader
    return found


@cache
def listings() -> list[dict[str, Any]]:
    """Every listing of the catalogue, oldest first."""
    names = sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem not in PEOPLE)
    found = [_trimmed(listing) for name in names for listing in read(name)]
    return sorted(found, key=lambda listing: (-listing["days_live"], listing["slug"]))


@cache
def waiting() -> list[dict[str, Any]]:
    """Submissions that are kept for the moderators' desk."""
    return [entry for entry in reversed(listings()) if not entry.get("reviews") and entry["price"] != 0][:WAITING]


def on_sale() -> list[dict[str, Any]]:
    """The others, oldest first."""
    kept = {entry["slug"] for entry in waiting()}
    return [entry for entry in listings() if entry["slug"] not in kept]


def _trimmed(listing: dict[str, Any]) -> dict[str, Any]:
    """Two pictures are enough for most: painting is what the first start waits for. A long gallery stays long."""
    pictured = [example for example in listing["examples"] if "picture" in example]
    return listing if len(pictured) > LONG_GALLERY else listing | {"examples": listing["examples"][:2]}


def pictures() -> Iterator[tuple[str, int, dict[str, Any]]]:
    """(listing's slug, number of the example, specification) of everything that has to be painted."""
    for listing in listings():
        for number, example in enumerate(listing["examples"]):
            if "picture" in example:
                yield listing["slug"], number, example["picture"]
