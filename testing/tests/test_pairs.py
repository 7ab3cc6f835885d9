"""What pairs on two hosts count, on stubs of hosts that show what is true or what they keep."""

import itertools
import json
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from testing.consistency.hosts import Fault
from testing.consistency.pairs import check_pairs
from testing.servers.serving import serving

PAIRS, CLIENTS = 72, 3


class Host(BaseHTTPRequestHandler):
    """Shows what the `truth` of its server holds; with `kept`, what it has shown before."""

    protocol_version = "HTTP/1.1"
    # Head and body are two small packets.
    disable_nagle_algorithm = True

    def _body(self):
        return json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or "{}")

    def _answer(self, status, **body):
        content = b"" if status == 204 else json.dumps(body).encode()
        self.send_response(status)
        if content:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self):
        asked, kept = (self.headers["Authorization"], self.path), self.server.kept
        truth, doc_id = self.server.truth, self.path.split("/")[-1]
        who = asked[0].removeprefix("Bearer ")
        opened = who in truth.open or (who, doc_id) in truth.open
        shown = (200, truth.texts[doc_id]) if opened else (404, "")
        status, content = shown if kept is None else kept.setdefault(asked, shown)
        self._answer(status, content=content)

    def do_POST(self):
        truth, body, made = self.server.truth, self._body(), str(next(self.server.truth.numbers))
        if self.path.endswith("/tokens"):
            truth.open.add(made)
        elif self.path.endswith("/memories"):
            truth.texts[made] = body["content"]
            truth.teams[body.get("team_key")] = made
        elif "/permissions/" in self.path:
            ((who, role),) = body["permissions"].items()
            self._set((who, self.path.split("/")[-1]), role is not None)
        self._answer(201, doc_id=made, id=made, token=made)

    def do_PATCH(self):
        self.server.truth.texts[self.path.split("/")[-1]] = self._body()["content"]
        self._answer(200)

    def do_PUT(self):
        self._body()
        self._set(self._membership(), True)
        self._answer(200)

    def do_DELETE(self):
        is_token = "/tokens/" in self.path
        self._set(self.path.split("/")[-1] if is_token else self._membership(), False)
        self._answer(204)

    def _membership(self):
        *_, team, _, who = self.path.split("/")
        return who, self.server.truth.teams[team]

    def _set(self, key, is_open):
        (self.server.truth.open.add if is_open else self.server.truth.open.discard)(key)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def hosts(request):
    owners = {f"owner{number}@example.com" for number in range(CLIENTS)}
    truth = SimpleNamespace(texts={}, teams={}, open=owners, numbers=itertools.count(1))
    with ExitStack() as stack:
        two = []
        for kept in (None, request.param):
            server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
            server.truth, server.kept, server.daemon_threads = truth, kept, True
            stack.enter_context(serving(server))
            two.append(SimpleNamespace(url=f"http://127.0.0.1:{server.server_port}"))
        yield SimpleNamespace(a=two[0], b=two[1], token=lambda email: email)


@pytest.mark.parametrize("hosts", [None], indirect=True)
def test_hosts_that_show_the_truth_are_found_right(hosts):
    done = []
    fault = Fault(lambda _: done.append("harm"), lambda _: done.append("repair"), seconds=0.01)
    found = check_pairs(hosts, fault, PAIRS, CLIENTS)
    assert (found.wrong, found.failed, found.pairs) == (0, [], PAIRS)
    assert found.seen > 0
    assert found.harms == done.count("harm") > 1
    assert done[-1] == "repair"


@pytest.mark.parametrize("hosts", [{}], indirect=True)
def test_each_client_finds_what_a_host_keeps_for_too_long(hosts):
    found = check_pairs(hosts, Fault(lambda _: None, lambda _: None), PAIRS, CLIENTS)
    assert (found.failed, found.pairs) == ([], PAIRS)
    # Half of the pairs are texts, and half of those are asked for at that host; so the others.
    assert found.old >= PAIRS / 4
    assert found.honoured == PAIRS / 4
    assert found.back > 0
