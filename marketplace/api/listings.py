"""Listings: searching, reading, writing, pictures, submitting, reporting, reviewing."""

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.door import EVERYBODY, MEMBERS, SELLERS, Act, Door, NotTheState
from accounts.api.shapes import BOOLEAN, COUNT, STRING, TIME, array, both, choice, obj, page_of
from accounts.api.telling import Parameter, tells
from common import problems
from common.pagination import KeysetPagination, address
from marketplace import images, listings, moderation, permissions, reviews, search
from marketplace.api import kept, shapes, shown, shown_cards
from marketplace.api.bodies import affirmed, flag, text
from marketplace.lifecycle import ChangedMeanwhile
from marketplace.models import Listing, Report, Review
from marketplace.search import demand

_COUNTED = {"count": COUNT, "count_is_capped": BOOLEAN, "facets": shapes.FACETS, "corrected": STRING}
LISTINGS_PAGE = both(page_of(shapes.CARD), obj(maybe=_COUNTED | {"new_work": array(shapes.CARD)}))
_AMOUNT = {"type": "integer", "minimum": 0, "maximum": 99_999_999_999}
FILTERS = (
    Parameter("q", STRING, "Words to look for."),
    Parameter("model", array(STRING), "Slugs.", is_list=True),
    Parameter("category", array(STRING), "Slugs; a shelf stands for everything on it.", is_list=True),
    Parameter("medium", array(shapes.MEDIUM), is_list=True),
    Parameter("tag", array(STRING), is_list=True),
    Parameter("seller", array(STRING), "Handles.", is_list=True),
    Parameter("language", array(STRING), "Of the prompt.", is_list=True),
    Parameter("price", array(choice(*search.PRICE_BANDS)), "Bands, as the facets name them.", is_list=True),
    Parameter("price_min", _AMOUNT, "Minor units."),
    Parameter("price_max", _AMOUNT, "Minor units."),
    Parameter("free", choice("0", "1", "true", "false"), "Only what is free."),
    Parameter("rating_min", {"type": "number", "minimum": 0, "maximum": 5}),
    Parameter("updated_since", TIME),
    Parameter("sort", choice(*search.SORTS), "relevance with words, trending without, unless you choose."),
    Parameter("facets", choice("0", "1", "true", "false")),
    Parameter("new_work", choice("0", "1", "true", "false"), "Name good new listings beside the results, too."),
)
EXAMPLE = {
    "title": "Calm answers to hard letters",
    "summary": "Answers to difficult letters that keep the peace.",
    "description": "Paste the letter, choose a tone; you get an answer that can be sent as it is.",
    "model": "chatgpt",
    "category": "email",
    "tags": ["letters", "work"],
    "price": {"amount": 499, "currency": "usd"},
    "prompt": {"template": "Write a [tone] answer to this letter: [letter]", "instructions": "Paste the whole letter."},
    "examples": [{"inputs": {"tone": "warm", "letter": "Where is my parcel?"}, "output": "Thank you for asking."}],
}

_renderer = JSONRenderer()
# What a seller may write; anything else that is sent is passed over.
FIELDS = (
    "title",
    "summary",
    "description",
    "model",
    "model_version",
    "tested_on",
    "category",
    "tags",
    "language",
    "price",
    "prompt",
    "examples",
)


def find(slug: str, viewer: Any) -> Listing:
    """A listing this person may see, or 404."""
    known = Listing.objects.select_related(
        "seller__seller_profile", "model", "category", "approved__version", "approved__model_version", "working"
    )
    found = known.filter(permissions.visible(viewer), slug=slug).first()
    if found is None:
        raise Http404
    return found


def own(slug: str, viewer: Any) -> Listing:
    """A listing this person may change: 404 when it may not even be seen, 403 when it is somebody else's."""
    found = find(slug, viewer)
    permissions.require(viewer, "edit", found)
    return found


def written(sent: dict[str, Any]) -> dict[str, Any]:
    content = {name: sent[name] for name in FIELDS if name in sent}
    if "images" in sent or "pictures" in sent:
        content["pictures"] = sent.get("images", sent.get("pictures"))
    return content


class Listings(Door):
    who = {"GET": EVERYBODY, "POST": SELLERS}
    is_private = False

    @tells(
        "Search and browse listings",
        answer=LISTINGS_PAGE,
        query=FILTERS,
        pages=True,
        words="Several values of one filter widen it; several tags narrow. `facets=1` adds `facets` and `count`;"
        f" counting stops at {search.COUNTED_TO:,}, and `count_is_capped` says whether it did. `new_work=1`"
        " adds `new_work`: good new listings given a place in turn, beside the results and their pages.",
    )
    def get(self, request: Request) -> HttpResponse:
        params = request.query_params
        query = search.Query.from_params(params, get_language() or "en")
        if query.errors:
            raise problems.invalid(query.errors)
        with_facets, with_new = self._flag("facets"), self._flag("new_work")
        self._flag("free")
        return kept.answer(request, lambda: self._found(query, with_facets=with_facets, with_new=with_new))

    def _found(self, query: search.Query, *, with_facets: bool, with_new: bool) -> bytes:
        """The whole answer, written: its cards mostly are already."""
        found = search.find(
            replace(query, only_keys=True, asker=demand.asker(self.request) if query.words else ""),
            cursor=self.request.query_params.get("cursor") or None,
            size=KeysetPagination().get_page_size(self.request),
            facets=with_facets,
            newcomers=with_new,
        )
        beside: dict[str, Any] = {"next": self._link(found.next), "previous": self._link(found.previous)}
        if with_facets:
            beside["count"] = found.count
            beside["count_is_capped"] = found.is_capped
            beside["facets"] = {
                name: [{"value": one.value, "label": one.label, "count": one.count} for one in facets]
                for name, facets in found.facets.items()
            }
        if found.corrected:
            beside["corrected"] = found.corrected
        held = shown_cards.written([*found.results, *found.newcomers])
        cards, new = (b",".join(held[key] for key in keys if key in held) for keys in (found.results, found.newcomers))
        tail = b',"new_work":[%b]}' % new if with_new else b"}"
        return b'{"results":[%b],%b%b' % (cards, _renderer.render(beside)[1:-1], tail)

    def _flag(self, name: str) -> bool:
        value = self.request.query_params.get(name, "").lower()
        if value not in {"", "0", "1", "true", "false"}:
            raise problems.invalid({name: [_("Write 1 or 0.")]})
        return value in {"1", "true"}

    def _link(self, cursor: str | None) -> str | None:
        path = address(self.request, cursor)
        return self.request.build_absolute_uri(path) if path else None

    @tells(
        "Make a draft", body=shapes.LISTING_SENT, needs_body=True, answer=shapes.LISTING, status=201, example=EXAMPLE
    )
    def post(self, request: Request) -> Response:
        content = written(self.sent())
        content.pop("pictures", None)
        made = listings.create(self.caller, **content)
        answer = Response(shown.listing(find(made.slug, self.caller), self.caller), status=201)
        answer["Location"] = f"/api/v1/listings/{made.slug}/"
        return answer


class OneListing(Door):
    who = {"GET": EVERYBODY, "PATCH": SELLERS, "DELETE": SELLERS}
    is_private = False

    @tells("Read a listing", answer=shapes.LISTING, words="Never its prompt's words.")
    def get(self, request: Request, slug: str) -> Response:
        return Response(shown.listing(find(slug, request.user), request.user))

    @tells(
        "Change a listing",
        body=shapes.LISTING_CHANGES,
        answer=shapes.LISTING,
        matches=True,
        words="What is on sale stays as it is until the change was approved; the change waits in `draft`.",
        example={"summary": "Answers to difficult letters that keep the peace.", "price": 599},
    )
    def patch(self, request: Request, slug: str) -> Response:
        found = own(slug, self.caller)
        named = self.must_match(lambda: shown.listing(found, self.caller))
        expected = found.working.changed_at if named and found.working else None
        try:
            listings.edit(found, by=self.caller, expected=expected, **written(self.sent()))
        except ChangedMeanwhile as refusal:
            raise NotTheState from refusal
        return Response(shown.listing(find(slug, self.caller), self.caller))

    @tells(
        "Delete a draft, withdraw anything else", status=204, matches=True, words="Who bought it keeps it in any case."
    )
    def delete(self, request: Request, slug: str) -> Response:
        found = own(slug, self.caller)
        self.must_match(lambda: shown.listing(found, self.caller))
        listings.delete(found, self.caller)
        return Response(status=204)


class Similar(Door):
    who = {"GET": EVERYBODY}
    is_private = False

    @tells("The nearest other listings", answer=obj({"results": array(shapes.CARD)}))
    def get(self, request: Request, slug: str) -> Response:
        return Response({"results": shown_cards.of_keys(search.similar(find(slug, request.user), 12))})


class Images(Door):
    """Pictures of the draft; an upload is taken in at once and prepared by a worker."""

    who = {"POST": SELLERS}
    parser_classes = (MultiPartParser,)

    @tells(
        "Upload an example picture",
        body=shapes.IMAGE_SENT,
        body_media="multipart/form-data",
        needs_body=True,
        answer=shapes.IMAGE,
        status=201,
    )
    def post(self, request: Request, slug: str) -> Response:
        found = own(slug, self.caller)
        files = [file for name in request.FILES for file in request.FILES.getlist(name)]
        if len(files) != 1:
            raise problems.invalid({"image": [_("Send one picture, as the part “image” of a multipart form.")]})
        alt = text(self.sent(), "alt")
        added = images.add(found, self.caller, files[0], alt=alt)
        answer = Response(shown.image(added, alt=alt), status=201)
        answer["Location"] = f"/api/v1/listings/{slug}/images/{added.public_id}/"
        return answer


class OneImage(Door):
    who = {"DELETE": SELLERS}

    @tells("Remove a picture from the draft", status=204)
    def delete(self, request: Request, slug: str, image_id: str) -> Response:
        images.remove(own(slug, self.caller), self.caller, image_id)
        return Response(status=204)


class Submit(Act):
    who = {"POST": SELLERS}

    @tells("Send a draft into review", body=shapes.SUBMIT_SENT, answer=shapes.LISTING)
    def post(self, request: Request, slug: str) -> Response:
        found = own(slug, self.caller)
        listings.submit(found, by=self.caller, rights_affirmed=affirmed(self.sent()))
        return Response(shown.listing(find(slug, self.caller), self.caller))


class Withdraw(Act):
    who = {"POST": SELLERS}

    @tells("Take a listing off sale, or out of review", answer=shapes.LISTING)
    def post(self, request: Request, slug: str) -> Response:
        listings.withdraw(own(slug, self.caller), self.caller)
        return Response(shown.listing(find(slug, self.caller), self.caller))


class PutBack(Act):
    """On sale again, as it was approved."""

    who = {"POST": SELLERS}

    @tells("Put a withdrawn listing back on sale", answer=shapes.LISTING)
    def post(self, request: Request, slug: str) -> Response:
        listings.put_back(own(slug, self.caller), self.caller)
        return Response(shown.listing(find(slug, self.caller), self.caller))


class Versions(Door):
    who = {"GET": EVERYBODY, "POST": SELLERS}
    is_private = False

    @tells("The versions of a prompt", answer=page_of(shapes.VERSION), pages=True)
    def get(self, request: Request, slug: str) -> Response:
        found = find(slug, request.user)
        versions = found.versions.all()
        if not permissions.owns(request.user, found):
            versions = versions.filter(approved_at__isnull=False)
        return self.page(versions, shown.version, order=("-number", "-pk"))

    @tells(
        "Give the prompt a new version",
        body=shapes.VERSION_SENT,
        needs_body=True,
        answer=shapes.VERSION,
        status=201,
        words="Once approved, everybody who bought the listing has it, free of charge.",
        example={"prompt": {"template": "Write a [tone] answer to: [letter]"}, "note": "Shorter answers"},
    )
    def post(self, request: Request, slug: str) -> Response:
        found = own(slug, self.caller)
        sent = self.sent()
        prompt = sent.get("prompt")
        if prompt is None and "template" in sent:
            prompt = {
                name: sent[name]
                for name in ("template", "negative", "parameters", "instructions", "variables")
                if name in sent
            }
        if prompt is None:
            raise problems.invalid({"prompt": [_("This is required.")]})
        made = listings.new_version(
            found,
            by=self.caller,
            prompt=prompt,
            note=text(sent, "note"),
            submit=flag(sent, "submit"),
            rights_affirmed=affirmed(sent),
        )
        return Response(shown.version(made), status=201)


class ReportListing(Act):
    """Tell the moderators; all reports on one listing meet in one case."""

    who = {"POST": MEMBERS}

    @tells(
        "Report abuse or a copy",
        body=shapes.REPORT_SENT,
        needs_body=True,
        answer=shapes.REPORTED,
        status=201,
        example={"kind": "copyright", "words": "This is my text, published in 2024."},
    )
    def post(self, request: Request, slug: str) -> Response:
        found = find(slug, self.caller)
        sent = self.sent()
        kind = text(sent, "kind") or text(sent, "reason")
        words = text(sent, "words") or text(sent, "note") or text(sent, "text") or text(sent, "description")
        if kind and kind not in Report.Kind.values:
            # Words of one's own in the place of a code.
            kind, words = Report.Kind.OTHER, f"{kind}\n{words}".strip()
        case = moderation.report(found, by=self.caller, kind=kind or Report.Kind.OTHER, words=words)
        return Response({"case": case.public_id, "state": "open", "listing": found.slug}, status=201)


class Reviews(Door):
    who = {"GET": EVERYBODY, "POST": MEMBERS, "PUT": MEMBERS}
    is_private = False

    @tells("Reviews, newest first", answer=page_of(shapes.REVIEW), pages=True)
    def get(self, request: Request, slug: str) -> Response:
        return self.page(reviews.of(find(slug, request.user)), shown.review, order=("-created_at", "-pk"))

    @tells(
        "Review what you bought",
        body=shapes.REVIEW_SENT,
        needs_body=True,
        answer=shapes.REVIEW,
        status=201,
        words="Once; what you wrote is changed with PUT.",
        example={"rating": 5, "text": "Works as shown."},
    )
    def post(self, request: Request, slug: str) -> Response:
        return Response(shown.review(self._written(slug, again=False)), status=201)

    @tells(
        "Change your review",
        body=shapes.REVIEW_SENT,
        needs_body=True,
        answer=shapes.REVIEW,
        words="The whole review anew; it is written if there was none.",
        example={"rating": 4, "text": "Works as shown, mostly."},
    )
    def put(self, request: Request, slug: str) -> Response:
        return Response(shown.review(self._written(slug, again=True)))

    def _written(self, slug: str, *, again: bool) -> Review:
        found = find(slug, self.caller)
        sent = self.sent()
        words = text(sent, "text") or text(sent, "words")
        output = text(sent, "output")
        return reviews.post(self.caller, found, rating=sent.get("rating", 0), text=words, output=output, again=again)
