"""The requests of documents.batchUpdate that the hub sends."""

from typing import Any

from google_docs.text.pieces import NORMAL, Container, Paragraph

Request = dict[str, Any]


def _where(place: Container) -> Request:
    names = {"tabId": place.tab, "segmentId": place.segment}
    return {name: value for name, value in names.items() if value}


def _range(place: Container, start: int, end: int) -> Request:
    return {"startIndex": start, "endIndex": end, **_where(place)}


def delete(place: Container, start: int, end: int) -> Request:
    """Takes out what is from start to before end."""
    return {"deleteContentRange": {"range": _range(place, start, end)}}


def insertion(place: Container, index: int, text: str) -> Request:
    """Puts a text in at an index."""
    return {"insertText": {"location": {"index": index, **_where(place)}, "text": text}}


def no_bullets(paragraph: Paragraph, start: int, end: int) -> Request:
    """Takes the paragraphs of a range out of their lists."""
    return {"deleteParagraphBullets": {"range": _range(paragraph.place, start, end)}}


def styled(paragraph: Paragraph, style: str, start: int, end: int) -> Request:
    """Gives the paragraphs of a range a named style, such as HEADING_1."""
    named = {"namedStyleType": style}
    where = _range(paragraph.place, start, end)
    return {
        "updateParagraphStyle": {
            "range": where, "paragraphStyle": named, "fields": "namedStyleType"
        }
    }  # fmt: skip


def plain(paragraph: Paragraph, start: int, end: int) -> list[Request]:
    """Paragraphs made of this one are neither list items nor headings."""
    requests = [no_bullets(paragraph, start, end)] if paragraph.bullet else []
    if paragraph.style != NORMAL:
        requests.append(styled(paragraph, NORMAL, start, end))
    return requests


def like(paragraph: Paragraph, other: Paragraph) -> list[Request]:
    """Two paragraphs became one: it is like the first."""
    start, end = paragraph.start, paragraph.start + 1
    requests = []
    if other.bullet and not paragraph.bullet:
        requests.append(no_bullets(paragraph, start, end))
    if other.style != paragraph.style:
        requests.append(styled(paragraph, paragraph.style, start, end))
    return requests
