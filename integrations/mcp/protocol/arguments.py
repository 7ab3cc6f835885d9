"""Are a call's arguments what its schema says: for the part of JSON Schema 2020-12 that is used.

A schema is an object of ``properties``, some ``required`` and no others. A property has a ``type``
(string, integer, number, boolean, object, or array with ``items``), and may have ``enum``,
``minimum``, ``maximum``, ``maxLength`` and ``default``. A general validator would take as long as
the rest of a call, and says what is wrong in words for programmers; these go to a model.
"""

from collections.abc import Iterator, Mapping
from typing import Any

_KINDS: dict[str, tuple[type | tuple[type, ...], str]] = {
    "string": (str, "a text"),
    "integer": (int, "a whole number"),
    "number": ((int, float), "a number"),
    "boolean": (bool, "true or false"),
    "object": (dict, "an object"),
    "array": (list, "a list"),
}


def with_defaults(arguments: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments, with the defaults of those that are left out; null is left out, too, and a
    whole number is one however it was written."""
    known = schema["properties"]
    given = {
        name: int(value) if known[name]["type"] == "integer" else value
        for name, value in arguments.items()
        if value is not None
    }
    return {name: said["default"] for name, said in known.items() if "default" in said} | given


def problems(arguments: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str]:
    """What is wrong with the arguments, a sentence each."""
    properties = schema["properties"]
    unknown = [name for name in arguments if name not in properties]
    missing = [name for name in schema.get("required", ()) if arguments.get(name) is None]
    found = [f"{name[:64]} is no argument; known are: {', '.join(properties)}." for name in unknown]
    found += [f"{name} is missing." for name in missing]
    for name, value in arguments.items():
        if name in properties and value is not None:
            found += _wrong(name, value, properties[name])
    return found


def _wrong(name: str, value: Any, schema: Mapping[str, Any]) -> Iterator[str]:
    kind, word = _KINDS[schema["type"]]
    if kind is int and isinstance(value, float) and value.is_integer():
        # 10.0 is a whole number: some models have no others.
        value = int(value)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        yield f"{name} must be {word}."
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{name} must be one of: {', '.join(one or '(empty)' for one in schema['enum'])}."
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _wrong(f"{name}[{number}]", item, schema["items"])
    else:
        yield from _out_of_bounds(name, value, schema)


def _out_of_bounds(name: str, value: Any, schema: Mapping[str, Any]) -> Iterator[str]:
    least, most = schema.get("minimum"), schema.get("maximum")
    if isinstance(value, str):
        if len(value) > schema.get("maxLength", len(value)):
            yield f"{name} may have at most {schema['maxLength']} characters."
    elif (least is not None and value < least) or (most is not None and value > most):
        yield f"{name} must be from {least} to {most}." if most else f"{name} is {least} at least."
