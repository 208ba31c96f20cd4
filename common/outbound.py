"""Sending something to an address that a stranger gave us, without ever reaching our own network.

The name is looked up once, every address it has must be a public one, and the connection goes to exactly the address
that was looked at, so that a name that changes its mind between the two changes nothing. No redirect is followed, no
proxy is asked, nothing of the answer but its status is kept, and all of it is over after a few seconds.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from common.problems import Problem

CONNECT_SECONDS = 5.0
ALL_SECONDS = 15.0
LONGEST_URL = 500


class BadAddress(Problem):
    """The address is not one we send anything to."""

    status = HTTPStatus.BAD_REQUEST
    code = "bad_address"
    default_detail = _("This address cannot be used.")


class Unreachable(Exception):
    """Nobody answered; the message is a code word for a log."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes: the name for the other side, the address for us."""

    host: str
    port: int
    path: str
    is_secure: bool
    address: str


def check(url: str) -> None:
    """Refuse an address before it is kept. Whoever it names is looked at again before each message."""
    parts = _parts(url)
    if _is_allowed(parts) or _literal(parts.hostname or "") is None:
        return
    if not is_public((parts.hostname or "").rstrip(".")):
        raise BadAddress(_("This address is not on the public internet."))


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """The status of the answer. Raises BadAddress or Unreachable."""
    place = _looked_up(_parts(url))
    deadline: threading.Timer | None = None
    try:
        channel = socket.create_connection((place.address, place.port), CONNECT_SECONDS)
        # Whoever drips an answer letter by letter is cut off all the same.
        deadline = threading.Timer(ALL_SECONDS, _cut, [channel])
        deadline.start()
        if place.is_secure:
            channel = ssl.create_default_context().wrap_socket(channel, server_hostname=place.host)
        connection = http.client.HTTPConnection(place.host, place.port, timeout=ALL_SECONDS)
        connection.sock = channel
        connection.request("POST", place.path, body, {**headers, "Connection": "close"})
        status = connection.getresponse().status
        connection.close()
    except TimeoutError as problem:
        raise Unreachable("timeout") from problem
    except ssl.SSLError as problem:
        raise Unreachable("tls") from problem
    except (OSError, http.client.HTTPException) as problem:
        raise Unreachable(type(problem).__name__) from problem
    finally:
        if deadline is not None:
            deadline.cancel()
    return status


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet's, however it is wrapped."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        teredo = found.teredo[1] if found.teredo else None
        for inner in (found.ipv4_mapped, found.sixtofour, teredo, _nat64(found)):
            if inner is not None:
                return is_public(str(inner))
        if found.is_site_local:
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved and not found.is_unspecified


def _parts(url: str) -> SplitResult:
    if len(url) > LONGEST_URL or not url.isascii() or any(letter <= " " or letter in '"<>\\^`{|}' for letter in url):
        raise BadAddress
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadAddress from None
    if parts.username is not None or parts.password is not None or not parts.hostname or parts.fragment:
        raise BadAddress
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_allowed(parts)):
        raise BadAddress(_("The address must begin with https://."))
    if port is not None and port != 443 and port < 1024 and not _is_allowed(parts):
        raise BadAddress
    return parts


def _looked_up(parts: SplitResult) -> Place:
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise Unreachable("no such name") from problem
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses:
        raise Unreachable("no such name")
    if not _is_allowed(parts) and not all(is_public(address) for address in addresses):
        raise BadAddress(_("This address is not on the public internet."))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(host, port, path, parts.scheme == "https", addresses[0])


def _is_allowed(parts: SplitResult) -> bool:
    """Named by whoever runs this installation, as host:port: a receiver on one's own machine, in development."""
    try:
        name = f"{parts.hostname}:{parts.port}"
    except ValueError:
        return False
    return name in getattr(settings, "OUTBOUND_ALLOWED", ())


def _literal(host: str) -> str | None:
    """The host, if it is an address and not a name; also in the spellings only old resolvers know."""
    host = host.rstrip(".")
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    if host.rpartition(".")[2][:1].isdigit() or host.lower().startswith("0x"):
        # 127.1, 0x7f000001, 2130706433: no name ends in a number.
        raise BadAddress
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal", ".lan", ".home.arpa")):
        raise BadAddress(_("This address is not on the public internet."))
    return None


def _nat64(found: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if found in ipaddress.ip_network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return None


def _cut(channel: socket.socket) -> None:
    with suppress(OSError):
        channel.shutdown(socket.SHUT_RDWR)
