"""What people do to memories in these tests."""

from datetime import UTC, datetime

from memory_hub.journal import sequencer
from memory_hub.journal.models import Entry


def one_of(memory):
    return f"/superthread/memories/{memory['doc_id']}"


def share(client, memory, **roles):
    answer = client.post(
        f"/superthread/permissions/{memory['doc_id']}",
        json={"permissions": {f"{name}@example.com": role for name, role in roles.items()}},
    )
    assert answer.status_code == 200, answer.text


def accept(client, memory):
    path = f"/superthread/shares/{memory['doc_id']}"
    assert client.post(path, json={"accept": True}).status_code < 300


def now():
    """A moment after everything so far, and before everything that follows."""
    sequencer.sequence()
    newest = Entry.objects.order_by("position").last()
    moment = newest.at
    while datetime.now(UTC) <= moment:
        pass
    return moment.isoformat()
