"""Bodies that go to the disk: at a least rate, within their length, and whole or not at all."""

import asyncio

import pytest

from memory_hub.core.asgi_types import UPLOAD
from memory_hub.core.errors import TooLarge
from memory_hub.http import uploads
from memory_hub.http.time_limit import RENEW
from memory_hub.http.uploads import BodyTooSlow, Upload


@pytest.fixture
def taken(tmp_path):
    """``taken(parts, limit=…)``: the file that parts of a body became, and how its time was
    renewed."""

    def take(parts, limit=1_000_000):
        renewed, left = [], list(parts)

        async def receive():
            if not left:
                await asyncio.Event().wait()
            part = left.pop(0)
            if isinstance(part, dict):
                return part
            return {"type": "http.request", "body": part, "more_body": bool(left)}

        scope = {"path": "/", RENEW: renewed.append}
        path = tmp_path / "file"
        scope[UPLOAD] = upload = Upload(scope, receive, limit, None)
        asyncio.run(upload.to_file(path))
        return path, renewed

    return take


def test_the_parts_become_a_file_and_its_time_begins_anew(taken, settings):
    path, renewed = taken([b"a" * 700_000, b"", b"b" * 10])
    assert path.read_bytes() == b"a" * 700_000 + b"b" * 10
    assert renewed == [None, settings.HUB_REQUEST_SECONDS]


def test_more_than_may_be_is_refused_and_leaves_no_file(taken, tmp_path):
    with pytest.raises(TooLarge):
        taken([b"a" * 60, b"b" * 60], limit=100)
    assert list(tmp_path.iterdir()) == []


def test_below_the_least_rate_it_ends(taken, tmp_path, monkeypatch):
    monkeypatch.setattr(uploads, "GRACE", 0.0)
    monkeypatch.setattr(uploads, "LEAST_RATE", 2**50)
    with pytest.raises(BodyTooSlow):
        taken([b"a", b"b"])
    assert list(tmp_path.iterdir()) == []


def test_a_silence_ends_it(taken, tmp_path, settings):
    settings.HUB_BODY_SECONDS = 0.05
    more = {"type": "http.request", "body": b"a", "more_body": True}
    with pytest.raises(BodyTooSlow):
        taken([more])
    assert list(tmp_path.iterdir()) == []


def test_a_client_that_goes_leaves_no_file(taken, tmp_path):
    begun = {"type": "http.request", "body": b"a", "more_body": True}
    with pytest.raises(BodyTooSlow):
        taken([begun, {"type": "http.disconnect"}])
    assert list(tmp_path.iterdir()) == []
