"""The two worker classes of deploy/gunicorn.conf.py."""

import secrets
from http import HTTPStatus
from typing import Any

import orjson
from gunicorn.asgi import protocol
from gunicorn.workers import gasgi
from uvicorn_worker import UvicornWorker

# What the server refuses before the application sees it: status -> code and title.
_REFUSALS = {
    400: ("invalid-input", "The request is not valid"),
    414: ("uri-too-long", "The request line is too long"),
    431: ("headers-too-large", "The headers are too large"),
}


class ProblemProtocol(protocol.ASGIProtocol):
    """gunicorn's HTTP protocol, whose own refusals are problem details as everything else."""

    def _send_error_response(
        self, status: int, message: str, extra_headers: tuple[tuple[str, str], ...] = ()
    ) -> None:
        code, title = _REFUSALS.get(status, ("unavailable", HTTPStatus(status).phrase))
        request_id = secrets.token_hex(16)
        # The message may quote the request: it stays out.
        body = {"type": f"/problems/{code}", "title": title, "status": status, "detail": title}
        content = orjson.dumps({**body, "code": code, "request_id": request_id})
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
        lines += [f"{name}: {value}" for name, value in extra_headers]
        lines += ["Content-Type: application/problem+json", f"Content-Length: {len(content)}"]
        lines += [f"X-Request-ID: {request_id}", "Connection: close", "", ""]
        self._safe_write("\r\n".join(lines).encode("latin-1") + content)


class HubWorker(gasgi.ASGIWorker):
    """gunicorn's own ASGI worker, the default: no request fails in a restart, limits inside."""

    def init_process(self) -> None:
        # The class that the worker makes protocols of is a name in its module; this process is
        # the worker's own.
        gasgi.ASGIProtocol = ProblemProtocol
        protocol._CACHED_SERVER_HEADER = b""  # which software answers is nobody's business
        super().init_process()


class UvicornHubWorker(UvicornWorker):
    """Uvicorn without what the hub has no use for: WebSockets, a Server header, an access log.

    "auto" takes uvloop and httptools where they are installed. Who is behind a proxy is found out
    by the application, with either worker alike.
    """

    CONFIG_KWARGS = {
        "loop": "auto",
        "http": "auto",
        "ws": "none",
        "server_header": False,
        "access_log": False,
        "proxy_headers": False,
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Without it uvicorn waits for ever and gunicorn kills the worker with what it still does.
        self.config.timeout_graceful_shutdown = self.cfg.graceful_timeout
