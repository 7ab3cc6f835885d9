"""Google's discovery documents as a validator of requests and of answers."""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from googleapiclient import discovery_cache

from testing.google import masks

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")
# The document calls these read-only although permissions.create requires them.
WRITABLE_AFTER_ALL = {("Permission", "emailAddress"), ("Permission", "domain")}
PYTHON_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str, "boolean": bool, "integer": int, "number": (int, float),
    "object": dict, "array": list,
}  # fmt: skip


class Violation(Exception):
    """Something that the discovery document does not allow."""


@dataclass(frozen=True)
class Method:
    """One method of an API and the schema of its document."""

    api: "Api"
    spec: dict[str, Any]
    path: re.Pattern[str]
    upload: re.Pattern[str] | None

    @property
    def id(self) -> str:
        return self.spec["id"]


@dataclass
class Api:
    """One discovery document."""

    document: dict[str, Any]
    methods: list[Method] = field(default_factory=list)

    @classmethod
    def load(cls, name: str, version: str) -> "Api":
        api = cls(json.loads(discovery_cache.get_static_doc(name, version)))
        api._collect(api.document)
        return api

    def _collect(self, node: dict[str, Any]) -> None:
        for spec in node.get("methods", {}).values():
            simple = spec.get("mediaUpload", {}).get("protocols", {}).get("simple")
            path = _pattern("/" + self.document["servicePath"] + spec["path"])
            upload = _pattern(simple["path"]) if simple else None
            self.methods.append(Method(self, spec, path, upload))
        for resource in node.get("resources", {}).values():
            self._collect(resource)

    def check(self, schema: dict[str, Any], value: Any, where: str, *, sent: bool) -> None:
        """Refuse a value that the schema does not describe; `sent` by the client or by us."""
        if "$ref" in schema:
            name = schema["$ref"]
            return self._check_object(name, self.document["schemas"][name], value, where, sent)
        kind = schema.get("type", "any")
        if kind == "any":
            return None
        if not isinstance(value, PYTHON_TYPES[kind]) or (
            kind in {"integer", "number"} and isinstance(value, bool)
        ):
            raise Violation(f"{where}: {value!r} is not of type {kind}")
        if kind == "array":
            for index, item in enumerate(value):
                self.check(schema["items"], item, f"{where}[{index}]", sent=sent)
        elif kind == "object":
            self._check_object(None, schema, value, where, sent)
        elif kind == "string":
            _check_format(schema, value, where)
        return None

    def _check_object(
        self, name: str | None, schema: dict[str, Any], value: Any, where: str, sent: bool
    ) -> None:
        if not isinstance(value, dict):
            raise Violation(f"{where}: an object is expected")
        known, others = schema.get("properties", {}), schema.get("additionalProperties")
        for key, item in value.items():
            below = known.get(key, others)
            if below is None:
                raise Violation(f"{where}.{key}: there is no such field in {name or 'the schema'}")
            if sent and below.get("readOnly") and (name, key) not in WRITABLE_AFTER_ALL:
                raise Violation(f"{where}.{key}: is read-only")
            if sent and item is None:  # null clears a field
                continue
            self.check(below, item, f"{where}.{key}", sent=sent)

    def check_mask(self, schema: dict[str, Any], mask: masks.Mask, where: str) -> None:
        """Refuse a mask that names a field the schema has not."""
        if "$ref" in schema:
            schema = self.document["schemas"][schema["$ref"]]
        if schema.get("type") == "array":
            return self.check_mask(schema["items"], mask, where)
        known, others = schema.get("properties", {}), schema.get("additionalProperties")
        for name, below in mask.items():
            if name == "*":
                continue
            inner = known.get(name, others)
            if inner is None:
                raise Violation(f"fields: there is no {where}{name}")
            if below is not None:
                self.check_mask(inner, below, f"{where}{name}.")
        return None


def _check_format(schema: dict[str, Any], value: str, where: str) -> None:
    form = schema.get("format")
    if form in {"int64", "uint64"} and not re.fullmatch(r"-?\d+", value):
        raise Violation(f"{where}: {value!r} is not a 64-bit number in a string")
    if form == "date-time" and not RFC3339.match(value):
        raise Violation(f"{where}: {value!r} is not RFC 3339")
    if "enum" in schema and value not in schema["enum"]:
        raise Violation(f"{where}: {value!r} is not one of {schema['enum']}")


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{\+?(\w+)\}", path)
    text = "".join(
        f"(?P<{part}>[^/:]+)" if index % 2 else re.escape(part) for index, part in enumerate(parts)
    )
    return re.compile(text + "$")


class Book:
    """The methods of Drive and Docs, and what a call of one must look like."""

    def __init__(self) -> None:
        self.apis = [Api.load("drive", "v3"), Api.load("docs", "v1")]

    def find(self, verb: str, path: str) -> tuple[Method, dict[str, str], bool]:
        """The method behind a verb and a path, its path parameters, and whether it uploads."""
        for api in self.apis:
            for method in api.methods:
                if method.spec["httpMethod"] != verb:
                    continue
                for pattern, upload in ((method.path, False), (method.upload, True)):
                    match = pattern.match(path) if pattern else None
                    if match and not path.endswith("/files/trash"):
                        return method, {k: unquote(v) for k, v in match.groupdict().items()}, upload
        raise Violation(f"{verb} {path}: no method of Drive or Docs has this path")

    def check_request(self, method: Method, params: dict[str, Any], body: Any) -> masks.Mask | None:
        """Refuse a call that the document does not describe; answers its parsed mask."""
        own, shared = method.spec.get("parameters", {}), method.api.document["parameters"]
        for name, value in params.items():
            spec = own.get(name) or shared.get(name)
            if spec is None:
                raise Violation(f"{method.id}: there is no parameter {name}")
            _check_parameter(f"{method.id}.{name}", spec, value)
        missing = [n for n, spec in own.items() if spec.get("required") and n not in params]
        if missing:
            raise Violation(f"{method.id}: {missing} is required")
        if body is not None:
            if "request" not in method.spec:
                raise Violation(f"{method.id}: takes no body")
            method.api.check(method.spec["request"], body, method.id, sent=True)
        if "fields" not in params:
            return None
        try:
            mask = masks.parse(params["fields"])
        except masks.BadMask as error:
            raise Violation(f"{method.id}: {error}") from error
        method.api.check_mask(method.spec["response"], mask, "")
        return mask

    def check_answer(self, method: Method, answer: Any) -> None:
        """Refuse an answer of ours that Google could not have sent."""
        method.api.check(method.spec["response"], answer, method.id, sent=False)


def _check_parameter(where: str, spec: dict[str, Any], value: str) -> None:
    kind = spec.get("type")
    if kind == "boolean" and value not in {"true", "false"}:
        raise Violation(f"{where}: {value!r} is not a boolean")
    if kind == "integer":
        if not re.fullmatch(r"-?\d+", value):
            raise Violation(f"{where}: {value!r} is not an integer")
        low, high = int(spec.get("minimum", -(2**31))), int(spec.get("maximum", 2**31))
        if not low <= int(value) <= high:
            raise Violation(f"{where}: {value} is outside {low} to {high}")
    if "enum" in spec and value not in spec["enum"]:
        raise Violation(f"{where}: {value!r} is not one of {spec['enum']}")
