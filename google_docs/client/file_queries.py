"""Queries of files.list, with every value quoted."""

import re

# Google's limit of one search term, in characters.
MAX_TERM = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def quoted(value: str) -> str:
    """A string of the grammar: the backslash first, then the quote."""
    value = _CONTROL.sub(" ", value)
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def has(key: str, value: str) -> str:
    """The file carries this private property."""
    return f"appProperties has {{ key={quoted(key)} and value={quoted(value)} }}"


def child_of(folder: str) -> str:
    """What lies in this folder."""
    return f"{quoted(folder)} in parents"


def words(text: str) -> str:
    """The whole words of a text, all of them; a text in double quotes is a phrase."""
    return f"fullText contains {quoted(text[:MAX_TERM])}"


def all_of(*terms: str | None) -> str:
    """What meets all of the terms; those that are None or empty are left out."""
    return " and ".join(term for term in terms if term)


def snapshots_of(doc_id: str) -> str:
    """The named snapshots of a memory."""
    return all_of(has("mh_of", doc_id), "trashed=false")
