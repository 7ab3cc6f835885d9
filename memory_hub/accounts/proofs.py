"""The keys of mails by which people prove that an address is theirs: signed, in no table.

Those for the address that an account has, and those for another one that it is to have instead."""

from typing import NamedTuple

from django.core import signing

from memory_hub.accounts.models import User

SECONDS = 3 * 86_400
CHANGE_SECONDS = 86_400
_SALT = "memory_hub.accounts.proofs"
_CHANGE_SALT = "memory_hub.accounts.proofs.change"


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
    """What a mail to the address carries, to prove that its reader is this user; see `read`."""
    return _signed(user, address, _SALT)


def read(key: str) -> Proof | None:
    """The proof of a key, or None for one that is forged or older than SECONDS."""
    return _read(key, _SALT, SECONDS)


def change_key_of(user: User, address: str) -> str:
    """The key of a mail to an address that the user is to have instead."""
    return _signed(user, address, _CHANGE_SALT)


def read_change(key: str) -> Proof | None:
    """The same for such a key, which is good for CHANGE_SECONDS."""
    return _read(key, _CHANGE_SALT, CHANGE_SECONDS)


def _signed(user: User, address: str, salt: str) -> str:
    return signing.dumps(Proof(user.pk, user.email, address), salt=salt)


def _read(key: str, salt: str, seconds: int) -> Proof | None:
    try:
        return Proof(*signing.loads(key, salt=salt, max_age=seconds))
    except signing.BadSignature:
        return None
