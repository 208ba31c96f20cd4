"""An owned prompt at work: its form beside the finished text, and everything one may do with it.

No address, header, message or log ever holds a word of the prompt or a value typed into it: only the answer does.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.views.guards import signed_in
from common import clock, markdown
from marketplace import bench, cards, formats, library
from marketplace.forms.reviews import ReviewForm
from marketplace.models import Entitlement, Review, Version
from marketplace.prompts import Prompt
from marketplace.views import doors

WITHDRAWAL_DAYS = 14  # what the law gives those who did not waive it


@signed_in
@doors.refusals
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, item_id: str) -> HttpResponse:
    """GET shows the form; POST fills it in, for readers without JavaScript."""
    owned = library.find(doors.person(request), item_id)
    return _bench(request, owned)


@signed_in
@doors.refusals
@require_POST
def copy(request: HttpRequest, item_id: str) -> HttpResponse:
    """The finished text as one model's own window wants it pasted."""
    owned = library.find(doors.person(request), item_id)
    target = request.GET.get("target", "")
    names = dict(bench.targets(owned.listing))
    if target not in names:
        raise Http404
    version = library.version_for(owned, _number(request))
    document = library.document(owned, version)
    values = bench.sent_values(request.POST, document.variables)
    errors = bench.check(values, document.variables, document.template, document.negative)
    formatted = {"name": names[target], "text": "" if errors else formats.for_model(document, values, target)}
    if request.headers.get("HX-Request"):
        context = {"formatted": formatted, "errors": errors, "is_fresh": True}
        return render(request, "marketplace/library/formatted.html", context)
    return _bench(request, owned, formatted=None if errors else formatted)


@signed_in
@doors.refusals
@require_safe
def download(request: HttpRequest, item_id: str) -> HttpResponse:
    owned = library.find(doors.person(request), item_id)
    try:
        name, kind, text = library.download(
            owned, request.GET.get("format", "md"), library.version_for(owned, _number(request))
        )
    except formats.UnknownFormat:
        raise Http404 from None
    response = HttpResponse(text, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@signed_in
@doors.refusals
@require_safe
def changes(request: HttpRequest, item_id: str) -> HttpResponse:
    """Two versions side by side, word by word."""
    user = doors.person(request)
    owned = library.find(user, item_id)
    versions = library.versions_for(owned)
    newer = _chosen(versions, request.GET.get("to"), versions[0])
    older = _chosen(versions, request.GET.get("from"), _before(versions, newer))
    parts = _parts(library.open(user, older), library.open(user, newer))
    context = {"owned": owned, "listing": owned.listing, "versions": versions, "older": older, "newer": newer}
    return render(request, "marketplace/library/changes.html", context | {"parts": parts})


@signed_in
@doors.refusals
@require_POST
def note(request: HttpRequest, item_id: str) -> HttpResponse:
    owned = library.find(doors.person(request), item_id)
    library.keep_note(owned, request.POST.get("note", "").replace("\x00", ""))
    if request.headers.get("X-Autosave"):
        return HttpResponse(status=204)
    return doors.done(request, _("Your notes are saved."), owned.get_absolute_url())


@signed_in
@doors.refusals
@require_POST
def keep_preset(request: HttpRequest, item_id: str) -> HttpResponse:
    """Keep what stands in the form under a name."""
    owned = library.find(doors.person(request), item_id)
    name = " ".join(request.POST.get("_preset", "").replace("\x00", "").split())[:60]
    version = library.version_for(owned, _number(request))
    values = bench.sent_values(request.POST, library.open(owned.owner, version).variables)
    if not name:
        return _bench(request, owned, preset_error=_("Give the set a name."))
    kept = library.keep_preset(owned, name=name, values={key: value for key, value in values.items() if value})
    return doors.done(request, _("The values are saved."), _address(owned, preset=str(kept.pk)))


@signed_in
@doors.refusals
@require_POST
def drop_preset(request: HttpRequest, item_id: str) -> HttpResponse:
    owned = library.find(doors.person(request), item_id)
    library.drop_preset(owned, request.POST.get("name", ""))
    return doors.done(request, _("The values are deleted."), owned.get_absolute_url())


def _bench(request: HttpRequest, owned: Entitlement, **more: Any) -> HttpResponse:
    user = doors.person(request)
    versions = library.versions_for(owned)
    version = library.version_for(owned, _number(request))
    prompt = library.open(user, version)
    presets = list(owned.presets.order_by("name"))
    preset = next((one for one in presets if str(one.pk) == request.GET.get("preset")), None)
    if request.method == "POST":
        values = bench.sent_values(request.POST, prompt.variables)
    else:
        values = bench.first_values(prompt.variables) | (dict(preset.values) if preset else {})
    if version == versions[0]:
        had_news = library.has_news(owned, version.number)
        library.mark_seen(owned, version)
    else:
        had_news = False
    errors = bench.check(values, prompt.variables, prompt.template, prompt.negative)
    context = {
        "owned": owned,
        "version": version,
        "versions": versions,
        "is_newest": version == versions[0],
        "had_news": had_news,
        "before": _before(versions, version) if len(versions) > 1 else None,
        "presets": presets,
        "preset": preset,
        "errors": errors,
        "form_variables": bench.form(prompt.variables, values),
        "review": Review.objects.filter(entitlement=owned).first(),
        "query": f"?version={version.number}",
        **_told(owned),
        **_words(prompt, values),
        **more,
    }
    response = render(request, "marketplace/library/item.html", context, status=422 if errors else 200)
    # Nothing of it may stay in the browser's own memory of pages, either.
    response["Cache-Control"] = "no-store, private"
    return response


def _told(owned: Entitlement) -> dict[str, Any]:
    """What may be told without the words."""
    listing = owned.listing
    is_order_line = owned.key.startswith("line:") and owned.key.removeprefix("line:").isdigit()
    return {
        "listing": listing,
        "seller_name": cards.seller_name(listing),
        "targets": bench.targets(listing),
        "downloads": bench.DOWNLOADS,
        "review_form": ReviewForm(),
        "line_id": owned.key.removeprefix("line:") if is_order_line and _may_be_given_back(owned) else "",
    }


def _may_be_given_back(owned: Entitlement) -> bool:
    """Whether a link to the request is worth showing; money itself decides when it is asked."""
    days = max(settings.REFUND_DAYS, WITHDRAWAL_DAYS)
    return owned.is_paid and clock.now() < owned.granted_at + timedelta(days=days)


def _words(prompt: Prompt, values: dict[str, str]) -> dict[str, Any]:
    """The prompt itself."""
    return {
        "pieces": bench.pieces(prompt.template, values, prompt.variables),
        "negative": bench.pieces(prompt.negative, values, prompt.variables),
        "parameters": [(name, formats.scalar(value)) for name, value in prompt.parameters.items()],
        "instructions": markdown.render(prompt.instructions, heading=3) if prompt.instructions else "",
        "missing": bench.missing(values, prompt.variables),
    }


def _parts(older: Prompt, newer: Prompt) -> list[dict[str, str]]:
    """The parts of the prompt that either version has."""

    def lines(prompt: Prompt) -> str:
        return "\n".join(f"{name}: {formats.scalar(value)}" for name, value in sorted(prompt.parameters.items()))

    parts = [
        {"label": _("Prompt"), "old": older.template, "new": newer.template},
        {"label": _("Negative prompt"), "old": older.negative, "new": newer.negative},
        {"label": _("Parameters"), "old": lines(older), "new": lines(newer)},
        {"label": _("Instructions"), "old": older.instructions, "new": newer.instructions},
    ]
    return [part for part in parts if part["old"] or part["new"]]


def _number(request: HttpRequest) -> int | None:
    """The version that was asked for; the newest when none was."""
    text = request.GET.get("version", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise Http404
    return int(text)


def _chosen(versions: list[Version], text: str | None, usual: Version) -> Version:
    return next((version for version in versions if str(version.number) == text), usual)


def _before(versions: list[Version], version: Version) -> Version:
    """The version before this one; the first stands before itself."""
    older = [one for one in versions if one.number < version.number]
    return older[0] if older else version


def _address(owned: Entitlement, **params: str) -> str:
    pairs = "&".join(f"{name}={value}" for name, value in params.items())
    return f"{reverse('library-item', args=[owned.public_id])}?{pairs}"
