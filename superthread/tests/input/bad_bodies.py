"""Bodies that must be refused, as data: cases as bad_input.py describes them."""

from typing import Any

LIST = "/superthread/memories"
ONE = "/superthread/memories/{id}"
GRANTS = "/superthread/permissions/{id}"
VERSIONS = "/superthread/versions/{id}"


def raw(content: bytes, content_type: str | None = "application/json", **headers: str) -> dict:
    """A body as bytes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {
        "content": content,
        "headers": named | ({"Content-Type": content_type} if content_type else {}),
    }


def body(**members: Any) -> dict:
    return {"json": {"content": "a", **members}}


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
