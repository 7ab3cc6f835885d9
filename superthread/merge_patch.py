"""JSON Merge Patch (RFC 7396): what a client wants changed in an object, and nothing else."""

from dataclasses import dataclass
from typing import Any

from rest_framework.exceptions import ValidationError

from memory_hub.api.strict_json import StrictJSONParser
from memory_hub.core.errors import BadInput
from superthread.fields import Metadata

MEDIA_TYPE = "application/merge-patch+json"


class MergePatchParser(StrictJSONParser):
    media_type = MEDIA_TYPE


def merged(target: Any, patch: Any) -> Any:
    """The target with the patch applied: null removes a member, an object is merged, and any other
    value takes the place of what was there (RFC 7396, section 2)."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


@dataclass(frozen=True, slots=True)
class MetadataPatch:
    """A change of metadata that is worked out where the present ones are known."""

    patch: dict[str, Any] | None

    def onto(self, metadata: dict[str, Any]) -> dict[str, Any]:
        """The new metadata; of null, none. Raises BadInput where they would be over a bound."""
        if self.patch is None:
            return {}
        return within_bounds(merged(metadata, self.patch))


def within_bounds(metadata: dict[str, Any]) -> dict[str, Any]:
    """The metadata of a change. Raises BadInput where they are over a bound."""
    try:
        return Metadata().run_validation(metadata)
    except ValidationError as error:
        detail = error.detail[0]
        code = detail.code.replace("_", "-")
        raise BadInput.at("/metadata", code, str(detail)) from error
