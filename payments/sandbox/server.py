"""A small threaded HTTP server with connections that stay open, so that a call costs no new connection."""

import io
import socket
import socketserver
import struct
import sys
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

LARGEST_BODY = 16 * 1024 * 1024


class BrokenAnswer(Exception):
    """The connection is to break: after these bytes, or at once."""

    def __init__(self, beginning: bytes = b"") -> None:
        super().__init__("the connection breaks on purpose")
        self.beginning = beginning


class Handler(BaseHTTPRequestHandler):
    """Speaks HTTP/1.1 to one client and WSGI to the application."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024
    timeout = 600.0
    server: "Server"

    def serve(self) -> None:
        body = self.read_body()
        if body is None:
            return
        try:
            status, headers, payload = self.run(body)
        except BrokenAnswer as broken:
            self.break_off(broken.beginning)
            return
        code, _, reason = status.partition(" ")
        self.send_response_only(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(payload)
        self.wfile.flush()

    do_GET = do_POST = do_DELETE = do_HEAD = do_PUT = do_PATCH = do_OPTIONS = serve  # noqa: N815

    def read_body(self) -> bytes | None:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            self.send_error(411)
            self.close_connection = True
            return None
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > LARGEST_BODY:
            self.send_error(413)
            self.close_connection = True
            return None
        return self.rfile.read(int(length))

    def run(self, body: bytes) -> tuple[str, list[tuple[str, str]], bytes]:
        answer: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], problem: Any = None) -> Any:
            answer[:] = [status, headers]
            return None

        parts: Iterable[bytes] = self.server.application(self.environ(body), start_response)
        payload = b"".join(parts)
        status, headers = answer
        if not any(name.lower() == "content-length" for name, _ in headers):
            headers.append(("Content-Length", str(len(payload))))
        return status, headers, payload

    def environ(self, body: bytes) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        found: dict[str, Any] = {
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "RAW_URI": self.path,
            "QUERY_STRING": query,
            "REMOTE_ADDR": self.client_address[0],
            "SERVER_NAME": self.server.server_address[0],
            "SERVER_PORT": str(self.server.server_address[1]),
            "SERVER_PROTOCOL": self.request_version,
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
        }
        for name, value in self.headers.items():
            found[f"HTTP_{name.upper().replace('-', '_')}"] = value
        return found

    def break_off(self, beginning: bytes) -> None:
        """Ends the connection without the courtesies, so that the client sees a reset."""
        if beginning:
            self.wfile.write(beginning)
            self.wfile.flush()
        else:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named by the base class
        """The journal has it all."""

    def handle(self) -> None:
        try:
            super().handle()
        except (ConnectionError, TimeoutError):
            self.close_connection = True


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """One thread for each open connection."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 256

    def __init__(self, host: str, port: int, application: "WSGIApplication") -> None:
        self.application = application
        super().__init__((host, port), Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError | OSError):
            super().handle_error(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Like the original, without a shutdown that would hide a reset."""
        try:
            lingering = request.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)
            if struct.unpack("ii", lingering)[0] == 0:
                request.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        self.close_request(request)
