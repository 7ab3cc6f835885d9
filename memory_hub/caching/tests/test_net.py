"""The net under the services: whoever changes whatever by whatever way, no kept answer outlives it.

Every change is one of some columns of some rows, by the ORM or by SQL, in a transaction or not,
beside words about other rows; afterwards the cache must say what the slow way says.
"""

import itertools
from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memory_hub.accounts import services as accounts
from memory_hub.accounts.generations import members_key
from memory_hub.accounts.models import Membership, Team, Token, User
from memory_hub.caching import bump_after_commit, covering, generations
from memory_hub.caching.dependencies import caller_key
from memory_hub.caching.statements import changed_by
from memory_hub.caching.tests.exchange import ask, cached, uncached
from memory_hub.core.identity import OPERATOR
from memory_hub.database.compiled_queries import QueryText
from superthread.models import Grant, Memory, Version
from superthread.services import sharing
from testing import effort

NOW = timezone.now()
# Of each table some rows, and values that its columns may take instead of theirs.
COLUMNS = {
    Token: {
        "last_used_at": NOW,
        "revoked_at": NOW,
        "expires_at": NOW + timedelta(days=1),
        "scopes": ["memories:write"],
        "name": "another",
    },
    User: {
        "last_login": NOW,
        "is_active": False,
        "is_staff": True,
        "email": "renamed@example.com",
    },
    Team: {"name": "Another", "default_role": "editor", "key": "beta"},
    Membership: {"role": "admin", "email": "elsewhere@example.com"},
    Memory: {
        "title": "another",
        "content": "another",
        "category": "another",
        "metadata": {"a": 1},
        "deleted_at": NOW,
        "expires_at": NOW - timedelta(days=1),
        "revision": 77,
    },
    Version: {"description": "another", "content": "another"},
    Grant: {"role": 3, "email": "elsewhere@example.com"},
}
ROWS = {
    Token: {"user__email": "friend@example.com"},
    User: {"email": "friend@example.com"},
    Team: {"key": "alpha"},
    Membership: {"email": "friend@example.com"},
    Memory: {"category": "shared"},
    Version: {"memory__category": "shared"},
    Grant: {"email": "friend@example.com"},
}


@st.composite
def changes(draw):
    """A table, and the columns of it that change; none: the rows are deleted."""
    model = draw(st.sampled_from(list(COLUMNS)))
    names = draw(st.lists(st.sampled_from(list(COLUMNS[model])), unique=True, max_size=4))
    if not names and model in (User, Team, Memory, Version):  # others hold these
        names = list(COLUMNS[model])[:1]
    return model, {name: COLUMNS[model][name] for name in names}


def by_queryset(model, columns):
    rows = model.objects.filter(**ROWS[model])
    rows.update(**columns) if columns else rows.delete()


def by_instance(model, columns):
    for row in model.objects.filter(**ROWS[model]):
        for name, value in columns.items():
            setattr(row, name, value)
        row.save(update_fields=list(columns)) if columns else row.delete()


def by_sql(model, columns):
    """As a person would type it."""
    table = model._meta.db_table
    keys = list(model.objects.filter(**ROWS[model]).values_list("pk", flat=True))
    chosen = f"where id in ({', '.join(map(str, keys)) or 'null'})"
    fields = [model._meta.get_field(name) for name in columns]
    values = [field.get_db_prep_save(columns[field.name], connection) for field in fields]
    assignments = ", ".join(f"{field.column}=%s" for field in fields)
    with connection.cursor() as cursor:
        if columns:
            cursor.execute(f"update {table} set {assignments} {chosen}", values)
        else:
            cursor.execute(f"delete from {table} {chosen}")


def telling_others():
    """Words about others, and a service's own writes about them, in the same transaction."""
    owner = User.objects.get(email="owner@example.com")
    bump_after_commit(caller_key(owner.pk))
    bump_after_commit(members_key("gamma"), "memories/one/another", "accounts/another")
    token = Token.objects.filter(user=owner, name="spare").first()
    if token is not None:
        accounts.revoke_token(token_id=token.pk, user_id=owner.pk, by=OPERATOR)
    accounts.place_member(key="gamma", email="owner@example.com", role="member", by=OPERATOR)


def silent():
    pass


@pytest.fixture
def world(api):
    """An owner's memories, of which a friend may see some as a member and some by a grant."""
    people = {name: api(f"{name}@example.com") for name in ("owner", "friend")}
    owner = people["owner"]
    owner.post("/accounts/teams", json={"team_key": "alpha"})
    owner.put("/accounts/teams/alpha/members/friend@example.com", json={"role": "member"})
    shared = owner.save("Jun has the key.", category="shared")
    path = f"/superthread/permissions/{shared['doc_id']}"
    owner.post(path, json={"permissions": {"friend@example.com": "editor"}})
    team = owner.save("At noon.", category="shared", scope="team", team_key="alpha")
    public = owner.save("For all.", category="shared", scope="public")
    paths = ["/superthread/stats", "/superthread/memories?scope=all"]
    for one in (shared, team, public):
        paths.append(f"/superthread/memories/{one['doc_id']}")
        paths.append(f"/superthread/versions/{one['doc_id']}")
    owner.post("/accounts/tokens", json={"name": "spare", "scopes": ["memories:read"]})
    return owner.threads, list(itertools.product([one.token for one in people.values()], paths))


@given(
    changes(),
    st.sampled_from([by_queryset, by_instance, by_sql]),
    st.sampled_from([silent, telling_others]),
    st.sampled_from([nullcontext, transaction.atomic]),
)
@settings(
    max_examples=effort.at_most(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_change_of_any_row_by_any_way_leaves_an_old_answer(world, change, write, tell, frame):
    threads, everything = world
    before = transaction.savepoint()
    try:
        for token, path in everything:
            ask(cached, token, path)
        with threads.committing(), frame():
            tell()
            write(*change)
        for token, path in everything:
            kept, slow = (ask(app, token, path).essence() for app in (cached, uncached))
            assert kept == slow, path
    finally:
        transaction.savepoint_rollback(before)
        generations.current().bump_all()


def test_a_token_revoked_with_its_last_use_opens_nothing(mina):
    path = f"/superthread/memories/{mina.save()['doc_id']}"
    warm = [mina.get(path).status_code for _ in range(2)]
    with mina.threads.committing():
        Token.objects.filter(user=mina.user).update(last_used_at=NOW, revoked_at=NOW)
    assert (warm, mina.get(path).status_code) == ([200, 200], 401)


def test_a_word_about_one_caller_hides_no_change_of_another(mina, api):
    jun = api("jun@example.com")
    path = f"/superthread/memories/{jun.save()['doc_id']}"
    assert jun.get(path).status_code == 200
    with mina.threads.committing(), transaction.atomic():
        bump_after_commit(caller_key(mina.user.pk))
        Token.objects.filter(user=jun.user).update(revoked_at=NOW)
    assert jun.get(path).status_code == 401


def test_a_block_that_tells_nothing_covers_nothing(mina):
    path = f"/superthread/memories/{mina.save()['doc_id']}"
    assert mina.get(path).json()["category"] == "default"
    with mina.threads.committing(), transaction.atomic():
        bump_after_commit("memories/one/another")
        with covering("superthread_memory"):
            Memory.objects.update(category="another")
    assert mina.get(path).json()["category"] == "another"


def test_what_a_service_tells_outdates_nothing_of_others(mina, api, django_assert_num_queries):
    jun = api("jun@example.com")
    path = f"/superthread/memories/{jun.save()['doc_id']}"
    for _ in range(2):
        jun.get(path)
    memory = mina.save("One.", category="first")
    one = f"/superthread/memories/{memory['doc_id']}"
    mina.patch(one, json={"content": "Two."})
    mina.post(f"/superthread/permissions/{memory['doc_id']}", json={"permissions": {}})
    with mina.threads.committing(), transaction.atomic():
        row = {"id": Memory.objects.get(category="first").pk, "version": 1, **memory}
        row |= {"owner_email": "mina@example.com", "owner_id": mina.user.pk, "scope": 0}
        sharing.merge_grants(row, {"sora@example.com": "viewer"}, by=OPERATOR)
    mina.post("/accounts/tokens", json={"scopes": ["memories:read"]})
    mina.delete(one)
    with django_assert_num_queries(0):
        assert jun.get(path).status_code == 200


PARTS = {
    'UPDATE "accounts_token" SET "last_used_at" = %s WHERE "accounts_token"."id" = %s': set(),
    'UPDATE "accounts_token" SET "last_used_at" = %s, "revoked_at" = NULL': {"accounts_token"},
    'UPDATE "accounts_token" SET "last_used_at" = "revoked_at", "name" = %s': {"accounts_token"},
    'UPDATE "accounts_user" SET "last_login" = %s WHERE "id" = %s; DELETE FROM accounts_token': {
        "accounts_user", "accounts_user.email", "accounts_token",
    },
    'UPDATE "accounts_user" SET "is_active" = %s WHERE "id" = %s': {"accounts_user"},
    'UPDATE "accounts_user" SET "email" = %s': {"accounts_user", "accounts_user.email"},
    'UPDATE ONLY accounts_user SET "is_active" = %s': {"accounts_user", "accounts_user.email"},
    'INSERT INTO "superthread_version" ("a") SELECT "a" FROM "superthread_memory"': {
        "superthread_version",
    },
    "SELECT 1; UPDATE public.accounts_team SET name = ''": {"accounts_team", "accounts_team.key"},
    "BEGIN; delete from Accounts_Membership; COMMIT": {"accounts_membership"},
    "WITH gone AS (DELETE FROM superthread_grant RETURNING 1) SELECT * FROM gone": {
        "superthread_grant",
    },
    'INSERT INTO "other" ("a") WITH gone AS (DELETE FROM superthread_grant) SELECT 1': {
        "superthread_grant",
    },
    "TRUNCATE superthread_memory, superthread_grant": {"superthread_memory", "superthread_grant"},
    "COPY superthread_grant FROM STDIN": {"superthread_grant"},
    'DELETE FROM "superthread_grant" WHERE "superthread_grant"."id" = %s': {"superthread_grant"},
    'INSERT INTO "accounts_user" ("id", "email") VALUES (%s, %s)': {"accounts_user"},
    'INSERT INTO "accounts_user" ("id") VALUES (%s) ON CONFLICT ("id") DO UPDATE SET "a" = %s': {
        "accounts_user", "accounts_user.email",
    },
    QueryText('DELETE FROM "superthread_grant"'): set(),
    'SELECT * FROM "superthread_memory" FOR NO KEY UPDATE OF "superthread_memory"': set(),
    'EXECUTE "superthread_memory_0123456789ab"(%s, %s)': set(),
    "SELECT replace(content, %s, %s) FROM superthread_memory": set(),
    'UPDATE "other" SET "a" = (SELECT 1 FROM "superthread_memory")': set(),
}  # fmt: skip


@pytest.mark.parametrize("sql", PARTS, ids=str)
def test_a_statement_is_told_by_table_and_column(sql):
    assert changed_by(sql) == PARTS[sql]


@pytest.mark.parametrize("sql", ["DO $$ ... $$", "CALL tidy()", 'EXECUTE "mine"'])
def test_a_statement_that_shows_nothing_of_what_it_does_may_have_done_anything(sql):
    assert {"accounts_token", "superthread_memory", "accounts_user.email"} <= changed_by(sql)
