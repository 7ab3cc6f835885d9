"""The permission matrix over the pages: which page does what the API does in which row.

Who may do what is said once, in ``superthread/tests/access/matrix.py``; here stands what of it a
page is like. Each route of a page in ``web/urls.py`` and in the ``urls.py`` of its packages must
have a row for each method that its ``@signed_in`` names, or the test of the matrix fails:

- ``ON_A_MEMORY``: a page with ``doc_id`` in its path. ``like`` is the name of a row in the matrix's
  OPERATIONS: who sees nothing of the memory gets 404, whose role is too low 403, everybody else
  ``status``. ``form`` is what a POST sends; ``{revision}`` and ``{version}`` in it stand for the
  memory's. Several rows may have the same route: their titles differ.
- ``LISTS``: a page that shows many memories. It has the link of the memory for exactly those whose
  lists hold it.
- ``ELSEWHERE``: why neither fits, and where it is tested instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class OnAMemory:
    """A page of one memory; ``route`` is its name."""

    method: str
    route: str
    like: str
    status: int = 200
    form: Mapping[str, str] = field(default_factory=dict)
    query: str = ""


@dataclass(frozen=True)
class ShowsMany:
    """A page that lists; with ``query`` as its query string."""

    route: str
    query: str = ""


_EDITED = {"content": "Mina has the key.", "category": "keys", "revision": "{revision}"}
SHARED = {"do": "give", "email": "jun@example.com", "role": "admin"}
ON_A_MEMORY: dict[str, OnAMemory] = {
    "who has it": OnAMemory("GET", "share", "read"),
    "give a role": OnAMemory("POST", "share", "grant", 302, SHARED),
    "take a role back": OnAMemory(
        "POST", "share", "withdraw a grant", 302, {"do": "take", "email": "jun@example.com"}
    ),
    "move": OnAMemory("POST", "share", "change scope", 302, {"do": "move", "place": "personal"}),
    "withdraw an offer": OnAMemory("POST", "share", "withdraw an offer", 302, {"do": "withdraw"}),
    "leave": OnAMemory("POST", "share", "leave a share", 302, {"do": "leave", "sure": "yes"}),
    "a memory": OnAMemory("GET", "memory", "read"),
    "its text": OnAMemory("GET", "memory_text", "read"),
    "its text as a file": OnAMemory("GET", "memory_download", "read"),
    "its form": OnAMemory("GET", "edit_memory", "change content"),
    "its form sent": OnAMemory("POST", "edit_memory", "change content", 302, _EDITED),
    "its form sent too late": OnAMemory(
        "POST", "edit_memory", "change content", 409, {**_EDITED, "revision": "99"}
    ),
    "its preview": OnAMemory(
        "POST", "edit_memory", "change content", form={**_EDITED, "do": "preview"}
    ),
    "links to an old path": OnAMemory("GET", "memory_links", "links", query="from=keys/old.md"),
    "links to an old path rewritten": OnAMemory(
        "POST", "memory_links", "rewrite links", 302, {"from": "keys/old.md"}
    ),
    "its history": OnAMemory("GET", "history", "list versions"),
    "two versions": OnAMemory("GET", "compare", "compare versions", query="from=1"),
    "two versions as a patch": OnAMemory(
        "GET", "compare", "compare versions", query="from=1&view=patch"
    ),
    "an old version restored": OnAMemory(
        "POST", "restore", "restore a version", 302, {"number": "1", "revision": "{revision}"}
    ),
}

LISTS = {
    "list": ShowsMany("memories"),
    "list of one scope": ShowsMany("memories", "scope={scope}"),
    "search": ShowsMany("memories", "q=quokka"),
}

# "METHOD name": why there is no row above, and where it is tested instead.
ELSEWHERE: dict[str, str] = {
    "GET memory_suggestions": "counts only, of what lists hold: test_list.py",
    "GET shares": "what is offered is in no list: test_sharing.py",
    "POST shares": "answers to what is offered: test_sharing.py",
    "GET trash": "what is in no list: test_bulk.py",
    "POST trash": "each of many judged by itself: test_bulk.py",
    "GET bulk": "it leads to the list: test_bulk.py",
    "POST bulk": "each of many judged by itself: test_bulk.py",
    **dict.fromkeys(
        ("GET take_out", "POST take_out", "GET export_job", "POST export_job"),
        "names no memory: test_taking_out.py",
    ),
    "GET take_out_part": "a file of what the list has: test_taking_out.py",
    **dict.fromkeys(
        ("GET import", "POST import", "GET import_job", "POST import_job"),
        "one's own files: test_bringing_in.py",
    ),
    "GET connect": "names no memory: test_connect.py",
    **dict.fromkeys(
        ("GET tokens", "POST tokens", "GET new_token", "POST new_token"),
        "of accounts: test_tokens_of_people.py",
    ),
    **dict.fromkeys(
        ("GET teams", "POST teams", "GET team", "POST team", "GET team_activity"),
        "of teams: test_teams.py",
    ),
    "GET memory_new": "a form of no memory: test_editing_pages.py",
    "POST memory_new": "makes a memory: test_editing_pages.py",
}
