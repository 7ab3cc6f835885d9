"""The OpenAPI document: what every operation has in common is added here, once."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson
from drf_spectacular.generators import EndpointEnumerator, SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from rest_framework import serializers

from memory_hub.api import (
    describing,
    openapi_fields,  # noqa: F401 - they register themselves
)
from memory_hub.api.serializers import StrictSerializer
from memory_hub.api.views import HubView
from memory_hub.core import installed
from memory_hub.idempotency.key import METHODS


class ProblemItem(serializers.Serializer):
    """One thing that is wrong with the input."""

    pointer = serializers.CharField(help_text="JSON Pointer into the body, or query:<name>")
    code = serializers.CharField()
    detail = serializers.CharField()


class Problem(serializers.Serializer):
    """Problem details (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField(help_text="stable slug")
    request_id = serializers.CharField()
    errors = ProblemItem(many=True, required=False)


COMMON_PROBLEMS = {
    400: "The input is not valid",
    401: "No valid credential",
    403: "The token's scope or the caller's role does not allow it",
    404: "Not there, or not yours to see",
    408: "The body did not arrive in time",
    409: "The present state does not allow it",
    410: "What was answered under this Idempotency-Key was purged, or the version is gone",
    412: "The memory was revised by someone else",
    413: "The body is too large",
    415: "The body is not JSON in UTF-8",
    422: "The Idempotency-Key belongs to another request",
    429: "Too many requests",
    503: "The hub cannot answer just now; `outcome-unknown`: a write may have been carried out",
    507: "The disk of the hub is full",
}


@cache
def problem_words() -> Mapping[int, str]:
    """What the statuses of problems mean, those of the apps' own among them."""
    return COMMON_PROBLEMS | {
        status: words for app in installed.features() for status, words in app.problems.items()
    }


def add_tags(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """The apps as tags of the document; a hook of drf-spectacular."""
    result["tags"] = [
        {"name": app.prefix.strip("/"), "description": app.tag}
        for app in installed.in_reading_order()
        if app.tag
    ]
    return result


def write_out_words_or_null(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Write out choices that may be null; a hook of drf-spectacular, behind its own for choices: in
    OpenAPI 3.0 what refers to others has no type, and so cannot be null."""
    schemas = result["components"]["schemas"]
    for component in schemas.values():
        for field in component.get("properties", {}).values():
            named = [one.get("$ref", "").rpartition("/")[2] for one in field.get("oneOf", ())]
            if field.get("nullable") and "NullEnum" in named:
                words = [word for name in named for word in schemas[name]["enum"]]
                del field["oneOf"]
                field |= {"type": "string", "enum": words}
    return result


def drop_unused(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Leave out components that were written out wherever they are; a hook of drf-spectacular."""
    schemas = result["components"]["schemas"]
    said = orjson.dumps(result, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    for name in [one for one in schemas if f'"#/components/schemas/{one}"' not in said]:
        del schemas[name]
    return result


def takes_key(view: HubView, method: str) -> bool:
    """Whether an Idempotency-Key means anything to the operation."""
    return method in METHODS and method not in view.reads


def problems_of(view: HubView, method: str, path: str) -> list[int]:
    """The errors that an operation can give: what its method, path and conditions bring with them,
    and what its view says of its own (``problems``)."""
    found = {400, 503, *view.problems.get(method, ())}
    if method not in view.public:
        found |= {401, 429}
    if method in METHODS:
        # 403: a session without its CSRF token.
        found |= {403, 408, 413}
    if takes_key(view, method):
        found |= {409, 410, 422, 507}
    if method in TAKING_BODIES:
        found.add(415)
    if view.scopes.get(method):
        found.add(403)
    if "{" in path:
        found.add(404)
    if view.conditions.get(method) == "If-Match":
        found.add(412)
    return sorted(found)


REQUEST_ID = {
    "description": "The id of the request: the client's own where it sent a well-formed one.",
    "schema": {"type": "string", "pattern": r"^[A-Za-z0-9._-]{1,64}$"},
}
RETRY_AFTER = {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
RETRIED = ("429", "503")
TAKING_BODIES = ("POST", "PUT", "PATCH")


IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    "description": "Sent again within 24 hours, the request is not carried out again: the first "
    "answer comes back with Idempotent-Replayed: true, as far as the caller may read it now.",
    "example": "8e03978e-40d5-43dd-bc93-6894a57f9324",
}


CONDITIONS = {
    "If-Match": "Only if the memory is still what this ETag names; otherwise 412.",
    "If-None-Match": "304 without a body if the memory is still what this ETag names.",
}


_CLAUSE_END = re.compile(r"[;.](?:\s|$)")


def _conditional(name: str) -> dict[str, Any]:
    """A conditional header (RFC 9110 §13.1) as a parameter."""
    tag = {"type": "string", "pattern": r'^(\*|"[!#-~]+")$'}
    example = '"3-15782daf"'
    return {
        "in": "header",
        "name": name,
        "schema": tag,
        "description": CONDITIONS[name],
        "example": example,
    }


class HubSchema(AutoSchema):
    """Strict bodies are closed objects; every operation names the problems it may answer with.

    A serializer's ``EXAMPLE`` is the example of its schema.
    """

    def get_tags(self) -> list[str]:
        return [self.path.strip("/").split("/")[0]]

    def get_summary(self) -> str:
        """The first clause of the description: what a list of operations has room for."""
        return _CLAUSE_END.split(self.get_description(), maxsplit=1)[0]

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        parameters = operation.setdefault("parameters", [])
        for parameter in parameters:
            if parameter["in"] == "path" and parameter["name"] in self.view.path_schemas:
                parameter["schema"] = self.view.path_schemas[parameter["name"]]
        operation.setdefault("security", [])  # said, where none is needed
        if takes_key(self.view, self.method):
            parameters.append(IDEMPOTENCY_KEY)
        condition = self.view.conditions.get(self.method)
        if condition:
            parameters.append(_conditional(condition))
        component = self.resolve_serializer(Problem, "response")
        content = {"application/problem+json": {"schema": component.ref}}
        for status in problems_of(self.view, self.method, self.path):
            operation["responses"].setdefault(
                str(status), {"description": problem_words()[status], "content": content}
            )
        for status, response in operation["responses"].items():
            headers = response.setdefault("headers", {})
            headers["X-Request-ID"] = REQUEST_ID
            if status in RETRIED:
                headers["Retry-After"] = RETRY_AFTER
        return operation

    def _map_serializer(self, serializer: Any, direction: str, bypass_extensions: bool = False):
        schema = super()._map_serializer(serializer, direction, bypass_extensions)
        strict = isinstance(serializer, StrictSerializer) and direction == "request"
        if strict or getattr(serializer, "CLOSED", False):
            schema["additionalProperties"] = False
        if "oneOf" in schema:
            # A memory of which only the id is wanted is a receipt as well.
            schema["anyOf"] = schema.pop("oneOf")
        for field in schema.get("properties", {}).values():
            if field.get("nullable") and "allOf" in field:
                self._write_out(field)
        if not type(serializer).__doc__:
            # A base class's, which says nothing of this one.
            schema.pop("description", None)
        example = getattr(serializer, "EXAMPLE", None)
        return {**schema, "example": example} if example else schema

    def _write_out(self, field: dict[str, Any]) -> None:
        """A component that may be null here: in OpenAPI 3.0 what refers to it cannot say so."""
        (reference,) = field.pop("allOf")
        name = reference["$ref"].rpartition("/")[2]
        schema = self.registry[name, ResolvedComponent.SCHEMA].schema
        field |= {**schema, **field}


class _Endpoints(EndpointEnumerator):
    """Looks through all routes, which imports what is imported when it is asked; then all views
    have said what there is to say."""

    def get_api_endpoints(self, *args: Any, **kwargs: Any) -> list[Any]:
        found = super().get_api_endpoints(*args, **kwargs)
        describing.tell()
        return found


class HubGenerator(SchemaGenerator):
    """drf-spectacular's, with what apps and views say."""

    endpoint_inspector_cls = _Endpoints


def render() -> str:
    """The document as JSON; takes a second and 20 MB. Not for two threads at once."""
    return orjson.dumps(HubGenerator().get_schema(request=None, public=True)).decode()
