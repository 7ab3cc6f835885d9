"""A local double of Google Drive, Docs and the token endpoint, for tests and for trying the hub.

It is driven by the discovery documents that google-api-python-client brings along: what those do
not allow is refused and recorded as a violation, what is not modelled here is 501, and an answer
that would not fit Google's own schema is never sent.
"""

from testing.google.faults import Fault
from testing.google.server import Double

__all__ = ["Double", "Fault"]
