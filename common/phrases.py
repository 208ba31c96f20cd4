"""What HTTP calls its answers, in the reader's language."""

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

_PHRASES = {
    HTTPStatus.BAD_REQUEST: _("Bad Request"),
    HTTPStatus.UNAUTHORIZED: _("Unauthorized"),
    HTTPStatus.PAYMENT_REQUIRED: _("Payment Required"),
    HTTPStatus.FORBIDDEN: _("Forbidden"),
    HTTPStatus.NOT_FOUND: _("Not Found"),
    HTTPStatus.METHOD_NOT_ALLOWED: _("Method Not Allowed"),
    HTTPStatus.NOT_ACCEPTABLE: _("Not Acceptable"),
    HTTPStatus.CONFLICT: _("Conflict"),
    HTTPStatus.GONE: _("Gone"),
    HTTPStatus.PRECONDITION_FAILED: _("Precondition Failed"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _("Request Entity Too Large"),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: _("Unsupported Media Type"),
    HTTPStatus.UNPROCESSABLE_ENTITY: _("Unprocessable Entity"),
    HTTPStatus.PRECONDITION_REQUIRED: _("Precondition Required"),
    HTTPStatus.TOO_MANY_REQUESTS: _("Too Many Requests"),
    HTTPStatus.INTERNAL_SERVER_ERROR: _("Internal Server Error"),
    HTTPStatus.BAD_GATEWAY: _("Bad Gateway"),
    HTTPStatus.SERVICE_UNAVAILABLE: _("Service Unavailable"),
}


def of(status: int) -> str:
    """“Not Found” for 404."""
    return str(_PHRASES.get(HTTPStatus(status)) or HTTPStatus(status).phrase)
