from superthread.models.cut_state import CutState
from superthread.models.finding import Finding
from superthread.models.grant import Grant, GrantRole
from superthread.models.hold import Hold
from superthread.models.link import Link
from superthread.models.memory import Memory, Scope
from superthread.models.path import LastSegment, PathName
from superthread.models.search import (
    SearchDocument,
    SearchPosting,
    SearchTerm,
    SearchTotal,
    SearchWord,
)
from superthread.models.source import Source
from superthread.models.transfer import Transfer
from superthread.models.version import Version

__all__ = [
    "CutState",
    "Finding",
    "Grant",
    "GrantRole",
    "Hold",
    "LastSegment",
    "Link",
    "Memory",
    "PathName",
    "Scope",
    "SearchDocument",
    "SearchPosting",
    "SearchTerm",
    "SearchTotal",
    "SearchWord",
    "Source",
    "Transfer",
    "Version",
]
