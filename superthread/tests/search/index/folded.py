"""Texts that are folded, and what is found in them."""

from superthread.models import SearchSegment
from superthread.search.index import folding

MEMORIES = "/superthread/memories"


def fold():
    folding.fold_due(least=1)


def texts(count):
    return [
        f"zebra number{n} {'giraffe ' * (n % 5)}{'okapi' if n % 3 else 'Okapis'}"
        for n in range(count)
    ]


def found(client, query, **more):
    body = {"query": query, "limit": 100, "explain": True, **more}
    answer = client.post("/superthread/search", json=body).json()
    return {k: v for k, v in answer.items() if k not in ("took_ms", "next_cursor")}


QUERIES = (
    "zebra",
    "giraffe okapi",
    '"zebra number7"',
    "zebra -giraffe",
    "Okapis",
    "zebrra",
    "numb*",
)


def sizes():
    """Of the segments, from the one with the first memories."""
    return list(SearchSegment.objects.order_by("first").values_list("memories", flat=True))
