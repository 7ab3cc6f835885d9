"""The keys of mails by which people prove that an address is theirs: signed, in no table."""

from typing import NamedTuple

from django.core import signing

from memory_hub.accounts.models import User

SECONDS = 3 * 86_400
_SALT = "memory_hub.accounts.proofs"


class Proof(NamedTuple):
    """Whoever has it reads the mail of ``address``. It is for the user with this id, while their
    address is ``email``, and counts for nobody who is not logged in as them: or the owner of an
    address could be brought to prove it for somebody else."""

    user_id: int
    email: str
    address: str

    def is_for(self, user: User) -> bool:
        return (user.pk, user.email) == (self.user_id, self.email)


def key_of(user: User, address: str) -> str:
    return signing.dumps(Proof(user.pk, user.email, address), salt=_SALT)


def read(key: str) -> Proof | None:
    """The proof of a key, or None for one that is forged or older than SECONDS."""
    try:
        return Proof(*signing.loads(key, salt=_SALT, max_age=SECONDS))
    except signing.BadSignature:
        return None
