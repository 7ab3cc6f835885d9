"""Answers that hold a secret, as they are kept."""

import pytest

from memory_hub.idempotency.encryption import seal, unseal
from memory_hub.idempotency.errors import AnswerSecret
from memory_hub.idempotency.key import KeyClaim

FIRST = KeyClaim(1, "a-key", "", credential="Bearer mh_secret")
# As a hub of an earlier release has kept it.
SEALED = (
    b"gAAAAABrCsX2-ZyC_EKb1PW-3cuK9OyUlgKYqIad37YkE-d75N"
    b"vuaI1S6r1v-afSOdJr0hY0DR5pOpnheRbKeMj5vjBi_mgLNA=="
)


def test_an_answer_that_an_earlier_release_kept_is_read():
    assert unseal(FIRST, SEALED) == b"a token"


def test_what_is_sealed_is_read_by_its_first_caller_under_the_same_key_alone():
    sealed = seal(FIRST, b"another")
    assert b"another" not in sealed
    assert unseal(FIRST, sealed) == b"another"
    for other in (
        KeyClaim(1, "a-key", "", credential="Bearer mh_other"),
        KeyClaim(1, "another-key", "", credential="Bearer mh_secret"),
    ):
        with pytest.raises(AnswerSecret):
            unseal(other, sealed)


def test_for_a_session_nothing_is_kept():
    assert seal(KeyClaim(1, "a-key", ""), b"another") == b""
