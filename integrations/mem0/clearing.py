"""Which memories a client means that deletes all of somebody's."""

import ast
from typing import Any

from integrations.mem0.filters import ANY, identifier, identifiers_of
from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import BadInput
from superthread import policies
from superthread.identifiers import NAMES, NUMBERS
from superthread.reads.identified import identified

MOST = 10_000  # deleted by one request
_UNCLEAR = (
    f"Say whose memories are to be deleted: one of {', '.join(NAMES)}, as ?user_id=ann. All of "
    "everybody's are never deleted at once."
)


def whose(asked: dict[str, Any]) -> dict[str, str]:
    """The identifiers that a query names, or the Python or JSON text of filters in it. Raises
    BadInput where that is not clear."""
    names = {name: asked[name] for name in NAMES if name in asked}
    if "filters" in asked:
        for name, value in _read(asked["filters"]).items():
            if names.setdefault(name, value) != value:
                raise BadInput.at(f"query:{name}", "contradiction", "The filters have another.")
    if not names or ANY in names.values():
        raise BadInput.at("query:user_id", "whose", _UNCLEAR)
    return {name: identifier(value, f"query:{name}") for name, value in names.items()}


def _read(text: str) -> dict[str, str]:
    try:
        # What the client in Python makes of a dict: literals alone, of few characters.
        asked = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        asked = None
    if not isinstance(asked, dict) or not asked or not all(isinstance(one, str) for one in asked):
        raise BadInput.at("query:filters", "whose", _UNCLEAR)
    return identifiers_of(asked, "query:filters")


def found(names: dict[str, str], by: Principal) -> list[str]:
    """The ids of the caller's own memories with all of these. Raises BadInput for too many.

    Not what others have saved, though the caller may delete some of it one by one.
    """
    own = policies.with_role(by).filter(owner_id=by.user_id, role=policies.Role.OWNER)
    for name, value in names.items():
        own = own.filter(identified(by, NUMBERS[name], [value]))
    ids = [str(one) for one in own.order_by("pk").values_list("doc_id", flat=True)[: MOST + 1]]
    if len(ids) > MOST:
        detail = f"There are more than {MOST}: name another of {', '.join(NAMES)}, too."
        raise BadInput.at("query:user_id", "too-many", detail)
    return ids
