#!/bin/sh
# What a checkpoint gives back is not what was put into the state, and nobody says so.
#
# One would expect: the serializer of checkpoints, which takes dates, exceptions, counters and
# queues without complaint, gives them back as they were, or refuses them.
#
# What happens (langgraph-checkpoint 4.3.2, seen 2026-11-28):
# - an exception comes back as a text, so a later raise or isinstance fails;
# - a time in a named zone comes back with a fixed offset: the date of a reminder that is moved
#   over the change of the clocks is an hour off;
# - a Counter or defaultdict comes back as a plain dict, so a missing key raises KeyError;
# - deque(maxlen=3) comes back without its limit and grows.
# A named tuple, a set, a Decimal and a UUID do come back as they were.
#
# Who builds on it: keep the zone's name beside the time, and errors as text from the start. The
# first run of a graph sees the true objects, only a resumed one sees the others, so tests that
# never resume find nothing.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    langgraph-checkpoint==4.3.2 \
    tzdata==2026.6

cat >"$dir/probe.py" <<'PROBE'
from collections import Counter, deque
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

serializer = JsonPlusSerializer()


def resumed(value):
    return serializer.loads_typed(serializer.dumps_typed(value))


for value in (ValueError("no answer"), Counter("aab"), deque([1], maxlen=3), {1}, Decimal("1.10")):
    print(f"{value!r} -> {resumed(value)!r}")

before = datetime(2026, 3, 28, 9, 0, tzinfo=ZoneInfo("Europe/Berlin"))
after = resumed(before)
print(f"{before} in {before.tzinfo.key} -> {after} in {after.tzinfo}")
day = timedelta(days=1)
print(f"the next morning at nine, before: {before + day}, after: {after + day}")
PROBE

cat >"$dir/expected" <<'EXPECTED'
ValueError('no answer') -> "ValueError('no answer')"
Counter({'a': 2, 'b': 1}) -> {'a': 2, 'b': 1}
deque([1], maxlen=3) -> deque([1])
{1} -> {1}
Decimal('1.10') -> Decimal('1.10')
2026-03-28 09:00:00+01:00 in Europe/Berlin -> 2026-03-28 09:00:00+01:00 in UTC+01:00
the next morning at nine, before: 2026-03-29 09:00:00+02:00, after: 2026-03-29 09:00:00+01:00
EXPECTED

"$dir/env/bin/python" "$dir/probe.py" >"$dir/seen"
cat "$dir/seen"
if ! diff "$dir/expected" "$dir/seen"; then
    echo "Changed: the change of values in checkpoints no longer holds as written above." >&2
    exit 1
fi
