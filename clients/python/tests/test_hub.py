"""The two clients."""

import asyncio
import json
from uuid import UUID

import httpx
import pytest
from generate import TARGET, generated
from memory_hub_client import AsyncHub, Hub, HubError

from superthread.exports import runner


def test_models_and_operations_are_those_of_the_document(nobody):
    document = json.loads(nobody.get("/openapi.json").content)
    wrong = [
        name for name, text in generated(document).items() if (TARGET / name).read_text() != text
    ]
    assert not wrong, (
        "Run: manage.py spectacular --format openapi-json | python clients/python/generate.py"
    )


def test_a_memory_is_saved_changed_found_and_deleted(hub):
    memory = hub.save_memory({"content": "Ann likes green tea.", "path": "notes/ann é.md"})
    doc_id = memory["doc_id"]
    changed = hub.change_memory(doc_id, {"content": "Ann likes tea."}, if_match=memory["revision"])
    assert changed["revision"] == 2
    assert hub.get_personal_path("notes/ann é.md")["content"] == "Ann likes tea."
    assert [one["doc_id"] for one in hub.search_memories({"query": "tea"})["results"]] == [doc_id]
    assert "-Ann likes green tea." in hub.diff_versions(doc_id, from_=1)["diff"]
    listed = hub.list_memories(path_prefix="notes/", depth=1, total=True)
    assert [one["doc_id"] for one in listed["memories"]] == [doc_id]
    assert hub.delete_memory(doc_id, permanent=True) is None


def test_the_file_of_an_export_comes_as_its_bytes(hub, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    export = hub.start_export({"format": "markdown"})
    runner.carry_out(UUID(export["id"]))
    assert hub.get_export_file(export["id"]).startswith(b"PK")
    assert hub.delete_export(export["id"]) is None


def test_a_refusal_tells_what_the_hub_says(hub):
    with pytest.raises(HubError) as refused:
        hub.save_memory({"content": ""})
    assert (refused.value.status, refused.value.code) == (400, "invalid-input")
    assert "/content" in str(refused.value)
    memory = hub.save_memory({"content": "One."})
    with pytest.raises(HubError) as stale:
        hub.change_memory(memory["doc_id"], {"content": "Two."}, if_match=9)
    assert (stale.value.status, stale.value.code) == (412, "stale-revision")


def test_the_awaited_client_does_the_same(async_hub):
    async def act():
        async with async_hub as hub:
            memory = await hub.save_memory({"content": "Ann likes tea."})
            with pytest.raises(HubError):
                await hub.get_memory("nowhere")
            return (await hub.get_memory(memory["doc_id"]))["content"]

    assert asyncio.run(act()) == "Ann likes tea."


def test_the_credential_is_in_the_header_and_nowhere_else(hub, wire, mina):
    hub.me()
    (request,) = wire.sent
    assert request.headers["Authorization"] == f"Bearer {mina.token}"
    assert mina.token not in str(request.url)


class Busy(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers with these one after the other; an exception is raised."""

    def __init__(self, *answers):
        self.answers, self.sent = list(answers), []

    def handle_request(self, request):
        self.sent.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def handle_async_request(self, request):
        return self.handle_request(request)


def later():
    return httpx.Response(503, headers={"Retry-After": "0"}, json={"code": "unavailable"})


def lost():
    return httpx.ReadError("cut off")


@pytest.mark.parametrize("failures", [[later()], [lost()], [later(), lost()]])
def test_what_the_hub_was_too_busy_for_is_sent_again_under_one_key(failures):
    wire = Busy(*failures, httpx.Response(201, json={"doc_id": "1"}))
    assert Hub("http://hub", transport=wire).save_memory({"content": "x"}) == {"doc_id": "1"}
    keys = {request.headers["Idempotency-Key"] for request in wire.sent}
    assert len(wire.sent) == len(failures) + 1
    assert len(keys) == 1


def test_the_awaited_client_sends_again_too():
    wire = Busy(later(), lost(), httpx.Response(200, json={"email": "ann@example.com"}))
    assert asyncio.run(AsyncHub("http://hub", transport=wire).me())["email"] == "ann@example.com"


def test_what_may_have_been_done_is_not_sent_again():
    wire = Busy(httpx.Response(503, json={"code": "outcome-unknown", "detail": "Look."}))
    with pytest.raises(HubError) as refused:
        Hub("http://hub", transport=wire).save_memory({"content": "x"})
    assert refused.value.code == "outcome-unknown"
    assert len(wire.sent) == 1


def test_in_the_end_it_is_told():
    wire = Busy(*[lost()] * 3)
    with pytest.raises(httpx.ReadError):
        Hub("http://hub", transport=wire).me()
    wire = Busy(later(), later(), later())
    with pytest.raises(HubError):
        Hub("http://hub", transport=wire).me()


def test_a_page_of_html_is_no_answer():
    wire = Busy(httpx.Response(502, text="<html>"))
    with pytest.raises(HubError, match="HTTP 502"):
        Hub("http://hub", transport=wire).me()
