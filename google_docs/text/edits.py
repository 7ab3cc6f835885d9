"""The requests of documents.batchUpdate that change a text and leave everything else alone."""

from collections import Counter
from dataclasses import dataclass, field

from google_docs.text.alignment import Line, Step, align, lines_of
from google_docs.text.canonical import SOFT_BREAK, units
from google_docs.text.hunks import hunks
from google_docs.text.pieces import (
    BULLET,
    END,
    HIDDEN,
    NEWLINE,
    NUMBER,
    SOFT,
    TEXT,
    Container,
    Paragraph,
    Piece,
    Reading,
)  # fmt: skip
from google_docs.text.requests import Request, delete, insertion, like, no_bullets, plain

_GOES = {TEXT, HIDDEN, NEWLINE, SOFT, BULLET, NUMBER}
_NAMES = {END: "table", "cell": "table", "note": "footnote"}
# In the order in which edits at one index are carried out: each one lands before the last.
_CUT, _AFTER, _WITHIN, _BULLET, _BEFORE = range(5)


@dataclass
class Plan:
    """What to send, and what would be lost by it, which is then not sent."""

    requests: list[Request] = field(default_factory=list)
    conflicts: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class _Edit:
    place: Container
    start: int
    rank: int
    requests: list[Request]


def plan(reading: Reading, wanted: str) -> Plan:
    """The edits that make the wanted canonical text of what was read."""
    lines = lines_of(reading)
    return _Planner(reading, align(lines, wanted.split("\n")), lines[-1]).plan()


class _Planner:
    def __init__(self, reading: Reading, steps: list[Step], last: Line) -> None:
        self.reading, self.steps, self.last = reading, steps, last
        self.edits: list[_Edit] = []
        self.conflicts: Counter[str] = Counter()

    def plan(self) -> Plan:
        previous: Line | None = None
        gone: list[Line] = []
        came: list[str] = []
        for line, wanted in [*self.steps, (None, None)]:
            if line is not None and wanted is None:
                gone.append(line)
            elif line is None and wanted is not None:
                came.append(wanted)
            else:
                self._between(previous, gone, came, line)
                gone, came = [], []
                if line is not None and wanted is not None and line.text != wanted:
                    self._change(line, wanted)
                previous = line
        if self.conflicts:
            return Plan(conflicts=_told(self.conflicts))
        by_place: dict[tuple[str, str], list[_Edit]] = {}
        for edit in self.edits:
            by_place.setdefault((edit.place.tab, edit.place.segment), []).append(edit)
        requests: list[Request] = []
        for edits in by_place.values():
            edits.sort(key=lambda edit: (-edit.start, edit.rank))
            requests += [request for edit in edits for request in edit.requests]
        return Plan(requests)

    def _edit(self, place: Container, start: int, rank: int, *requests: Request) -> None:
        self.edits.append(_Edit(place, start, rank, list(requests)))

    # Whole lines

    def _between(
        self, previous: Line | None, gone: list[Line], came: list[str], following: Line | None
    ) -> None:
        """Between two lines that stay some go and some come."""
        if gone:
            self._remove(previous, gone)
        if came:
            self._insert(previous, following, came)

    def _remove(self, previous: Line | None, gone: list[Line]) -> None:
        pieces = [piece for line in gone for piece in line.pieces]
        end = pieces[-1]
        kept = [piece for piece in pieces[:-1] if piece.kind not in _GOES]
        kept += [] if end.kind in {NEWLINE, SOFT, END} else [end]
        if kept or end.paragraph is None or _place(end) != _place(pieces[0]):
            self.conflicts.update({piece.kind for piece in kept} or {"table"})
            return
        place, start, first = end.paragraph.place, pieces[0].start, gone[0].opening
        if end.kind == SOFT and (first or pieces[0].paragraph is end.paragraph):
            # What is left of the paragraph begins without the bullet that went.
            bullets = [p for p in pieces if p.kind in {BULLET, NUMBER}]
            went = any(p.paragraph is end.paragraph for p in bullets)
            fix = [no_bullets(end.paragraph, start, start + 1)] if went else []
            self._edit(place, start, _CUT, delete(place, start, end.end), *fix)
        elif end.kind == NEWLINE and first and not end.paragraph.before:
            self._edit(place, start, _CUT, delete(place, start, end.end))
        else:
            self._remove_up_to(previous, gone, start, end)

    def _remove_up_to(
        self, previous: Line | None, gone: list[Line], start: int, end: Piece
    ) -> None:
        """Lines whose last newline must stay: the one before them goes instead, and two paragraphs
        become one, which is like the first."""
        stays, before = end.within, previous.end if previous else None
        joined = None
        if before and before.kind in {NEWLINE, SOFT} and _place(before) is stays.place:
            joined = before.paragraph
        if joined and joined.bullet in {None, stays.bullet}:
            cut = delete(stays.place, before.start, end.start)
            fix = like(joined, stays) if joined is not stays else []
            self._edit(stays.place, before.start, _CUT, cut, *fix)
        elif gone[-1] is self.last and gone[0].opening:
            # An empty line at the end of the text is none.
            cuts = [delete(stays.place, start, end.start)] if start < end.start else []
            cuts += plain(stays, start, start + 1)
            self._edit(stays.place, start, _CUT, *cuts)
        else:
            self.conflicts[stays.before or ("list_item" if joined else stays.place.kind)] += 1

    def _insert(self, previous: Line | None, following: Line | None, came: list[str]) -> None:
        after = self._after(previous, following)
        before = following.opening if following else None
        if (
            before
            and before.place.kind == "cell"
            and _place(previous.end if previous else None) is not before.place
        ):
            # A table begins here: the line is wanted before it.
            before = None
        if after and (before is None or after.paragraph.plain or not before.plain):
            self._insert_after(after, came)
        elif before:
            text = "\n".join(came) + "\n"
            end = before.start + units(text)
            reset = plain(before, before.start, end)
            insert = insertion(before.place, before.start, text)
            self._edit(before.place, before.start, _BEFORE, insert, *reset)
        else:
            pieces = [line.pieces for line in (previous, following) if line]
            kinds = {piece.kind for line in pieces for piece in line} - _GOES - {END}
            self.conflicts.update(kinds or {"table"})

    def _after(self, previous: Line | None, following: Line | None) -> Piece | None:
        """The end of a line behind which others can be put."""
        if previous is None or previous.end.paragraph is None:
            return None
        end = previous.end
        place = end.paragraph.place
        if end.kind == END and place.kind == "cell":
            return None
        if place.kind in {"header", "footer", "note"} and end.kind == END:
            # What is added behind all belongs to the body.
            body = self.reading.tabs[previous.tab].body
            return next(piece for piece in reversed(body) if piece.kind == END)
        return end if end.kind in {NEWLINE, SOFT, END} else None

    def _insert_after(self, end: Piece, came: list[str]) -> None:
        paragraph = end.within
        mark = SOFT_BREAK if end.kind == SOFT else "\n"
        text = mark + mark.join(came)
        reset = []
        if end.kind != SOFT:
            reset = plain(paragraph, end.start + 1, end.start + units(text) + 1)
        insert = insertion(paragraph.place, end.start, text)
        self._edit(paragraph.place, end.start, _AFTER, insert, *reset)

    # Within a line

    def _change(self, line: Line, wanted: str) -> None:
        rest = line.without_bullet(wanted)
        pieces = line.pieces[:-1]
        bullet = line.bullet
        if bullet is not None:
            pieces = [piece for piece in pieces if piece is not bullet]
        if rest is None and bullet is not None:
            rest, own, at = wanted, bullet.within, bullet.within.start
            self._edit(own.place, at, _BULLET, no_bullets(own, at, at + 1))
        for start, end, text in hunks(pieces, rest):
            if start == end:
                self._insert_within(pieces, line.end, start, text)
            else:
                self._replace(pieces, start, end, text)

    def _replace(self, pieces: list[Piece], start: int, end: int, text: str) -> None:
        at, touched = 0, []
        for piece in pieces:
            to = at + len(piece.text)
            if (at < end and to > start) or (at == to and start < at < end):
                touched.append((piece, at))
            at = to
        kept = {piece.kind for piece, _ in touched if piece.kind not in {TEXT, HIDDEN}}
        (first, first_at), (last, last_at) = touched[0], touched[-1]
        if kept or first.paragraph is not last.paragraph or not first.paragraph:
            self.conflicts.update(kept or {"unknown"})
            return
        place = first.paragraph.place
        low, high = first.index(start - first_at), last.index(end - last_at)
        # Put behind what goes: there it takes on its style.
        insert = [insertion(place, high, text)] if text else []
        self._edit(place, low, _CUT, *insert, delete(place, low, high))

    def _insert_within(self, pieces: list[Piece], end: Piece, at: int, text: str) -> None:
        to, left, right = 0, None, None
        for piece in [*pieces, end]:
            begin, to = to, to + len(piece.text)
            if begin < at < to:
                if piece.kind != TEXT:
                    self.conflicts[piece.kind] += 1
                    return
                left = right = piece
            if to == at and piece.text and piece.kind != END:
                left = piece
            if begin == at and right is None and (piece.text or piece is end):
                right = piece
        # In front of a bullet within the line (of a cell) nothing can stand.
        listed = right is not None and right.kind in {BULLET, NUMBER}
        spot = None if listed else _spot(left, right, pieces, at)
        if spot is None:
            kinds = {piece.kind for piece in (left, right) if piece} - _GOES
            self.conflicts.update({"list_item"} if listed else kinds or {"unknown"})
            return
        paragraph, index = spot
        self._edit(paragraph.place, index, _WITHIN, insertion(paragraph.place, index, text))


def _told(conflicts: Counter[str]) -> Counter[str]:
    """The structures by the names that a reader of the document meets them with."""
    told: Counter[str] = Counter()
    for kind, count in conflicts.items():
        told[_NAMES.get(kind, kind)] += count
    return told


def _spot(
    left: Piece | None, right: Piece | None, pieces: list[Piece], at: int
) -> tuple[Paragraph, int] | None:
    """The paragraph and the index at which to insert between two pieces, text preferred."""
    if left is not None and left is right and left.paragraph:
        before = 0
        for piece in pieces:
            if piece is left:
                break
            before += len(piece.text)
        return left.paragraph, left.index(at - before)
    for piece, index in ((left, "end"), (right, "start")):
        if piece and piece.kind == TEXT and piece.paragraph:
            return piece.paragraph, getattr(piece, index)
    if left and left.paragraph and left.start < left.end and left.kind not in {BULLET, NUMBER}:
        return left.paragraph, left.end
    if right and right.paragraph:
        return right.paragraph, right.start
    return None


def _place(piece: Piece | None) -> Container | None:
    return piece.paragraph.place if piece and piece.paragraph else None
