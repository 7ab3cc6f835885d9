#!/bin/sh
# Deleting one key takes the comment of the next, and leaves its own.
#
# One would expect: a library that is made to keep comments deletes a key with the comment above
# it, or leaves all comments; it would not give a comment to another key.
#
# What happens (ruamel.yaml 0.19.1, tomlkit 0.15.2, seen 2026-11-28): ruamel.yaml keeps the lines
# behind a value with that value. Deleting "beta" deletes the comment above "gamma", and the
# comment above "beta" now stands above "gamma". tomlkit keeps both comments, one over the other.
# A new key at the end of ruamel.yaml's map lands behind the closing comment of the file. Moreover
# long texts are broken at 80 columns and quotes are dropped, though nothing touched them.
#
# Who builds on it: settings and front matter whose comments matter ("never change this one") are
# edited as text.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    ruamel.yaml==0.19.1 \
    tomlkit==0.15.2

cat >"$dir/probe.py" <<'PROBE'
import io

import tomlkit
from ruamel.yaml import YAML


def edited(text, change):
    yaml, out = YAML(), io.StringIO()
    settings = yaml.load(text)
    change(settings)
    yaml.dump(settings, out)
    return out.getvalue()


KEYS = "alpha{is}1\n# safe to change\nbeta{is}2\n# never change this one\ngamma{is}3\n"
print("ruamel.yaml, beta deleted:")
print(edited(KEYS.replace("{is}", ": "), lambda settings: settings.pop("beta")))
print("tomlkit, beta deleted:")
settings = tomlkit.parse(KEYS.replace("{is}", " = "))
settings.pop("beta")
print(tomlkit.dumps(settings))
print("ruamel.yaml, key added:")
print(edited("alpha: 1\n# end of the file\n", lambda settings: settings.update(beta=2)))
print("ruamel.yaml, nothing changed:")
print(edited('title: "' + "word " * 17 + 'end"\nkind: "note"\n', lambda settings: None).split("\n"))
PROBE

cat >"$dir/expected" <<'EXPECTED'
ruamel.yaml, beta deleted:
alpha: 1
# safe to change
gamma: 3

tomlkit, beta deleted:
alpha = 1
# safe to change
# never change this one
gamma = 3

ruamel.yaml, key added:
alpha: 1
# end of the file
beta: 2

ruamel.yaml, nothing changed:
['title: word word word word word word word word word word word word word word ', '  word word word end', 'kind: note', '']
EXPECTED

"$dir/env/bin/python" "$dir/probe.py" >"$dir/seen"
cat "$dir/seen"
if ! diff "$dir/expected" "$dir/seen"; then
    echo "Changed: the wandering of comments no longer holds as written above." >&2
    exit 1
fi
