"""What a form holds of a memory: its text, and what is said of it beside."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

# Keys of the metadata that have fields and places of their own.
BESIDE = ("title", "tags")


def tags_of(metadata: Mapping[str, Any]) -> list[str]:
    """Its tags, where these are texts."""
    tags = metadata.get("tags")
    return [one for one in tags if isinstance(one, str)] if isinstance(tags, list) else []


@dataclass(frozen=True, slots=True)
class Described:
    """As texts, the way they stand in a form: tags with commas between them, lines that end with
    LF."""

    title: str = ""
    path: str = ""
    category: str = ""
    tags: str = ""
    content: str = ""

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> "Described":
        """Of a memory or a version."""
        title = state["metadata"].get("title")
        return cls(
            title=title if isinstance(title, str) else "",
            path=state["path"] or "",
            category=state["category"],
            tags=", ".join(tags_of(state["metadata"])),
            content=with_lf(state["content"]),
        )

    @classmethod
    def posted(cls, form: Mapping[str, str], *, content: str = "content") -> "Described":
        """Of a form that was sent; ``content`` is the field whose text it is."""
        given = {one.name: form.get(one.name, "").strip() for one in fields(cls)}
        return cls(**given | {"content": with_lf(form.get(content, ""))})

    def metadata(self) -> dict[str, Any]:
        """What stands in the metadata of a new memory."""
        return {name: said for name, said in self._beside().items() if said is not None}

    def changes(self, base: "Described", content: str) -> dict[str, Any]:
        """The fields of a change that makes this of ``base``; ``content`` is the text there as it
        is stored, whose ends of lines stay. Metadata are a patch."""
        changed: dict[str, Any] = {}
        if self.content != base.content:
            changed["content"] = _ended_as(content, self.content)
        if self.category != base.category:
            changed["category"] = self.category
        if self.path != base.path:
            changed["path"] = self.path or None
        before = base._beside()
        patch = {name: said for name, said in self._beside().items() if said != before[name]}
        return changed | ({"metadata": patch} if patch else {})

    def with_changes(self, base: "Described", mine: "Described") -> tuple["Described", list[str]]:
        """This with what somebody made of ``base``, but for the text; and the fields that both
        changed to something else: they are as in ``mine``."""
        before, other, found, both = asdict(base), asdict(mine), asdict(self), []
        for name, value in other.items():
            if name == "content" or value in (before[name], found[name]):
                continue
            if found[name] != before[name]:
                both.append(name)
            found[name] = value
        return Described(**found), both

    def _beside(self) -> dict[str, Any]:
        tags = [one.strip() for one in self.tags.split(",")]
        return {"title": self.title or None, "tags": list(filter(None, tags)) or None}


def with_lf(text: str) -> str:
    """The text as a field of a form holds it: all lines end with LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _ended_as(stored: str, text: str) -> str:
    """The text with the ends of lines that the stored one has, where these are all CR and LF."""
    count = stored.count("\r\n")
    return text.replace("\n", "\r\n") if count and count == stored.count("\n") else text
