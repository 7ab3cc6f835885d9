"""Strict input: what the contract does not name is refused, nothing is coerced or trimmed.

Descriptions of fields feed the OpenAPI document.
"""

from collections.abc import Mapping
from functools import cache, cached_property
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import QueryDict
from rest_framework import serializers
from rest_framework.request import Request

from memory_hub.core.errors import BadInput, HubError, hub_error


class StrictSerializer(serializers.Serializer):
    """A serializer that takes JSON objects only and refuses fields it does not know.

    All of a kind have the same fields, made once: a field keeps nothing of what it checks, and does
    not ask whose it is. DRF would make them anew for each request, which for a list of filters took
    more time than to answer it: each of them changes a class, and so empties Python's caches.
    """

    default_error_messages = {
        "invalid": "A JSON object is expected here.",
        "unknown_field": "There is no such field. {known}",
    }

    @cached_property
    def fields(self) -> Mapping[str, serializers.Field]:
        return _fields_of(type(self))

    def make_fields(self) -> Mapping[str, serializers.Field]:
        """Fields of their own, as DRF makes them."""
        return super().fields

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, Mapping):
            unknown = [str(name)[:64] for name in data if name not in self.fields]
            if unknown:
                detail = serializers.ErrorDetail(self._unknown(), "unknown_field")
                raise serializers.ValidationError({name: [detail] for name in unknown[:20]})
        values = self._usual(data)
        return super().to_internal_value(data) if values is None else values

    def run_validators(self, value: Any) -> None:
        """Goes through no fields where there is nothing to be run."""
        if self.validators:
            super().run_validators(value)

    def _usual(self, data: Any) -> dict[str, Any] | None:
        """What DRF makes of an object that is in order, without asking each field for what none of
        these has. None where it is not in order, or the serializer is not usual: DRF says what."""
        fields = _usual_fields_of(type(self)) if type(data) is dict and not self.partial else None
        if fields is None:
            return None
        values = {}
        try:
            for name, field in fields:
                if name in data:
                    values[name] = field.run_validation(data[name])
                elif field.required:
                    return None
                elif field.default is not serializers.empty:
                    values[name] = field.get_default()
        except (serializers.ValidationError, DjangoValidationError, serializers.SkipField):
            return None
        return values

    def _unknown(self) -> str:
        """What is said of an unknown field: most are misspelt, so the known ones are named."""
        known = f"Known are: {', '.join(self.fields)}." if self.fields else "None is taken here."
        return self.error_messages["unknown_field"].format(known=known)


@cache
def _fields_of(kind: type[StrictSerializer]) -> Mapping[str, serializers.Field]:
    return kind().make_fields()


@cache
def _usual_fields_of(kind: type[StrictSerializer]) -> tuple[tuple[str, Any], ...] | None:
    """The fields in their order; None where one is found elsewhere than under its name, is not to
    be written, or has a method of the serializer to check it."""
    fields = tuple(_fields_of(kind).items())
    for name, field in fields:
        own = field.read_only or isinstance(field, serializers.HiddenField)
        if own or field.source != name or hasattr(kind, f"validate_{name}"):
            return None
    return fields


class Nothing(StrictSerializer):
    """A query string or body without any field."""


def validated(kind: serializers.Field, item: Any) -> Any:
    """One item of many as the serializer or field understands it, or its error."""
    try:
        return kind.run_validation(item)
    except serializers.ValidationError as error:
        return hub_error(error)
    except HubError as error:
        return error


def query_parameters(request: Request, kind: type[serializers.Serializer]) -> dict[str, Any]:
    """The validated query string. Unknown, repeated and malformed parameters raise BadInput."""
    raw = request.META.get("QUERY_STRING", "")
    if not raw and kind is Nothing:
        return {}
    return parameters_of(request.query_params, kind)


def parameters_of(given: QueryDict, kind: type[serializers.Serializer]) -> dict[str, Any]:
    """The same of a query string that was taken apart."""
    for name in given:
        if len(given.getlist(name)) > 1:
            raise _bad_query(name, "repeated", "This parameter is given more than once.")
        _refuse_undecodable(name, given[name])
    serializer = kind(data={name: given[name] for name in given})
    if not serializer.is_valid():
        name, details = next(iter(serializer.errors.items()))
        detail = details[0]
        raise _bad_query(name, detail.code.replace("_", "-"), str(detail))
    return serializer.validated_data


def _bad_query(name: str, code: str, detail: str) -> BadInput:
    return BadInput.at(f"query:{name[:64]}", code, detail)


def _refuse_undecodable(name: str, value: str) -> None:
    """Percent-escapes that are not UTF-8 arrive as replacement characters."""
    if "\ufffd" in name + value or "\x00" in name + value:
        raise _bad_query(name.replace("\x00", ""), "encoding", "This is not valid UTF-8 text.")
