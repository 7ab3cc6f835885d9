"""What an answer of Google's must be: whatever else comes with a 2xx makes no sense.

A reader takes the content type and the bytes of an answer. The transport calls it, in its own
thread, and makes a BadAnswer of every ValueError, TypeError, KeyError and their like.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import orjson

from google_docs.text import document
from google_docs.text.pieces import Reading, Shown

T = TypeVar("T")
Reader = Callable[[str, bytes], T]
Check = Callable[[Any], bool]
JSON, PLAIN = "application/json", "text/plain"


class Senseless(ValueError):
    """An answer of another type or shape than was asked for."""


def object_of(content_type: str, content: bytes) -> dict[str, Any]:
    """The JSON object that an answer holds."""
    value = orjson.loads(content) if content_type.startswith(JSON) else None
    if not isinstance(value, dict):
        raise Senseless(f"no JSON object but {content_type}")
    return value


def plain(content_type: str, content: bytes) -> bytes:
    """The bytes of an exported text."""
    if not content_type.startswith(PLAIN):
        raise Senseless(f"no plain text but {content_type}")
    return content


def nothing(_content_type: str, content: bytes) -> None:
    """What a deletion answers."""
    if content:
        raise Senseless("something where nothing was expected")


def _is(kind: type) -> Check:
    return lambda value: isinstance(value, kind)


def _moment(value: Any) -> bool:
    return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None


def _each(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(check(item) for item in value)


def _map_of(check: Check) -> Check:
    return lambda value: isinstance(value, dict) and all(check(item) for item in value.values())


def _fields(required: str = "", **checks: Check) -> Check:
    """Each of the fields that is there passes its check, and the required ones are there."""
    needed = required.split()

    def check(value: Any) -> bool:
        return (
            isinstance(value, dict)
            and all(name in value for name in needed)
            and all(test(value[name]) for name, test in checks.items() if name in value)
        )

    return check


_text, _flag = _is(str), _is(bool)


def _name(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _number(value: Any) -> bool:
    return isinstance(value, str) and value.isdigit() and value.isascii()


_FILE: dict[str, Check] = {
    "id": _name,
    "name": _text,
    "description": _text,
    "appProperties": _map_of(_text),
    "createdTime": _moment,
    "modifiedTime": _moment,
    "size": _number,
    "trashed": _flag,
    "parents": _each(_name),
    "webViewLink": _text,
    "ownedByMe": _flag,
    "capabilities": _map_of(_flag),
}
_PERMISSION = _fields(
    "id type role",
    id=_name,
    type=_name,
    role=_name,
    emailAddress=_text,
    deleted=_flag,
    permissionDetails=_each(_fields(inherited=_flag)),
)
_REVISION = _fields(
    "id modifiedTime",
    id=_name,
    modifiedTime=_moment,
    lastModifyingUser=_fields(emailAddress=_text),
)


def reader(check: Check) -> Reader[dict[str, Any]]:
    """Reads an object that passes a check."""

    def read(content_type: str, content: bytes) -> dict[str, Any]:
        value = object_of(content_type, content)
        if not check(value):
            raise Senseless("another shape than was asked for")
        return value

    return read


def files_with(fields: str) -> Reader[dict[str, Any]]:
    """Reads a page of files of which these fields were asked for."""
    asked = set(fields.split(","))
    always = [name for name in ("id", "name", "createdTime", "modifiedTime") if name in asked]
    return _page("files", _fields(" ".join(always), **_FILE), incompleteSearch=_flag)


def _page(name: str, item: Check, **more: Check) -> Reader[dict[str, Any]]:
    fields: dict[str, Check] = {name: _each(item), "nextPageToken": _name, **more}
    return reader(_fields(**fields))


def made_as(body: dict[str, Any]) -> Reader[dict[str, Any]]:
    """Reads a file that was just made: with the marks that it was given."""
    marks = " appProperties" if body.get("appProperties") else ""
    return reader(_fields(f"id name createdTime modifiedTime{marks}", **_FILE))


def _of(name: str, wanted: str, check: Check) -> Reader[dict[str, Any]]:
    """Reads an object about what was asked for, and about nothing else."""
    return reader(lambda value: check(value) and value[name] == wanted)


def file_with(file_id: str) -> Reader[dict[str, Any]]:
    """Reads a file's id, name, times and properties; refuses the answer of another file."""
    return _of("id", file_id, _fields("id name createdTime modifiedTime", **_FILE))


def revision_of(file_id: str) -> Reader[str | None]:
    """Reads the revision that a document is at; None where Google tells none."""
    read = _of("documentId", file_id, _fields("documentId", revisionId=_name))
    return lambda content_type, content: read(content_type, content).get("revisionId")


def document_with(file_id: str) -> Reader[Reading]:
    """Reads a document with its pieces: in the transport's thread, since it takes a while."""
    read = _of(
        "documentId", file_id, _fields("documentId tabs", revisionId=_name, tabs=_each(_is(dict)))
    )
    return lambda content_type, content: document.read(read(content_type, content))


def text_of(file_id: str) -> Reader[Shown]:
    """Reads a document as the text that a memory shows of it."""
    read = document_with(file_id)
    return lambda content_type, content: read(content_type, content).told()


new_id = reader(_fields("id", id=_name))
permissions = _page("permissions", _PERMISSION)
permission = reader(_PERMISSION)
revisions = _page("revisions", _REVISION)
export_links = reader(_fields(exportLinks=_map_of(_text)))
start_token = reader(_fields("startPageToken", startPageToken=_name))
about = reader(
    _fields(
        "user",
        user=_fields("emailAddress", emailAddress=_text),
        storageQuota=_fields(limit=_number, usage=_number),
    )
)
written = reader(
    _fields("writeControl", writeControl=_fields("requiredRevisionId", requiredRevisionId=_name))
)
_changes = _page("changes", _fields(fileId=_name), newStartPageToken=_name)


def changes(content_type: str, content: bytes) -> dict[str, Any]:
    """A page of changes, which always says where to go on."""
    page = _changes(content_type, content)
    if not {"nextPageToken", "newStartPageToken"} & set(page):
        raise Senseless("changes without a token")
    return page
