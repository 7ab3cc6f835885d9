"""What the forms of a new memory and of one that is there have in common."""

from collections.abc import Mapping
from typing import Any

from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import HubError
from superthread.reads.representation import Row
from web import problems
from web.memories.described import Described
from web.memories.page import frame
from web.memories.texts import Texts

# Fields that say themselves what is wrong with them; of others it is said above them all.
FIELDS = ("path", "category", "content")


def form_of(row: Row, written: Described, by: Principal, **more: Any) -> dict[str, Any]:
    """What the form of a memory is given: it holds ``written``, worked out from this state."""
    state = {"revision": row["revision"], "version": row["version"]}
    return {**frame(row, by), "form": written, **state, **more}


def preview_of(written: Described, row: Mapping[str, Any], by: Principal) -> dict[str, Any]:
    """How the text will look at its place; what refuses that, said beside the form."""
    try:
        return {"rendered": Texts(row, by).formatted(written.content)}
    except HubError as error:
        return wrong_with(error)


def wrong_with(error: HubError) -> dict[str, Any]:
    """What is wrong, at its field or above them all."""
    found = problems.by_field(error)
    above = [said for name, texts in found.items() if name not in FIELDS for said in texts]
    return {"errors": {name: found[name] for name in FIELDS if name in found}, "problems": above}


def saved(name: str) -> str:
    """The kind of a message by which a script knows that a draft, that of a memory's id or of
    ``new``, is saved."""
    return f"saved-{name}"
