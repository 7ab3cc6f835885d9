"""Bounds of the contract (§1)."""

from datetime import timedelta

CONTENT_BYTES = 2**20
CATEGORY_LENGTH = 64
PATH_BYTES, PATH_SEGMENTS = 1024, 20
TITLE_LENGTH = 80
DESCRIPTION_LENGTH = 500
# Distinct terms of a memory that the index keeps: writing them holds SQLite's writer for 0.1 s.
TERMS = 32_768
METADATA_BYTES = 64 * 2**10
METADATA_DEPTH = 32
METADATA_KEYS = 1000
LINKS = 500  # of a memory that are kept
GRANTS_PER_CALL = 100
OFFERS = 100  # shown at once
BATCH = 1000
BATCH_BODY_BYTES = 32 * 2**20
# Of an atomic batch, which is one transaction: bytes of contents, and distinct terms of memories.
# By measurement, SQLite's writer is held for about a second by as much.
ATOMIC_BYTES, ATOMIC_TERMS = 8 * 2**20, 500_000
FILE_BYTES = 2**30  # of an import
PAGE = 100
# Seconds that a follower may wait for a change.
CHANGES_WAIT = 25
VERSIONS_PAGE = 50
LIST_CURSOR_LENGTH = 2_000  # a path takes 1,400
# A place and the frequencies of 16 terms take some 300.
SEARCH_CURSOR_LENGTH = 4_000
TRASH_KEPT = timedelta(days=30)
