#!/bin/sh
# A vault's Korean tags are not there, and the middle of words is.
#
# One would expect: get_tags() gives the tags that Obsidian shows. Obsidian's tags may hold
# letters of all scripts and begin after white space only.
#
# What happens (obsidiantools 0.11.0, seen 2026-11-28):
# - #회의 and #été are left out, #project한글 is cut to "project";
# - "C#sharp" and "issue#note" give the tags "sharp" and "note", which Obsidian does not have;
# - get_source_text() is not the source: [plan](Plan.md) comes back as [plan](<Plan.md>), and code
#   is gone;
# - links are told apart by case: [[plan]] is a note that does not exist, where Obsidian opens
#   Plan.
#
# Who builds on it: count tags of a vault that is not in English with something else.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    obsidiantools==0.11.0

cat >"$dir/probe.py" <<'PROBE'
import tempfile
import warnings
from pathlib import Path

import obsidiantools.api as otools

warnings.simplefilter("ignore")
NOTES = {
    "Plan": "Tags: #회의 #été #project한글 #y2026\nIn words: C#sharp issue#note\n",
    "Log": "See [[plan]], [[Plan]] and [plan](Plan.md). Run `make all`.\n",
}
with tempfile.TemporaryDirectory() as folder:
    for name, text in NOTES.items():
        Path(folder, f"{name}.md").write_text(text, encoding="utf-8")
    vault = otools.Vault(Path(folder)).connect().gather()
    print("tags:", vault.get_tags("Plan"))
    print("links to notes that do not exist:", vault.nonexistent_notes)
    print("source:", vault.get_source_text("Log").strip())
PROBE

cat >"$dir/expected" <<'EXPECTED'
tags: ['project', 'y2026', 'sharp', 'note']
links to notes that do not exist: ['plan']
source: See [[plan]], [[Plan]] and [plan](<Plan.md>). Run .
EXPECTED

"$dir/env/bin/python" "$dir/probe.py" >"$dir/seen"
cat "$dir/seen"
if ! diff "$dir/expected" "$dir/seen"; then
    echo "Changed: what obsidiantools reads in a vault no longer holds as written above." >&2
    exit 1
fi
