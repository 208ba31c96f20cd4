"""Pages that belong to the project rather than to an app."""

from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from config import mail


@require_safe
def icon(_request: HttpRequest) -> HttpResponse:
    """Where browsers look for a page's picture when nobody told them."""
    answer = redirect(static("img/icon-192.png"))
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """The letters this installation would have sent, newest first (development only)."""
    read = [(path.stem, _read(path)) for path in mail.letters()[:100]]
    found = [{"name": name, "message": message, "sent": _sent(message)} for name, message in read]
    return render(request, "dev/mailbox.html", {"letters": found})


@require_safe
def letter(request: HttpRequest, name: str) -> HttpResponse:
    path = Path(settings.MAILBOX) / f"{name}.eml"
    if path not in mail.letters():
        raise Http404
    message = _read(path)
    parts = {kind: _body(message, kind) for kind in ("plain", "html")}
    if request.GET.get("part") == "html":
        # Links leave the frame they stand in.
        response = HttpResponse(f'<base target="_top">{parts["html"]}')
        # Shown inside our own page, in a frame that may run nothing.
        response["Content-Security-Policy"] = (
            "default-src 'none'; img-src data: 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'; "
            "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
        )
        response["X-Frame-Options"] = "SAMEORIGIN"
        return response
    told = {"message": message, "sent": _sent(message), "text": parts["plain"], "html": parts["html"]}
    return render(request, "dev/letter.html", {"name": name, **told})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", {"reason": reason}, status=403)


def _read(path: Path) -> EmailMessage:
    message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
    assert isinstance(message, EmailMessage)
    return message


def _sent(message: EmailMessage) -> datetime | None:
    if not message["date"]:
        return None
    at = parsedate_to_datetime(message["date"])
    return at if at.tzinfo else at.replace(tzinfo=UTC)  # -0000 is UTC from a place that is not told


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""
