"""Requests as the clients of mem0 send them."""

import json
from typing import Any

from testing.clients.in_process import Client


class Mem0:
    """The calls of a client, with its headers; answers are what the client would read."""

    def __init__(self, client: Client, **headers: str) -> None:
        self.inner = Client(None, client.user, client.threads)
        self.inner.headers = {"Authorization": f"Token {client.token}", **headers}

    def ask(self, method: str, path: str, status: int = 200, **options: Any) -> Any:
        """The JSON of an answer, which is always some, and called so."""
        answer = self.inner.request(method, f"/mem0{path}", **options)
        assert answer.status_code == status, answer.text
        assert answer.headers["Content-Type"] == "application/json"
        told = answer.json()
        assert status < 400 or isinstance(told["detail"], str)
        return told

    def add(self, messages: Any = "I like tea.", status: int = 200, **options: Any) -> Any:
        body = {"messages": messages, **options}
        return self.ask("POST", "/v3/memories/add/", status, json=body)

    def added(self, messages: Any = "I like tea.", **options: Any) -> str:
        """The id of the one memory that an add made."""
        (one,) = self.add(messages, **options)["results"]
        return one["id"]

    def get_all(
        self, filters: Any = None, status: int = 200, query: str = "", **options: Any
    ) -> Any:
        body = ({} if filters is None else {"filters": filters}) | options
        return self.ask("POST", f"/v3/memories/{query}", status, json=body)

    def texts(self, filters: Any, **options: Any) -> list[str]:
        """The texts of a list, in its order."""
        return [one["memory"] for one in self.get_all(filters, **options)["results"]]

    def search(self, query: str, filters: Any = None, status: int = 200, **options: Any) -> Any:
        body = {"query": query} | ({} if filters is None else {"filters": filters}) | options
        return self.ask("POST", "/v3/memories/search/", status, json=body)

    def found(self, query: str, filters: Any, **options: Any) -> list[str]:
        """The texts of a search, in its order."""
        return [one["memory"] for one in self.search(query, filters, **options)["results"]]

    def get(self, one: str, status: int = 200) -> Any:
        return self.ask("GET", f"/v1/memories/{one}/", status)

    def update(self, one: str, status: int = 200, **body: Any) -> Any:
        return self.ask("PUT", f"/v1/memories/{one}/", status, json=body)

    def delete(self, one: str, status: int = 200) -> Any:
        return self.ask("DELETE", f"/v1/memories/{one}/", status)

    def history(self, one: str, status: int = 200) -> Any:
        return self.ask("GET", f"/v1/memories/{one}/history/", status)

    def delete_with_body(self, path: str, body: Any, status: int = 200) -> Any:
        """A DELETE with a body, as one of the calls is."""
        headers = {"Content-Type": "application/json"}
        return self.ask("DELETE", path, status, content=json.dumps(body), headers=headers)
