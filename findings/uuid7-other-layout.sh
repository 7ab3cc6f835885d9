#!/bin/sh
# The package named uuid7 makes ids that say version 7 and belong to the year 2190.
#
# One would expect: a UUID of version 7 begins with the milliseconds since 1970 (RFC 9562, 5.7),
# so ids of two libraries sort by time among each other, and each reads the other's time.
#
# What happens (uuid7 0.1.0, uuid-utils 1.2.0, uuid6 2025.0.1, seen 2026-11-28): uuid7 writes the
# layout of an early draft (whole seconds in 36 bits, then fractions), and sets version and
# variant as the RFC has them. Other libraries read an id of November 2023 as one of 2190, and it
# sorts behind each id that they make till then. Nothing is raised anywhere.
#
# Who builds on it: a hub that takes ids from its clients must not take the time from the id, nor
# page through lists by id alone.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    uuid7==0.1.0 \
    uuid-utils==1.2.0 \
    uuid6==2025.0.1

cat >"$dir/probe.py" <<'PROBE'
import uuid
from datetime import datetime, timezone

import uuid6
import uuid_extensions
import uuid_utils

SECONDS = 1_700_000_000


def year(milliseconds):
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc).year


made = uuid_extensions.uuid7(SECONDS * 10**9)
print(f"version {made.version}, variant {made.variant}")
print(f"made for {year(SECONDS * 1000)}")
print(f"first 48 bits {made.hex[:12]}, by the RFC {SECONDS * 1000:012x}")
print(f"uuid-utils reads {year(uuid_utils.UUID(str(made)).timestamp)}")
print(f"uuid6 reads {year(uuid6.UUID(hex=made.hex).time)}")
print(f"sorts before an id made now: {str(made) < str(uuid_utils.uuid7())}")
print(f"read as {uuid.UUID(str(made)) == made} by the standard library")
PROBE

cat >"$dir/expected" <<'EXPECTED'
version 7, variant specified in RFC 4122
made for 2023
first 48 bits 06553f100000, by the RFC 018bcfe56800
uuid-utils reads 2190
uuid6 reads 2190
sorts before an id made now: False
read as True by the standard library
EXPECTED

"$dir/env/bin/python" "$dir/probe.py" >"$dir/seen"
cat "$dir/seen"
if ! diff "$dir/expected" "$dir/seen"; then
    echo "Changed: the layout of uuid7 no longer holds as written above." >&2
    exit 1
fi
