"""Pages go out compressed where the browser takes that, and where no prompt and no secret stands on them."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

KINDS = {
    "text/html",
    "text/plain",
    "text/css",
    "text/javascript",
    "application/json",
    "application/problem+json",
    "application/atom+xml",
    "application/xml",
    "application/manifest+json",
    "image/svg+xml",
}
# Whoever can make a page repeat words of theirs could feel their way to a secret on it by its compressed length.
# Tokens against forgery are masked anew each time, and lengths are padded; prompts and keys are not risked even so.
SECRET = ("/library/", "/account/", "/sell/", "/moderation/", "/desk/", "/admin/", "/api/v1/library/", "/mcp")


class CompressionMiddleware(GZipMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if response.streaming or kind not in KINDS or request.path.startswith(SECRET):
            return response
        told: Any = super().process_response(request, response)
        return told  # type: ignore[no-any-return]
