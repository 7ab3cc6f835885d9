"""Why somebody has a role says neither more nor less than the gate."""

import pytest

from memory_hub.accounts.principal import principal_of
from superthread.policies import Role
from superthread.reads.named import row_of
from superthread.reads.reasons import reasons
from superthread.tests.access.matrix import CALLERS, SCOPES
from superthread.tests.access.worlds import world
from testing.clients.browsing import registered

EMAIL = "caller@example.com"


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("name", CALLERS)
def test_the_highest_reason_is_the_role(db, name, scope):
    caller = CALLERS[name]
    user = registered(EMAIL, is_superuser=caller.superuser, is_staff=caller.superuser)
    made = world(scope, caller, EMAIL)
    by = principal_of(user, "session")
    row = row_of(doc_id=made.doc_id, by=by)
    if row is None:
        assert caller.role(scope) == Role.NONE
        return
    found = reasons(row, by=by)
    assert found[0].role == row["role"] == caller.role(scope)
    kinds = {one.kind for one in found}
    assert len(kinds) == len(found)
    assert kinds <= {"owner", "abandoned", "team", "grant", "public"}
    assert ("owner" in kinds) == (found[0].role == Role.OWNER and "abandoned" not in kinds)
