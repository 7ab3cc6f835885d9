#!/bin/sh
# One event, sent in two modes, arrives as two different events.
#
# One would expect: the binary and the structured mode of CloudEvents over HTTP carry the same
# event, and the SDK reads back what it wrote.
#
# What happens (cloudevents 2.2.0 for Python, seen 2026-11-28):
# - the text "12" as application/json is written without quotes in binary mode and comes back as a
#   number; "text" goes out as a body that is no JSON at all;
# - False goes out as the body `False` and comes back as the text "False", which is true;
# - bytes come back as text, where they happen to be UTF-8, and as bytes in structured mode;
# - an empty text comes back as None;
# - extensions that are numbers or booleans come back as text in binary mode, `True` with a
#   capital, where the specification has `true`;
# - the media type "Application/JSON" makes structured mode write the Python repr of the data.
#
# Who builds on it: send objects, never bare texts or booleans, and in structured mode.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    cloudevents==2.2.0

cat >"$dir/probe.py" <<'PROBE'
from cloudevents.core.bindings import http
from cloudevents.core.v1.event import CloudEvent

JSON = "application/json"


def event(data, kind=JSON, **extensions):
    attributes = {"id": "1", "source": "/hub", "type": "memory.saved", "specversion": "1.0"}
    return CloudEvent(attributes={**attributes, "datacontenttype": kind, **extensions}, data=data)


for name, sent in (
    ("an object", event({"done": False})),
    ("the text 12", event("12")),
    ("a text", event("text")),
    ("false", event(False)),
    ("bytes", event(b"ab", "application/octet-stream")),
    ("an empty text", event("", "text/plain")),
    ("Application/JSON", event({"a": 1}, "Application/JSON")),
):
    for mode, write in (("binary", http.to_binary_event), ("structured", http.to_structured_event)):
        message = write(sent)
        data = http.from_http_event(message).get_data()
        body = f"body {message.body!r}, " if mode == "binary" else ""
        print(f"{name}, {mode}: {body}read {data!r}")

sent = event({}, hubnumber=5, hubflag=True)
for mode, write in (("binary", http.to_binary_event), ("structured", http.to_structured_event)):
    read = http.from_http_event(write(sent)).get_attributes()
    print(f"extensions, {mode}: {read['hubnumber']!r} {read['hubflag']!r}")
PROBE

cat >"$dir/expected" <<'EXPECTED'
an object, binary: body b'{"done": false}', read {'done': False}
an object, structured: read {'done': False}
the text 12, binary: body b'12', read 12
the text 12, structured: read '12'
a text, binary: body b'text', read 'text'
a text, structured: read 'text'
false, binary: body b'False', read 'False'
false, structured: read False
bytes, binary: body b'ab', read 'ab'
bytes, structured: read b'ab'
an empty text, binary: body b'', read None
an empty text, structured: read ''
Application/JSON, binary: body b'{"a": 1}', read '{"a": 1}'
Application/JSON, structured: read "{'a': 1}"
extensions, binary: '5' 'True'
extensions, structured: 5 True
EXPECTED

"$dir/env/bin/python" "$dir/probe.py" >"$dir/seen"
cat "$dir/seen"
if ! diff "$dir/expected" "$dir/seen"; then
    echo "Changed: the difference between the two modes no longer holds as written above." >&2
    exit 1
fi
