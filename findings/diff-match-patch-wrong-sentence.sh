#!/bin/sh
# A patch lands in another sentence, and reports success.
#
# One would expect: patch_apply says for each patch whether it was applied; True means that the
# text it was made for was there.
#
# What happens (diff-match-patch 20241021, seen 2026-11-28): it looks for the nearest similar
# place. "Ann likes tea" made "Ann likes coffee" turns, on a text that meanwhile says "Bob likes
# tea. Ann likes water.", Bob's tea into coffee. A value that somebody else set meanwhile is
# overwritten, and a patch that is sent twice is applied twice. All report True.
#
# Who builds on it: a sync by patches needs the version the patch was made against, and the result
# compared; the list of booleans is no sign of a conflict. Match_Threshold = 0 refuses all four.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    diff-match-patch==20241021

cat >"$dir/probe.py" <<'PROBE'
from diff_match_patch import diff_match_patch


def apply(before, after, meanwhile, threshold):
    tool = diff_match_patch()
    tool.Match_Threshold = threshold
    return tool.patch_apply(tool.patch_make(before, after), meanwhile)


for before, after, meanwhile in (
    ("Ann likes tea.", "Ann likes coffee.", "Bob likes tea. Ann likes water."),
    ("The port is 8080.", "The port is 9090.", "The port is 8000."),
    ("x=1", "x=2", "x=3"),
    ("total: 10", "total: 10 paid", "total: 10 paid"),
):
    print(f"{before!r} -> {after!r}, meanwhile {meanwhile!r}")
    for threshold in (0.5, 0):
        text, applied = apply(before, after, meanwhile, threshold)
        print(f"  Match_Threshold {threshold}: {text!r} {applied}")
PROBE

cat >"$dir/expected" <<'EXPECTED'
'Ann likes tea.' -> 'Ann likes coffee.', meanwhile 'Bob likes tea. Ann likes water.'
  Match_Threshold 0.5: 'Bob likes coffee. Ann likes water.' [True]
  Match_Threshold 0: 'Bob likes tea. Ann likes water.' [False]
'The port is 8080.' -> 'The port is 9090.', meanwhile 'The port is 8000.'
  Match_Threshold 0.5: 'The port is 9090.' [True]
  Match_Threshold 0: 'The port is 8000.' [False]
'x=1' -> 'x=2', meanwhile 'x=3'
  Match_Threshold 0.5: 'x=2' [True]
  Match_Threshold 0: 'x=3' [False]
'total: 10' -> 'total: 10 paid', meanwhile 'total: 10 paid'
  Match_Threshold 0.5: 'total: 10 paid paid' [True]
  Match_Threshold 0: 'total: 10 paid' [False]
EXPECTED

"$dir/env/bin/python" "$dir/probe.py" >"$dir/seen"
cat "$dir/seen"
if ! diff "$dir/expected" "$dir/seen"; then
    echo "Changed: the success of such patches no longer holds as written above." >&2
    exit 1
fi
