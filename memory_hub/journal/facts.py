"""What an app says of one change, and how it is hashed."""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson

from memory_hub.core.identity import Actor
from memory_hub.core.identity import Origin as CameFrom

SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Fact:
    """One entry to be: `models.Said` has the meaning of the columns. ``detail`` goes into the
    origin, which can be erased: addresses, roles, words. ``audience`` are addresses to whom it
    matters beside those whose spaces it names."""

    kind: str
    actor: Actor
    origin: CameFrom
    subject_id: int | None = None
    doc_id: UUID | None = None
    revision: int | None = None
    version: int | None = None
    owner_id: int | None = None
    space: int | None = None
    old_space: int | None = None
    content_hash: bytes | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    audience: Collection[str] = ()


def new_salt() -> str:
    """What makes a hash of something short say nothing to who does not have this as well, in
    hexadecimal digits."""
    return os.urandom(SALT_BYTES).hex()


def commitment(salt: str, data: bytes) -> bytes:
    """SHA-256 of the salt's bytes and the data: 32 bytes that say nothing once the salt is gone."""
    return sha256(bytes.fromhex(salt) + data).digest()


def origin_hash(salt: str, request_id: str, address: str, detail: Mapping[str, Any]) -> bytes:
    """The commitment of an origin."""
    row = orjson.dumps([request_id, address, detail], option=orjson.OPT_SORT_KEYS)
    return commitment(salt, row)
