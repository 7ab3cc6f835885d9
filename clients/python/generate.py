"""Makes the client's models and operations from the OpenAPI document of a hub.

    manage.py spectacular --format openapi-json | python clients/python/generate.py

Writes ``models.py``, ``operations.py`` and ``aoperations.py`` below
``src/memory_hub_client/generated``; a test of the hub compares them with its document.
"""

import json
import keyword
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent / "src/memory_hub_client/generated"
HEAD = '"""{} Made by `clients/python/generate.py`: not to be changed by hand."""\n\n'
# Bodies that are files; and forms, which are for OAuth alone.
FILE, FORM = "application/octet-stream", "application/x-www-form-urlencoded"
METHODS = ("get", "post", "put", "patch", "delete")
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
# Answers that are no JSON.
PLAINLY = {"str": "is_text=True", "bytes": "is_file=True"}
# Header parameters that the client has words of its own for.
HEADERS = {
    "If-Match": "if_match: int | str | None = None",
    "If-None-Match": "if_none_match: int | str | None = None",
    "Idempotency-Key": "idempotency_key: str | None = None",
}


def type_of(schema: dict[str, Any]) -> str:
    """A schema as a Python type."""
    found = _type_of(schema)
    return f"{found} | None" if schema.get("nullable") and found != "Any" else found


def _type_of(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return f'"{schema["$ref"].rpartition("/")[2]}"'
    for name in ("allOf", "oneOf", "anyOf"):
        if name in schema:
            parts = list(dict.fromkeys(type_of(one) for one in schema[name]))
            return f"Union[{', '.join(parts)}]" if len(parts) > 1 else parts[0]
    if "enum" in schema:
        words = [one for one in schema["enum"] if one is not None]
        return f"Literal[{', '.join(map(repr, words))}]"
    kind = schema.get("type")
    if kind == "array":
        return f"list[{type_of(schema['items'])}]"
    if kind == "object":
        inner = schema.get("additionalProperties")
        is_known = isinstance(inner, dict) and inner
        return f"dict[str, {type_of(inner) if is_known else 'Any'}]"
    return PLAIN.get(kind or "", "Any")


def models(document: dict[str, Any]) -> str:
    """The module of all schemas."""
    lines = [
        HEAD.format("What the hub takes and tells."),
        "from typing import Any, Literal, NotRequired, TypeAlias, TypedDict, Union\n",
    ]
    for name, schema in sorted(document["components"]["schemas"].items()):
        lines.append("\n" + model(name, schema))
    return "\n".join(lines) + "\n"


def model(name: str, schema: dict[str, Any]) -> str:
    """One schema: an object as a TypedDict, anything else as another name for its type."""
    fields = schema.get("properties")
    if schema.get("type") != "object" or not fields:
        found = type_of(schema)
        # Names that come later are texts, which only a whole text can join.
        found = repr(found.replace('"', "")) if '"' in found else found
        return f"{name}: TypeAlias = {found}\n"
    required = set(schema.get("required", ()))
    typed = {field: type_of(one).replace('"', "") for field, one in fields.items()}
    typed = {
        field: repr(one if field in required else f"NotRequired[{one}]")
        for field, one in typed.items()
    }
    if all(field.isidentifier() and not keyword.iskeyword(field) for field in typed):
        told = "".join(f"    {field}: {one}\n" for field, one in typed.items())
        words = schema.get("description", "").strip().partition("\n")[0]
        said = f'    """{words}"""\n\n' if words else ""
        return f"class {name}(TypedDict):\n{said}{told}"
    told = ", ".join(f"{field!r}: {one}" for field, one in typed.items())
    return f"{name} = TypedDict({name!r}, {{{told}}})\n"


def operations(document: dict[str, Any], *, waits: bool) -> str:
    """The module with a method for each operation; of the client that is waited for or not."""
    kind = "AsyncOperations" if waits else "Operations"
    lines = [
        HEAD.format("The operations of the hub."),
        "from __future__ import annotations\n",
        "from abc import ABC, abstractmethod",
        "from collections.abc import Iterable",
        "from typing import Any, Literal, Union\n",
        "from memory_hub_client.calls import Call, path_of",
        "from memory_hub_client.generated.models import *\n\n",
        f"class {kind}(ABC):",
        '    """A method for each operation."""\n',
        "    @abstractmethod",
        f"    {'async ' if waits else ''}def _send(self, call: Call) -> Any:",
        '        """Carries a call out; returns what is answered."""',
    ]
    lines += [
        "\n" + operation(path, method, methods[method], waits=waits)
        for path, methods in document["paths"].items()
        for method in METHODS
        if method in methods and not content_of(methods[method]).keys() & {FORM}
    ]
    return "\n".join(lines) + "\n"


def content_of(said: dict[str, Any]) -> dict[str, Any]:
    """The body of an operation, by its media types."""
    return said.get("requestBody", {}).get("content", {})


def operation(path: str, method: str, said: dict[str, Any], *, waits: bool) -> str:
    """The method of one operation."""
    parameters = said.get("parameters", [])
    in_path = [one for one in parameters if one["in"] == "path"]
    in_query = [one for one in parameters if one["in"] == "query"]
    headers = [one["name"] for one in parameters if one["in"] == "header"]
    headers = [one for one in HEADERS if one in headers]
    given = [
        f"{safe(one['name'])}: {type_of(one['schema'])}" for one in in_path_order(path, in_path)
    ]
    content = content_of(said)
    body = next((one["schema"] for kind, one in content.items() if "json" in kind), None)
    if FILE in content:
        given.append("content: bytes | Iterable[bytes]")
    if body is not None:
        is_needed = said["requestBody"].get("required")
        given.append(f"body: {type_of(body)}{'' if is_needed else ' | None = None'}")
    optional = [query(one) for one in sorted(in_query, key=lambda one: not one.get("required"))]
    optional += [HEADERS[one] for one in headers]
    signature = ", ".join(["self", *given, *(["*", *optional] if optional else [])])
    result = answer(said)
    call = [
        f'"{method.upper()}"',
        f"path_of({path!r}, {pairs(in_path)})" if in_path else repr(path),
    ]
    if FILE in content:
        call.append("content=content")
    if body is not None:
        call.append("json=body")
    if in_query:
        call.append(f"params={{{pairs_of(in_query)}}}")
    call += [f"{safe(one)}={safe(one)}" for one in headers]
    if result in PLAINLY:
        call.append(PLAINLY[result])
    words = textwrap.indent(docstring(said), "        ")
    wait, start = ("await ", "async ") if waits else ("", "")
    return (
        f"    {start}def {said['operationId']}({signature}) -> {result}:\n{words}\n"
        f"        return {wait}self._send(Call({', '.join(call)}))"
    )


def in_path_order(path: str, found: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The parameters as they stand in the path."""
    by_name = {one["name"]: one for one in found}
    return (by_name[name] for name in re.findall(r"{(\w+)}", path))


def pairs(found: list[dict[str, Any]]) -> str:
    return ", ".join(f"{one['name']}={safe(one['name'])}" for one in found)


def pairs_of(found: list[dict[str, Any]]) -> str:
    return ", ".join(f"{one['name']!r}: {safe(one['name'])}" for one in found)


def query(said: dict[str, Any]) -> str:
    """A parameter of the query string."""
    name, kind = safe(said["name"]), type_of(said["schema"])
    return f"{name}: {kind}" if said.get("required") else f"{name}: {kind} | None = None"


def safe(name: str) -> str:
    """A name as Python takes it."""
    name = name.lower().replace("-", "_")
    return f"{name}_" if keyword.iskeyword(name) else name


def answer(said: dict[str, Any]) -> str:
    """The type of what an operation answers when it is carried out."""
    found: list[str] = []
    for status, response in said["responses"].items():
        if not status.startswith("2"):
            continue
        content = response.get("content", {})
        schemas = [one["schema"] for kind, one in content.items() if "json" in kind]
        if content and not schemas:
            files = [one["schema"].get("format") == "binary" for one in content.values()]
            found.append("bytes" if all(files) else "str")
        found += [type_of(one) for one in schemas] or ([] if content else ["None"])
    found = list(dict.fromkeys(found)) or ["None"]
    # Names are texts: with others they are joined as one.
    return found[0] if len(found) == 1 else f"Union[{', '.join(found)}]"


def docstring(said: dict[str, Any]) -> str:
    """What the document says of an operation."""
    words = said.get("description", said["operationId"]).replace("\\", "\\\\").strip()
    return f'"""{words}"""' if not words.endswith('"') else f'"""{words} """'


def generated(document: dict[str, Any]) -> dict[str, str]:
    """The files by name."""
    return {
        "models.py": models(document),
        "operations.py": operations(document, waits=False),
        "aoperations.py": operations(document, waits=True),
    }


def main() -> None:
    """Writes the files from the document on standard input."""
    for name, text in generated(json.load(sys.stdin)).items():
        (TARGET / name).write_text(text)


if __name__ == "__main__":
    main()
