"""YAML front matter: the block between two lines of dashes at the head of a Markdown file."""

import re
from datetime import date
from typing import Any

import yaml

LIMIT = 16 * 2**10  # characters; nobody writes more by hand
_BLOCK = re.compile(
    r"\A---[ \t]*\r?\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE
)
PLACING = ("scope", "team_key", "category")


class BadFrontMatter(ValueError):
    """The block looks like front matter and is none that could be understood."""


class _Loader(yaml.SafeLoader):
    """YAML without what could make a small file a large value, and without silent losses."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not taken")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if not all(isinstance(key, str) for key in keys) or len(set(keys)) < len(keys):
            raise yaml.YAMLError("keys are different texts")
        return super().construct_mapping(node, deep)


def split(text: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    """The placing (scope, team_key, category), other keys, and the text after the block.

    A text that begins with a ruler and is no mapping there has no front matter. Raises
    BadFrontMatter where the block is broken: guessing could publish what was meant for a team.
    """
    found = _BLOCK.match(text)
    if not found or len(found["yaml"]) > LIMIT:
        return {}, {}, text
    try:
        block = yaml.load(found["yaml"], _Loader)  # noqa: S506  (a SafeLoader, see above)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = f" at line {line + 2}" if line is not None else ""
        raise BadFrontMatter(f"The front matter is not plain YAML{where}.") from error
    if not isinstance(block, dict):
        return {}, {}, text
    placing = {name: block.pop(name) for name in PLACING if name in block}
    return placing, _plain(block), text[found.end() :]


def _plain(value: Any) -> Any:
    """Dates as text: metadata is JSON."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, date):  # datetimes too
        return value.isoformat()
    return value
