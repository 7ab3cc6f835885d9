"""Requests that must be refused, as data.

A case is (name, method, path, what is sent, status, code). ``{id}`` is a memory of the caller's,
``{ID}`` the same in upper case and so on; the code is that of the first item of ``errors`` or,
where there is none, of the problem itself.
"""

from typing import Any

from testing.client import Client

LIST = "/superthread/memories"
ONE = "/superthread/memories/{id}"
GRANTS = "/superthread/permissions/{id}"
VERSIONS = "/superthread/versions/{id}"
JSON = {"Content-Type": "application/json"}


def raw(content: bytes, content_type: str | None = "application/json", **headers: str) -> dict:
    """A body as bytes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {
        "content": content,
        "headers": named | ({"Content-Type": content_type} if content_type else {}),
    }


def body(**members: Any) -> dict:
    return {"json": {"content": "a", **members}}


def auth(value: bytes) -> dict:
    return {"headers": {"Authorization": value}}


DEEP = b'{"content":"a","metadata":' + b'{"a":' * 100 + b"1" + b"}" * 101
DEEP_METADATA: dict[str, Any] = {}
for _ in range(33):
    DEEP_METADATA = {"a": DEEP_METADATA}

ENCODINGS = [
    ("Latin-1", "POST", LIST, raw('{"content":"é"}'.encode("latin-1")), 400, "not-utf8"),
    ("UTF-16", "POST", LIST, raw('{"content":"a"}'.encode("utf-16")), 400, "not-utf8"),
    ("overlong UTF-8", "POST", LIST, raw(b'{"content":"\xc0\xaf"}'), 400, "not-utf8"),
    ("surrogate bytes", "POST", LIST, raw(b'{"content":"\xed\xa0\x80"}'), 400, "not-utf8"),
    ("two BOMs", "POST", LIST, raw(b'\xef\xbb\xbf\xef\xbb\xbf{"content":"a"}'), 400, "not-json"),
    ("empty body", "POST", LIST, raw(b""), 400, "required"),
    ("no JSON", "POST", LIST, raw(b"content=a"), 400, "not-json"),
    ("truncated", "POST", LIST, raw(b'{"content":"a"'), 400, "not-json"),
    ("two values", "POST", LIST, raw(b'{"content":"a"}{}'), 400, "not-json"),
    ("trailing comma", "POST", LIST, raw(b'{"content":"a",}'), 400, "not-json"),
    ("a comment", "POST", LIST, raw(b'{"content":"a"/**/}'), 400, "not-json"),
    ("single quotes", "POST", LIST, raw(b"{'content':'a'}"), 400, "not-json"),
    ("raw line feed", "POST", LIST, raw(b'{"content":"a\nb"}'), 400, "not-json"),
    ("raw NUL", "POST", LIST, raw(b'{"content":"a\x00b"}'), 400, "not-json"),
    ("form", "POST", LIST, raw(b"content=a", "application/x-www-form-urlencoded"), 415, None),
    ("multipart", "POST", LIST, raw(b"--a--", "multipart/form-data; boundary=a"), 415, None),
    ("text", "POST", LIST, raw(b'{"content":"a"}', "text/plain"), 415, None),
    ("no content type", "POST", LIST, raw(b'{"content":"a"}', None), 415, None),
    ("any content type", "POST", LIST, raw(b'{"content":"a"}', "*/*"), 415, None),
    ("other JSON", "POST", LIST, raw(b'{"content":"a"}', "application/ld+json"), 415, None),
    ("charset", "POST", LIST, raw(b"{}", "application/json; charset=latin-1"), 415, None),
    ("compressed", "POST", LIST, raw(b"\x1f\x8b", Content_Encoding="gzip"), 415, None),
]

VALUES = [
    ("array", "POST", LIST, raw(b"[]"), 400, "invalid"),
    ("text alone", "POST", LIST, raw(b'"a"'), 400, "invalid"),
    ("null", "POST", LIST, raw(b"null"), 400, None),
    ("duplicate key", "POST", LIST, raw(b'{"content":"a","content":"b"}'), 400, "duplicate-key"),
    ("duplicate key by escape", "POST", LIST, raw(b'{"content":"a","c\\u006fntent":"b"}'), 400,
     "duplicate-key"),
    ("NaN", "POST", LIST, raw(b'{"content":"a","metadata":{"n":NaN}}'), 400, "not-a-number"),
    ("-Infinity", "POST", LIST, raw(b'{"content":"a","metadata":{"n":-Infinity}}'), 400,
     "not-a-number"),
    ("1e999", "POST", LIST, raw(b'{"content":"a","metadata":{"n":1e999}}'), 400,
     "number-too-large"),
    ("2**63", "POST", LIST, body(metadata={"n": 2**63}), 400, "integer-too-large"),
    ("-2**63-1", "POST", LIST, body(metadata={"n": -(2**63) - 1}), 400, "integer-too-large"),
    ("many digits", "POST", LIST, raw(b'{"content":' + b"9" * 5000 + b"}"), 400,
     "integer-too-large"),
    ("deep body", "POST", LIST, raw(DEEP), 400, "too-deep"),
    ("deep array", "POST", LIST, raw(b"[" * 100_000), 400, "too-deep"),
    ("deep metadata", "POST", LIST, body(metadata=DEEP_METADATA), 400, "too-deep"),
    ("lone surrogate", "POST", LIST, raw(b'{"content":"\\ud800"}'), 400, "lone-surrogate"),
    ("low surrogate first", "POST", LIST, raw(b'{"content":"\\udc00\\ud800"}'), 400,
     "lone-surrogate"),
    ("surrogate in metadata", "POST", LIST,
     raw(b'{"content":"a","metadata":{"a":["\\uD83D"]}}'), 400, "lone-surrogate"),
    ("surrogate in a key", "POST", LIST,
     raw(b'{"content":"a","metadata":{"\\uDBFF":1}}'), 400, "lone-surrogate"),
    ("escaped NUL", "POST", LIST, raw(b'{"content":"a\\u0000"}'), 400, "nul"),
    ("NUL in metadata", "POST", LIST, body(metadata={"a": "\x00"}), 400, "nul"),
    ("NUL in a key", "POST", LIST, body(metadata={"\x00": 1}), 400, "nul"),
    ("unknown field", "POST", LIST, body(colour="red"), 400, "unknown-field"),
    ("read-only field", "POST", LIST, body(owner="jun@example.com"), 400, "unknown-field"),
    ("chosen id", "POST", LIST, body(doc_id="01a20515-6f02-717f-9279-57c61342c487"), 400,
     "unknown-field"),
    ("no content", "POST", LIST, {"json": {}}, 400, "required"),
    ("null content", "POST", LIST, body(content=None), 400, "null"),
    ("number for text", "POST", LIST, body(content=12), 400, "not-text"),
    ("flag for text", "POST", LIST, body(content=True), 400, "not-text"),
    ("list for text", "POST", LIST, body(content=["a"]), 400, "not-text"),
    ("empty content", "POST", LIST, body(content=""), 400, "blank"),
    ("white space", "POST", LIST, body(content=" \t\r\n\u3000\u00a0\x85"), 400, "blank"),
    ("zero width", "POST", LIST, body(content="\u200b\u200d\ufeff\u2060"), 400, "blank"),
    ("bidi", "POST", LIST, body(content="\u202a\u202e\u2066\u2069\u061c"), 400, "blank"),
    ("tags", "POST", LIST, body(content="\U000e0041\ufe0f\u3164"), 400, "blank"),
    ("controls alone", "POST", LIST, body(content="\x01\x1b\x7f"), 400, "blank"),
    ("annotation marks", "POST", LIST, body(content="\ufff9\ufffb\U0001d173"), 400, "blank"),
    ("content too large", "POST", LIST, body(content="é" * (2**19) + "a"), 400, "too-many-bytes"),
    ("scope by number", "POST", LIST, body(scope=0), 400, "invalid-choice"),
    ("scope in capitals", "POST", LIST, body(scope="Personal"), 400, "invalid-choice"),
    ("scope all", "POST", LIST, body(scope="all"), 400, "invalid-choice"),
    ("null scope", "POST", LIST, body(scope=None), 400, "null"),
    ("team without key", "POST", LIST, body(scope="team"), 400, "required"),
    ("key without team", "POST", LIST, body(team_key="a"), 400, "unexpected"),
    ("unknown team", "POST", LIST, body(scope="team", team_key="a"), 400, "unknown-team"),
    ("category too long", "POST", LIST, body(category="a" * 65), 400, "too-long"),
    ("category with a line feed", "POST", LIST, body(category="a\nb"), 400, "control-character"),
    ("empty category", "POST", LIST, body(category=""), 400, "blank"),
    ("category as number", "POST", LIST, body(category=1.5), 400, "not-text"),
    ("metadata as list", "POST", LIST, body(metadata=[]), 400, "not-object"),
    ("metadata as text", "POST", LIST, body(metadata="{}"), 400, "not-object"),
    ("null metadata", "POST", LIST, body(metadata=None), 400, "null"),
    ("metadata too large", "POST", LIST, body(metadata={"a": "x" * 65536}), 400, "too-large"),
    ("metadata with many keys", "POST", LIST,
     body(metadata={str(n): n for n in range(1001)}), 400, "too-many-keys"),
    ("keys alike after NFC", "POST", LIST,
     body(metadata={"\u00e9": 1, "e\u0301": 2}), 400, "duplicate-key"),
]  # fmt: skip

TIMES = [
    (f"time {value!r}", "POST", LIST, body(expires_at=value), 400, code)
    for value, code in [
        ("2100-01-01T00:00:00", "not-time"),
        ("2100-01-01", "not-time"),
        ("2100-01-01T00:00Z", "not-time"),
        ("2100-13-01T00:00:00Z", "not-time"),
        ("2100-02-30T00:00:00Z", "not-time"),
        ("2100-01-01T24:00:00Z", "not-time"),
        ("2100-01-01T00:00:60Z", "not-time"),
        ("2100-01-01T00:00:00+25:00", "not-time"),
        ("2100-01-01T00:00:00+05:99", "not-time"),
        ("9999-12-31T23:59:59-23:59", "not-time"),
        ("0000-01-01T00:00:00Z", "not-time"),
        ("0001-01-01T00:00:00+23:59", "not-time"),
        ("٢١٠٠-01-01T00:00:00Z", "not-time"),
        ("2100-01-01T00:00:00Z\n", "not-time"),
        ("tomorrow", "not-time"),
        ("", "not-time"),
        (4102444800, "not-time"),
        (True, "not-time"),
        ("2001-01-01T00:00:00Z", "past"),
    ]
]

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
        "/superthread", "/superthread/", "/superthread/nothing", "//superthread/memories",
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
        ("cursor=" + "a" * 201, "too-long"),
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
