"""What a server refuses before the application sees it, as problem details like everything else."""

import secrets
from http import HTTPStatus

import orjson

# Status -> code and title.
_REFUSALS = {
    400: ("invalid-input", "The request is not valid"),
    408: ("body-timeout", "The request did not arrive in time"),
    414: ("uri-too-long", "The request line is too long"),
    431: ("headers-too-large", "The headers are too large"),
}


def refusal(status: int, headers: tuple[tuple[str, str], ...] = ()) -> bytes:
    """The whole answer, head and body, that ends the connection.

    It quotes nothing of the request, which may hold anything.
    """
    code, title = _REFUSALS.get(status, ("unavailable", HTTPStatus(status).phrase))
    request_id = secrets.token_hex(16)
    body = {"type": f"/problems/{code}", "title": title, "status": status, "detail": title}
    content = orjson.dumps({**body, "code": code, "request_id": request_id})
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers]
    lines += ["Content-Type: application/problem+json", f"Content-Length: {len(content)}"]
    lines += [f"X-Request-ID: {request_id}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode("latin-1") + content
