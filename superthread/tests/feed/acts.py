"""What people do to memories in these tests."""


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
