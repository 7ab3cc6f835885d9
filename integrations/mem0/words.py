"""What this door calls things, in the hub and towards its clients."""

from superthread.identifiers import NAMES

VIA = "mem0"
# Of what is saved here: a token that is restricted to it is for this door's memories alone.
CATEGORY = "mem0"
# A client's word for whom it is about → the member of the metadata that says so.
KINDS = {name.removesuffix("_id"): name for name in NAMES}
FEEDBACK = "mem0_feedback"
# Members of the metadata that the door writes itself, and shows beside them.
RESERVED = frozenset({*NAMES, FEEDBACK})
# The organisation and the project that clients want to hear of: there is one, the hub.
WORKSPACE = "memory-hub"
EXTRACTED = "Stored as it was said: no model extracts facts here."
# Options that say nothing which could be left undone.
UNHEEDED = frozenset(
    {"async_mode", "output_format", "version", "api_version", "org_id", "project_id", "source"}
)
