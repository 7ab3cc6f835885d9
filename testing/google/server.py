"""The HTTP server of the double: finds the method, validates, meets the fault, answers."""

import base64
import contextlib
import json
import socket
import struct
import threading
import time
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from testing.google.answers import Call, Raw, Refused
from testing.google.document import NotModelled
from testing.google.faults import Fault, Faults, docs_error, drive_error
from testing.google.oauth import OAuth
from testing.google.schema import Book, Method, Violation
from testing.google.sharing import Sharing
from testing.google.world import World

BOOK = Book()


class Double:
    """A running double; `violations` must be empty at the end of a test.

    `latency` is what every call takes in seconds, `seen` the method ids in order of arrival,
    `traces` the traces that they belong to.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self.world = World()
        self.oauth = OAuth(self.world)
        self.faults = Faults()
        self.api = Sharing(self.world)
        self.latency: dict[str, float] = {}
        self.every_call = 0.0
        self.violations: list[str] = []
        self.seen: list[str] = []
        self.traces: list[str | None] = []
        self.server = _Server((host, port), _Handler)
        self.server.double = self
        self.root = f"http://{host}:{self.server.server_address[1]}/"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)

    def start(self) -> "Double":
        self._thread.start()
        return self

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.server.drop_connections()

    def violate(self, what: str) -> None:
        self.violations.append(what)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    double: Double

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def drop_connections(self) -> None:
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def log_message(self, *args: Any) -> None:
        """Quiet."""

    def handle_any(self) -> None:
        double = self.server.double
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        url = urlsplit(self.path)
        if url.path in {"/token", "/revoke"}:
            self._oauth(double, url.path, content)
        elif url.path == "/o/oauth2/v2/auth":
            self._redirect(double.oauth.consent(dict(parse_qsl(url.query))))
        else:
            self._call(double, url.path, url.query, content)

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = handle_any

    def _oauth(self, double: Double, path: str, content: bytes) -> None:
        form = dict(parse_qsl(content.decode())) | self._basic()
        double.oauth.asked += path == "/token"
        fault = double.faults.next(path.strip("/"))
        if fault and self._meet(fault):
            return
        with double.world.lock:
            status, body = getattr(double.oauth, path.strip("/"))(form)
        self._send(status, json.dumps(body).encode())

    def _basic(self) -> dict[str, str]:
        """The client's credentials when they come in the Authorization header."""
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        if kind != "Basic":
            return {}
        client, _, secret = base64.b64decode(value).decode().partition(":")
        return {"client_id": unquote(client), "client_secret": unquote(secret)}

    def _redirect(self, target: str) -> None:
        self._send(302, b"", headers={"Location": target})

    def _call(self, double: Double, path: str, query: str, content: bytes) -> None:
        verb = self.headers.get("X-HTTP-Method-Override", self.command)
        # A query too long for a URI.
        if verb != self.command:
            query, content = content.decode(), b""
        fault: Fault | None = None
        try:
            method, call = self._understand(double, verb, path, query, content)
            name = method.id if method else "export.revision"
            double.seen.append(name)
            double.traces.append(self.headers.get("traceparent"))
            time.sleep(double.latency.get(name, double.every_call))
            if name == "docs.documents.batchUpdate" and double.world.before_update:
                meanwhile, double.world.before_update = double.world.before_update, None
                meanwhile()
            fault = double.faults.next(name)
            if fault and fault.when == "before" and self._meet(fault):
                return
            status, answer, headers = self._perform(double, method, call)
        except Violation as violation:
            double.violate(str(violation))
            status, headers = 400, {}
            answer = json.dumps(drive_error(400, "invalidParameter", str(violation))).encode()
        except NotModelled as missing:
            double.violate(f"not modelled: {missing}")
            status, headers = 501, {}
            answer = json.dumps(drive_error(501, "notImplemented", str(missing))).encode()
        except Refused as refused:
            status, answer, headers = (
                refused.status,
                json.dumps(refused.body).encode(),
                refused.headers,
            )
        if fault and fault.when == "after" and self._meet(fault):
            return
        if fault and fault.kind == "truncate":
            self._truncate(answer)
            return
        if fault and fault.kind == "mistype":
            headers = headers | {"type": "text/html"}
        self._send(status, answer, headers=headers)

    def _understand(
        self, double: Double, verb: str, path: str, query: str, content: bytes
    ) -> tuple[Method | None, Call]:
        pairs = parse_qsl(query, keep_blank_values=True)
        params = dict(pairs)
        if len(params) != len(pairs):
            raise Violation(f"{path}: a parameter is repeated")
        export = path.startswith("/feeds/download/documents/export")
        method, in_path, upload = (None, {}, False) if export else BOOK.find(verb, path)
        params |= in_path
        body, media = self._body(content, upload)
        mask = BOOK.check_request(method, params, body) if method else None
        caller = self._caller(double, method)
        return method, Call(caller, params, mask, body or {}, media, double.root)

    def _caller(self, double: Double, method: Method | None) -> Any:
        kind, _, token = self.headers.get("Authorization", "").partition(" ")
        caller = double.world.caller(token) if kind == "Bearer" else None
        if caller is None:
            raise Refused(401, drive_error(401, "authError", "Invalid Credentials"))
        if method and not caller.scopes & set(method.spec["scopes"]):
            if method.id.startswith("docs."):
                body = docs_error(403, "PERMISSION_DENIED", "", "ACCESS_TOKEN_SCOPE_INSUFFICIENT")
            else:
                body = drive_error(403, "insufficientPermissions")
            raise Refused(403, body)
        return caller

    def _body(self, content: bytes, upload: bool) -> tuple[Any, tuple[str, bytes] | None]:
        if not content:
            return None, None
        content_type = self.headers.get("Content-Type", "")
        if not upload:
            if not content_type.startswith("application/json"):
                raise Violation(f"a body of type {content_type}")
            return json.loads(content), None
        # The library writes its MIME headers with bare line feeds, and the media as it is.
        head, _, rest = content.partition(b"\n\n")
        boundary = b"\n--" + head.split(b"\n")[0].strip()[2:]
        first, _, second = rest.partition(boundary)
        head, _, media = second.lstrip(b"\r\n").partition(b"\n\n")
        media = media[: media.rindex(boundary)]
        return json.loads(first), (message_from_bytes(head + b"\n\n")["Content-Type"], media)

    def _perform(
        self, double: Double, method: Method | None, call: Call
    ) -> tuple[int, bytes, dict[str, str]]:
        if method is None:
            handler = double.api.export_revision
        else:
            name = method.id.split(".", 1)[1].replace(".", "_")
            handler = getattr(double.api, name, None)
            if handler is None:
                raise NotModelled(method.id)
        with double.world.lock:
            answer = handler(call)
        if isinstance(answer, Raw):
            return (200 if answer.content else 204), answer.content, {"type": answer.content_type}
        try:
            BOOK.check_answer(method, answer)
        except Violation as lie:
            double.violate(f"DOUBLE LIES: {lie}")
            return 599, b"DOUBLE LIES", {}
        return 200, json.dumps(answer).encode(), {}

    def _meet(self, fault: Fault) -> bool:
        """Let the fault happen; false when the call goes on after it."""
        if fault.kind == "slow":
            time.sleep(fault.seconds)
            return False
        if fault.kind == "answer":
            html = isinstance(fault.body, str)
            content = fault.body if html else json.dumps(fault.body, default=repr)
            raw = fault.body if isinstance(fault.body, bytes) else content.encode()
            kind = "text/html" if html else "application/json; charset=UTF-8"
            self._send(fault.status, raw, headers={"type": kind} | fault.headers)
            return True
        if fault.kind in {"rst", "fin"}:
            self._cut(reset=fault.kind == "rst")
            return True
        return False

    def _cut(self, *, reset: bool) -> None:
        if reset:
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
        else:
            self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def _truncate(self, answer: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer[: len(answer) // 2])
        self.wfile.flush()
        self._cut(reset=False)

    def _send(self, status: int, content: bytes, headers: dict[str, str] | None = None) -> None:
        headers = dict(headers or {})
        self.send_response(status)
        kind = headers.pop("type", "application/json; charset=UTF-8")
        if status != 204:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if status != 204:
            self.wfile.write(content)
        self.wfile.flush()
