"""Exports: what somebody may read becomes a file of theirs, in the background."""
