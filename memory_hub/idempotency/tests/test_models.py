"""What the hub remembers of a key is called by what it is, not by what it holds."""

from memory_hub.idempotency.models import KeptAnswer, KeptPart, KeptSubject, State


def test_a_row_is_named_without_what_it_holds():
    answer = KeptAnswer(pk=7, state=State.IN_PARTS, key="of-mina", body=b"Jun has the key.")
    assert str(answer) == "answer 7, in parts"
    part = KeptPart(answer=answer, start=20, results=["Jun has the key."])
    assert str(part) == "from 20 of answer 7"
    assert str(KeptSubject(answer=answer, doc_id="of-a-memory")) == "of-a-memory"
