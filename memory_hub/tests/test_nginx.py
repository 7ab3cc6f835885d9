"""What nginx does in front of the hub, with the configuration that is deployed."""

import json
import re
import shutil
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from testing.servers.nginx import NginxServer

pytestmark = pytest.mark.skipif(
    not shutil.which("nginx"), reason="nginx is not installed on this machine"
)
MEMORIES = "/superthread/memories"
# Bytes of the stand-in's answer under /long: more than a socket's buffers hold.
LONG = 2_000_000


class StandIn(ThreadingHTTPServer):
    """In the place of the hub: tells each caller what reached it, and remembers when."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Teller)
        self.begun: list[float] = []
        self.done: list[float] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Teller(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.begun.append(time.monotonic())
        size = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(size)
        told = {name.lower(): value for name, value in self.headers.items()}
        answer = json.dumps({"headers": told, "size": len(body)}).encode()
        if self.path == "/long":
            answer = bytes(LONG)
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
        self.wfile.flush()
        self.server.done.append(time.monotonic())

    do_POST = do_GET

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def hub():
    with StandIn() as stand_in:
        yield stand_in
        stand_in.shutdown()


@pytest.fixture
def nginx(hub, tmp_path):
    with NginxServer(tmp_path, hub.server_port) as server:
        yield server


def headers(nginx, **sent: str | bytes) -> dict[str, str]:
    """What reaches the hub of a request with these headers."""
    given = {name.replace("_", "-"): value for name, value in sent.items()}
    return httpx.get(nginx.url + MEMORIES, headers=given).json()["headers"]


def test_a_body_over_the_limit_never_reaches_the_hub(nginx, hub):
    megabyte = 1 << 20
    fits = httpx.post(nginx.url + MEMORIES, content=bytes(9 * megabyte), timeout=30)
    assert fits.json()["size"] == 9 * megabyte
    batch = f"{nginx.url}/superthread/batch/save"
    assert httpx.post(batch, content=bytes(33 * megabyte), timeout=30).status_code == 200
    reached = len(hub.begun)
    for url, size in ((nginx.url + MEMORIES, 9), (batch, 33)):
        refused = httpx.post(url, content=bytes(size * megabyte + 1), timeout=30)
        assert refused.status_code == 413
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert refused.json()["code"] == "too-large"
    assert len(hub.begun) == reached


def test_what_nginx_refuses_is_a_problem_document(nginx, hub):
    long_path = httpx.get(f"{nginx.url}/superthread/info?{'x' * 9000}")
    long_field = httpx.get(nginx.url + MEMORIES, headers={"X-Long": "x" * 9000})
    in_clear = httpx.get(nginx.plain + MEMORIES)
    hub.shutdown()
    hub.server_close()
    nobody = httpx.get(nginx.url + MEMORIES)
    answers = {414: long_path, 431: long_field, 403: in_clear, 503: nobody}
    for status, answer in answers.items():
        assert answer.status_code == status
        assert answer.headers["Content-Type"] == "application/problem+json"
        problem = answer.json()
        assert problem["status"] == status
        assert problem["type"] == f"/problems/{problem['code']}"
        assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", problem["request_id"])
    assert nobody.headers["Retry-After"] == "1"


def test_the_paths_of_its_own_answers_are_not_for_callers(nginx, hub):
    reached = len(hub.begun)
    assert httpx.get(f"{nginx.url}/problems/nginx/413").status_code == 200
    assert len(hub.begun) == reached + 1


def test_a_request_id_is_passed_on_or_made(nginx):
    assert headers(nginx, X_Request_ID="order-7.retry_2")["x-request-id"] == "order-7.retry_2"
    for unfit in ("", "two words", "x" * 65, "nä".encode()):
        made = headers(nginx, X_Request_ID=unfit)["x-request-id"]
        assert re.fullmatch(r"[0-9a-f]{32}", made)


def test_what_a_client_says_about_itself_is_dropped(nginx):
    told = headers(
        nginx,
        X_Forwarded_For="203.0.113.9",
        X_Forwarded_Proto="http",
        X_Forwarded_Host="evil.example.com",
        Forwarded="for=203.0.113.9;proto=http",
    )
    assert (told["x-forwarded-for"], told["x-forwarded-proto"]) == ("127.0.0.1", "https")
    assert {"x-forwarded-host", "forwarded"} & told.keys() == set()
    assert "203.0.113.9" not in str(told)


def test_a_slow_sender_does_not_hold_a_worker_of_the_hub_up(nginx, hub):
    port, before = int(nginx.url.rpartition(":")[2]), len(hub.begun)
    with socket.create_connection(("127.0.0.1", port)) as sender:
        sender.sendall(
            f"POST {MEMORIES} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n1".encode()
        )
        # What did not wait for the rest would be there before these.
        for _ in range(5):
            headers(nginx)
        assert len(hub.begun) == before + 5
        sender.sendall(b"2")
        assert b" 200 " in sender.recv(1 << 16)


def test_a_slow_reader_does_not_hold_a_worker_of_the_hub_up(nginx, hub):
    port = int(nginx.url.rpartition(":")[2])
    with socket.socket() as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.connect(("127.0.0.1", port))
        reader.sendall(b"GET /long HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        deadline = time.monotonic() + 5
        while not hub.done and time.monotonic() < deadline:
            time.sleep(0.01)
        assert hub.done, "the hub waits for the reader"
        received = 0
        while chunk := reader.recv(1 << 20):
            received += len(chunk)
    assert received > LONG


@pytest.mark.drill
def test_the_hub_behind_nginx_knows_who_asks(new_hub, tmp_path):
    behind = new_hub(workers=1, HUB_TRUSTED_PROXIES="127.0.0.1", HUB_SSL_REDIRECT=1)
    token = {"Authorization": f"Bearer {behind.token('mina@example.com')}"}
    directory = tmp_path / "nginx"
    directory.mkdir()
    with NginxServer(directory, behind.port) as nginx:
        lies = {"X-Forwarded-For": "203.0.113.9", "X-Request-ID": "mine-1"}
        saved = httpx.post(
            nginx.url + MEMORIES, json={"content": "Jun has the key."}, headers=token | lies
        )
        assert (saved.status_code, saved.headers["X-Request-ID"]) == (201, "mine-1")
        # By https, as nginx says: in clear the hub would send it away.
        assert httpx.get(f"{nginx.url}/login").status_code == 200
    behind.stop()
    log = behind.log.read_text()
    assert "mine-1" in log
    assert "203.0.113.9" not in log
