#!/bin/sh
# python-frontmatter loses the first words of notes that begin with a ruler.
#
# One would expect: a note that begins with a ruler, a sentence and a ruler has no front matter,
# and its text comes back whole, or at least the file is refused.
#
# What happens (python-frontmatter 1.3.0, seen 2026-11-28): one sentence is valid YAML, a text. It
# is no mapping, so it is dropped, and it is in the content neither. A list between the rulers
# goes the same way. Saving the post writes "{}" in its place. Only what is no YAML is refused.
# - A code block at the head of the text loses its indentation and becomes a paragraph.
# - A note that is nothing but a JSON object has no text; the object is its metadata.
# - A note with a key named "content" raises TypeError and cannot be read at all.
#
# gray-matter 4.0.3 for JavaScript gives the sentence as the data itself and keeps the
# indentation.
#
# Who builds on it: compare what came out with what went in before the file is written back.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    python-frontmatter==1.3.0

cat >"$dir/probe.py" <<'PROBE'
import frontmatter

NOTES = {
    "a sentence between rulers": "---\nDo not touch before Monday.\n---\nPlans\n",
    "a list between rulers": "---\n- milk\n- bread\n---\nPlans\n",
    "no YAML between rulers": "---\nMonday: buy: milk\n---\nPlans\n",
    "code at the head": "---\ntitle: Run\n---\n    make all\n\nafter it\n",
    "a JSON note": '{\n"port": 8080\n}\n',
    "a key named content": "---\ncontent: draft\n---\nPlans\n",
}
for name, note in NOTES.items():
    try:
        post = frontmatter.loads(note)
    except Exception as error:
        print(f"{name}: {type(error).__name__}")
        continue
    print(f"{name}: metadata {post.metadata}, content {post.content!r}")
print(frontmatter.dumps(frontmatter.loads(NOTES["a sentence between rulers"])))
PROBE

cat >"$dir/expected" <<'EXPECTED'
a sentence between rulers: metadata {}, content 'Plans'
a list between rulers: metadata {}, content 'Plans'
no YAML between rulers: ScannerError
code at the head: metadata {'title': 'Run'}, content 'make all\n\nafter it'
a JSON note: metadata {'port': 8080}, content ''
a key named content: TypeError
---
{}
---

Plans
EXPECTED

"$dir/env/bin/python" "$dir/probe.py" >"$dir/seen"
cat "$dir/seen"
if ! diff "$dir/expected" "$dir/seen"; then
    echo "Changed: the loss of text no longer holds as written above." >&2
    exit 1
fi
