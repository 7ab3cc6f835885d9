"""Requests that must be refused, as data.

A case is (name, method, path, what is sent, status, code). ``{id}`` is a memory of the caller's,
``{ID}`` the same in upper case and so on; the code is that of the first item of ``errors`` or,
where there is none, of the problem itself.
"""

from superthread.tests.input.bad_bodies import (
    ENCODINGS,
    GRANTS,
    LIST,
    ONE,
    TIMES,
    VALUES,
    VERSIONS,
    body,
    raw,
)
from testing.clients.in_process import Client


def auth(value: bytes) -> dict:
    return {"headers": {"Authorization": value}}


IDS = [
    (f"{method} of the id in {name}", method, f"/superthread/memories/{spelt}", {}, 404,
     "not-found")
    for method in ("GET", "DELETE")
    for name, spelt in [
        ("capitals", "{ID}"),
        ("braces", "%7B{id}%7D"),
        ("a URN", "urn:uuid:{id}"),
        ("plain hex", "{hex}"),
        ("full-width digits", "{wide}"),
        ("blanks", "%20{id}"),
        ("a line feed", "{id}%0A"),
        ("a NUL", "{id}%00"),
        ("a bad escape", "%FF%FE"),
        ("a number", "1"),
        ("version 4", "9b2fbd5e-7c55-4d0b-8d7e-0d4e1ff2a9a1"),
        ("many letters", "a" * 4000),
    ]
]  # fmt: skip

PATHS = [
    (f"path {path}", "GET", path, {}, 404, "not-found")
    for path in (
        "/superthread", "/superthread/", "/superthread/nothing",
        "/superthread//memories", "/superthread/memories//", "/superthread/memories/{id}//",
        "/superthread/memories/{id}/nothing",
        "/superthread/./memories%00", "/superthreads/memories", "/api/superthread/memories",
        "/nothing", "/%00", "/%FF", "/superthread/versions/{id}/nothing",
        "/superthread/versions/{id}/01a20515-6f02-717f-9279-57c61342c487",
        "/monitoring/nothing", "/accounts/tokens/x/y",
    )
]  # fmt: skip

QUERIES = [
    (f"query {query}", "GET", f"{LIST}?{query}", {}, 400, code)
    for query, code in [
        ("limit=0", "not-integer"),
        ("limit=101", "not-integer"),
        ("limit=-1", "not-integer"),
        ("limit=", "not-integer"),
        ("limit=ten", "not-integer"),
        ("limit=1.0", "not-integer"),
        ("limit=1e1", "not-integer"),
        ("limit=%D9%A1", "not-integer"),
        ("limit=+5", "not-integer"),
        ("limit=99999999999999999999", "not-integer"),
        ("limit=5&limit=5", "repeated"),
        ("scope=all&scope=team", "repeated"),
        ("scope=", "invalid-choice"),
        ("scope=Team", "invalid-choice"),
        ("colour=red", "unknown-field"),
        ("team=a", "unknown-field"),
        ("category=", "blank"),
        ("category=%00", "encoding"),
        ("category=%FF", "encoding"),
        ("category=%ED%A0%80", "encoding"),
        ("category=" + "a" * 65, "too-long"),
        ("team_key=" + "a" * 65, "too-long"),
        ("%00=1", "encoding"),
        ("cursor=", "blank"),
        ("cursor=nonsense", "bad-cursor"),
        ("cursor=W10", "bad-cursor"),  # []
        ("cursor=MQ", "bad-cursor"),  # 1
        ("cursor=eyJhIjoxfQ", "bad-cursor"),  # {"a":1}
        ("cursor=WzEsMiwzLDRd", "bad-cursor"),  # [1,2,3,4]
        ("cursor=" + "a" * 2_001, "too-long"),
        ("cursor=%F0%9F%98%80", "bad-cursor"),
    ]
] + [
    ("permanent=1", "DELETE", f"{ONE}?permanent=1", {}, 400, "not-flag"),
    ("permanent=True", "DELETE", f"{ONE}?permanent=True", {}, 400, "not-flag"),
    ("query of a POST", "POST", f"{LIST}?scope=all", body(), 400, "unknown-field"),
    ("query of a detail", "GET", f"{ONE}?limit=1", {}, 400, "unknown-field"),
    ("versions limit", "GET", f"{VERSIONS}?limit=51", {}, 400, "not-integer"),
    ("versions cursor", "GET", f"{VERSIONS}?cursor=WzFd", {}, 400, "bad-cursor"),
    ("long description", "POST", f"{VERSIONS}?description={'a' * 501}", {}, 400, "too-long"),
    ("diff without from", "GET", f"{VERSIONS}/diff", {}, 400, "required"),
    ("diff from 0", "GET", f"{VERSIONS}/diff?from=0", {}, 400, "not-integer"),
    ("diff from the future", "GET", f"{VERSIONS}/diff?from=9", {}, 400, "no-such-version"),
    ("diff to the end", "GET", f"{VERSIONS}/diff?from=1&to=9007199254740992", {}, 400,
     "no-such-version"),
]  # fmt: skip

CHANGES = [
    ("empty change", "PATCH", ONE, {"json": {}}, 400, "empty"),
    ("change of nothing known", "PATCH", ONE, {"json": {"revision": 7}}, 400, "unknown-field"),
    ("change to null content", "PATCH", ONE, {"json": {"content": None}}, 400, "null"),
    ("change to blank", "PATCH", ONE, {"json": {"content": "\u200b"}}, 400, "blank"),
    ("change to the past", "PATCH", ONE, {"json": {"expires_at": "2001-01-01T00:00:00Z"}}, 400,
     "past"),
    ("grants as list", "POST", GRANTS, {"json": {"permissions": []}}, 400, "not-object"),
    ("no grants", "POST", GRANTS, {"json": {"permissions": {}}}, 400, "empty"),
    ("unknown role", "POST", GRANTS, {"json": {"permissions": {"a@b.co": "owner"}}}, 400,
     "unknown-role"),
    ("role by number", "POST", GRANTS, {"json": {"permissions": {"a@b.co": 1}}}, 400,
     "unknown-role"),
    ("no address", "POST", GRANTS, {"json": {"permissions": {"a": "viewer"}}}, 400, "email"),
    ("endless address", "POST", GRANTS,
     {"json": {"permissions": {"a" * 300 + "@b.co": "viewer"}}}, 400, "email"),
    ("one address twice", "POST", GRANTS,
     {"json": {"permissions": {"a@b.co": "viewer", "A@B.co": "editor"}}}, 400,
     "duplicate-address"),
    ("101 addresses", "POST", GRANTS,
     {"json": {"permissions": {f"a{n}@b.co": "viewer" for n in range(101)}}}, 400, "too-many"),
]  # fmt: skip

HEADERS = [
    ("Bearer alone", "GET", LIST, auth(b"Bearer"), 401, "not-authenticated"),
    ("empty Authorization", "GET", LIST, auth(b""), 401, "not-authenticated"),
    ("Basic", "GET", LIST, auth(b"Basic YTpi"), 401, "not-authenticated"),
    ("not ASCII", "GET", LIST, auth(b"Bearer mh_\xff\xfe"), 401, "not-authenticated"),
    ("NUL", "GET", LIST, auth(b"Bearer mh_\x00" + b"0" * 35), 401, "not-authenticated"),
    ("wide digits", "GET", LIST, auth("Bearer mh_٠".encode()), 401, "not-authenticated"),
    ("two spaces", "GET", LIST, auth(b"Bearer  mh_" + b"0" * 36), 401, "not-authenticated"),
    ("endless token", "GET", LIST, auth(b"Bearer mh_" + b"0" * 7000), 401, "not-authenticated"),
    ("foreign Host", "GET", LIST, {"headers": {"Host": "evil.example"}}, 400, "invalid-input"),
    ("Content-Length in words", "POST", LIST, raw(b"{}", Content_Length="two"), 400,
     "invalid-input"),
    ("negative Content-Length", "POST", LIST, raw(b"{}", Content_Length="-1"), 400,
     "invalid-input"),
    ("too large a Content-Length", "POST", LIST, raw(b"{}", Content_Length=str(2**23 + 1)), 413,
     "too-large"),
    ("endless Content-Length", "POST", LIST, raw(b"{}", Content_Length="9" * 40), 413,
     "too-large"),
    ("two lengths", "POST", LIST, raw(b"{}", Content_Length="2", Transfer_Encoding="chunked"),
     400, "invalid-input"),
] + [
    (f"If-Match: {value}", "PATCH", ONE,
     {"json": {"category": "b"}, "headers": {"If-Match": value}}, status, code)
    for value, status, code in [
        ('"2"', 412, "stale-revision"),
        ('W/"2"', 412, "stale-revision"),
        ('"0"', 412, "stale-revision"),
        ('"-1"', 412, "stale-revision"),
        ('"01"', 412, "stale-revision"),
        ('"abc"', 412, "stale-revision"),
        ('"99999999999999999999"', 412, "stale-revision"),
        ('""', 412, "stale-revision"),
        ("1", 400, "invalid-input"),
        ('"1', 400, "invalid-input"),
        ("", 400, "invalid-input"),
        ('"2",', 400, "invalid-input"),
    ]
]  # fmt: skip

METHODS = [
    (f"{method} {path}", method, path, {}, 405, "method-not-allowed")
    for method, path in [
        ("PUT", LIST), ("PATCH", LIST), ("DELETE", LIST), ("PUT", ONE), ("POST", ONE),
        ("TRACE", LIST), ("DELETE", GRANTS), ("PATCH", VERSIONS), ("GET", ONE + "/undelete"),
        ("POST", "/superthread/stats"), ("POST", "/openapi.json"), ("DELETE", "/accounts/me"),
    ]
]  # fmt: skip

GROUPS = {
    "encodings": ENCODINGS,
    "values": VALUES,
    "times": TIMES,
    "ids": IDS,
    "paths": PATHS,
    "queries": QUERIES,
    "changes": CHANGES,
    "headers": HEADERS,
    "methods": METHODS,
}


def spellings(doc_id: str) -> dict[str, str]:
    """What stands for the placeholders of paths."""
    wide = "".join(f"%EF%BC%{0x90 + int(c):X}" if c.isdigit() else c for c in doc_id)
    return {"id": doc_id, "ID": doc_id.upper(), "hex": doc_id.replace("-", ""), "wide": wide}


def lists(client: Client) -> list[tuple[int, bytes]]:
    """Every list a caller has, as it is answered now."""
    paths = ["/superthread/memories?limit=100&scope=all", "/accounts/teams"]
    answers = [client.get(path) for path in paths]
    return [(answer.status_code, answer.content) for answer in answers]
