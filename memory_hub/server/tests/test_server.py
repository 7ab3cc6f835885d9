"""The hub as people start it: gunicorn with worker processes."""

import httpx


def test_a_started_hub_saves_and_lists(new_hub):
    hub = new_hub()
    headers = {"Authorization": f"Bearer {hub.token('mina@example.com')}"}
    url = f"{hub.url}/superthread/memories"
    saved = httpx.post(url, json={"content": "Jun has the key."}, headers=headers)
    assert saved.status_code == 201
    assert httpx.get(url, headers=headers).json()["memories"] == [saved.json()]
