#!/bin/sh
# orjson reads a whole number that it refuses to write, and reads it rounded.
#
# One would expect: a whole number too large for the parser is refused, as writing it is. Python
# has no limit there, and the other fast parsers keep every digit.
#
# What happens (orjson 3.13.0, seen 2026-11-28): from 2**64 on loads() gives a float and the last
# digits are gone: ids and checksums written as numbers change without an error. dumps() of the
# same number raises. msgspec 0.22.0, ujson 6.1.0 and the standard library read it exactly.
# Infinity is written as null, without an error.
#
# Who builds on it: numbers that are names belong into texts; whoever must keep foreign JSON
# parses it with the standard library.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    orjson==3.13.0 \
    msgspec==0.22.0 \
    ujson==6.1.0

cat >"$dir/probe.py" <<'PROBE'
import json

import msgspec
import orjson
import ujson

READERS = {
    "json": json.loads,
    "orjson": orjson.loads,
    "msgspec": msgspec.json.decode,
    "ujson": ujson.loads,
}
for number in (2**63, 2**64 - 1, 2**64, 12345678901234567890123):
    for name, read in READERS.items():
        value = read(str(number))
        print(f"{number}, {name}: {value!r}, same: {value == number and isinstance(value, int)}")
try:
    orjson.dumps(2**64)
except TypeError as error:
    print(f"orjson.dumps(2**64): {error}")
print(f"orjson.dumps(infinity): {orjson.dumps(float('inf')).decode()}")
PROBE

cat >"$dir/expected" <<'EXPECTED'
9223372036854775808, json: 9223372036854775808, same: True
9223372036854775808, orjson: 9223372036854775808, same: True
9223372036854775808, msgspec: 9223372036854775808, same: True
9223372036854775808, ujson: 9223372036854775808, same: True
18446744073709551615, json: 18446744073709551615, same: True
18446744073709551615, orjson: 18446744073709551615, same: True
18446744073709551615, msgspec: 18446744073709551615, same: True
18446744073709551615, ujson: 18446744073709551615, same: True
18446744073709551616, json: 18446744073709551616, same: True
18446744073709551616, orjson: 1.8446744073709552e+19, same: False
18446744073709551616, msgspec: 18446744073709551616, same: True
18446744073709551616, ujson: 18446744073709551616, same: True
12345678901234567890123, json: 12345678901234567890123, same: True
12345678901234567890123, orjson: 1.2345678901234568e+22, same: False
12345678901234567890123, msgspec: 12345678901234567890123, same: True
12345678901234567890123, ujson: 12345678901234567890123, same: True
orjson.dumps(2**64): Integer exceeds 64-bit range
orjson.dumps(infinity): null
EXPECTED

"$dir/env/bin/python" "$dir/probe.py" >"$dir/seen"
cat "$dir/seen"
if ! diff "$dir/expected" "$dir/seen"; then
    echo "Changed: the rounding of large whole numbers no longer holds as written above." >&2
    exit 1
fi
