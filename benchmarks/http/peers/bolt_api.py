"""What `bolt.py` serves: a token and memories by Django's async ORM, a query each."""

import hashlib
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.db import models
from django_bolt import BoltAPI
from django_bolt.exceptions import HTTPException
from django_bolt.param_functions import Header

api = BoltAPI(enable_logging=False)
urlpatterns: list[Any] = []


class Token(models.Model):  # noqa: DJ008 - nobody reads its name
    digest = models.TextField(primary_key=True)
    user_id = models.IntegerField()

    class Meta:
        app_label, db_table, managed = "django_bolt", "tokens", False


class Memory(models.Model):  # noqa: DJ008 - nobody reads its name
    doc_id = models.UUIDField()
    owner_id = models.IntegerField()
    scope = models.TextField()
    category = models.TextField()
    title = models.TextField()
    content = models.TextField()
    metadata = models.JSONField()
    revision = models.IntegerField()
    size = models.IntegerField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        app_label, db_table, managed = "django_bolt", "memories", False


class MemoryOut(msgspec.Struct):
    doc_id: UUID
    scope: str
    category: str
    title: str
    content: str
    metadata: dict[str, Any]
    revision: int
    size: int
    created_at: datetime
    updated_at: datetime
    expires_at: datetime | None


class PageOut(msgspec.Struct):
    memories: list[MemoryOut]
    count: int


Authorization = Annotated[str, Header(alias="authorization")]


@api.get("/superthread/memories")
async def list_memories(
    authorization: Authorization, scope: str = "personal", limit: int = 10
) -> PageOut:
    found = _visible(await _caller(authorization)).order_by("-updated_at", "-id")
    if scope != "all":
        found = found.filter(scope=scope)
    memories = [_out(one) async for one in found[:limit]]
    return PageOut(memories, len(memories))


@api.get("/superthread/memories/{doc_id}")
async def get_memory(doc_id: UUID, authorization: Authorization) -> MemoryOut:
    found = await _visible(await _caller(authorization)).filter(doc_id=doc_id).afirst()
    if found is None:
        raise HTTPException(404, "There is none.")
    return _out(found)


async def _caller(authorization: str) -> int:
    digest = hashlib.sha256(authorization.removeprefix("Bearer ").encode()).hexdigest()
    found = await Token.objects.filter(digest=digest).afirst()
    if found is None:
        raise HTTPException(401, "Who is asking?")
    return found.user_id


def _visible(by: int) -> models.QuerySet[Memory]:
    return Memory.objects.filter(models.Q(owner_id=by) | models.Q(scope="public"))


def _out(memory: Memory) -> MemoryOut:
    return MemoryOut(*(getattr(memory, name) for name in MemoryOut.__struct_fields__))
