"""The role expression and the branches of lists are one rule; the database refuses the rest."""

from datetime import timedelta

import orjson
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from memory_hub.accounts import services
from memory_hub.accounts.models import Membership, Team, Token
from memory_hub.core.identity import OPERATOR
from superthread import policies
from superthread.models import Grant, Memory, Version
from superthread.reads import memories as reads
from superthread.services.save import save
from superthread.store_terms import Draft
from superthread.tests.access.worlds import person
from testing.examples import examples, undone

PEOPLE = ["a@example.com", "b@example.com", "c@example.com"]
TEAMS = ["alpha", "beta"]
memories = st.lists(
    st.fixed_dictionaries(
        {
            "owner": st.sampled_from(PEOPLE),
            "place": st.sampled_from([(0, None), (2, None), *((1, team) for team in TEAMS)]),
            "grants": st.dictionaries(
                st.sampled_from(PEOPLE), st.tuples(st.integers(1, 3), st.booleans())
            ),
            "expired": st.sampled_from([False, False, False, True]),
            "trashed": st.sampled_from([False, False, False, True]),
        }
    ),
    min_size=1,
    max_size=6,
)
members = st.dictionaries(
    st.tuples(st.sampled_from(TEAMS), st.sampled_from(PEOPLE)),
    st.tuples(st.sampled_from(["member", "admin"]), st.booleans()),
)
defaults = st.fixed_dictionaries(dict.fromkeys(TEAMS, st.sampled_from(["viewer", "editor"])))


def build(wanted, joined, team_defaults) -> None:
    teams = {key: Team.objects.create(key=key, default_role=team_defaults[key]) for key in TEAMS}
    for (key, email), (role, accepted) in joined.items():
        Membership.objects.create(team=teams[key], email=email, role=role, accepted=accepted)
    for one in wanted:
        row = save(Draft("text"), by=person(one["owner"]))
        scope, team = one["place"]
        now = timezone.now()
        Memory.objects.filter(pk=row["id"]).update(
            scope=scope,
            team=teams.get(team),
            expires_at=now - timedelta(seconds=1) if one["expired"] else None,
            deleted_at=now if one["trashed"] else None,
        )
        for email, (role, accepted) in one["grants"].items():
            Grant.objects.create(memory_id=row["id"], email=email, role=role, accepted=accepted)


def expected_role(memory: Memory, email: str) -> int:
    """The contract's table in plain Python."""
    members = {one.email: one.role for one in memory.team.memberships.all()} if memory.team else {}
    if memory.owner.email == email and (memory.scope != 1 or email in members):
        return 4
    if members.get(email) == "admin" and memory.owner.email not in members:
        return 4
    roles = [grant.role for grant in memory.grants.all() if grant.email == email]
    if memory.scope == 2:
        roles.append(1)
    for member in memory.team.memberships.filter(email=email) if memory.team else ():
        editing = memory.team.default_role == "editor"
        roles.append(3 if member.role == "admin" else 2 if editing else 1)
    return max(roles, default=0)


def is_listed(memory: Memory, email: str) -> bool:
    """Lists hold what one may read, but for what others have only offered."""
    members = (
        memory.team.memberships.filter(email=email) if memory.team else Membership.objects.none()
    )
    return (
        memory.scope == 2
        or (
            memory.owner.email == email
            and (memory.scope != 1 or members.filter(accepted=True).exists())
        )
        or memory.grants.filter(email=email, accepted=True).exists()
        or (memory.scope == 1 and members.filter(accepted=True).exists())
    )


@examples(40)
@given(wanted=memories, joined=members, team_defaults=defaults)
def test_what_a_role_can_read_is_what_lists_show(db, wanted, joined, team_defaults):
    with undone():
        build(wanted, joined, team_defaults)
        for email in PEOPLE:
            agree(email)


def agree(email: str) -> None:
    by = person(email)
    roles = dict(policies.with_role(by).values_list("pk", "role"))
    alive = Memory.objects.filter(policies.alive()).select_related("owner", "team")
    assert roles == {memory.pk: expected_role(memory, email) for memory in alive}
    shown = {memory.pk for memory in alive if is_listed(memory, email)}
    assert all(roles[pk] >= policies.Role.VIEWER for pk in shown)
    assert shown == set(Memory.objects.filter(policies.visible_to(by)).values_list("pk", flat=True))
    items, _ = reads.page(by=by, scope="all", limit=100, show=lambda row: (row["id"], row["role"]))
    assert dict(orjson.loads(orjson.dumps(items))) == {pk: roles[pk] for pk in shown}


@pytest.fixture
def memory(db) -> Memory:
    return Memory.objects.get(pk=save(Draft("text"), by=person("a@example.com"))["id"])


@pytest.mark.parametrize(
    "columns",
    [
        {"scope": 1},
        {"scope": 3},
        {"content": ""},
        {"category": ""},
        {"size": 0},
        {"size": 2**20 + 1},
        {"version": 0},
        {"revision": 0},
        {"updated_at": timezone.now() - timedelta(days=1)},
    ],
)
def test_the_database_refuses_a_memory_that_must_not_be(memory, columns):
    with pytest.raises(IntegrityError), transaction.atomic():
        Memory.objects.filter(pk=memory.pk).update(**columns)


def test_the_database_refuses_a_team_on_a_personal_memory(memory):
    with pytest.raises(IntegrityError), transaction.atomic():
        Memory.objects.filter(pk=memory.pk).update(team=Team.objects.create(key="t"))


@pytest.mark.parametrize("columns", [{"number": 1}, {"number": 0}, {"number": 2, "content": ""}])
def test_the_database_refuses_a_version_that_must_not_be(memory, columns):
    first = Version.objects.get(memory=memory)
    kept = {
        name: getattr(first, name)
        for name in ("memory_id", "author_id", "category", "content", "size", "created_at")
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.create(**kept | columns)


@pytest.mark.parametrize("columns", [{"role": 4}, {"role": 0}, {"email": "A@example.com"}, {}])
def test_the_database_refuses_a_grant_that_must_not_be(memory, columns):
    Grant.objects.create(memory=memory, email="b@example.com", role=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(**{"memory": memory, "email": "b@example.com", "role": 1} | columns)


def test_the_database_refuses_accounts_that_must_not_be(db):
    user, team = services.ensure_user("a@example.com", by=OPERATOR), Team.objects.create(key="t")
    now = timezone.now()
    Membership.objects.create(team=team, email="a@example.com")
    wrong = [
        lambda: Team.objects.create(key=""),
        lambda: Team.objects.create(key="t"),
        lambda: Team.objects.create(key="u", default_role="admin"),
        lambda: Membership.objects.create(team=team, email="a@example.com"),
        lambda: Membership.objects.create(team=team, email="B@example.com"),
        lambda: Membership.objects.create(team=team, email="b@example.com", role="owner"),
        lambda: Token.objects.create(user=user, digest="d", created_at=now, expires_at=now),
        lambda: type(user).objects.create(email="A@example.com"),
        lambda: type(user).objects.create(email="a@example.com"),
    ]
    for create in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            create()
