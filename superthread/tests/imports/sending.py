"""Files that are sent for an import, as tests send them."""

from uuid import UUID

from memory_hub.accounts.principal import principal_of
from superthread.imports import runner

URL = "/superthread/imports"


def send(client, data, status=202, **query):
    data = data if isinstance(data, bytes) else data.encode()
    answer = client.post(URL, content=data, params=query)
    assert answer.status_code == status, answer.text
    return answer


def carried_out(client, data, **query):
    """The import once it has ended, and what became of what is in it."""
    where = send(client, data, **query).headers["Location"]
    runner.carry_out(UUID(where.rpartition("/")[2]))
    outcomes = client.get(f"{where}/outcomes").json()["outcomes"]
    return client.get(where).json(), outcomes


def mine(client):
    query = {"scope": "all", "limit": "100"}
    return client.get("/superthread/memories", params=query).json()["memories"]


def principal(client):
    return principal_of(client.user, "session")
