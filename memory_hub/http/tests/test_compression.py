"""Which answers are compressed, and for whom."""

import random

import pytest
from django.http import HttpResponse

from memory_hub.http.middleware import StrongGZipMiddleware

# The statistics may be in a database of their own.
pytestmark = pytest.mark.django_db(databases="__all__")

TAKEN = ["gzip", "deflate, gzip;q=0.1", "gzip;q=1.0, identity;q=0", "br;q=0, gzip ; q=0.001"]
REFUSED = ["gzip;q=0", "gzip; q=0.000", "deflate, gzip;Q=0.0, *", "identity", "gzipped", ""]


@pytest.fixture
def path(mina):
    return f"/superthread/memories/{mina.save('Fog. ' * 1000)['doc_id']}"


@pytest.mark.parametrize("accepted", TAKEN)
def test_a_long_answer_is_compressed_for_who_accepts_it(mina, path, accepted):
    answer = mina.get(path, headers={"Accept-Encoding": accepted})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert answer.headers["ETag"].startswith('"')
    assert answer.headers["ETag"].endswith('-gzip"')
    assert answer.json()["size"] == 5000


@pytest.mark.parametrize("accepted", REFUSED)
def test_a_long_answer_is_sent_as_it_is_to_who_does_not(mina, path, accepted):
    for asked in (path, "/monitoring/metrics"):
        answer = mina.get(asked, headers={"Accept-Encoding": accepted})
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer.headers
        assert "Accept-Encoding" in answer.headers["Vary"]


def test_the_length_of_a_compressed_answer_is_left_to_chance(mina, path):
    """By it one could find out a secret that stands beside what one sent."""
    # With a header of its own none of them is a kept answer.
    asked = [{"Accept-Encoding": "gzip", "X-Number": str(number)} for number in range(20)]
    answers = [mina.get(path, headers=headers) for headers in asked]
    assert len({answer.headers["Content-Length"] for answer in answers}) > 1
    assert len({answer.content for answer in answers}) == 1
    pages = [mina.get("/login", headers=headers) for headers in asked]
    assert {page.headers["Content-Encoding"] for page in pages} == {"gzip"}
    assert len({page.headers["Content-Length"] for page in pages}) > 1


def test_an_answer_that_would_grow_is_sent_as_it_is(rf):
    noise = random.Random(1).randbytes(5000)
    request = rf.get("/", headers={"Accept-Encoding": "gzip"})
    answer = StrongGZipMiddleware(lambda _: None).process_response(request, HttpResponse(noise))
    assert "Content-Encoding" not in answer.headers
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert answer.content == noise


def test_a_short_answer_is_sent_as_it_is(mina):
    answer = mina.get("/superthread/memories", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers


def test_the_tag_of_a_compressed_answer_names_the_text_however_it_is_asked_for(mina, path):
    tag = mina.get(path, headers={"Accept-Encoding": "gzip"}).headers["ETag"]
    for accepted in ("gzip", "identity"):
        headers = {"Accept-Encoding": accepted, "If-None-Match": tag}
        assert mina.get(path, headers=headers).status_code == 304
    other = f'"{tag.strip(chr(34))}-gzip"'
    for named in (other, tag.replace("-gzip", "-br")):
        assert mina.get(path, headers={"If-None-Match": named}).status_code == 200
