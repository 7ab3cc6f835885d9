"""What stands in a paragraph besides its characters: chips, notes, images, breaks."""

from typing import Any

# The kind of structure, and the text that stands for it.
Shown = tuple[str, str]


def shown(element: dict[str, Any], objects: dict[str, Any]) -> Shown:
    """How a paragraph element that is no text run is shown; an unknown one by its own name."""
    for name, show in _SHOW.items():
        if name in element:
            kind, text = show(element[name], objects)
            return kind, " ".join(text.split())
    name = next((key for key in element if key not in {"startIndex", "endIndex"}), "element")
    return name, f"[{name}]"


def content(element: dict[str, Any]) -> dict[str, Any]:
    """The one member of a paragraph element that holds it."""
    return next((value for value in element.values() if isinstance(value, dict)), {})


def image(object_id: str, objects: dict[str, Any]) -> Shown:
    """An embedded object, inline or positioned: with its description where it has one."""
    embedded = objects.get(object_id, {})
    kind = "image"
    if "embeddedDrawingProperties" in embedded:
        kind = "drawing"
    elif "linkedContentReference" in embedded:
        kind = "chart"
    words = embedded.get("title") or embedded.get("description") or ""
    return kind, f"[{kind}: {words}]" if words else f"[{kind}]"


def _image(element: dict[str, Any], objects: dict[str, Any]) -> Shown:
    return image(element.get("inlineObjectId", ""), objects)


def _person(element: dict[str, Any], _objects: dict[str, Any]) -> Shown:
    person = element.get("personProperties", {})
    return "person", person.get("name") or person.get("email") or "[person]"


def _rich_link(element: dict[str, Any], _objects: dict[str, Any]) -> Shown:
    link = element.get("richLinkProperties", {})
    return "rich_link", link.get("title") or link.get("uri") or "[link]"


def _date(element: dict[str, Any], _objects: dict[str, Any]) -> Shown:
    date = element.get("dateElementProperties", {})
    return "date", date.get("displayText") or date.get("timestamp") or "[date]"


def _footnote(element: dict[str, Any], _objects: dict[str, Any]) -> Shown:
    return "footnote", f"[^{element.get('footnoteNumber', '?')}]"


def _auto_text(element: dict[str, Any], _objects: dict[str, Any]) -> Shown:
    counted = "page count" if element.get("type") == "PAGE_COUNT" else "page number"
    return "auto_text", f"[{counted}]"


_SHOW: dict[str, Any] = {
    "person": _person,
    "richLink": _rich_link,
    "dateElement": _date,
    "dropdown": lambda _element, _objects: ("dropdown", "[dropdown]"),
    "footnoteReference": _footnote,
    "inlineObjectElement": _image,
    "equation": lambda _element, _objects: ("equation", "[equation]"),
    "autoText": _auto_text,
    "horizontalRule": lambda _element, _objects: ("horizontal_rule", "---"),
    "pageBreak": lambda _element, _objects: ("page_break", ""),
    "columnBreak": lambda _element, _objects: ("column_break", ""),
}
