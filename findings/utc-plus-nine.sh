#!/bin/sh
# "10:00 UTC+9" is 18 hours apart in two date libraries.
#
# One would expect: UTC+9 is nine hours ahead of UTC, Seoul or Tokyo. Chat exports and people
# write times so, and both libraries take the text without complaint.
#
# What happens (python-dateutil 4.0.0, dateparser 1.5.0, seen 2026-11-28): dateutil turns the sign
# round when a name stands before it, so "UTC+9" is nine hours BEHIND, while "+9", "+09:00" are
# ahead. dateparser reads all as ahead. The names "KST" and "PST" dateutil drops with a warning,
# unless the machine itself lives there: the time comes back without a zone.
#
# Who builds on it: strip the name before an offset, or compare with a second reading.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    python-dateutil==4.0.0 \
    dateparser==1.5.0 \
    tzdata==2026.6

cat >"$dir/probe.py" <<'PROBE'
import os
import time
import warnings
from datetime import timezone

import dateparser
import dateutil.parser

warnings.simplefilter("ignore")
# dateutil knows the names of the zone it runs in.
os.environ["TZ"] = "UTC"
time.tzset()


def utc(moment):
    if moment.tzinfo is None:
        return f"{moment:%H:%M} without a zone"
    return f"{moment.astimezone(timezone.utc):%d %H:%M} UTC"


for zone in ("+09:00", "UTC+9", "GMT+09:00", "KST", "PST"):
    text = f"2026-01-02 10:00 {zone}"
    first, second = dateutil.parser.parse(text), dateparser.parse(text)
    print(f"{text}: dateutil {utc(first)}, dateparser {utc(second)}")
PROBE

cat >"$dir/expected" <<'EXPECTED'
2026-01-02 10:00 +09:00: dateutil 02 01:00 UTC, dateparser 02 01:00 UTC
2026-01-02 10:00 UTC+9: dateutil 02 19:00 UTC, dateparser 02 01:00 UTC
2026-01-02 10:00 GMT+09:00: dateutil 02 19:00 UTC, dateparser 02 01:00 UTC
2026-01-02 10:00 KST: dateutil 10:00 without a zone, dateparser 02 01:00 UTC
2026-01-02 10:00 PST: dateutil 10:00 without a zone, dateparser 02 18:00 UTC
EXPECTED

"$dir/env/bin/python" "$dir/probe.py" >"$dir/seen"
cat "$dir/seen"
if ! diff "$dir/expected" "$dir/seen"; then
    echo "Changed: the difference between the two libraries no longer holds as written above." >&2
    exit 1
fi
