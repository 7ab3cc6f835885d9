"""Changes at the same time, over real connections: one winner per revision, nothing lost."""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import httpx
import pytest

CHANGES = 25  # by each of two clients


@pytest.fixture
def hub(new_hub):
    return new_hub(workers=2, HUB_RATE_LIMIT="off")


@pytest.fixture
def client(hub):
    headers = {"Authorization": f"Bearer {hub.token('mina@example.com')}"}
    with httpx.Client(base_url=hub.url, headers=headers, timeout=60) as made:
        yield made


def both(work) -> list:
    """The answers of two threads that begin together."""
    barrier = threading.Barrier(2)

    def begin(name: str):
        barrier.wait()
        return work(name)

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(begin, ["a", "b"]))


def versions(client, doc_id: str) -> list[dict]:
    """All versions, newest first."""
    found, cursor = [], None
    while True:
        query = {"limit": 50, **({"cursor": cursor} if cursor else {})}
        page = client.get(f"/superthread/versions/{doc_id}", params=query).json()
        found += page["versions"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


@pytest.mark.drill
def test_changes_of_two_clients_lose_nothing(client):
    conditional_changes_have_one_winner_per_revision(client)
    unconditional_changes_all_become_versions(client)
    both_restore_name_and_change(client)


def conditional_changes_have_one_winner_per_revision(client) -> None:
    saved = client.post("/superthread/memories", json={"content": "start"}).json()
    url = f"/superthread/memories/{saved['doc_id']}"

    def append(name: str) -> list[int]:
        """Adds lines, reading anew whenever the other one was quicker."""
        won, tries = [], 0
        while len(won) < CHANGES:
            tries += 1
            assert tries < 100 * CHANGES
            now = client.get(url)
            content = now.json()["content"] + f"\n{name}{len(won)}"
            answer = client.patch(
                url, json={"content": content}, headers={"If-Match": now.headers["ETag"]}
            )
            if answer.status_code == 200:
                won.append(answer.json()["revision"])
            else:
                assert answer.status_code == 412, answer.text
        return won

    first, second = both(append)
    assert sorted(first + second) == list(range(2, 2 * CHANGES + 2))
    lines = client.get(url).json()["content"].split("\n")
    for name in "ab":
        mine = [line for line in lines if line.startswith(name)]
        assert mine == [f"{name}{number}" for number in range(CHANGES)]
    numbers = [version["number"] for version in versions(client, saved["doc_id"])]
    assert numbers == list(range(2 * CHANGES + 1, 0, -1))


def unconditional_changes_all_become_versions(client) -> None:
    saved = client.post("/superthread/memories", json={"content": "start"}).json()
    url = f"/superthread/memories/{saved['doc_id']}"

    def overwrite(name: str) -> list[int]:
        bodies = [{"content": f"{name}{number}"} for number in range(CHANGES)]
        return [client.patch(url, json=body).json()["revision"] for body in bodies]

    first, second = both(overwrite)
    assert sorted(first + second) == list(range(2, 2 * CHANGES + 2))
    found = versions(client, saved["doc_id"])
    assert [version["number"] for version in found] == list(range(2 * CHANGES + 1, 0, -1))
    assert client.get(url).json()["revision"] == 2 * CHANGES + 1


def both_restore_name_and_change(client) -> None:
    """Every verb that makes a version takes its number in turn."""
    saved = client.post("/superthread/memories", json={"content": "start"}).json()
    url = f"/superthread/versions/{saved['doc_id']}"
    first = versions(client, saved["doc_id"])[0]["version_id"]

    def mixed(name: str) -> list[int]:
        made = []
        for number in range(8):
            made.append(client.post(url, params={"description": name}).status_code)
            body = {"content": f"{name}{number}"}
            made.append(client.patch(url.replace("versions", "memories"), json=body).status_code)
            made.append(client.post(f"{url}/restore/{first}").status_code)
        return made

    assert max(chain(*both(mixed))) < 300
    numbers = [version["number"] for version in versions(client, saved["doc_id"])]
    assert numbers == list(range(len(numbers), 0, -1))


@pytest.mark.drill
def test_two_last_admins_cannot_both_leave(hub):
    tokens = [hub.token(f"{name}@example.com") for name in "ab"]
    for name in "ab":
        hub.manage("set_member", "alpha", f"{name}@example.com", "--role", "admin")
    clients = {
        name: httpx.Client(
            base_url=hub.url, headers={"Authorization": f"Bearer {token}"}, timeout=60
        )
        for name, token in zip("ab", tokens, strict=True)
    }

    def leave(name: str) -> int:
        path = f"/accounts/teams/alpha/members/{name}@example.com"
        with clients[name] as client:
            return client.delete(path).status_code

    assert sorted(both(leave)) == [204, 409]
