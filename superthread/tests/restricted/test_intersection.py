"""With any restriction the readable set is that of the user, met with the rule."""

from dataclasses import replace
from functools import reduce
from operator import or_
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory_hub.accounts.principal import Principal
from superthread import policies
from superthread.models import Grant, Memory, SearchDocument
from superthread.policies import Role
from superthread.reads import memories as reads
from superthread.reads.named import row_of
from superthread.reads.statistics import statistics
from superthread.restricted import is_within
from superthread.search import service
from superthread.tests.access.test_policies import PEOPLE, TEAMS, build, defaults, members, memories
from superthread.tests.access.worlds import person
from superthread.tests.restricted.worlds import is_for, restriction_of
from testing.examples import examples, undone

CATEGORIES = ["default", "notes"]
# The last of them sorts behind its folder's name and before what is in it.
PATHS = [None, "notes/a", "notes/plans/b", "Notes/c", "notes.d", "notes0"]
FOLDERS = ["notes/", "notes/plans/"]
restrictions = st.fixed_dictionaries(
    {},
    optional={
        "read_only": st.just(True),
        "personal": st.just(True),
        "teams": st.lists(st.sampled_from([*TEAMS, "gone"]), min_size=1, unique=True),
        "category": st.sampled_from(CATEGORIES),
        "path_prefix": st.sampled_from(FOLDERS),
    },
)


@pytest.mark.drill
@examples(60)
@given(
    wanted=memories,
    joined=members,
    team_defaults=defaults,
    categories=st.lists(st.sampled_from(CATEGORIES), min_size=6, max_size=6),
    paths=st.permutations(PATHS),
    told=restrictions,
)
def test_a_restricted_token_reads_what_its_user_reads_and_the_rule_lets_it(
    db, wanted, joined, team_defaults, categories, paths, told
):
    with undone():
        build(wanted, joined, team_defaults)
        made = Memory.objects.order_by("pk").values_list("pk", flat=True)
        for pk, category, path in zip(made, categories, paths, strict=False):
            Memory.objects.filter(pk=pk).update(category=category, path=path)
        index_where_they_are()
        held = restriction_of(**told)
        for email in PEOPLE:
            user = person(email)
            agree(user, replace(user, restriction=held), told)


def index_where_they_are() -> None:
    """What was moved past the services is searched where it is now."""
    for pk, space in Memory.objects.values_list("pk", "space"):
        SearchDocument.objects.filter(memory_id=pk).update(space=space)


def agree(user: Principal, by: Principal, told: dict[str, Any]) -> None:
    """Every way to read tells the restricted caller the user's share that the rule lets through."""
    allowed = set()
    for memory in Memory.objects.select_related("team"):
        place = memory.team.key if memory.team else memory.get_scope_display()
        mine = memory.owner_id == user.user_id
        about = {"category": memory.category, "path": memory.path}
        is_allowed = is_for(told, place=place, **about, mine=mine)
        assert is_within(by, vars(memory)) == is_allowed
        allowed |= {memory.pk} if is_allowed else set()

    roles = dict(policies.with_role(user).values_list("pk", "role"))
    assert dict(policies.with_role(by).values_list("pk", "role")) == {
        pk: role if pk in allowed else Role.NONE for pk, role in roles.items()
    }
    trashed = policies.in_trash(user).filter(role__gt=0, pk__in=allowed)
    assert ids(policies.in_trash(by).filter(role__gt=0)) == ids(trashed)
    for least in (Role.EDITOR, Role.ADMIN):
        branches = [policies.held_branches(one, least) for one in (by, user)]
        mine, theirs = (Memory.objects.filter(reduce(or_, each)) for each in branches)
        assert ids(mine) == ids(theirs.filter(pk__in=allowed))
    listed = {pk for pk, _ in listed_by(user)} & allowed
    assert ids(Memory.objects.filter(policies.visible_to(by))) == listed
    assert set(listed_by(by)) == {(pk, roles[pk]) for pk in listed}
    assert found_by(by) == listed
    assert offered_to(by) == offered_to(user) & allowed
    told_of = statistics(by=by)
    sizes = Memory.objects.filter(pk__in=listed).values_list("size", flat=True)
    assert (told_of["total_documents"], told_of["total_size"]) == (len(listed), sum(sizes))
    for pk, role in roles.items():
        row = row_of(doc_id=Memory.objects.get(pk=pk).doc_id, by=by)
        assert (row["role"] if row else 0) == (role if pk in allowed else 0)
        assert policies.role_of(pk, by) == (role if pk in allowed else 0)


def ids(memories: Any) -> set[int]:
    return set(memories.values_list("pk", flat=True))


def listed_by(by: Principal) -> list[tuple[int, int]]:
    items, _ = reads.page(by=by, scope="all", limit=100, show=lambda row: (row["id"], row["role"]))
    return [tuple(one) for one in orjson.loads(orjson.dumps(items))]


def found_by(by: Principal) -> set[int]:
    page = service.search(query="text", by=by, limit=100, show=lambda found: found.row["id"])
    return set(orjson.loads(orjson.dumps(page.results)))


def offered_to(by: Principal) -> set[int]:
    offers = Grant.objects.filter(policies.offered_to(by), accepted=False)
    return set(offers.values_list("memory_id", flat=True))
