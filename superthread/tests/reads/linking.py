"""Memories that link to each other."""

from superthread.links import links_in

URL = "/superthread/memories"


def texts(content, path=None):
    return [link.text for link in links_in(content, path)]


def linked(client, doc_id, **query):
    answer = client.get(f"{URL}/{doc_id}/links", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()
