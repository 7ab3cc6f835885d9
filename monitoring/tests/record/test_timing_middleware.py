"""Every request leaves one line and one count, whoever answers it; nothing of its content."""

import json

import httpx
import pytest
import structlog

from memory_hub.core import request_stats
from monitoring.logs.output import ecs_format
from monitoring.models import SlowQuery, SlowRequest
from monitoring.record.flusher import flusher
from monitoring.record.timing_middleware import TimingMiddleware
from testing.clients.in_process import _loop

pytestmark = pytest.mark.django_db(databases="__all__")

TRACE = "0af7651916cd43dd8448eb211c80319c"
EVIL = "x\r\nGET /forged\x1b[31m\u202e"


class Lines:
    """Takes the place of the writer; ``last`` is the last line as a document."""

    dropped = 0

    def __init__(self) -> None:
        self.items = []

    def put(self, access) -> None:
        self.items.append(access)

    @property
    def last(self) -> dict:
        return json.loads(ecs_format()(self.items[-1]))


@pytest.fixture
def lines(monkeypatch) -> Lines:
    from memory_hub.asgi import application

    written = Lines()
    monkeypatch.setattr(application.application, "_log", written)
    return written


def test_a_request_leaves_a_line_without_anything_of_the_memory(mina, lines):
    saved = mina.save("Jun has the key.", metadata={"place": "under the mat"})
    answer = mina.get(
        f"/superthread/memories/{saved['doc_id']}",
        headers={"X-Request-ID": "req-7", "User-Agent": "curl/8"},
    )
    line = lines.last
    assert line["url.path"] == "/superthread/memories/{doc_id}"
    assert line["http.request.id"] == answer.headers["X-Request-ID"] == "req-7"
    assert line["user.id"] == str(mina.user.pk)
    assert line["http.response.body.bytes"] == len(answer.content)
    assert line["user_agent.original"] == "curl/8"
    assert 0 < line["memory_hub.db_ns"] < line["event.duration"]
    text = json.dumps([json.loads(ecs_format()(item)) for item in lines.items])
    for secret in ("key.", "mat", saved["doc_id"], mina.token, mina.user.email):
        assert secret not in text


def test_a_refused_credential_leaves_no_user_and_no_token(nobody, lines):
    nobody.get("/superthread/memories", headers={"Authorization": "Bearer mh_secret"})
    assert lines.last["http.response.status_code"] == 401
    assert "user.id" not in lines.last
    assert "mh_secret" not in json.dumps(lines.last)


@pytest.mark.parametrize("header", ["User-Agent", "X-Request-ID", "traceparent", "Cookie"])
def test_no_header_can_forge_a_line(mina, lines, header):
    raw = EVIL.encode()
    mina.get("/superthread/info", headers={header: raw})
    (access,) = lines.items
    rendered = ecs_format()(access)
    assert rendered.count(b"\n") == 1
    assert not [mark for mark in "\r\x1b\u202e" if mark in rendered.decode()]
    assert "\\u001b" not in rendered.decode().lower()


def test_no_path_can_forge_a_line(mina, lines):
    mina.get("/superthread/%0d%0aGET%20/forged%1b%5b31m%e2%80%ae?q=%0d%0a")
    assert lines.last["url.path"] == "_unmatched"
    assert "forged" not in json.dumps(lines.last)


def test_a_trace_is_continued_and_offered_to_calls_of_the_request(lines):
    seen = []

    async def inner(scope, receive, send):
        seen.append(request_stats.current.get().traceparent)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    timing = TimingMiddleware(inner)
    timing._log = lines
    call(timing, {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"})
    assert lines.last["trace.id"] == TRACE
    assert lines.last["parent.id"] == "b7ad6b7169203331"
    assert seen == [f"00-{TRACE}-{lines.last['span.id']}-01"]
    assert request_stats.current.get() is None


def call(application, headers=None):
    async def send():
        transport = httpx.ASGITransport(application, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://hub") as client:
            return await client.get("/", headers=headers)

    return _loop.run_until_complete(send())


def test_a_crash_and_a_client_that_left_are_counted(lines):
    async def crash(scope, receive, send):
        raise RuntimeError("no answer")

    async def left(scope, receive, send):
        return

    for inner in (crash, left):
        timing = TimingMiddleware(inner)
        timing._log = lines
        if inner is crash:
            call(timing)
        else:
            with pytest.raises(AssertionError):  # httpx misses the answer
                call(timing)
    assert [item.status for item in lines.items] == [500, 499]


def test_a_slow_request_is_kept_with_its_request_id(mina, lines, monkeypatch):
    from memory_hub.asgi import application

    monkeypatch.setattr(application.application, "_slow_ns", 0)
    mina.get("/superthread/info", headers={"X-Request-ID": "slow-1"})
    flusher.flush()
    row = SlowRequest.objects.get()
    assert (row.route, row.method, row.status) == ("/superthread/info", "GET", 200)
    assert (row.request_id, row.user_id) == ("slow-1", str(mina.user.pk))


def test_slow_requests_are_told_together_at_a_flush(mina, lines, monkeypatch):
    from memory_hub.asgi import application

    monkeypatch.setattr(application.application, "_slow_ns", 0)
    flusher.flush()
    with structlog.testing.capture_logs() as before_the_flush:
        for number in range(3):
            mina.get("/superthread/info", headers={"X-Request-ID": f"slow-{number}"})
        mina.get("/superthread/memories?limit=0")
    assert _of_requests(before_the_flush) == []
    with structlog.testing.capture_logs() as logged:
        flusher.flush()
    told = _of_requests(logged)
    assert {(entry["route"], entry["status"]): entry["count"] for entry in told} == {
        ("/superthread/info", 200): 3,
        ("/superthread/memories", 400): 1,
    }
    longest = max(lines.items[:3], key=lambda access: access.duration_ns)
    info = next(entry for entry in told if entry["status"] == 200)
    assert info["log_level"] == "warning"
    assert info["longest_ms"] == round(longest.duration_ns / 1e6, 3)
    assert info["request_id"] == longest.request_id


def _of_requests(logged):
    """On a slow machine queries may be told of as well."""
    return [entry for entry in logged if entry["event"] == "slow requests"]


def test_a_slow_query_is_kept_without_its_values(mina, settings):
    settings.MONITORING_SLOW_QUERY_MS = -1
    mina.save("Jun has the key.", category="secret-place")
    settings.MONITORING_SLOW_QUERY_MS = 10_000
    flusher.flush()
    statements = list(SlowQuery.objects.values_list("statement", "route"))
    assert any("INSERT INTO" in statement for statement, _ in statements)
    text = json.dumps(statements)
    for value in ("Jun has", "secret-place", "mina@example.com"):
        assert value not in text


def test_literals_in_a_statement_are_cut_out():
    from monitoring.record.query_timing import without_values

    sql = "SELECT *\n FROM t WHERE a = 'it''s' AND b = $x$secret$x$ AND c = %s"
    assert without_values(sql) == "SELECT * FROM t WHERE a = ? AND b = ? AND c = %s"
    assert without_values("INSERT INTO t VALUES (%s, %s), (%s, %s)") == (
        "INSERT INTO t VALUES (%s, %s), …"
    )
    assert without_values("SELECT 1 WHERE a IN (%s, %s, %s)") == "SELECT 1 WHERE a IN (%s, …)"
    assert len(without_values("SELECT " + "x, " * 10_000)) <= 4_000


# WhiteNoise reads its files synchronously, which Django remarks on under ASGI.
@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume synchronous iterators")
def test_pages_and_static_files_have_routes_too(nobody, lines):
    nobody.get("/monitoring/dashboard")
    assert lines.last["url.path"] == "/monitoring/dashboard"
    nobody.get("/static/monitoring/dashboard.css")
    assert lines.last["url.path"] == "/static/{file}"
    nobody.get("/login")
    assert lines.last["url.path"] == "/login"
