#!/bin/sh
# A formatter that promises the same HTML cuts the links of a vault.
#
# One would expect: mdformat changes the layout only; it renders before and after and refuses to
# write where the two differ.
#
# What happens (mdformat 1.0.0 with mdformat-gfm 1.0.0, seen 2026-11-28): [[Note]] is plain text
# in CommonMark, so it is escaped as \[[Note]\]. The HTML is the same, but what reads links and
# relations from such lines sees escaped brackets. Embeds and aliases go the same way. A
# definition of a link that nothing refers to yet is deleted. Both without a word.
#
# Who builds on it: keep notes out of the formatter's reach, and let an importer take \[[Note]\]
# for the link that it was.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    mdformat==1.0.0 \
    mdformat-gfm==1.0.0 \
    markdown-it-py==4.3.0

cat >"$dir/probe.py" <<'PROBE'
import mdformat
from markdown_it import MarkdownIt

reader = MarkdownIt("commonmark")
for note in (
    "- depends on [[Deploy plan]]\n",
    "see [[Deploy plan|the plan]] and ![[map.png]]\n",
    "text\n\n[paper]: https://example.org/paper\n",
    "#tag, ==marked== and ^block\n",
):
    written = mdformat.text(note, extensions={"gfm"})
    same = reader.render(note) == reader.render(written)
    print(f"{note!r} -> {written!r}, same HTML: {same}")
PROBE

cat >"$dir/expected" <<'EXPECTED'
'- depends on [[Deploy plan]]\n' -> '- depends on \\[[Deploy plan]\\]\n', same HTML: True
'see [[Deploy plan|the plan]] and ![[map.png]]\n' -> 'see \\[[Deploy plan|the plan]\\] and !\\[[map.png]\\]\n', same HTML: True
'text\n\n[paper]: https://example.org/paper\n' -> 'text\n', same HTML: True
'#tag, ==marked== and ^block\n' -> '#tag, ==marked== and ^block\n', same HTML: True
EXPECTED

"$dir/env/bin/python" "$dir/probe.py" >"$dir/seen"
cat "$dir/seen"
if ! diff "$dir/expected" "$dir/seen"; then
    echo "Changed: the escaping of wiki links no longer holds as written above." >&2
    exit 1
fi
