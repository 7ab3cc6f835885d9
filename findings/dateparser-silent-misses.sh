#!/bin/sh
# dateparser reads "2026-W01-1" as New Year's Day, and "yesterday 3 p.m." in Korean without the
# hour.
#
# One would expect: what is not understood gives None, as the documentation says.
#
# What happens (dateparser 1.5.0, seen 2026-11-28, with a fixed base of 15 June 2026, 12:00):
# - the ISO week date 2026-W01-1 (Monday, 29 December 2025) becomes 1 January 2026;
# - "어제 오후 3시" (yesterday, 3 p.m.) becomes yesterday at twelve: the hour is dropped, though "오후
#   3시" alone and the same with a full date are understood;
# - the basic ISO form 20260102 gives None;
# - the single letter "a" is a day in January.
#
# Who builds on it: read ISO dates with the standard library first (date.fromisoformat takes all
# three forms since Python 3.11), and hand only what is left to a guesser.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    dateparser==1.5.0 \
    tzdata==2026.6

cat >"$dir/probe.py" <<'PROBE'
from datetime import datetime

import dateparser

BASE = datetime(2026, 6, 15, 12, 0)
for text in (
    "2026-01-02",
    "20260102",
    "2026-W01-1",
    "2026년 1월 2일 오후 3시",
    "오후 3시",
    "어제 오후 3시",
    "a",
    "no date",
):
    print(f"{text}: {dateparser.parse(text, settings={'RELATIVE_BASE': BASE})}")
PROBE

cat >"$dir/expected" <<'EXPECTED'
2026-01-02: 2026-01-02 00:00:00
20260102: None
2026-W01-1: 2026-01-01 00:00:00
2026년 1월 2일 오후 3시: 2026-01-02 15:00:00
오후 3시: 2026-06-15 15:00:00
어제 오후 3시: 2026-06-14 12:00:00
a: 2026-01-15 00:00:00
no date: None
EXPECTED

"$dir/env/bin/python" "$dir/probe.py" >"$dir/seen"
cat "$dir/seen"
if ! diff "$dir/expected" "$dir/seen"; then
    echo "Changed: what dateparser makes of these dates no longer holds as written above." >&2
    exit 1
fi
