"""YAML as people write front matter: every scalar stays what its writer typed.

The core schema of YAML 1.2 (chapter 10.3), not the types of 1.1: NO, yes and on are texts, 10:11
and dates too. A number is taken for one only where JSON would write it the same way: 02134 and 1.10
are texts, or their zeros would be lost.
"""

import re
from typing import Any, NoReturn

import yaml

_WORDS = {"true": True, "false": False, "null": None}
_WORD = re.compile(r"~||(?:true|True|TRUE|false|False|FALSE|null|Null|NULL)")
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")
_BROKEN = re.compile(r"-?(?:0|[1-9][0-9]{0,15})\.[0-9]{1,16}")
# Characters. Writers of YAML name a date that stands in two keys and refer to it in the second.
_ALIASED = 64
_CORE = "tag:yaml.org,2002:"
# Ours, of a scalar without quotes and without a tag.
_PLAIN = "tag:plain"


class YAMLError(ValueError):
    """What stands there is no YAML that could be understood; ``line`` counts from 0, or is None."""

    def __init__(self, line: int | None) -> None:
        super().__init__("This is not plain YAML.")
        self.line = line


def load(text: str) -> Any:
    """The value of a YAML document: dictionaries with keys of text, lists, texts, numbers, true,
    false and None. Raises YAMLError, also for tags, keys that are given twice, and aliases of
    anything but a short scalar: they could lose a value, or make a small file a large one."""
    try:
        return yaml.load(text, _Loader)  # noqa: S506  (makes plain values only, see below)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise YAMLError(_line(text, error)) from error


def _line(text: str, error: Exception) -> int | None:
    if isinstance(error, yaml.reader.ReaderError):
        return text.count("\n", 0, error.position)
    mark = getattr(error, "problem_mark", None)
    return mark.line if mark else None


def scalar(text: str) -> Any:
    """What a plain scalar means."""
    if _WORD.fullmatch(text):
        return _WORDS.get(text.lower())
    if _WHOLE.fullmatch(text) and text != "-0" and -(2**63) <= int(text) < 2**63:
        return int(text)
    if _BROKEN.fullmatch(text) and repr(float(text)) == text:
        return float(text)
    return text


class _Loader(yaml.BaseLoader):
    """PyYAML's parser with constructors of its own; a tag that has none is an error."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            alias = self.peek_event()
            meant = self.anchors.get(alias.anchor)
            if not isinstance(meant, yaml.ScalarNode) or len(meant.value) > _ALIASED:
                _refuse(alias, "only a short scalar may have an alias")
        return super().compose_node(parent, index)

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        if kind is yaml.ScalarNode and implicit[0]:
            return _PLAIN
        return super().resolve(kind, value, implicit)

    def _scalar(self, node: yaml.Node) -> Any:
        return scalar(_of(yaml.ScalarNode, node).value)

    def _text(self, node: yaml.Node) -> str:
        return _of(yaml.ScalarNode, node).value

    def _list(self, node: yaml.Node) -> list[Any]:
        items = _of(yaml.SequenceNode, node).value
        return [self.construct_object(item, deep=True) for item in items]

    def _mapping(self, node: yaml.Node) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, value in _of(yaml.MappingNode, node).value:
            name = _of(yaml.ScalarNode, key).value
            if name in made:
                _refuse(key, "a key is given twice")
            made[name] = self.construct_object(value, deep=True)
        return made

    def _unknown(self, node: yaml.Node) -> None:
        _refuse(node, "this tag is not taken")


def _of(kind: type[yaml.Node], node: yaml.Node) -> Any:
    if not isinstance(node, kind):
        _refuse(node, "this is of another kind than expected")
    return node


def _refuse(place: Any, why: str) -> NoReturn:
    raise yaml.constructor.ConstructorError(None, None, why, place.start_mark)


for _tag, _constructor in {
    _PLAIN: _Loader._scalar,
    **{_CORE + name: _Loader._scalar for name in ("null", "bool", "int", "float")},
    _CORE + "str": _Loader._text,
    _CORE + "seq": _Loader._list,
    _CORE + "map": _Loader._mapping,
    None: _Loader._unknown,
}.items():
    _Loader.add_constructor(_tag, _constructor)
