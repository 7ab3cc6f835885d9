#!/bin/sh
# A new note's two dates are written with an anchor and an alias.
#
# One would expect: {"created": now, "updated": now} is written as two dates. Texts, numbers and
# booleans that stand twice are written twice.
#
# What happens (PyYAML 6.0.4, ruamel.yaml 0.19.1, python-frontmatter 1.3.0, seen 2026-11-28):
# where both keys hold the same datetime object, as in every note that was just made, the second
# is written as an alias: "created: &id001 ..." and "updated: *id001". So does a date copied from
# one key to another in ruamel.yaml. It is valid YAML and comes back right in the same library.
#
# Strict readers refuse it: strictyaml 1.7.3 raises, as do importers that take no aliases for fear
# of small files that grow.
#
# Who builds on it: write dates as texts (isoformat()), or turn aliases off; a reader that refuses
# aliases should take those of a plain value.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    PyYAML==6.0.4 \
    ruamel.yaml==0.19.1 \
    python-frontmatter==1.3.0 \
    strictyaml==1.7.3

cat >"$dir/probe.py" <<'PROBE'
import io
from datetime import datetime, timezone

import frontmatter
import strictyaml
import yaml
from ruamel.yaml import YAML

made = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
dates = {"created": made, "updated": made}

print("PyYAML:")
written = yaml.safe_dump(dates)
print(written, end="")
print("texts in PyYAML:")
print(yaml.safe_dump({key: made.isoformat() for key in dates}), end="")
print("ruamel.yaml:")
out = io.StringIO()
YAML().dump(dates, out)
print(out.getvalue(), end="")
print("python-frontmatter:")
print(frontmatter.dumps(frontmatter.Post("Tea", **dates)))
try:
    strictyaml.load(written)
except strictyaml.YAMLError as error:
    print(f"strictyaml: {type(error).__name__}")
PROBE

cat >"$dir/expected" <<'EXPECTED'
PyYAML:
created: &id001 2026-01-02 03:04:05+00:00
updated: *id001
texts in PyYAML:
created: '2026-01-02T03:04:05+00:00'
updated: '2026-01-02T03:04:05+00:00'
ruamel.yaml:
created: &id001 2026-01-02 03:04:05+00:00
updated: *id001
python-frontmatter:
---
created: &id001 2026-01-02 03:04:05+00:00
updated: *id001
---

Tea
strictyaml: AnchorTokenDisallowed
EXPECTED

"$dir/env/bin/python" "$dir/probe.py" >"$dir/seen"
cat "$dir/seen"
if ! diff "$dir/expected" "$dir/seen"; then
    echo "Changed: the alias for a second equal date no longer holds as written above." >&2
    exit 1
fi
