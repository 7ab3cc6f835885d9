"""Memories in the admin: to look at, with acts that go through the services.

No page changes a text or deletes for good: the history stays what it is, and only owners purge.
"""

from superthread.admin.audit import AccessAdmin, EntryAdmin
from superthread.admin.grants import GrantAdmin
from superthread.admin.holds import HoldAdmin
from superthread.admin.memories import MemoryAdmin
from superthread.admin.versions import VersionAdmin

__all__ = [
    "AccessAdmin",
    "EntryAdmin",
    "GrantAdmin",
    "HoldAdmin",
    "MemoryAdmin",
    "VersionAdmin",
]
