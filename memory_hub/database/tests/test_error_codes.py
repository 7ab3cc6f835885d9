"""What PostgreSQL says by its codes that a retry may cure is 503, and nothing is stored."""

import pytest
from django.db import connection

from superthread.models import Memory
from superthread.services import save

# One of each kind: connections, a server that only reads, sessions that were ended, conflicts with
# others, resources, locks, limits and an operator's word, the system under it.
CODES = (
    *("08006", "08P01", "25006", "25P03", "25P04", "40001", "40P01", "40003", "53200", "53300"),
    *("53400", "55P03", "55006", "57014", "57P01", "57P02", "57P03", "57P05", "58000", "58030"),
)


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize("code", CODES)
def test_what_a_retry_may_cure_is_503_by_its_code(mina, monkeypatch, code):
    insert = save._insert

    def failing(rows):
        told = f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}', MESSAGE = 'Nein'; END $$"
        with connection.cursor() as cursor:
            cursor.execute(told)
        return insert(rows)

    monkeypatch.setattr(save, "_insert", failing)
    answer = mina.post("/superthread/memories", json={"content": "x"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1"), answer.text
    assert "Nein" not in answer.text
    monkeypatch.undo()
    assert not Memory.objects.exists()
    assert mina.post("/superthread/memories", json={"content": "x"}).status_code == 201
