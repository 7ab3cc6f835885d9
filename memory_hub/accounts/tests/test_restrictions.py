"""What restrictions say, to whom, and that the database refuses those that say nothing."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from memory_hub.accounts import services
from memory_hub.accounts.models import Token
from memory_hub.accounts.restrictions import NONE, Restriction
from memory_hub.accounts.scopes import every_scope
from memory_hub.core.errors import BadInput
from memory_hub.core.identity import OPERATOR

restrictions = st.builds(
    Restriction,
    read_only=st.booleans(),
    personal=st.booleans(),
    teams=st.none() | st.frozensets(st.integers(1, 3), min_size=1),
    category=st.none() | st.sampled_from(["decisions", "notes"]),
    path_prefix=st.none() | st.sampled_from(["a/", "a/b/", "ab/"]),
)


def allowed(one: Restriction) -> set[tuple[object, ...]]:
    """All that could be done with a token, in a small world: to change or read what, where."""
    places = {"personal", 1, 2, 3} if one.is_placed else {"personal", 1, 2, 3, "public"}
    if one.is_placed:
        places &= {*(["personal"] if one.personal else []), *(one.teams or ())}
    categories = {one.category} if one.category else {"decisions", "notes", "other"}
    paths = {path for path in (None, "a/x", "a/b/x", "ab/x", "c") if _is_below(one, path)}
    return set(
        product(["read"] if one.read_only else ["read", "change"], places, categories, paths)
    )


def _is_below(one: Restriction, path: str | None) -> bool:
    return not one.path_prefix or bool(path and path.startswith(one.path_prefix))


@given(one=restrictions, other=restrictions)
def test_a_restriction_is_within_another_that_allows_all_it_allows(one, other):
    assert one.is_within(other) == (allowed(one) <= allowed(other))


@given(one=restrictions)
def test_a_token_says_what_its_columns_say(one):
    assert Restriction.of_columns(one.as_columns()) == one
    assert one.is_within(NONE)


def test_what_restricts_nothing_is_no_restriction():
    for wrong in (
        {"teams": frozenset()},
        {"category": ""},
        {"category": "x" * 65},
        {"path_prefix": ""},
        {"path_prefix": "a"},
        {"path_prefix": "/"},
        {"path_prefix": "a//"},
    ):
        with pytest.raises(ValueError, match=r"teams|category|folder"):
            Restriction(**wrong)


def test_a_restriction_is_told_in_words_of_both_languages():
    both = Restriction(
        read_only=True, personal=True, teams=frozenset({1, 2}), category="notes", path_prefix="a/"
    )
    assert both.words("en", {1: "alpha"}) == (
        "your own personal memories and memories of the teams (deleted), alpha; "
        "only in the category notes; only with a path in a/; reading only"
    )
    assert both.words("ko-kr", {1: "alpha", 2: "beta"}) == (
        "내 개인 메모리 및 팀 alpha, beta의 메모리; 분류 notes만; 경로가 a/ 아래인 것만; 읽기 전용"
    )
    assert NONE.words(None, {}) == "all memories that you may read"


def test_a_restriction_is_told_with_the_keys_of_teams_that_are_there():
    placed = Restriction(teams=frozenset({1, 2}))
    assert placed.as_json({1: "alpha"}) == {
        "read_only": False,
        "personal": False,
        "teams": ["alpha"],
        "category": None,
        "path_prefix": None,
    }
    assert NONE.as_json({}) is None


@pytest.mark.parametrize(
    "columns",
    [
        {"only_teams": []},
        {"only_category": ""},
        {"only_below": ""},
        {"client": ""},
        {"resource": ""},
    ],
)
def test_the_database_refuses_what_looks_like_a_restriction_and_is_none(db, columns):
    user = services.ensure_user("a@example.com", by=OPERATOR)
    until = timezone.now() + timedelta(days=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Token.objects.create(user=user, digest="d", expires_at=until, **columns)


def test_a_token_makes_only_tokens_restricted_like_itself(db):
    from memory_hub.accounts.authentication import principal_of_token

    user = services.ensure_user("a@example.com", by=OPERATOR)

    def made(by, **options):
        return services.create_token(user_id=user.pk, scopes=every_scope(), by=by, **options)

    own = Restriction(personal=True, category="notes")
    _, secret = made(OPERATOR, restriction=own)
    by = principal_of_token(secret, OPERATOR.origin, "/accounts/me")
    assert by.restriction == own
    assert made(by)[0].restriction == own
    narrower = Restriction(read_only=True, personal=True, category="notes")
    assert made(by, restriction=narrower)[0].restriction == narrower
    for wider in (NONE, Restriction(personal=True), Restriction(category="notes")):
        with pytest.raises(BadInput) as refused:
            made(by, restriction=wider)
        assert refused.value.extra["errors"][0]["code"] == "beyond-its-maker"
