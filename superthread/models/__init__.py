from superthread.models.cut_state import CutState
from superthread.models.exported import Export, ExportFormat, ExportState
from superthread.models.finding import Finding
from superthread.models.grant import Grant, GrantRole
from superthread.models.hold import Hold
from superthread.models.identifier import Identifier
from superthread.models.imported import Import, ImportOutcome, ImportState
from superthread.models.link import Link
from superthread.models.memory import Memory, Scope
from superthread.models.path import LastSegment, PathName
from superthread.models.renewal import (
    SearchAside,
    SearchFormer,
    SearchOvertaken,
    SearchRenewal,
)
from superthread.models.search import (
    SearchDocument,
    SearchFresh,
    SearchPage,
    SearchSegment,
    SearchTerm,
    SearchWord,
)
from superthread.models.source import Source
from superthread.models.tally import Kept, Tally
from superthread.models.transfer import Transfer
from superthread.models.version import Version

__all__ = [
    "CutState",
    "Export",
    "ExportFormat",
    "ExportState",
    "Finding",
    "Grant",
    "GrantRole",
    "Hold",
    "Identifier",
    "Import",
    "ImportOutcome",
    "ImportState",
    "Kept",
    "LastSegment",
    "Link",
    "Memory",
    "PathName",
    "Scope",
    "SearchAside",
    "SearchDocument",
    "SearchFormer",
    "SearchFresh",
    "SearchOvertaken",
    "SearchPage",
    "SearchRenewal",
    "SearchSegment",
    "SearchTerm",
    "SearchWord",
    "Source",
    "Tally",
    "Transfer",
    "Version",
]
