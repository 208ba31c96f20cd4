"""Listings: searching, reading, writing, pictures, submitting, reporting, reviewing."""

from typing import Any

from django.http import Http404
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.door import EVERYBODY, MEMBERS, SELLERS, Act, Door, NotTheState
from common import problems
from common.pagination import KeysetPagination, address
from marketplace import images, listings, moderation, permissions, reviews, search
from marketplace.api import shown
from marketplace.lifecycle import ChangedMeanwhile
from marketplace.models import Listing, Report

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
    found = known.filter(slug=slug).first()
    if found is None or not permissions.may(viewer, "see", found):
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

    def get(self, request: Request) -> Response:
        params = request.query_params
        query = search.Query.from_params(params, get_language() or "en")
        if query.errors:
            raise problems.invalid(query.errors)
        with_facets = self._flag("facets")
        found = search.find(
            query,
            cursor=params.get("cursor") or None,
            size=KeysetPagination().get_page_size(request),
            facets=with_facets,
        )
        answer: dict[str, Any] = {
            "results": shown.cards(found.results),
            "next": self._link(found.next),
            "previous": self._link(found.previous),
        }
        if with_facets:
            answer["count"] = found.count
            answer["facets"] = {
                name: [{"value": one.value, "label": one.label, "count": one.count} for one in facets]
                for name, facets in found.facets.items()
            }
        if found.corrected:
            answer["corrected"] = found.corrected
        return Response(answer)

    def _flag(self, name: str) -> bool:
        value = self.request.query_params.get(name, "").lower()
        if value not in {"", "0", "1", "true", "false"}:
            raise problems.invalid({name: [_("Write 1 or 0.")]})
        return value in {"1", "true"}

    def _link(self, cursor: str | None) -> str | None:
        path = address(self.request, cursor)
        return self.request.build_absolute_uri(path) if path else None

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

    def get(self, request: Request, slug: str) -> Response:
        return Response(shown.listing(find(slug, request.user), request.user))

    def patch(self, request: Request, slug: str) -> Response:
        found = own(slug, self.caller)
        named = self.must_match(lambda: shown.listing(found, self.caller))
        expected = found.working.changed_at if named and found.working else None
        try:
            listings.edit(found, by=self.caller, expected=expected, **written(self.sent()))
        except ChangedMeanwhile as refusal:
            raise NotTheState from refusal
        return Response(shown.listing(find(slug, self.caller), self.caller))

    def delete(self, request: Request, slug: str) -> Response:
        found = own(slug, self.caller)
        self.must_match(lambda: shown.listing(found, self.caller))
        listings.delete(found, self.caller)
        return Response(status=204)


class Similar(Door):
    who = {"GET": EVERYBODY}
    is_private = False

    def get(self, request: Request, slug: str) -> Response:
        return Response({"results": shown.cards(search.similar(find(slug, request.user), 12))})


class Images(Door):
    """Pictures of the draft; an upload is taken in at once and prepared by a worker."""

    who = {"POST": SELLERS}
    parser_classes = (MultiPartParser,)

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

    def delete(self, request: Request, slug: str, image_id: str) -> Response:
        images.remove(own(slug, self.caller), self.caller, image_id)
        return Response(status=204)


class Submit(Act):
    who = {"POST": SELLERS}

    def post(self, request: Request, slug: str) -> Response:
        found = own(slug, self.caller)
        listings.submit(found, by=self.caller, rights_affirmed=affirmed(self.sent()))
        return Response(shown.listing(find(slug, self.caller), self.caller))


class Withdraw(Act):
    who = {"POST": SELLERS}

    def post(self, request: Request, slug: str) -> Response:
        listings.withdraw(own(slug, self.caller), self.caller)
        return Response(shown.listing(find(slug, self.caller), self.caller))


class PutBack(Act):
    """On sale again, as it was approved."""

    who = {"POST": SELLERS}

    def post(self, request: Request, slug: str) -> Response:
        listings.put_back(own(slug, self.caller), self.caller)
        return Response(shown.listing(find(slug, self.caller), self.caller))


class Versions(Door):
    who = {"GET": EVERYBODY, "POST": SELLERS}
    is_private = False

    def get(self, request: Request, slug: str) -> Response:
        found = find(slug, request.user)
        versions = found.versions.all()
        if not permissions.owns(request.user, found):
            versions = versions.filter(approved_at__isnull=False)
        return self.page(versions, shown.version, order=("-number", "-pk"))

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
            note=sent.get("note") or "",
            submit=flag(sent, "submit"),
            rights_affirmed=affirmed(sent),
        )
        return Response(shown.version(made), status=201)


class ReportListing(Act):
    """Tell the moderators; all reports on one listing meet in one case."""

    who = {"POST": MEMBERS}

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
    who = {"GET": EVERYBODY, "POST": MEMBERS}
    is_private = False

    def get(self, request: Request, slug: str) -> Response:
        return self.page(reviews.of(find(slug, request.user)), shown.review, order=("-created_at", "-pk"))

    def post(self, request: Request, slug: str) -> Response:
        found = find(slug, self.caller)
        sent = self.sent()
        is_first = not found.reviews.filter(author=self.caller).exists()
        words = text(sent, "text") or text(sent, "words")
        posted = reviews.post(self.caller, found, rating=sent.get("rating", 0), text=words, output=text(sent, "output"))
        return Response(shown.review(posted), status=201 if is_first else 200)


# ---- Reading bodies --------------------------------------------------------------------------------------------------


def text(sent: dict[str, Any], name: str) -> str:
    """A text that may be missing; the domain looks at what it says."""
    value = sent.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise problems.invalid({name: [_("This must be text.")]})
    return value


def flag(sent: dict[str, Any], name: str, *, otherwise: bool = True) -> bool:
    value = sent.get(name, otherwise)
    if isinstance(value, str) and value.lower() in {"true", "false", "1", "0", "on", "off"}:
        return value.lower() in {"true", "1", "on"}
    if not isinstance(value, bool):
        raise problems.invalid({name: [_("This must be true or false.")]})
    return value


def affirmed(sent: dict[str, Any]) -> bool:
    """Submitting says that one may sell it, as the API's terms put it; saying otherwise is heard."""
    return flag(sent, "rights_affirmed")
