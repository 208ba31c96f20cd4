"""What every answer says to the browser about what it may do with the page."""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from common import problems

PERMISSIONS = (
    "camera=(), microphone=(), geolocation=(), payment=(), usb=(), "
    "publickey-credentials-get=(self), publickey-credentials-create=(self)"
)

# Django's own middleware sets most of them, but not on what it refuses itself: a strange host, a redirect to https.
ALWAYS = {
    "Permissions-Policy": PERMISSIONS,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": settings.X_FRAME_OPTIONS,
    "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
    "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
}
HSTS = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"


class HeadersMiddleware:
    """A content security policy with a nonce of this request; a view that sets its own policy keeps it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.csp_nonce = secrets.token_urlsafe(16)  # type: ignore[attr-defined]
        response = refusal(request) or self.get_response(request)
        rules = policy(request.csp_nonce, office=in_the_office(request))  # type: ignore[attr-defined]
        response.headers.setdefault("Content-Security-Policy", rules)
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        if settings.SECURE_HSTS_SECONDS and request.is_secure():
            response.headers.setdefault("Strict-Transport-Security", HSTS)
        return response


def refusal(request: HttpRequest) -> HttpResponse | None:
    """Programs hear of a strange host in a problem document; with DEBUG on, Django would show a page of its own."""
    if not problems.wanted(request):
        return None
    try:
        request.get_host()
    except DisallowedHost as strange:
        return problems.bad_request(request, strange)
    return None


def in_the_office(request: HttpRequest) -> bool:
    """Staff inside the admin, whose widgets (Alpine) evaluate expressions and set styles; nobody else, nowhere else."""
    # Only whom the page itself asked for: this is no reason to ask the database.
    user = getattr(request, "_cached_user", None)
    return request.path.startswith("/admin/") and user is not None and user.is_active and user.is_staff


def policy(nonce: str, *, office: bool = False) -> str:
    pictures = ["'self'", "data:", "blob:", *_media_origin()]
    rules = {
        "default-src": ["'self'"],
        "script-src": ["'self'", f"'nonce-{nonce}'", *(["'unsafe-eval'"] if office else [])],
        "style-src": ["'self'", "'unsafe-inline'" if office else f"'nonce-{nonce}'"],
        "img-src": pictures,
        "media-src": pictures,
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        # Browsers apply this to where a form's answer redirects, too: the hosted payment pages.
        "form-action": ["'self'", *settings.STRIPE_PAGES],
    }
    if not settings.DEBUG:
        rules["upgrade-insecure-requests"] = []
    return "; ".join(" ".join([name, *sources]) for name, sources in rules.items())


def _media_origin() -> list[str]:
    domain = getattr(settings, "AWS_S3_CUSTOM_DOMAIN", None)
    endpoint = getattr(settings, "AWS_S3_ENDPOINT_URL", None)
    bucket = getattr(settings, "AWS_STORAGE_BUCKET_NAME", None)
    if domain:
        return [f"https://{domain.partition('/')[0]}"]
    if endpoint:
        return [endpoint]
    # Without an address of its own the store is Amazon's, where the bucket is part of the host's name.
    return [f"https://{bucket}.s3.amazonaws.com"] if bucket else []


def csp_nonce(request: HttpRequest) -> dict[str, object]:
    """For templates: {{ csp_nonce }}."""
    return {"csp_nonce": SimpleLazyObject(lambda: getattr(request, "csp_nonce", ""))}
