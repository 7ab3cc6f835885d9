"""What the tests of the feed have in common."""

from collections.abc import Iterator

import pytest

from superthread.reads import memories


@pytest.fixture(params=[True, False], ids=["with the public", "without the public"])
def in_all(request, settings) -> Iterator[bool]:
    """Whether lists of all have what others have made public: both in turn."""
    settings.HUB_PUBLIC_IN_ALL = request.param
    memories._page_query.cache_clear()
    yield request.param
    memories._page_query.cache_clear()


@pytest.fixture
def people(api, mina):
    """Mina, Jun and Sora; Mina and Jun are in the team alpha."""
    jun, sora = api("jun@example.com"), api("sora@example.com")
    mina.post("/accounts/teams", json={"team_key": "alpha"})
    mina.put("/accounts/teams/alpha/members/jun@example.com", json={"role": "member"})
    jun.post("/accounts/teams/alpha/accept")
    return mina, jun, sora
