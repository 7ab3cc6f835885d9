"""A client that follows the change feed as the documents say, and holds what it was told."""

from typing import Any

LIST = "/superthread/memories"


class Follower:
    """``held`` is what it has: scope and team by doc_id."""

    def __init__(self, client: Any, limit: int = 100, **place: str) -> None:
        self.client, self.limit, self.place = client, limit, place
        self.cursor: str | None = None
        self.held: dict[str, tuple[str, str | None]] = {}

    def begin(self) -> None:
        """Takes the end of the feed, then all there is."""
        self.cursor = self.page("now")["next_cursor"]
        self.held = self.listed()

    def page(self, cursor: str | None) -> dict[str, Any]:
        params = {"limit": self.limit} | self.place | ({"cursor": cursor} if cursor else {})
        answer = self.client.get("/superthread/changes", params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def follow(self) -> list[dict[str, Any]]:
        """Takes in all that there is; returns the changes."""
        changes, more = [], True
        while more:
            page = self.page(self.cursor)
            self.cursor, more = page["next_cursor"], page["more"]
            for change in page["changes"]:
                self.take(change)
            changes += page["changes"]
        return changes

    def take(self, change: dict[str, Any]) -> None:
        if change["type"] == "memory.gone":
            self.held.pop(change["doc_id"], None)
        elif change["type"] == "team.joined":
            self.held |= self.listed(scope="team", team_key=change["team_key"])
        elif change["type"] == "team.left":
            team_key = change["team_key"]
            self.held = {one: at for one, at in self.held.items() if at[1] != team_key}
        else:
            self.held[change["doc_id"]] = (change["scope"], change["team_key"])

    def listed(self, **place: str) -> dict[str, tuple[str, str | None]]:
        """What the lists hold."""
        found, cursor = {}, ""
        while cursor is not None:
            query = {"scope": "all", "limit": 100, "content": "none"} | self.place | place
            page = self.client.get(LIST, params=query | ({"cursor": cursor} if cursor else {}))
            for one in page.json()["memories"]:
                found[one["doc_id"]] = (one["scope"], one["team_key"])
            cursor = page.json()["next_cursor"]
        return found
