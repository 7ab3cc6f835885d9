#!/bin/sh
# A client asks for a token for two resources; the server's library sees one, or two, by how the same
# form was handed to it.
#
# One would expect: `resource` may be repeated in a request for a token (RFC 8707 §2.2). oauthlib's
# Request takes a body as text or, as its docstring says, as a list of pairs, and both are the same.
#
# What happens (oauthlib 4.0.1 for Python, seen 2026-11-28):
# - as text, `decoded_body` has both resources, and `duplicate_params` names what came twice;
# - as a list of pairs, or a tuple of them, the pairs pass through a dict first: the first resource
#   is gone from `decoded_body`, and nothing came twice;
# - `request.resource` is the last one either way.
#
# Who builds on it: hand the form over as text, and read repeated parameters from `decoded_body`.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    oauthlib==4.0.1

cat >"$dir/probe.py" <<'PROBE'
from urllib.parse import urlencode

from oauthlib.common import Request

PAIRS = [
    ("grant_type", "authorization_code"),
    ("resource", "https://a.example"),
    ("resource", "https://b.example"),
]
for name, body in (("text", urlencode(PAIRS)), ("list", PAIRS), ("tuple", tuple(PAIRS))):
    request = Request("https://hub.example/token", "POST", body)
    resources = [value for key, value in request.decoded_body if key == "resource"]
    print(f"{name}: {resources} twice: {request.duplicate_params} read: {request.resource}")
PROBE

cat >"$dir/expected" <<'EXPECTED'
text: ['https://a.example', 'https://b.example'] twice: ['resource'] read: https://b.example
list: ['https://b.example'] twice: [] read: https://b.example
tuple: ['https://b.example'] twice: [] read: https://b.example
EXPECTED

"$dir/env/bin/python" "$dir/probe.py" >"$dir/seen"
cat "$dir/seen"
if ! diff "$dir/expected" "$dir/seen"; then
    echo "Changed: the difference between the forms no longer holds as written above." >&2
    exit 1
fi
