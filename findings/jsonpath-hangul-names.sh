#!/bin/sh
# A JSONPath with a Korean key of two letters is a syntax error, with one letter it is fine.
#
# One would expect: RFC 9535 (2.5.1.1) allows every letter from U+0080 on in a name behind a dot,
# at the beginning and behind it. $.제목 is as good as $.title.
#
# What happens (jsonpath-rfc9535 1.0.1, whose name and documentation promise the RFC, seen
# 2026-11-28): the first letter may be any, those behind it only up to U+10FF. So $.é, $.über and
# $.가 are read and $.제목, $.日本 and $.メモ are refused with "expected '.'". jsonpath-ng 1.16.0 reads
# none of them. python-jsonpath 2.2.2 reads all. In brackets, $['제목'], all three find it.
#
# The same three differ on numbers: for python-jsonpath true is less than 2, which the RFC
# (2.3.5.2.2) excludes.
#
# Who builds on it: write generated paths with brackets.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    jsonpath-rfc9535==1.0.1 \
    python-jsonpath==2.2.2 \
    jsonpath-ng==1.16.0

cat >"$dir/probe.py" <<'PROBE'
import jsonpath
import jsonpath_ng.ext
import jsonpath_rfc9535

READERS = {
    "jsonpath-rfc9535": lambda path, value: jsonpath_rfc9535.find(path, value).values(),
    "python-jsonpath": jsonpath.findall,
    "jsonpath-ng": lambda path, value: [m.value for m in jsonpath_ng.ext.parse(path).find(value)],
}


def read(path, value):
    print(path)
    for name, reader in READERS.items():
        try:
            print(f"  {name}: {reader(path, value)}")
        except Exception:
            print(f"  {name}: refused")


for key in ("title", "über", "가", "제목", "日本", "メモ"):
    read(f"$.{key}", {key: "found"})
read("$['제목']", {"제목": "found"})
read("$[?@.n<2].n", [{"n": 1}, {"n": True}])
PROBE

cat >"$dir/expected" <<'EXPECTED'
$.title
  jsonpath-rfc9535: ['found']
  python-jsonpath: ['found']
  jsonpath-ng: ['found']
$.über
  jsonpath-rfc9535: ['found']
  python-jsonpath: ['found']
  jsonpath-ng: refused
$.가
  jsonpath-rfc9535: ['found']
  python-jsonpath: ['found']
  jsonpath-ng: refused
$.제목
  jsonpath-rfc9535: refused
  python-jsonpath: ['found']
  jsonpath-ng: refused
$.日本
  jsonpath-rfc9535: refused
  python-jsonpath: ['found']
  jsonpath-ng: refused
$.メモ
  jsonpath-rfc9535: refused
  python-jsonpath: ['found']
  jsonpath-ng: refused
$['제목']
  jsonpath-rfc9535: ['found']
  python-jsonpath: ['found']
  jsonpath-ng: ['found']
$[?@.n<2].n
  jsonpath-rfc9535: [1]
  python-jsonpath: [1, True]
  jsonpath-ng: [1]
EXPECTED

"$dir/env/bin/python" "$dir/probe.py" >"$dir/seen"
cat "$dir/seen"
if ! diff "$dir/expected" "$dir/seen"; then
    echo "Changed: the refusal of Korean names no longer holds as written above." >&2
    exit 1
fi
