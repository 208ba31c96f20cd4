"""A revision as its public page would show it, before anybody but its seller and a moderator may see it."""

from typing import Any

from common import markdown
from marketplace import images, languages
from marketplace.models import Category, Listing, Revision
from marketplace.variables import label_for


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
        "variables": [_labelled(variable) for variable in version.variables] if version else [],
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


def _labelled(variable: dict[str, Any]) -> dict[str, Any]:
    return variable | {"label": variable.get("label") or label_for(variable["name"])}


def _example(example: dict[str, Any], variables: list[dict[str, Any]]) -> dict[str, Any]:
    """The inputs in the order of the prompt, each under its label."""
    labels = {variable["name"]: _labelled(variable)["label"] for variable in variables}
    given = example.get("inputs", {})
    ordered = [*(name for name in labels if name in given), *(name for name in given if name not in labels)]
    return {
        "inputs": [(labels.get(name) or label_for(name), given[name]) for name in ordered],
        "output": example["output"],
    }
