"""Writing a text over a document whatever goes with it: whole tabs, and at worst all of it."""

from collections import defaultdict

from google_docs.text.alignment import align, lines_of
from google_docs.text.edits import Plan, plan
from google_docs.text.pieces import END, NORMAL, Reading, Tab
from google_docs.text.requests import Request, delete, insertion, no_bullets, styled

# Behind the section break that every body begins with.
FIRST = 1


def forced(reading: Reading, wanted: str) -> Plan:
    """As `plan`, and where structure is in the way the body of its tab is written anew."""
    careful = plan(reading, wanted)
    if not careful.conflicts:
        return careful
    bodies = _wanted_bodies(reading, wanted)
    if bodies is None:
        return Plan(_everything(reading, wanted))
    requests: list[Request] = []
    for tab, text in zip(reading.tabs, bodies, strict=True):
        shown = "".join(piece.text for piece in tab.body).rstrip("\n")
        if shown != text:
            requests += _body(tab, text)
    return Plan(requests)


def _wanted_bodies(reading: Reading, wanted: str) -> list[str] | None:
    """The text that is wanted of each tab's body; None where what is around them changes too."""
    bodies: dict[int, list[str]] = defaultdict(list)
    at, around = 0, set()
    for tab in reading.tabs:
        around |= {id(piece) for piece in tab.heading + tab.after}
    for line, text in align(lines_of(reading), wanted.split("\n")):
        if line is not None:
            at = line.tab
        if line is not None and id(line.pieces[0]) in around:
            if text != line.text:
                return None
        elif text is not None:
            bodies[at].append(text)
    return ["\n".join(bodies[number]).rstrip("\n") for number in range(len(reading.tabs))]


def _body(tab: Tab, text: str) -> list[Request]:
    """The requests that write one body anew, as plain paragraphs."""
    last = next(piece for piece in reversed(tab.body) if piece.kind == END)
    paragraph = last.within
    place = paragraph.place
    requests = [delete(place, FIRST, last.start)] if last.start > FIRST else []
    requests += [
        no_bullets(paragraph, FIRST, FIRST + 1),
        styled(paragraph, NORMAL, FIRST, FIRST + 1),
    ]
    return requests + ([insertion(place, FIRST, text)] if text else [])


def _everything(reading: Reading, wanted: str) -> list[Request]:
    """The first tab alone, without header and footer, and in it the text."""
    first, *others = reading.tabs
    requests: list[Request] = [{"deleteTab": {"tabId": tab.tab_id}} for tab in reversed(others)]
    for kind, ids in (("Header", first.headers), ("Footer", first.footers)):
        requests += [
            {f"delete{kind}": {f"{kind.lower()}Id": name, "tabId": first.tab_id}} for name in ids
        ]
    return requests + _body(first, wanted)
