"""The store's calls as the SDKs make them."""

from typing import Any

ITEMS, SEARCH, NAMESPACES = (
    "/langgraph/store/items",
    "/langgraph/store/items/search",
    "/langgraph/store/namespaces",
)


class Store:
    """The calls of a client."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def put(self, namespace: Any, key: str, value: Any, **more: Any) -> Any:
        """The answer to a put, which was carried out."""
        answer = self.try_put(namespace, key, value, **more)
        assert (answer.status_code, answer.content) == (204, b""), answer.text
        return answer

    def try_put(self, namespace: Any, key: str, value: Any, **more: Any) -> Any:
        """The answer to a put."""
        body = {"namespace": namespace, "key": key, "value": value, **more}
        return self.client.put(ITEMS, json=body)

    def get(self, namespace: list[str], key: str, **more: str) -> Any:
        """The item, or None."""
        answer = self.try_get(namespace, key, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def try_get(self, namespace: list[str], key: str, **more: str) -> Any:
        """The answer to a get."""
        asked = {"key": key, "namespace": ".".join(namespace), **more}
        return self.client.get(ITEMS, params=asked)

    def value(self, namespace: list[str], key: str) -> Any:
        """The value of an item that is there."""
        return self.get(namespace, key)["value"]

    def delete(self, namespace: list[str], key: str) -> Any:
        """The answer to a deletion."""
        return self.client.request("DELETE", ITEMS, json={"key": key, "namespace": namespace})

    def search(self, prefix: list[str], **more: Any) -> list[dict[str, Any]]:
        """The items found."""
        answer = self.try_search(prefix, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    def try_search(self, prefix: list[str], **more: Any) -> Any:
        """The answer to a search."""
        body = {"namespace_prefix": prefix, "limit": 10, "offset": 0, **more}
        return self.client.post(SEARCH, json=body)

    def keys(self, prefix: list[str], **more: Any) -> list[str]:
        """The keys of the items found."""
        return [one["key"] for one in self.search(prefix, **more)]

    def namespaces(self, **more: Any) -> list[list[str]]:
        """The namespaces listed."""
        answer = self.client.post(NAMESPACES, json={"limit": 100, "offset": 0, **more})
        assert answer.status_code == 200, answer.text
        return answer.json()["namespaces"]
