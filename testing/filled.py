"""Hubs with many memories, written by the database itself: what reads of them cost.

Half of the memories are in teams of the caller, half of these in the first of them, a quarter are
the caller's own, an eighth is public and an eighth another's, and each of these is granted to a
guest. Three of four have a common word, a half the words of a phrase; on demand each has ordinary
words besides.
"""

from typing import Any

from testing import ordinary

WORDS = ("common", "meeting", "notes")


def make_people(teams: int) -> list[Any]:
    """The caller, who is in all teams, and a guest, who is in none; three more own memories."""
    from memory_hub.accounts.models import Membership, Team, User
    from memory_hub.accounts.principal import principal_of
    from memory_hub.accounts.services import ensure_user
    from memory_hub.core.identity import OPERATOR

    caller = ensure_user("bench@example.com", by=OPERATOR)
    others = ("mate", "other", "seldom", "guest")
    *_, guest = [ensure_user(f"{name}@example.com", by=OPERATOR) for name in others]
    made = Team.objects.bulk_create(Team(key=f"team-{n}") for n in range(teams))
    members = [Membership(team=team, email=caller.email, accepted=True) for team in made]
    Membership.objects.bulk_create(members)
    return [principal_of(User.objects.get(pk=one.pk), "command") for one in (caller, guest)]


NUMBERS = {
    "postgresql": "SELECT n FROM generate_series({start} + 1, {end}) AS n",
    "sqlite": "WITH RECURSIVE each(n) AS (SELECT {start} + 1 UNION ALL SELECT n + 1 FROM each "
    "WHERE n < {end}) SELECT n FROM each",
}
UUID = {"postgresql": "gen_random_uuid()", "sqlite": "lower(hex(randomblob(16)))"}
MOMENT = {
    "postgresql": "timestamptz '2026-01-01' + n * interval '1 second'",
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S', '2026-01-01', '+' || n || ' seconds') || '.000001'",
}
JSON = {"postgresql": "'{}'::jsonb", "sqlite": "'{}'"}
# Of every eight: two the caller's own, two of the first team, two of others, public, granted.
OWNER = (
    "CASE WHEN n % 8 < 2 THEN {caller} WHEN n < 64 THEN {seldom} WHEN n % 8 = 7 THEN {other} "
    "ELSE {mate} END"
)
SCOPE = "CASE WHEN n % 8 IN (0, 1, 7) THEN 0 WHEN n % 8 = 6 THEN 2 ELSE 1 END"
TEAM = (
    "CASE WHEN n % 8 IN (2, 3) THEN {first} "
    "WHEN n % 8 IN (4, 5) THEN {first} + 1 + n / 8 % {others} END"
)
CONTENT = (
    "'note ' || n || CASE WHEN n % 4 > 0 THEN ' common' ELSE '' END || CASE WHEN n % 2 = 1 "
    "THEN ' meeting notes' ELSE '' END || '" + " of a line" * 18 + "' || {rest}"
)
# As long as the ordinary words.
REST = "'" + " of a line" * 7 + "'"
CATEGORY = "CASE WHEN n < 64 THEN 'seldom' ELSE 'c' || n / 8 % 10 END"
TABLES = (
    "INSERT INTO superthread_memory (id, doc_id, owner_id, scope, team_id, space, category, title, "
    "content, metadata, size, revision, version, created_at, updated_at) SELECT n, {uuid}, owner, "
    "scope, team, CASE scope WHEN 0 THEN owner WHEN 1 THEN -team ELSE 0 END, {category}, "
    "'note ' || n, content, {json}, length(content), 1, 1, {moment}, {moment} FROM (SELECT n, "
    "{owner} AS owner, {scope} AS scope, {team} AS team, {content} AS content "
    "FROM ({numbers}) AS a) AS placed",
    "INSERT INTO superthread_version (version_id, memory_id, number, description, author_id, "
    "category, content, metadata, size, created_at) SELECT {uuid}, id, 1, '', owner_id, category, "
    "content, metadata, size, created_at FROM superthread_memory WHERE id > {start}",
    "INSERT INTO superthread_grant (memory_id, email, role, accepted, offered_by, offered_at) "
    "SELECT id, 'guest@example.com', 1, true, '', created_at FROM superthread_memory "
    "WHERE id > {start} AND id % 8 = 7",
)


def fill(start: int, end: int, *, with_ordinary: bool = False) -> None:
    """The memories from one number to the other, and what the index has of their words."""
    from django.db import connection

    from memory_hub.accounts.models import Team, User
    from superthread.search.index.vocabulary import id_in, ids_of

    vendor = connection.vendor
    people = {user.email.partition("@")[0]: user.pk for user in User.objects.all()}
    people["caller"] = people.pop("bench")
    teams = list(Team.objects.order_by("pk").values_list("pk", flat=True))
    told = {"start": start, "end": end, "category": CATEGORY, "scope": SCOPE}
    told |= {"uuid": UUID[vendor], "moment": MOMENT[vendor], "json": JSON[vendor]}
    told |= {"numbers": NUMBERS[vendor].format(**told), "owner": OWNER.format(**people)}
    told["team"] = TEAM.format(first=teams[0], others=len(teams) - 1)
    told["content"] = CONTENT.format(rest=REST)
    if with_ordinary:
        ordinary.write(told["numbers"])
        told["content"] = CONTENT.format(rest=f"' ' || {_of_text('words', 'a.n')}")
    with connection.cursor() as cursor:
        for statement in TABLES:
            cursor.execute(statement.format(**told))
        if vendor == "postgresql":
            # The next one that is saved comes behind them; SQLite looks for itself.
            cursor.execute("SELECT setval('superthread_memory_id_seq', %s)", [end])
    words = ids_of(dict.fromkeys(_terms(), 0))
    _index(start, [id_in(words[term]) for term in _terms()], with_ordinary)


def _of_text(column: str, number: str) -> str:
    return f"(SELECT t.{column} FROM filled_text AS t WHERE t.n = {number})"


def _terms() -> list[str]:
    """The terms of WORDS as the analyzer has them."""
    from superthread.search.index.indexer import count_terms

    return [next(iter(count_terms(word).frequencies)) for word in WORDS]


def _index(start: int, ids: list[int], with_ordinary: bool) -> None:
    """Documents with WORDS, and the segments of all that are there."""
    from django.db import connection

    from superthread.search.analysis import analyzer
    from superthread.search.index import folding
    from superthread.search.index.packing import code_of

    common, *phrase = (code_of(pk).hex() for pk in ids)
    both, is_sqlite = "".join(phrase), connection.vendor == "sqlite"
    packed = {"terms": (common, both), "counts": ("01", "01" * len(phrase))}
    rest = {"terms": _bytes("", is_sqlite), "counts": _bytes("", is_sqlite)}
    if with_ordinary:
        counts = _bytes("01" * ordinary.SLOTS, is_sqlite)
        rest = {"terms": _of_text("codes", "id"), "counts": counts}
    columns = (_packed(*packed[name], rest[name], is_sqlite) for name in ("terms", "counts"))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO superthread_search_document (memory_id, analyzer, length, terms, counts, "
            f"term_ids, left_out, holder, space) SELECT id, {analyzer.VERSION}, 15 + id * 7 % 385, "
            f"{', '.join(columns)}, {_bytes('', is_sqlite)}, 0, 0, space FROM superthread_memory "
            f"WHERE id > {start}"
        )
    folding.fold_due(least=1)


def _packed(first: str, others: str, rest: str, is_sqlite: bool) -> str:
    empty = _bytes("", is_sqlite)
    told = (
        f"(CASE WHEN id % 4 <> 0 THEN {_bytes(first, is_sqlite)} ELSE {empty} END || "
        f"CASE WHEN id % 2 <> 0 THEN {_bytes(others, is_sqlite)} ELSE {empty} END || {rest})"
    )
    return f"CAST({told} AS BLOB)" if is_sqlite else told


def _bytes(digits: str, is_sqlite: bool) -> str:
    return f"x'{digits}'" if is_sqlite else f"'\\x{digits}'::bytea"


def settle(command: str = "VACUUM ANALYZE") -> None:
    """What a server does by itself after a while; on SQLite nothing of the kind is done."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(command)
