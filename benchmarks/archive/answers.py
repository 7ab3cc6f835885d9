"""What five people are told by a hub over the API, as a line for each answer."""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django

from benchmarks.archive.filling import PEOPLE, TEAMS

PAGED = {
    "/superthread/memories?scope=all": "memories",
    "/superthread/trash?": "memories",
}
SINGLE = ("/superthread/shares", "/superthread/transfers", "/superthread/facets", "/accounts/teams")
SEARCHES = ("de1", "ka2 de0", "배3", "회5 ka7", '"de0 ka0"')


def main() -> None:
    django.setup()
    target, samples = Path(sys.argv[1]), int(sys.argv[2])
    from superthread.models import Memory
    from testing.clients.in_process import client_for

    ids = [str(one) for one in Memory.objects.order_by("doc_id").values_list("doc_id", flat=True)]
    chosen = ids[:: max(1, len(ids) // samples)]
    with target.open("w") as file:
        for email in PEOPLE:
            client = client_for(email)
            for path, status, body in _answers(client, chosen):
                digest = hashlib.sha256(body).hexdigest()
                file.write(json.dumps([email, path, status, digest]) + "\n")


def _answers(client: Any, chosen: list[str]) -> Iterator[tuple[str, int, bytes]]:
    for path in PAGED:
        cursor = ""
        for number in range(sys.maxsize):
            answer = client.get(f"{path}&limit=100{cursor}")
            found = answer.json()
            after = found.pop("next_cursor")
            # A cursor is of the hub that gave it.
            yield f"{path} page {number}", answer.status_code, json.dumps(found).encode()
            if after is None:
                break
            cursor = f"&cursor={after}"
    for path in (*SINGLE, *(f"/accounts/teams/{key}" for key in TEAMS)):
        yield _plain(client, path)
    for query in SEARCHES:
        answer = client.post("/superthread/search", json={"query": query, "limit": 50})
        found = answer.json()
        # A cursor is of the hub that gave it, and a time of the call.
        del found["next_cursor"], found["took_ms"]
        yield f"search {query}", answer.status_code, json.dumps(found).encode()
    for doc_id in chosen:
        for part in ("memories", "permissions", "versions"):
            yield _plain(client, f"/superthread/{part}/{doc_id}")


def _plain(client: Any, path: str) -> tuple[str, int, bytes]:
    answer = client.get(path)
    if answer.status_code == 200:
        return path, 200, answer.content
    # A refusal names its request.
    return path, answer.status_code, answer.json()["code"].encode()


def differences(one: Path, two: Path) -> tuple[int, list[str]]:
    """How many answers there are, and where the two hubs do not give the same."""
    told = [
        {
            (email, path): rest
            for email, path, *rest in map(json.loads, file.read_text().splitlines())
        }
        for file in (one, two)
    ]
    first, second = told
    places = first.keys() | second.keys()
    other = sorted(place for place in places if first.get(place) != second.get(place))
    return len(places), [f"{email} {path}" for email, path in other]


if __name__ == "__main__":
    main()
