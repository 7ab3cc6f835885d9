"""A call of the hub: how it is asked, what is read of its answer, and when it is asked again."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

# Statuses after which the hub promises that nothing was changed, if it says when to come again.
BUSY = (429, 503)
LONGEST_WAIT = 60.0  # seconds
KEYED = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class Call:
    """One call. Revisions for ``if_match`` may be numbers; ``if_none_match`` may be ``*``."""

    method: str
    path: str
    json: Any = None
    content: bytes | Iterable[bytes] | None = None
    params: Mapping[str, Any] | None = None
    if_match: int | str | None = None
    if_none_match: int | str | None = None
    idempotency_key: str | None = None
    is_text: bool = False
    is_file: bool = False


class HubError(Exception):
    """The hub refused a call: ``status``, ``code`` for programs, ``detail`` for people, and the
    whole ``problem`` (RFC 9457)."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status, self.problem = status, dict(problem)
        self.code = str(problem.get("code", ""))
        self.detail = str(problem.get("detail") or problem.get("title") or f"HTTP {status}")
        found = problem.get("errors") or ()
        said = [f"{one.get('pointer', '')}: {one.get('detail', '')}".lstrip(": ") for one in found]
        super().__init__("; ".join(said) or self.detail)


def path_of(template: str, **parts: Any) -> str:
    """The path with its parts in it; slashes stay in a part that is a path itself."""
    safe = {
        name: quote(str(one), safe="/" if name == "path" else "") for name, one in parts.items()
    }
    return template.format(**safe)


def request_of(client: httpx.Client | httpx.AsyncClient, call: Call) -> httpx.Request:
    """The request of a call. A write has a key of its own, so that it may be sent again."""
    headers: dict[str, str] = {}
    for name, value in (("If-Match", call.if_match), ("If-None-Match", call.if_none_match)):
        if value is not None:
            text = str(value)
            headers[name] = text if text == "*" or text.startswith('"') else f'"{text}"'
    if call.method in KEYED:
        headers["Idempotency-Key"] = call.idempotency_key or str(uuid.uuid4())
    if call.content is not None:
        headers["Content-Type"] = "application/octet-stream"
    params = {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in (call.params or {}).items()
        if value is not None
    }
    return client.build_request(
        call.method,
        call.path,
        json=call.json,
        content=call.content,
        params=params or None,
        headers=headers,
    )


def pause_after(response: httpx.Response) -> float | None:
    """Seconds after which the same may be asked again; None: not at all."""
    wait = response.headers.get("Retry-After", "")
    if response.status_code not in BUSY or not wait.isdecimal():
        return None
    return min(float(wait), LONGEST_WAIT)


def answer_of(call: Call, response: httpx.Response) -> Any:
    """What a call is answered. Raises HubError."""
    if response.is_error or response.is_redirect:
        raise HubError(response.status_code, _problem(response))
    if call.is_text:
        return response.text
    if call.is_file:
        return response.content
    return response.json() if response.content else None


def _problem(response: httpx.Response) -> Mapping[str, Any]:
    try:
        found = response.json()
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"detail": f"HTTP {response.status_code}"}
