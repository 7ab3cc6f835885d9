"""The five calls by PyPI's SDK, both kinds; prints what was seen as JSON. Arguments: the address of
the store, a token."""

import asyncio
import json
import sys

from langgraph_sdk import get_client, get_sync_client
from langgraph_sdk.errors import APIStatusError

URL, TOKEN = sys.argv[1:]
CREDENTIAL = {"api_key": TOKEN}
ANN = ["memories", "Ann"]


def error(call):
    try:
        return call()
    except APIStatusError as refused:
        return [type(refused).__name__, refused.status_code]


def by_calls(store):
    seen = {
        "put": store.put_item(ANN, key="k/1 é", value={"text": "likes green tea", "n": 1}),
        "options": store.put_item(ANN, key="k2", value={"n": 2}, index=["n"], ttl=60),
        "unindexed": store.put_item(ANN, key="k3", value={"n": 3}, index=False),
        "namespace": store.put_item([*ANN, "k2"], key="k2", value={"n": 4}),
    }
    item = store.get_item(ANN, key="k/1 é", refresh_ttl=False)
    seen["item"] = [item["namespace"], item["key"], item["value"]]
    seen["dates"] = item["created_at"] == item["updated_at"]
    seen["missing"] = store.get_item(ANN, key="none")
    found = store.search_items(ANN, query="tea")["items"]
    seen["found"] = [[one["key"], one["score"] > 0] for one in found]
    filtered = store.search_items([], filter={"n": {"$gt": 1}}, limit=2, offset=1)["items"]
    seen["filtered"] = [one["key"] for one in filtered]
    listed = store.list_namespaces(prefix=["memories"], max_depth=3)
    seen["namespaces"] = listed["namespaces"]
    seen["suffix"] = store.list_namespaces(suffix=["k2"])["namespaces"]
    for key in ("k/1 é", "k2", "k3", "k3"):
        store.delete_item(ANN, key=key)
    store.delete_item([*ANN, "k2"], key="k2")
    seen["left"] = store.search_items([])["items"]
    seen["refused"] = error(lambda: store.put_item(ANN, key="k", value=[1]))
    return seen


class Waiting:
    """The calls of the other kind, waited for."""

    def __init__(self, store, loop):
        self.store, self.loop = store, loop

    def __getattr__(self, name):
        call = getattr(self.store, name)
        return lambda *given, **named: self.loop.run_until_complete(call(*given, **named))


loop = asyncio.new_event_loop()
both = [
    by_calls(get_sync_client(url=URL, **CREDENTIAL).store),
    by_calls(Waiting(get_client(url=URL, **CREDENTIAL).store, loop)),
]
nobody = get_sync_client(url=URL, api_key="mh_none").store
sys.stdout.write(json.dumps([*both, error(lambda: nobody.get_item(ANN, key="k"))]))
