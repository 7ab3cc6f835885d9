"""Plain requests: which can be answered without Django's request and DRF's, and what they ask.

Plain are GETs of a few routes, and searches and saves that bring a short body and no
Idempotency-Key, with usual headers alone and a token that was shown in the usual way. Whatever is
not goes the way of all requests.
"""

import re
from collections.abc import Hashable, Iterable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from django.core.exceptions import SuspiciousOperation
from django.http import QueryDict

from memory_hub.api.strict_json import loads
from memory_hub.core.asgi_types import BODY, Scope
from memory_hub.core.credentials import AUTHORIZATION, token_in
from memory_hub.http.response_cache import HARMLESS
from superthread.reads.named import UUID7
from superthread.views.base import MemoriesView
from superthread.views.batch import BatchSaveView
from superthread.views.by_path import PersonalPathView, PublicPathView, TeamPathView
from superthread.views.memories import MemoryListView, MemoryView
from superthread.views.search import SearchView
from superthread.views.sharing import PermissionsView
from superthread.views.versions import VersionListView, VersionView

PREFIX = "/superthread"


class Route(NamedTuple):
    """A method of a route as metrics name it, the paths that it has here, and its view."""

    method: str
    name: str
    paths: re.Pattern[str]
    view: type[MemoriesView]


def _route(method: str, template: str, view: type[MemoriesView], **parts: str) -> Route:
    """A route whose ``parts`` match these patterns; a path never ends with a slash here."""
    pattern = re.escape(f"{PREFIX}{template}").replace(r"\{", "{").replace(r"\}", "}")
    for name, part in parts.items():
        pattern = pattern.replace(f"{{{name}}}", f"(?P<{name}>{part})")
    return Route(method, f"{PREFIX}{template}", re.compile(pattern, re.ASCII), view)


_ID, _PATH = UUID7.pattern, r".*[^/]"
_VERSION = "/versions/{doc_id}/{version_id}"
_TEAM_PATH = "/by-path/team/{team_key}/{path}"
DETAIL = _route("GET", "/memories/{doc_id}", MemoryView, doc_id=_ID)
READS = (
    DETAIL,
    _route("GET", "/memories", MemoryListView),
    _route("GET", "/versions/{doc_id}", VersionListView, doc_id=_ID),
    _route("GET", _VERSION, VersionView, doc_id=_ID, version_id="[0-9a-f-]{36}"),
    _route("GET", "/permissions/{doc_id}", PermissionsView, doc_id=_ID),
    _route("GET", "/by-path/personal/{path}", PersonalPathView, path=_PATH),
    _route("GET", "/by-path/public/{path}", PublicPathView, path=_PATH),
    _route("GET", _TEAM_PATH, TeamPathView, team_key="[^/]+", path=_PATH),
)
SEARCHES = (_route("POST", "/search", SearchView),)
SAVE = _route("POST", "/memories", MemoryListView)
SAVES = (SAVE, _route("POST", "/batch/save", BatchSaveView))
# What says nothing of the answer, and what a middleware may look at: part of the kind of a request.
# Any other header is for the view.
_LENGTH, _TYPE = b"content-length", b"content-type"
_UNSAID = (HARMLESS - {_LENGTH}) | {b"accept"}
_LOOKED_AT = frozenset(
    {b"host", b"accept-encoding", b"x-forwarded-proto", b"x-forwarded-host", b"x-forwarded-port"}
)
_IF_NONE_MATCH, _ENCODINGS = b"if-none-match", b"accept-encoding"
_SAID = _LOOKED_AT | {AUTHORIZATION}
_SAID_BY = {"GET": _SAID | {_IF_NONE_MATCH}, "POST": _SAID | {_LENGTH, _TYPE}}
_JSON = frozenset({b"application/json", b"application/json; charset=utf-8"})


class Told(NamedTuple):
    """What the headers of a plain request say: its token, the tag that the client has, which
    encodings it takes, and what a middleware may look at."""

    token: bytes
    tag: str | None
    encodings: str
    kind: tuple[Any, ...]


class ParsedRequest(NamedTuple):
    """A plain request: its route and the parts of its path, its query, also as text, its
    headers, the address that sent it, the body of a POST."""

    route: Route
    parts: Mapping[str, str]
    query: QueryDict
    text: str
    told: Told
    address: str
    body: bytes = b""

    @property
    def question(self) -> Hashable:
        """Equal where a GET with the same token asks the same in the same way."""
        told = self.told
        return self.route.name, *self.parts.values(), self.text, told.tag, told.kind


def asked_by(scope: Scope, routes: Iterable[Route]) -> ParsedRequest | None:
    """What a plain request of these routes asks; None for any other."""
    found = _found(scope["method"], scope["path"], routes)
    if found is None:
        return None
    body = scope.get(BODY, b"")
    # Of a GET with one, and of a POST without one, the view has to say something.
    if bool(body) != (scope["method"] == "POST"):
        return None
    told, query = _told(scope), _query(scope["query_string"])
    if told is None or query is None:
        return None
    client = scope.get("client")
    address = client[0] if client else ""
    return ParsedRequest(*found, query, scope["query_string"].decode(), told, address, body)


def _found(method: str, path: str, routes: Iterable[Route]) -> tuple[Route, dict[str, str]] | None:
    for route in routes:
        match = route.paths.fullmatch(path) if route.method == method else None
        if match is not None:
            return route, match.groupdict()
    return None


def _told(scope: Scope) -> Told | None:
    """None where a header is an unusual one, or comes twice."""
    said: dict[bytes, bytes] = {}
    expected = _SAID_BY[scope["method"]]
    for name, value in scope["headers"]:
        if name in _UNSAID:
            continue
        if name in said or name not in expected:
            return None
        said[name] = value
    token = token_in(AUTHORIZATION, said.pop(AUTHORIZATION, b""))
    tag = said.pop(_IF_NONE_MATCH, None)
    if said.pop(_LENGTH, None) is not None and said.pop(_TYPE, b"") not in _JSON:
        return None
    if token is None:
        return None
    kind = (scope["method"], scope["scheme"], scope.get("root_path"), *said.items())
    encodings = said.get(_ENCODINGS, b"").decode("latin-1")
    return Told(token, None if tag is None else tag.decode("latin-1"), encodings, kind)


_NO_QUERY = QueryDict()


def _query(text: bytes) -> QueryDict | None:
    """The query string; None for one that is odd, or asks for an old state, which is read in
    another way."""
    if not text:
        return _NO_QUERY
    try:
        query = QueryDict(text.decode("ascii"))
    except (UnicodeDecodeError, SuspiciousOperation):
        return None
    return None if "at" in query else query


class PlainRequest:
    """As much of DRF's request, and of Django's in it, as the views of plain requests ask of it."""

    def __init__(self, asked: ParsedRequest) -> None:
        self._asked = asked
        self.META = {"HTTP_ACCEPT_ENCODING": asked.told.encodings}
        if asked.told.tag is not None:
            self.META["HTTP_IF_NONE_MATCH"] = asked.told.tag
        if asked.body:
            self.META["CONTENT_LENGTH"] = str(len(asked.body))
        self.GET = asked.query
        self.method = "POST" if asked.body else "GET"

    @property
    def _request(self) -> "PlainRequest":
        return self

    @cached_property
    def data(self) -> Any:
        """The body. Raises BadInput."""
        return loads(self._asked.body, self._asked.route.view.most_items)
