"""The audit as lines: the same as the API tells, in fields that log systems know, by HTTP in pages
and by a command whole."""

import json
from io import StringIO
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.core.management import call_command

from memory_hub.journal import accesses
from superthread.tests.feed.acts import accept, one_of, share
from testing.clients.admin_site import Browser

pytestmark = pytest.mark.usefixtures("nothing_counted")

EXPORT = "/superthread/audit/export"


@pytest.fixture
def read(people):
    mina, jun, sora = people
    memory = mina.save("Jun has the key.")
    share(mina, memory, sora="viewer")
    accept(sora, memory)
    sora.get(one_of(memory))
    jun.get(one_of(memory))
    accesses.flush()
    return memory


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def exported(tmp_path, *options):
    path = tmp_path / "audit.jsonl"
    out = StringIO()
    call_command("export_audit", str(path), *options, stdout=out)
    found = lines(path.read_text())
    assert f"{len(found)} exported" in out.getvalue()
    return found


def test_the_lines_are_what_the_audit_tells(people, read):
    mina, _, _ = people
    answer = mina.get(EXPORT, params={"doc_id": read["doc_id"]})
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert "link" not in answer.headers
    told = mina.get("/superthread/audit", params={"doc_id": read["doc_id"]}).json()["entries"]
    assert lines(answer.text) == told
    assert len(told) == 4


def test_what_is_behind_a_page_is_linked(people, read):
    mina, _, _ = people
    query = {"doc_id": read["doc_id"], "limit": 1, "format": "ecs"}
    found, pages = [], 0
    while query:
        answer = mina.get(EXPORT, params=query)
        assert answer.status_code == 200, answer.text
        found, pages = found + lines(answer.text), pages + 1
        link, query = answer.headers.get("link", ""), {}
        if link:
            target, rel = link.split("; ")
            assert rel == 'rel="next"'
            assert urlsplit(target.strip("<>")).path == EXPORT
            query = dict(parse_qsl(urlsplit(target.strip("<>")).query))
            assert query["format"] == "ecs"
    whole = mina.get(EXPORT, params={"doc_id": read["doc_id"], "format": "ecs"}).text
    assert (found, pages) == (lines(whole), 4)


def test_it_is_for_whom_the_audit_is(people, read, api, nobody):
    mina, jun, sora = people
    assert jun.get(EXPORT, params={"doc_id": read["doc_id"]}).status_code == 404
    assert sora.get(EXPORT, params={"doc_id": read["doc_id"]}).status_code == 403
    assert mina.get(EXPORT, params={"actor": "all"}).status_code == 403
    assert mina.get(EXPORT, params={"limit": 1001}).status_code == 400
    assert mina.get(EXPORT, params={"format": "csv"}).status_code == 400
    assert api("jun@example.com", scopes=["memories:read"]).get(EXPORT).status_code == 403
    assert nobody.get(EXPORT).status_code == 401
    kinds = {one["type"] for one in lines(Browser().get(EXPORT, {"actor": "all"}).content.decode())}
    assert {"read.whole", "refused.404", "memory.created"} <= kinds


def test_lines_of_a_log_say_it_in_fields_of_the_schema(people, read):
    _, _, sora = people
    staff = Browser()
    told = lines(staff.get(EXPORT, {"actor": "all", "format": "ecs"}).content.decode())
    by_action = {one["event.action"]: one for one in told}
    shown = by_action["read.whole"]
    assert shown["event.dataset"] == "memory_hub.audit"
    assert (shown["event.category"], shown["event.type"]) == (["file"], ["access"])
    assert shown["event.outcome"] == "success"
    assert (shown["user.id"], shown["user.email"]) == (str(sora.user.pk), "sora@example.com")
    assert shown["memory_hub.audit.doc_id"] == read["doc_id"]
    assert shown["memory_hub.audit.count"] == 1
    assert shown["event.end"] >= shown["@timestamp"]
    refused = by_action["refused.404"]
    assert (refused["event.outcome"], refused["http.response.status_code"]) == ("failure", 404)
    offered = by_action["grant.offered"]
    assert (offered["event.category"], offered["event.type"]) == (["iam"], ["creation"])
    assert offered["source.ip"] == "127.0.0.1"
    assert offered["event.sequence"]
    assert offered["http.request.id"]
    assert offered["memory_hub.audit.detail"]["email"] == "sora@example.com"
    assert by_action["memory.created"]["event.type"] == ["creation"]
    assert "Jun has the key." not in json.dumps(told)
    assert None not in {value for line in told for value in map(_hashable, line.values())}


def _hashable(value):
    return value if not isinstance(value, dict | list) else repr(value)


def test_the_command_writes_everybodys_oldest_first(people, read, tmp_path):
    found = exported(tmp_path)
    positions = [one["position"] for one in found if one["position"]]
    assert positions == sorted(positions)
    assert {"read.whole", "refused.404", "grant.accepted"} <= {one["type"] for one in found}
    assert next(one for one in found if one["type"] == "grant.offered")["address"] == "127.0.0.1"
    last = positions[-1]
    assert {one["position"] for one in exported(tmp_path, "--after", str(last))} <= {None}
    assert exported(tmp_path, "--since", "2100-01-01") == []
    assert exported(tmp_path, "--until", "2000-01-01T00:00:00Z") == []
    assert len(exported(tmp_path, "--since", found[0]["at"])) == len(found)
    as_log = exported(tmp_path, "--format", "ecs")
    assert [one["event.action"] for one in as_log] == [one["type"] for one in found]


def test_the_command_writes_to_the_standard_output(read, capfdbinary):
    call_command("export_audit", "-")
    assert lines(capfdbinary.readouterr().out.decode())
