"""The peer: the service one would write with FastAPI, async SQLAlchemy and asyncpg.

The same five calls on the same shapes, the usual three middleware, a token check against a hash in
the database, versions written with every save, and a TTL cache. Environment: DATABASE_URL
(postgresql+asyncpg://…), BENCH_CACHE (1 or 0), BENCH_TOKEN, BENCH_MEMORIES (a file of
those to begin with when the database is empty, a line of JSON each).
"""

import hashlib
import json
import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from cachetools import TTLCache
from fastapi import Depends, FastAPI, Header, HTTPException, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ForeignKey, Index, Text, insert, or_, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from benchmarks.http.dataset import USER

CACHED = os.environ.get("BENCH_CACHE") == "1"
engine = create_async_engine(os.environ["DATABASE_URL"], pool_size=20, max_overflow=40)
sessions = async_sessionmaker(engine, expire_on_commit=False)
callers: TTLCache[str, tuple[int, str]] = TTLCache(10_000, 300)
answers: TTLCache[tuple[Any, ...], bytes] = TTLCache(100_000, 300)


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)


class Token(Base):
    __tablename__ = "tokens"
    digest: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[datetime | None]


class Memory(Base):
    __tablename__ = "memories"
    __table_args__ = (
        Index("by_owner", "owner_id", text("updated_at DESC")),
        Index("by_scope", "scope", text("updated_at DESC")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    doc_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    scope: Mapped[str]
    category: Mapped[str]
    title: Mapped[str]
    content: Mapped[str] = mapped_column(Text)
    meta: Mapped[dict[str, Any]] = mapped_column("metadata", JSONB, default=dict)
    revision: Mapped[int] = mapped_column(default=1)
    size: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]


class Version(Base):
    __tablename__ = "versions"
    id: Mapped[int] = mapped_column(primary_key=True)
    memory_id: Mapped[int] = mapped_column(ForeignKey("memories.id"), index=True)
    number: Mapped[int]
    content: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class MemoryIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    content: str = Field(min_length=1, max_length=2**20)
    scope: str = "personal"
    category: str = Field("default", max_length=64)
    metadata: dict[str, Any] = {}


class BatchIn(BaseModel):
    memories: list[MemoryIn] = Field(max_length=1000)


class SearchIn(BaseModel):
    query: str = Field(max_length=512)
    limit: int = Field(20, ge=1, le=100)


class MemoryOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    doc_id: uuid.UUID
    scope: str
    category: str
    title: str
    content: str
    metadata: dict[str, Any] = Field(validation_alias="meta")
    revision: int
    size: int
    created_at: datetime
    updated_at: datetime
    expires_at: datetime | None


class PageOut(BaseModel):
    memories: list[MemoryOut]
    count: int


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with engine.begin() as connection:
        # Several workers start at once; the first makes the tables and fills them.
        await connection.execute(text("SELECT pg_advisory_xact_lock(1)"))
        await connection.run_sync(Base.metadata.create_all)
        if (await connection.execute(select(User.id).limit(1))).first() is None:
            await fill(connection)
    yield


async def fill(connection: Any) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    await connection.execute(insert(User), [{"id": 1, "email": USER}])
    digest = hashlib.sha256(os.environ["BENCH_TOKEN"].encode()).hexdigest()
    await connection.execute(insert(Token), [{"digest": digest, "user_id": 1}])
    lines = Path(os.environ["BENCH_MEMORIES"]).read_text().splitlines()
    rows = [row(1, json.loads(line), now) for line in lines]
    for start in range(0, len(rows), 1000):
        await connection.execute(insert(Memory), rows[start : start + 1000])


def row(owner_id: int, memory: dict[str, Any], now: datetime) -> dict[str, Any]:
    content = memory["content"]
    return {
        "doc_id": uuid.uuid4(),
        "owner_id": owner_id,
        "scope": memory.get("scope", "personal"),
        "category": memory.get("category", "default"),
        "title": content.splitlines()[0][:80],
        "content": content,
        "meta": memory.get("metadata", {}),
        "revision": 1,
        "size": len(content.encode()),
        "created_at": now,
        "updated_at": now,
    }


app = FastAPI(lifespan=lifespan)
app.add_middleware(GZipMiddleware, minimum_size=1000)
app.add_middleware(CORSMiddleware, allow_origins=["https://friend.example"])
app.add_middleware(TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1"])


async def session() -> AsyncIterator[AsyncSession]:
    async with sessions() as opened:
        yield opened


Session = Annotated[AsyncSession, Depends(session)]


async def caller(session: Session, authorization: Annotated[str, Header()] = "") -> int:
    known = callers.get(authorization) if CACHED else None
    if known is not None:
        return known[0]
    digest = hashlib.sha256(authorization.removeprefix("Bearer ").encode()).hexdigest()
    query = select(User.id, User.email).join(Token).where(Token.digest == digest)
    found = (await session.execute(query)).first()
    if found is None:
        raise HTTPException(401)
    if CACHED:
        callers[authorization] = (found.id, found.email)
    return found.id


Caller = Annotated[int, Depends(caller)]


def json_of(model: BaseModel) -> bytes:
    return model.model_dump_json().encode()


def answered(key: tuple[Any, ...], body: bytes) -> Response:
    if CACHED:
        answers[key] = body
    return Response(body, media_type="application/json")


@app.get("/superthread/memories")
async def list_memories(
    by: Caller, session: Session, scope: str = "personal", limit: int = 10
) -> Response:
    key = (by, "list", scope, limit)
    if CACHED and key in answers:
        return Response(answers[key], media_type="application/json")
    visible = or_(Memory.owner_id == by, Memory.scope == "public")
    query = select(Memory).where(visible).order_by(Memory.updated_at.desc(), Memory.id.desc())
    if scope != "all":
        query = query.where(Memory.scope == scope)
    found = (await session.execute(query.limit(limit))).scalars().all()
    page = PageOut(memories=[MemoryOut.model_validate(one) for one in found], count=len(found))
    return answered(key, json_of(page))


@app.get("/superthread/memories/{doc_id}")
async def get_memory(doc_id: uuid.UUID, by: Caller, session: Session) -> Response:
    key = (by, doc_id)
    if CACHED and key in answers:
        return Response(answers[key], media_type="application/json")
    visible = or_(Memory.owner_id == by, Memory.scope == "public")
    query = select(Memory).where(Memory.doc_id == doc_id, visible)
    found = (await session.execute(query)).scalar_one_or_none()
    if found is None:
        raise HTTPException(404)
    return answered(key, json_of(MemoryOut.model_validate(found)))


@app.post("/superthread/memories", status_code=201)
async def save_memory(memory: MemoryIn, by: Caller, session: Session) -> MemoryOut:
    return MemoryOut.model_validate((await store([memory], by, session))[0])


@app.post("/superthread/batch/save")
async def save_batch(batch: BatchIn, by: Caller, session: Session) -> dict[str, Any]:
    stored = await store(batch.memories, by, session)
    results = [
        {"index": number, "status": 201, "doc_id": str(one.doc_id)}
        for number, one in enumerate(stored)
    ]
    return {"results": results, "saved_count": len(results), "failed_count": 0}


async def store(drafts: list[MemoryIn], by: int, session: AsyncSession) -> list[Memory]:
    now = datetime.now(UTC).replace(tzinfo=None)
    stored = [Memory(**row(by, draft.model_dump(), now)) for draft in drafts]
    session.add_all(stored)
    await session.flush()
    session.add_all(
        Version(memory_id=one.id, number=1, content=one.content, created_at=now) for one in stored
    )
    await session.commit()
    answers.clear()
    return stored


@app.post("/superthread/search")
async def search(wanted: SearchIn, by: Caller, session: Session) -> PageOut:
    visible = or_(Memory.owner_id == by, Memory.scope == "public")
    query = select(Memory).where(visible, Memory.content.ilike(f"%{wanted.query}%"))
    query = query.order_by(Memory.updated_at.desc()).limit(wanted.limit)
    found = (await session.execute(query)).scalars().all()
    return PageOut(memories=[MemoryOut.model_validate(one) for one in found], count=len(found))
