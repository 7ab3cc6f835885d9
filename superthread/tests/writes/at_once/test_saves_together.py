"""Saves at the same moment share a transaction; each is answered as if it had come alone."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from types import SimpleNamespace

import httpx
import pytest

from memory_hub.accounts.principal import principal_of
from superthread.services import save
from superthread.store_terms import Draft

MEMORIES = "/superthread/memories"
PEOPLE = ["mina@example.com", "jun@example.com", "ada@example.com"]


@pytest.fixture
def clients(new_hub):
    hub = new_hub(workers=1, HUB_RATE_LIMIT="off")
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                httpx.Client(
                    base_url=hub.url,
                    headers={"Authorization": f"Bearer {hub.token(email)}"},
                    timeout=60,
                )
            )
            for email in PEOPLE
        ]


def body_of(number: int) -> dict:
    """Different in all that a memory has; every seventh is refused, every eleventh is long."""
    body = {
        "content": f"note {number} of word{number} "
        + "long " * (20_000 if number % 11 == 5 else 1),
        "category": f"category-{number % 4}",
        "metadata": {"number": number, "odd": "'\"\\{},한글"},
    }
    if number % 7 == 3:
        body |= {"scope": "team", "team_key": "nobody-knows-it"}
    elif number % 5 == 2:
        body |= {"expires_at": f"2099-01-{1 + number % 28:02}T00:00:00Z"}
    return body


@pytest.mark.drill
def test_each_gets_its_own_memory_version_and_words(clients):
    def save(number: int) -> httpx.Response:
        keyed = {"Idempotency-Key": f"key-{number}"} if number % 6 == 0 else {}
        return clients[number % 3].post(MEMORIES, json=body_of(number), headers=keyed)

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(save, range(90)))
    for number, answer in enumerate(answers):
        if number % 7 == 3:
            assert answer.status_code == 400
        else:
            is_stored_as_sent(clients[number % 3], number, answer)


def is_stored_as_sent(client: httpx.Client, number: int, answer: httpx.Response) -> None:
    sent, saved = body_of(number), answer.json()
    assert answer.status_code == 201
    assert {name: saved[name] for name in ("content", "category", "metadata")} == {
        name: sent[name] for name in ("content", "category", "metadata")
    }
    assert saved["owner"] == PEOPLE[number % 3]
    kept = client.get(f"{MEMORIES}/{saved['doc_id']}")
    assert kept.json() == saved
    assert kept.headers["ETag"] == answer.headers["ETag"]
    (version,) = client.get(f"/superthread/versions/{saved['doc_id']}").json()["versions"]
    assert (version["number"], version["author"]) == (1, saved["owner"])
    assert version["created_at"] == saved["updated_at"]
    found = client.post("/superthread/search", json={"query": f"word{number}"}).json()
    assert found["results"][0]["doc_id"] == saved["doc_id"]


ALONE = {
    "short": ({"content": "Jun has the key."}, False),
    "just not long": ({"content": "word " * 13_107 + "x"}, False),
    "long": ({"content": "word " * 13_107 + "xy"}, True),
    "of many words": ({"content": " ".join(f"w{n}" for n in range(9_000))}, True),
    "with a path": ({"content": "Jun has the key.", "path": "notes/key.md"}, True),
}


@pytest.mark.parametrize("kind", ALONE)
def test_what_would_keep_others_waiting_is_saved_alone(mina, monkeypatch, kind):
    fields, alone = ALONE[kind]
    by = principal_of(mina.user, "command")
    prepared, groups = save.prepare([Draft(**fields)], by=by), []

    def together(one):
        groups.append(one)
        return save.store_all(one)[0]

    monkeypatch.setattr(save, "_store_together", together)
    monkeypatch.setattr(save, "connection", SimpleNamespace(in_atomic_block=False))
    assert save.store(prepared)["content"] == fields["content"]
    assert (groups == []) == alone
