"""Everything a listing's page shows, in one statement: pictures, versions, stars, and what it is to the reader."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.http import Http404
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts.models import User
from common import markdown
from common.prepared import NOW, Prepared
from marketplace import cards, images, prices, search, variables
from marketplace.models import Entitlement, ExampleImage, Favourite, Follow, Listing, Review, Revision, Version

MOST_VERSIONS = 30
LONG_OUTPUT = 1200  # characters; what is longer is folded


@dataclass(frozen=True, slots=True)
class Shape:
    """What may be told of a prompt without telling the prompt."""

    words: int
    characters: int
    variables: int
    language: str
    has_negative: bool
    has_parameters: bool


def load(slug: str, person: Any) -> Listing:
    """The listing with its page; also for those who may see what is not on sale, with `is_on_sale` false then."""
    reader = person if isinstance(person, User) else None
    found = _find(slug, reader)
    if found is None or not _is_visible(found, reader):
        raise Http404
    found.is_on_sale = found.is_live and not found.seller.is_suspended  # type: ignore[attr-defined]
    return found


def _find(slug: str, reader: User | None) -> Listing | None:
    if reader is not None:
        found: Listing | None = _with_everything(reader).annotate(lowered=prices.annotation()).filter(slug=slug).first()
        return found
    return _for_visitors.first(slug)


def _with_everything(reader: User | None) -> Any:
    listings = Listing.objects.select_related(
        "seller__seller_profile", "model", "model_version", "category__parent", "approved__version"
    )
    return listings.annotate(
        image_rows=ArraySubquery(_images()),
        version_rows=ArraySubquery(_versions()),
        star_rows=ArraySubquery(_stars()),
        **_to_reader(reader),
    )


def _is_visible(listing: Listing, reader: User | None) -> bool:
    if listing.is_live and not listing.seller.is_suspended:
        return True
    if reader is None:
        return False
    return reader.pk == listing.seller_id or reader.is_moderator or bool(held(listing))


def _images() -> Any:
    ready = ExampleImage.objects.filter(listing=OuterRef("pk"), state=ExampleImage.State.READY, removed_at=None)
    fields = {name: F(name) for name in ("public_id", "width", "height", "tone", "renditions")}
    return ready.order_by("pk").values(json=JSONObject(**fields))


def _versions() -> Any:
    approved = Version.objects.filter(listing=OuterRef("pk"), approved_at__isnull=False).order_by("-number")
    fields = {name: F(name) for name in ("number", "note", "approved_at")}
    return approved.values(json=JSONObject(**fields))[:MOST_VERSIONS]


def _stars() -> Any:
    counting = Review.objects.counting().filter(listing=OuterRef("pk"))
    counted = counting.order_by().values("rating").annotate(number=Count("pk"))
    return counted.values(json=JSONObject(rating=F("rating"), number=F("number")))


def _to_reader(reader: User | None) -> dict[str, Any]:
    """What the listing and its seller are to the person who reads."""
    if reader is None:
        return {}
    held = Entitlement.objects.active().filter(owner=reader, listing=OuterRef("pk"))
    return {
        "held_id": Subquery(held.values("public_id")[:1]),
        "is_favourite": Exists(Favourite.objects.filter(user=reader, listing=OuterRef("pk"))),
        "is_followed": Exists(Follow.objects.filter(user=reader, seller=OuterRef("seller"))),
    }


def held(listing: Listing) -> str:
    """The public id of the reader's entitlement, if they have one."""
    return getattr(listing, "held_id", None) or ""


def pictures(listing: Listing) -> list[dict[str, Any]]:
    """For the gallery: the approved revision's pictures that are ready, with the inputs that made them."""
    known = {row["public_id"]: row for row in listing.image_rows}  # type: ignore[attr-defined]
    revision = _approved(listing)
    shown = [(entry, known[entry["id"]]) for entry in revision.pictures if entry["id"] in known]
    return [_picture(listing, revision, entry, row, place) for place, (entry, row) in enumerate(shown, start=1)]


def _picture(
    listing: Listing, revision: Revision, entry: dict[str, Any], row: dict[str, Any], place: int
) -> dict[str, Any]:
    source = images.sources(ExampleImage(state=ExampleImage.State.READY, **row))
    inputs = inputs_shown(entry.get("inputs") or {}, revision)
    described = _("Example %(number)d of “%(title)s”") % {"number": place, "title": listing.title}
    return {
        "src": source["src"],
        "srcset": source["webp"],
        "avif": source["avif"],
        "full": source["src"],
        "thumb": _smallest(row),
        "width": source["width"],
        "height": source["height"],
        "alt": entry["alt"] or described,
        "caption": " · ".join(f"{label}: {value}" for label, value in inputs if value),
        "inputs": inputs,
        "tone": source["tone"],
    }


def examples(listing: Listing) -> list[dict[str, Any]]:
    """Inputs by their labels, and what came out as safe HTML; code stays as it is."""
    revision = _approved(listing)
    return [
        {
            "inputs": inputs_shown(entry.get("inputs") or {}, revision),
            "output": entry["output"],
            "html": markdown.render(entry["output"], heading=4) if is_prose(listing, entry["output"]) else "",
            "is_long": len(entry["output"]) > LONG_OUTPUT,
        }
        for entry in revision.examples
    ]


def is_prose(listing: Listing, output: str) -> bool:
    """Whether the answer is text with marks of Markdown, not bare code that those marks would garble."""
    return listing.medium != "code" or markdown.is_marked(output)


def inputs_shown(inputs: dict[str, str], revision: Revision) -> list[tuple[str, str]]:
    """(label, value), in the order of the form."""
    described = revision.version.variables if revision.version else []
    labels = {entry["name"]: entry.get("label") or variables.label_for(entry["name"]) for entry in described}
    known = [(labels[name], inputs[name]) for name in labels if name in inputs]
    return known + [(variables.label_for(name), value) for name, value in inputs.items() if name not in labels]


def versions(listing: Listing) -> list[dict[str, Any]]:
    """The changelog, newest first."""
    rows: list[dict[str, Any]] = listing.version_rows  # type: ignore[attr-defined]
    return [row | {"approved_at": datetime.fromisoformat(row["approved_at"])} for row in rows]


def distribution(listing: Listing) -> list[dict[str, Any]]:
    """How many reviews gave each number of stars, five first."""
    counts = {row["rating"]: row["number"] for row in listing.star_rows}  # type: ignore[attr-defined]
    most = max(counts.values(), default=0)
    return [
        {"stars": stars, "count": counts.get(stars, 0), "count_text": number_format(counts.get(stars, 0)), "most": most}
        for stars in (5, 4, 3, 2, 1)
    ]


def shape(listing: Listing) -> Shape:
    version = _approved(listing).version
    assert version is not None, "A prompt is a part of what is approved."
    return Shape(
        words=version.words,
        characters=version.characters,
        variables=len(version.variables),
        language=listing.language,
        has_negative=version.has_negative,
        has_parameters=version.has_parameters,
    )


def form(listing: Listing) -> list[dict[str, Any]]:
    """The variables as an empty form shows them."""
    version = _approved(listing).version
    described = version.variables if version else []
    return [entry | {"label": entry.get("label") or variables.label_for(entry["name"])} for entry in described]


def neighbours(listing: Listing, size: int) -> tuple[list[cards.Card], list[cards.Card]]:
    """The cards of what is like it, and of the newest of the same seller."""
    similar = search.similar(listing, size)
    found = cards.rows(
        _NEIGHBOURS,
        {"similar": similar, "own": listing.pk, "seller": listing.seller_id, "size": size},
        ("seller_id", "created_at"),
    )
    own = [(created_at, row.pk) for row, (seller, created_at) in found if seller == listing.seller_id]
    newest = [pk for _created_at, pk in sorted(own, reverse=True)[:size]]
    known = {row.pk: row for row, _besides in found}
    near, others = (cards.of_keys([pk for pk in keys if pk in known], known=known) for keys in (similar, newest))
    return near, others


_NEIGHBOURS = """AND listing.id IN (
    SELECT unnest(%(similar)s::bigint[]) UNION ALL (
        SELECT id FROM marketplace_listing WHERE seller_id = %(seller)s AND status = 'live' AND id <> %(own)s
        ORDER BY created_at DESC, id DESC LIMIT %(size)s
    )
)"""
_for_visitors = Prepared[Listing](
    lambda slug: _with_everything(None).annotate(lowered=prices.annotation(NOW)).filter(slug=slug)[:1], "~no-such-slug~"
)


def _approved(listing: Listing) -> Revision:
    assert listing.approved is not None, "A page shows what was approved."
    return listing.approved


def _smallest(row: dict[str, Any]) -> str:
    webp = [one for one in row["renditions"] if one["format"] == "webp"]
    return images.url(min(webp, key=lambda one: one["width"])["name"]) if webp else ""
