"""Uploaded pictures from the local folder, where no object store is configured."""

import os
from pathlib import PurePath

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils._os import safe_join
from django.utils.http import http_date
from django.views.decorators.http import require_safe
from django.views.static import was_modified_since

# What we write ourselves after re-encoding; anything else in the folder is nobody's to fetch. Our own table, because
# Python before 3.13 knows WebP only from files of the system that small images of it leave out.
SERVED = {
    ".avif": "image/avif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
}


@require_safe
def serve(request: HttpRequest, name: str) -> HttpResponse | FileResponse:
    kind = SERVED.get(PurePath(name).suffix.lower())
    path = safe_join(settings.MEDIA_ROOT, name)
    try:
        file = open(path, "rb")  # noqa: SIM115, PTH123 — the response closes it
    except OSError:
        raise Http404 from None
    if kind is None:
        file.close()
        raise Http404
    changed_at = int(os.fstat(file.fileno()).st_mtime)
    if not was_modified_since(request.headers.get("If-Modified-Since"), changed_at):
        file.close()
        return HttpResponseNotModified()
    response = FileResponse(file, content_type=kind)
    response["Last-Modified"] = http_date(changed_at)
    # A name is never used twice, so a picture may be kept for good.
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
