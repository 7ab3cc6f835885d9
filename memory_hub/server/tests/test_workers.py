"""What happens before a view is reached, over a real socket, with both kinds of worker."""

import json
import socket
from collections import Counter
from contextlib import closing
from pathlib import Path

import httpx
import psycopg2
import pytest

WORKERS = ["uvicorn", "gunicorn"]


def exchange(hub, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send raw bytes; status, headers in lower case, and body of the answer."""
    with socket.create_connection(("127.0.0.1", hub.port), timeout=20) as connection:
        connection.sendall(request)
        answer = b""
        while chunk := connection.recv(1 << 16):
            answer += chunk
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    return int(first.split()[1]), headers, body


def get(path: str, *headers: str) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1")


@pytest.mark.parametrize("worker", WORKERS)
def test_what_the_server_refuses_itself_is_a_problem_document(new_hub, worker):
    hub = new_hub(workers=1, HUB_WORKER_CLASS=worker)
    cases = {
        414: get("/superthread/info?" + "x" * 9000),
        431: get("/superthread/info", "X-Long: " + "x" * 9000),
        400: b"NONSENSE\r\n\r\n",
    }
    for status, request in cases.items():
        found, headers, body = exchange(hub, request)
        assert (found, headers["content-type"]) == (status, "application/problem+json")
        problem = json.loads(body)
        assert problem["status"] == status
        assert problem["request_id"] == headers["x-request-id"]
        assert "xxx" not in body.decode()
    many = [f"X-{number}: 1" for number in range(200)]
    assert exchange(hub, get("/superthread/info", *many))[0] == 431
    # And what comes in pieces and never ends.
    assert exchange(hub, b"GET /" + b"x" * 70_000)[0] == 414
    endless = get("/superthread/info", "X-Long: ").rstrip() + b"x" * 70_000
    assert exchange(hub, endless)[0] == 431


@pytest.mark.parametrize("worker", WORKERS)
def test_both_workers_serve_and_name_no_software(new_hub, worker):
    hub = new_hub(workers=1, HUB_WORKER_CLASS=worker)
    token = {"Authorization": f"Bearer {hub.token('mina@example.com')}"}
    url = f"{hub.url}/superthread/memories"
    with httpx.Client(headers=token) as client:

        def chunks():
            yield b'{"content": "in '
            yield b'two pieces"}'

        saved = client.post(url, content=chunks(), headers={"Content-Type": "application/json"})
        assert saved.status_code == 201, saved.text
        head = client.head(f"{url}/{saved.json()['doc_id']}")
        assert (head.status_code, head.content) == (200, b"")
        for answer in (saved, head):
            assert "gunicorn" not in answer.headers.get("Server", "")
            assert "uvicorn" not in answer.headers.get("Server", "")


@pytest.mark.parametrize("worker", WORKERS)
@pytest.mark.parametrize(("trusted", "secure"), [("127.0.0.1", True), ("192.0.2.7", False)])
@pytest.mark.drill
def test_only_a_named_proxy_is_believed(new_hub, worker, trusted, secure):
    hub = new_hub(
        workers=1, HUB_WORKER_CLASS=worker, HUB_TRUSTED_PROXIES=trusted, HUB_SSL_REDIRECT=1
    )
    said = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
    answer = httpx.get(f"{hub.url}/login", headers=said)
    assert answer.status_code == (200 if secure else 301)


@pytest.mark.drill
@pytest.mark.parametrize("trusted", ["*", "127.0.0.2/24"])
def test_of_what_a_client_and_its_proxy_say_the_proxy_is_believed(new_hub, trusted):
    hub = new_hub(workers=1, HUB_TRUSTED_PROXIES=trusted, HUB_LOGIN_LIMIT="1/hour")
    said = [{"X-Forwarded-For": f"192.0.2.{number}, 203.0.113.9"} for number in range(2)]
    found = [httpx.post(f"{hub.url}/login", headers=one).status_code for one in said]
    # Without the token of the form; too many from 203.0.113.9.
    assert found == [403, 429]


@pytest.mark.drill
def test_a_worker_that_cannot_make_what_all_share_does_not_start(nursery, tmp_path):
    (tmp_path / "cache").write_text("a file in the place of a directory")
    with pytest.raises(RuntimeError, match="Application startup failed"):
        nursery.hub(tmp_path, workers=1).start()


def test_a_request_ends_at_its_limit(new_hub):
    hub = new_hub(workers=1, HUB_REQUEST_SECONDS=0.001)
    token = {"Authorization": f"Bearer {hub.token('mina@example.com')}"}
    answer = httpx.get(f"{hub.url}/superthread/memories", headers=token)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "1"


@pytest.mark.parametrize("worker", WORKERS)
@pytest.mark.drill
def test_a_new_worker_shares_most_of_its_memory_with_a_master_without_threads(new_hub, worker):
    hub = new_hub(workers=1, HUB_WORKER_CLASS=worker)
    assert len(list(Path(f"/proc/{hub.process.pid}/task").iterdir())) == 1
    lines = Path(f"/proc/{hub.workers()[0]}/smaps_rollup").read_text().splitlines()[1:]
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines}
    assert kilobytes["Private_Dirty"] < kilobytes["Rss"] / 3


def test_the_loop_of_the_workers_is_imported_once_for_all_of_them(shared_hub):
    master = Path(f"/proc/{shared_hub.process.pid}/maps").read_text()
    assert "uvloop/loop" in master


def _target(descriptor: Path) -> str:
    try:
        return str(descriptor.readlink())
    except FileNotFoundError:  # closed since the directory was read
        return ""


def test_a_worker_takes_several_connections_in_one_turn_of_its_loop(new_hub):
    """libuv takes one from each listener, so the worker has several on the same socket."""
    hub = new_hub(workers=1, HUB_WORKER_CLASS="uvicorn")
    descriptors = Path(f"/proc/{hub.workers()[0]}/fd").iterdir()
    targets = Counter(map(_target, descriptors))
    assert max(count for name, count in targets.items() if name.startswith("socket:")) == 16


@pytest.mark.drill
@pytest.mark.only_on("postgresql")
def test_callers_of_a_table_that_is_being_altered_may_try_again(new_hub):
    hub = new_hub(workers=1, HUB_LOCK_TIMEOUT="0.2")
    token = {"Authorization": f"Bearer {hub.token('mina@example.com')}"}
    with closing(psycopg2.connect(hub.environment["DATABASE_URL"])) as upgrade:
        with upgrade.cursor() as cursor:
            cursor.execute("LOCK TABLE accounts_token IN ACCESS EXCLUSIVE MODE")
        answer = httpx.get(f"{hub.url}/accounts/me", headers=token)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
