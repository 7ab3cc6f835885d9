#!/bin/sh
# A flag turned on is no change: the patch between 1 and true is empty.
#
# One would expect: merge(source, create_patch(source, target)) is target, that is what a merge
# patch (RFC 7396) is made for, and 1 and true are different values in JSON.
#
# What happens (json-merge-patch 0.3.0, seen 2026-11-28): values are compared as Python compares
# them, where True == 1 and False == 0. A metadata value that goes from 0 to false, or from 1 to
# true (a counter that becomes a flag, a checkbox read from CSV), is left out of the patch and
# stays what it was. merge() moreover changes the document that it is given and returns that same
# object, so the version before is gone. jsonpatch 1.48 tells them apart.
#
# Who builds on it: compare types as well, and give merge() a copy.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    json-merge-patch==0.3.0 \
    jsonpatch==1.48

cat >"$dir/probe.py" <<'PROBE'
import copy
import json

import json_merge_patch
import jsonpatch

for source, target in (
    ({"done": 0, "title": "tea"}, {"done": False, "title": "Tea"}),
    ({"pinned": 1}, {"pinned": True}),
    ({"list": [1]}, {"list": [True]}),
):
    patch = json_merge_patch.create_patch(source, target)
    merged = json_merge_patch.merge(copy.deepcopy(source), patch)
    other = jsonpatch.make_patch(source, target).apply(source)
    print(f"{json.dumps(source)} -> {json.dumps(target)}")
    print(f"  merge patch {json.dumps(patch)} gives {json.dumps(merged)}")
    print(f"  jsonpatch gives {json.dumps(other)}")

before = {"title": "tea"}
after = json_merge_patch.merge(before, {"title": "coffee"})
print(f"before the merge {before}, after it {after}")
PROBE

cat >"$dir/expected" <<'EXPECTED'
{"done": 0, "title": "tea"} -> {"done": false, "title": "Tea"}
  merge patch {"title": "Tea"} gives {"done": 0, "title": "Tea"}
  jsonpatch gives {"done": false, "title": "Tea"}
{"pinned": 1} -> {"pinned": true}
  merge patch {} gives {"pinned": 1}
  jsonpatch gives {"pinned": true}
{"list": [1]} -> {"list": [true]}
  merge patch {} gives {"list": [1]}
  jsonpatch gives {"list": [true]}
before the merge {'title': 'coffee'}, after it {'title': 'coffee'}
EXPECTED

"$dir/env/bin/python" "$dir/probe.py" >"$dir/seen"
cat "$dir/seen"
if ! diff "$dir/expected" "$dir/seen"; then
    echo "Changed: the equality of 1 and true no longer holds as written above." >&2
    exit 1
fi
