"""Whether the journal is as it was sealed."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from memory_hub.database.in_parts import in_parts
from memory_hub.journal import hashing
from memory_hub.journal.facts import origin_hash
from memory_hub.journal.models import Entry, Origin, Seal
from memory_hub.journal.retention import pruned_until
from memory_hub.journal.sealing import Head

AT_ONCE = 5_000  # rows read at once


@dataclass
class Report:
    """What was found: ``head`` the newest seal that holds, ``problems`` in words, each naming the
    entries it is about; how many entries and seals were looked at, and how many entries are not
    sealed yet; up to which position the old end was cut off."""

    head: Head
    pruned: int = 0
    entries: int = 0
    seals: int = 0
    unsealed: int = 0
    problems: list[str] = field(default_factory=list)


def verify(known: str = "") -> Report:
    """Compares all entries with their seals, and origins with what entries say of them. ``known``
    is the hash of a head that was kept elsewhere: it must be in the chain."""
    report = _from_the_anchor()
    rows = _Rows(report.pruned)
    known_is_met = not known or report.head.hash.hex() == known.lower()
    for part in in_parts(Seal.objects.filter(last__gt=report.pruned), "last", AT_ONCE):
        for seal in part:
            _verify_seal(seal, rows, report)
            known_is_met = known_is_met or bytes(seal.hash).hex() == known.lower()
    report.unsealed = rows.rest()
    report.entries += report.unsealed
    if not known_is_met:
        report.problems.append(
            f"The head {known} is not in the chain: its end was cut off, or it is another's."
        )
    report.problems += _altered_origins(report.pruned)
    return report


def _from_the_anchor() -> Report:
    """Where the old end was cut off: at the seal before what is left."""
    pruned = pruned_until()
    if not pruned:
        return Report(Head(0, hashing.NOTHING))
    anchor = Seal.objects.filter(last=pruned).first()
    if anchor is None:
        return Report(
            Head(pruned, hashing.NOTHING),
            pruned=pruned,
            problems=[f"The seal that ends at {pruned}, where the journal was cut, is missing."],
        )
    return Report(
        Head(anchor.last, bytes(anchor.hash), anchor.at),
        pruned=pruned,
        problems=[*_wrong_mac(anchor)],
    )


def verify_newest() -> Report:
    """The same of the newest seal alone, and of the chain that far back."""
    last, *before = Seal.objects.order_by("-last")[:2] or (None,)
    head = Head(before[0].last, bytes(before[0].hash), before[0].at) if before else None
    report = Report(head or Head(0, hashing.NOTHING))
    if last is not None and last.last > pruned_until():
        _verify_seal(last, _Rows(last.first - 1), report)
    report.unsealed = max(0, Entry.newest() - report.head.position)
    return report


class _Rows:
    """Entries behind a position as SAID has them, in order. Seals are read before what they
    seal."""

    def __init__(self, after: int = 0) -> None:
        self._ready: deque[Any] = deque()
        self._read = after

    def until(self, last: int) -> list[Any]:
        """Those that were not given yet, up to this position."""
        found: list[Any] = []
        while self._fill() and self._ready[0][0] <= last:
            found.append(self._ready.popleft())
        return found

    def rest(self) -> int:
        """How many there are behind those."""
        return Entry.objects.filter(position__gt=self._read).count() + len(self._ready)

    def _fill(self) -> bool:
        if not self._ready:
            more = Entry.objects.filter(position__gt=self._read).order_by("position")
            self._ready.extend(more.values_list(*hashing.SAID)[:AT_ONCE])
            if self._ready:
                self._read = self._ready[-1][0]
        return bool(self._ready)


def _verify_seal(seal: Seal, rows: _Rows, report: Report) -> None:
    before, where = report.head, f"{seal.first} to {seal.last}"
    found = rows.until(seal.last)
    report.seals += 1
    report.entries += len(found)
    report.problems += _wrong_entries(seal, found, where)
    chained = hashing.chained(before.hash, seal.first, seal.last, bytes(seal.root))
    if seal.first != before.position + 1:
        report.problems.append(f"Between {before.position} and {seal.first} a seal is missing.")
    elif chained != bytes(seal.hash):
        report.problems.append(f"The seal of the entries {where} is not the one it was.")
    report.problems += _wrong_mac(seal)
    report.head = Head(seal.last, bytes(seal.hash), seal.at)


def _wrong_mac(seal: Seal) -> Iterator[str]:
    if hashing.mac(bytes(seal.hash)) != bytes(seal.mac):
        where = f"{seal.first} to {seal.last}"
        yield f"The seal of the entries {where} was not made with this hub's SECRET_KEY."


def _wrong_entries(seal: Seal, found: list[Any], where: str) -> Iterator[str]:
    positions = [said[0] for said in found]
    missing = set(range(seal.first, seal.last + 1)).difference(positions)
    if missing:
        named = ", ".join(str(one) for one in sorted(missing)[:10])
        yield f"Of the entries {where} there is no {named}."
    elif hashing.root([hashing.leaf(said) for said in found]) != bytes(seal.root):
        yield f"The entries {where} are not what was sealed."


def _altered_origins(after: int) -> Iterator[str]:
    """Origins that are not what their entries say; those that were erased say nothing."""
    for part in in_parts(Origin.objects.filter(position__gt=after), "position", AT_ONCE):
        ends = part[0].position, part[-1].position
        entries = Entry.objects.filter(position__range=ends).order_by()
        said = dict(entries.values_list("position", "origin_hash"))
        for origin in part:
            made = origin_hash(origin.salt, origin.request_id, origin.address, origin.detail)
            if bytes(said.get(origin.position) or b"") != made:
                yield f"The origin of entry {origin.position} is not the one it had."
