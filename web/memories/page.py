"""One memory: what it says, what is known of it, who may what, and what leads to it."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from memory_hub.accounts.principal import Principal
from memory_hub.core.budget import answers
from memory_hub.rate_limits.bill import charge
from memory_hub.rate_limits.prices import ANSWER_BYTES
from superthread.feed import audit, past
from superthread.feed.shown import note_shown
from superthread.models import Source
from superthread.policies import Role
from superthread.reads import links
from superthread.reads.grants import list_grants
from superthread.reads.named import find
from superthread.reads.reasons import reasons
from superthread.reads.representation import Row, represent
from superthread.scanning.judging import found_in
from web.accounts.activity import rows_of
from web.accounts.visitors import person
from web.memories.described import BESIDE, tags_of
from web.memories.markdown import visible
from web.memories.moments import moment_in
from web.memories.texts import Texts
from web.pages import signed_in

BACKLINKS = 20
# Keys of metadata that are shown; the raw text has them all.
FACTS = 200


@signed_in("GET")
def memory(request: HttpRequest, doc_id: str) -> HttpResponse:
    """The memory as it is, or with ``at`` as it was then."""
    by = person(request)
    at = moment_in(request, "at")
    row = past.find(doc_id=doc_id, at=at, by=by) if at else _present(doc_id, by)
    texts = Texts(row, by)
    rendered = texts.formatted(row["content"], visible(row["title"]))
    shown = {
        **frame(row, by, tab="memory", at=at),
        "rendered": rendered,
        "tags": tags_of(row["metadata"]),
        "facts": list(_facts(row["metadata"])),
        # The highest: the others change nothing.
        "reason": next(iter(reasons(row, by=by)), None),
        "leading": texts.led_to,
        "sources": _sources(row, by),
        "origin": None,
        "findings": found_in(row) if row["role"] >= Role.EDITOR else (),
    }
    if row["role"] >= Role.ADMIN:
        # By whom and through what it was saved.
        shown["origin"] = next(iter(rows_of(audit.beginning(row, by=by), by)), None)
    # Of now alone, and perhaps it is in the trash.
    if not at:
        shown |= _around(request, row, by)
    return render(request, "web/memories/memory.html", shown)


def _around(request: HttpRequest, row: Row, by: Principal) -> dict[str, Any]:
    """What leads to it, and to administrators who else has it."""
    doc_id = str(row["doc_id"])
    backlinks, following = links.backlinks_of(
        doc_id=doc_id, by=by, limit=BACKLINKS, cursor=request.GET.get("back") or None
    )
    grants = _grants(doc_id, by) if row["role"] >= Role.ADMIN else []
    return {"backlinks": backlinks, "next_back": following, "grants": grants}


@signed_in("GET")
def text(request: HttpRequest, doc_id: str) -> HttpResponse:
    """The text as it is written, with what else the API tells of the memory."""
    by = person(request)
    row = _present(doc_id, by)
    _pay_for(row)
    metadata = orjson.dumps(row["metadata"], option=orjson.OPT_INDENT_2).decode()
    shown = {"raw": visible(row["content"]), "raw_metadata": visible(metadata)}
    return render(request, "web/memories/text.html", frame(row, by, tab="text") | shown)


@signed_in("GET")
def download(request: HttpRequest, doc_id: str) -> HttpResponse:
    """The text as a file: plain, and never opened as anything else."""
    row = _present(doc_id, person(request))
    _pay_for(row)
    name = (row["path"] or row["title"]).rpartition("/")[2].removesuffix(".md")
    plain = "".join(one if one.isalnum() or one in "-_ ." else "_" for one in name).strip(" .")
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(plain or 'memory')}.md",
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(
        row["content"].encode(), content_type="text/plain; charset=utf-8", headers=headers
    )


def _present(doc_id: str, by: Principal) -> Row:
    """The memory as it is now, noted as what somebody was shown. Raises NotFound."""
    row = find(doc_id=doc_id, by=by)
    note_shown(row["id"], row["owner_id"], by=by)
    return row


def frame(row: Row, by: Principal, **more: Any) -> dict[str, Any]:
    """What all pages of one memory have: the memory as the API shows it, and what the caller may do
    with it."""
    return {
        "memory": represent(row, by),
        "title": visible(row["title"]),
        "may_edit": row["role"] >= Role.EDITOR,
        "may_administer": row["role"] >= Role.ADMIN,
        **more,
    }


def _pay_for(row: Row) -> None:
    """For a whole text, as of an answer of the API."""
    charge(row["size"] // ANSWER_BYTES)
    answers.take_for_unit(row["size"])


def _facts(metadata: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """What has no place of its own: a key, its value, and whether that is JSON."""
    rest = [(key, value) for key, value in metadata.items() if key not in BESIDE]
    for key, value in rest[:FACTS]:
        is_text = isinstance(value, str)
        said = value if is_text else orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
        yield visible(key), visible(said), not is_text


def _grants(doc_id: str, by: Principal) -> list[tuple[str, str]]:
    return sorted(list_grants(doc_id=doc_id, by=by)["permissions"].items())


def _sources(row: Row, by: Principal) -> list[str]:
    """What an import of the caller's made it of."""
    if row["owner_id"] != by.user_id:
        return []
    mine = Source.objects.filter(memory_id=row["id"], owner_id=by.user_id)
    return list(mine.order_by("pk").values_list("name", flat=True)[:BACKLINKS])
