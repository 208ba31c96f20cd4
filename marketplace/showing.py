"""A revision as its public page would show it, before anybody but its seller and a moderator may see it."""

from typing import Any

from common import markdown
from marketplace import images, languages
from marketplace.models import Category, Listing, Revision


def page(listing: Listing, revision: Revision) -> dict[str, Any]:
    """Everything marketplace/sell/page.html needs; never a word of the prompt."""
    version = revision.version
    return {
        "listing": listing,
        "revision": revision,
        "version": version,
        "seller": getattr(listing.seller, "seller_profile", None),
        "description": markdown.render(revision.description),
        "pictures": pictures(revision),
        "waiting": waiting(revision),
        "examples": [_example(example, version.variables if version else []) for example in revision.examples],
        "variables": version.variables if version else [],
        "language": languages.name(revision.language),
        "shelf": shelf(revision.category),
    }


def pictures(revision: Revision) -> list[dict[str, Any]]:
    """As components/gallery.html takes them."""
    return [
        {
            "src": shown["src"],
            "srcset": shown["webp"],
            "full": shown["src"],
            "width": shown["width"],
            "height": shown["height"],
            "alt": shown["alt"],
            "tone": shown["tone"],
            "caption": " · ".join(f"{name}: {value}" for name, value in shown["inputs"].items()),
        }
        for shown in images.shown(revision)
    ]


def waiting(revision: Revision) -> int:
    """Pictures that are still being prepared."""
    return len(revision.pictures) - len(pictures(revision)) if revision.pictures else 0


def shelf(category: Category | None) -> str:
    if category is None:
        return ""
    return f"{category.parent.name} / {category.name}" if category.parent else category.name


def _example(example: dict[str, Any], variables: list[dict[str, Any]]) -> dict[str, Any]:
    labels = {variable["name"]: variable.get("label") or variable["name"] for variable in variables}
    inputs = [(labels.get(name, name), value) for name, value in example.get("inputs", {}).items()]
    return {"inputs": inputs, "output": example.get("output", "")}
