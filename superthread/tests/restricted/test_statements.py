"""A restriction costs no statement: it is a condition of those that there are."""

from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from superthread.tests.restricted.worlds import RESTRICTIONS, restriction

EMAIL = "mina@example.com"
MEMORIES = "/superthread/memories"
KIND = {"category": "matrix", "path": "keys/of/mine.md"}


def statements(client, method: str, path: str, **options) -> int:
    """How many statements a request takes when its like was asked before, and no answer is kept."""

    def ask():
        # Answers to requests with other headers are other answers.
        return client.request(method, path, headers={"X-Asked": str(next(_asked))}, **options)

    ask()
    with CaptureQueriesContext(connection) as seen:
        answer = ask()
    assert answer.status_code < 300, answer.text
    return len(seen)


_asked = count()


@pytest.mark.parametrize("name", ["personal", "its category", "another folder", "reading"])
def test_a_request_takes_as_many_statements_with_a_restriction(api, mina, name):
    client = api(EMAIL, restriction=restriction(name))
    doc_id = mina.save("The quokka has the key.", **KIND)["doc_id"]
    reads = [f"{MEMORIES}/{doc_id}", f"{MEMORIES}?scope=all&limit=20", "/superthread/stats"]
    reads += [f"/superthread/versions/{doc_id}", "/superthread/facets", "/accounts/me"]
    asked = [("GET", path, {}) for path in reads]
    if "read_only" not in RESTRICTIONS[name]:
        asked.append(("PATCH", f"{MEMORIES}/{doc_id}", {"json": {"content": "The same."}}))
    for method, path, options in asked:
        told = [statements(one, method, path, **options) for one in (mina, client)]
        assert told[0] == told[1] > 0, path
