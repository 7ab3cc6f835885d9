"""What goes over the wire: in parallel, once, to the right caller."""

import asyncio
import contextlib
import gc
import threading
import time
import weakref

import httplib2
import pytest

from google_docs.client import answers
from google_docs.client.calls import Calls
from google_docs.client.connections import StrictHttp
from google_docs.client.quota import Buckets
from google_docs.client.retry import Policy
from google_docs.client.transport import Transport
from google_docs.errors import BadAnswer, GoogleUnreachable, NoAnswer, NoSuchFile
from google_docs.tests.conftest import AMPLE, QUICK, user_credentials
from testing.google import Double, Fault


@pytest.mark.parametrize("kind", ["fin", "rst"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_create_whose_connection_breaks_is_sent_once(double, calls, run, kind, when):
    double.faults.add("drive.files.create", Fault(kind, when))

    with pytest.raises(BadAnswer) as failed:
        run(calls.create_document({"name": "one"}, "text"))

    assert double.seen.count("drive.files.create") == 1
    assert len(double.world.files) == (1 if when == "after" else 0)
    assert not failed.value.untouched


def test_httplib2_alone_would_have_sent_it_twice(double, run):
    """The negative control: why StrictHttp exists."""
    double.faults.add("drive.files.create", Fault("fin", "after"))
    headers = {
        "authorization": f"Bearer {double.world.token('a@example.com')}",
        "content-type": "application/json",
    }
    body = '{"mimeType": "application/vnd.google-apps.document"}'

    with contextlib.closing(httplib2.Http()) as http:
        http.request(double.root + "drive/v3/files", "POST", body, headers)

    assert len(double.world.files) == 2


def test_reads_are_repeated_after_a_lost_connection(double, calls, run):
    file = run(calls.create_document({"name": "one"}, "text"))
    for kind in ("fin", "rst", "truncate"):
        double.faults.add("drive.files.get", Fault(kind))

    assert run(calls.file(file["id"]))["name"] == "one"


@pytest.mark.parametrize("kind", ["fin", "rst", "truncate"])
def test_a_connection_that_broke_is_not_used_again(double, run, kind):
    transport = Transport(root=double.root, threads=1, timeout=2.0)
    calls = Calls(
        transport,
        user_credentials(double),
        identity="double",
        buckets=Buckets(AMPLE),
        policy=Policy(tries=1),
    )
    file = run(calls.create_document({"name": "one"}, "text"))
    double.faults.add("drive.files.get", Fault(kind))
    with pytest.raises(BadAnswer):
        run(calls.file(file["id"]))
    assert run(calls.file(file["id"]))["name"] == "one"
    transport.close()


def _texts_under_load(calls: Calls, run) -> list[tuple[str, str]]:
    """(expected, received) of 200 exports of 20 documents at once; failures are left out."""

    async def load() -> list[tuple[str, str]]:
        files = [await calls.create_document({"name": f"{n}"}, f"text {n}") for n in range(20)]

        async def one(number: int) -> tuple[str, str]:
            content = await calls.export(files[number % 20]["id"])
            return f"text {number % 20}", content.decode("utf-8-sig")

        answers = await asyncio.gather(*(one(n) for n in range(200)), return_exceptions=True)
        return [answer for answer in answers if isinstance(answer, tuple)]

    return run(load())


def test_no_answer_carries_another_files_text(double, calls, run):
    received = _texts_under_load(calls, run)
    assert len(received) == 200
    assert [got for wanted, got in received if got != wanted] == []


# httplib2 loses sockets here, as it must when threads share it.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_one_http_for_all_threads_would_swap_texts(double, transport, calls, run, monkeypatch):
    """The negative control of the test above: what it would find if threads shared an Http."""
    shared = StrictHttp(0.5)
    files = run(_documents(calls))  # made with one connection per thread
    monkeypatch.setattr(transport, "http", lambda: shared)
    start = threading.Barrier(8)
    swapped = []

    async def exports() -> None:
        async def one(number: int) -> None:
            def wait_for_the_others(google):
                start.wait(5)
                return google.files.export(fileId=files[number], mimeType="text/plain")

            try:
                content = await transport.run(
                    wait_for_the_others, answers.plain, calls.credentials, 10
                )
            except Exception:
                # A shared socket breaks in many ways; the silent one counts.
                return
            if content.decode("utf-8-sig") != f"text {number}":
                swapped.append(number)

        for _ in range(10):
            await asyncio.gather(*(one(n) for n in range(8)))
            if swapped:
                return

    run(exports())
    shared.close()
    gc.collect()
    assert swapped


async def _documents(calls: Calls) -> list[str]:
    return [(await calls.create_document({"name": f"{n}"}, f"text {n}"))["id"] for n in range(8)]


def test_a_call_given_up_while_queued_is_never_sent(double, run):
    transport = Transport(root=double.root, threads=1, timeout=5)
    calls = Calls(
        transport, user_credentials(double), identity="x", buckets=Buckets(AMPLE), policy=QUICK
    )
    double.faults.add("drive.about.get", Fault("slow", seconds=0.4))

    async def crowd() -> BaseException:
        await transport.ready(calls.credentials, 5)
        first = asyncio.create_task(calls.about())
        await asyncio.sleep(0)

        def create(google):
            return google.files.create(body={"mimeType": "application/vnd.google-apps.document"})

        with pytest.raises(NoAnswer) as failed:
            await transport.run(create, answers.new_id, calls.credentials, 0.1)
        await first
        # The thread went past the one given up.
        await calls.about()
        return failed.value

    failure = run(crowd())
    assert failure.untouched
    assert double.world.files == {}
    transport.close()


def test_a_failed_call_leaves_nothing_to_the_garbage_collector(double, calls, run):
    """Its frames hold what Google answered, up to ten megabytes of it."""

    async def failure() -> weakref.ref[NoSuchFile]:
        try:
            await calls.file("1" * 44)
        except NoSuchFile as error:
            return weakref.ref(error)
        raise AssertionError

    gc.disable()
    try:
        failed = run(failure())
        end = time.monotonic() + 5
        while failed() is not None and time.monotonic() < end:
            # The thread is about to let go of it.
            time.sleep(0.01)
        assert failed() is None
    finally:
        gc.enable()


def test_a_refused_connection_is_known_to_have_changed_nothing(run):
    gone = Double()
    gone.server.server_close()
    transport = Transport(root=gone.root, timeout=1)
    calls = Calls(
        transport, user_credentials(gone), identity="x", buckets=Buckets(AMPLE), policy=QUICK
    )
    with pytest.raises(GoogleUnreachable) as failed:
        run(calls.create_document({"name": "one"}, "text"))
    assert failed.value.untouched
    transport.close()


def test_a_long_query_goes_as_a_post_and_comes_back_as_a_list(double, calls, run):
    run(calls.create_document({"name": "one"}, "text"))
    query = " or ".join(["trashed=false"] * 200)
    assert len(run(calls.files(query, size=10))["files"]) == 1


def test_a_call_after_the_end_of_the_worker_is_refused_and_makes_nothing(double, calls, run):
    calls.transport.close()
    with pytest.raises(GoogleUnreachable):
        run(calls.create_document({"name": "one"}, "text"))
    assert double.seen == []
