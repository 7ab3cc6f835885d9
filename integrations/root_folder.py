"""Below which folder of the caller's personal space a door keeps what comes in by it."""

from django.db.models import QuerySet

from memory_hub.accounts.principal import Principal
from superthread import policies
from superthread.models import Memory
from superthread.reads.filters import Under


def root_folder(by: Principal, usual: str) -> str:
    """The folder that the caller's token is restricted to, else ``usual``; with a slash at its end.

    So a token for one folder is a place of its own behind every door: its client sees nothing of
    others, and has nothing to be told of where it is.
    """
    return by.restriction.path_prefix or usual


def files_below(prefix: str, by: Principal) -> QuerySet[Memory]:
    """The memories in the caller's personal space whose paths begin with ``prefix``, in no order:
    those that the caller's token is for."""
    mine = policies.with_role(by).filter(
        Under.of(prefix).query(), space=by.user_id, role__gt=policies.Role.NONE
    )
    return mine.order_by()
