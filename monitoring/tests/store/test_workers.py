"""Statistics of real worker processes: exact over workers, resets, kills and restarts."""

import json
import os
import re
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

WITHIN = 30.0  # seconds, on a loaded machine
INFO, LIST = "/superthread/info", "/superthread/memories"


@pytest.fixture(scope="module")
def hub(nursery, tmp_path_factory):
    """Two workers that log every request as JSON; one hub for all tests, for it starts slowly."""
    with nursery.hub(
        tmp_path_factory.mktemp("hub"),
        workers=2,
        HUB_FLUSH_SECONDS="0.5",
        HUB_LOG_FORMAT="json",
        HUB_ACCESS_LOG="1",
    ) as hub:
        scopes = "memories:read,memories:write,monitoring:read,monitoring:write"
        hub.secret = hub.token("ops@example.com", "--scopes", scopes)
        yield hub


@pytest.fixture
def client(hub):
    """A client of a hub whose two workers have just begun a new epoch."""
    # No connection is kept: each request is a new one, so that both workers get some.
    limits = httpx.Limits(max_keepalive_connections=0)
    headers = {"Authorization": f"Bearer {hub.secret}"}
    with httpx.Client(base_url=hub.url, headers=headers, limits=limits, timeout=30) as client:
        assert eventually(lambda: live_workers(client), 2) == 2
        client.post("/monitoring/reset-performance")
        hub.logged_before = len(hub.log.read_bytes())
        yield client


def live_workers(client):
    return client.get("/monitoring/performance").json()["summary"]["workers_reporting"]


def eventually(look, wanted):
    """Look until it is what is wanted; the last look is asserted by the caller."""
    deadline = time.monotonic() + WITHIN
    while (found := look()) != wanted and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


def load(client, requests):
    """Send the requests side by side; return how often each (path, status) came back."""
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda path: (path, client.get(path).status_code), requests)
        return Counter(answers)


def counted(client):
    """Return (route, status) → count of what the hub says of the two routes.

    Without 401: those are the fixture's, which looks whether the hub is up.
    """
    answer = client.get("/monitoring/performance").json()
    return {
        (row["endpoint"], int(status)): count
        for row in answer["endpoints"]
        if row["endpoint"] in (INFO, LIST)
        for status, count in row["status_codes"].items()
        if status != "401"
    }


def expected(answers):
    wanted = Counter()
    for (path, status), count in answers.items():
        wanted[path.partition("?")[0], status] += count
    return dict(wanted)


def access_lines(hub):
    written = hub.log.read_bytes()[hub.logged_before :].decode()
    return [json.loads(line) for line in written.splitlines() if "event.duration" in line]


def eventually_logged(hub, path, wanted):
    """Return the durations of the GETs of a path, once that many lines have been written."""

    def durations():
        return [
            line["event.duration"]
            for line in access_lines(hub)
            if line["url.path"] == path and line["http.request.method"] == "GET"
        ]

    assert eventually(lambda: len(durations()), wanted) == wanted
    return durations()


def test_two_workers_say_the_same_and_all_of_it(hub, client):
    answers = load(client, [INFO, LIST, f"{LIST}?limit=0"] * 60)
    wanted = expected(answers)
    assert set(answers) == {(INFO, 200), (LIST, 200), (f"{LIST}?limit=0", 400)}
    assert eventually(lambda: counted(client), wanted) == wanted
    # Asked again and again, whichever worker answers.
    assert [counted(client) for _ in range(6)] == [wanted] * 6
    durations = eventually_logged(hub, LIST, 120)
    assert len({line["process.pid"] for line in access_lines(hub)}) == 2
    (row,) = [
        row
        for row in client.get("/monitoring/performance").json()["endpoints"]
        if row["endpoint"] == LIST
    ]
    assert row["request_count"] == len(durations)
    assert round(row["min_time_ms"] * 1e6) == min(durations)
    assert round(row["max_time_ms"] * 1e6) == max(durations)


def scraped(client):
    """Return how often INFO was answered over all epochs."""
    lines = client.get("/monitoring/metrics").text.splitlines()
    counts = [line for line in lines if line.startswith("http_server_request_duration_seconds_c")]
    return sum(
        int(line.rsplit(" ", 1)[1])
        for line in counts
        if f'"{INFO}"' in line and '"401"' not in line
    )


@pytest.mark.drill
def test_a_reset_under_load_loses_and_doubles_nothing(hub, client):
    before = scraped(client)
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(load, client, [INFO] * 300)
        reset = client.post("/monitoring/reset-performance").json()
        answers = loading.result()
    # How many acknowledge within ten seconds is up to the machine.
    assert reset["workers"] == 2
    wanted = before + sum(expected(answers).values())
    assert eventually(lambda: scraped(client), wanted) == wanted
    told = hub.manage("reset_stats", "--wait", f"{WITHIN:g}")
    assert told == f"Epoch {reset['epoch'] + 1}: 2/2 workers."


def test_a_killed_worker_is_said_and_what_it_had_reported_stays(hub, client):
    answers = load(client, [INFO] * 60)
    assert eventually(lambda: counted(client), expected(answers)) == expected(answers)
    victim = hub.workers()[0]
    os.kill(victim, signal.SIGKILL)

    def lost():
        summary = client.get("/monitoring/performance").json()["summary"]
        return [worker["pid"] for worker in summary["workers_lost"]]

    assert eventually(lost, [victim]) == [victim]
    assert counted(client) == expected(answers)


def worker_jobs(client):
    """What metrics say of the work of every worker: of how many processes, and how many rounds."""
    text = client.get("/monitoring/metrics").text
    processes = re.findall(r'^memory_hub_worker_job_processes\{name="(\w+)"\} (\d+)', text, re.M)
    done = re.findall(
        r'^memory_hub_worker_job_rounds_total\{name="(\w+)",outcome="done"\} (\d+)', text, re.M
    )
    return {name: int(count) for name, count in processes}, dict(done)


def test_each_worker_tells_what_it_does_beside_requests(client):
    everywhere = dict.fromkeys(
        ("access_log", "caches", "jobs", "journal", "reads", "statistics"), 2
    )

    def found():
        return {name: worker_jobs(client)[0][name] for name in everywhere}

    assert eventually(found, everywhere) == everywhere
    assert int(worker_jobs(client)[1]["statistics"]) > 0


@pytest.mark.drill
def test_a_worker_in_a_killed_ones_place_counts_on(hub, client):
    assert eventually(lambda: worker_jobs(client)[0]["statistics"], 2) == 2
    before = worker_jobs(client)[1]
    victim = hub.workers()[0]
    os.kill(victim, signal.SIGKILL)

    def takes_over():
        told = json.loads(hub.manage("jobs", "list", "--json"))["workers"]
        (job,) = (job for job in told if job["name"] == "statistics")
        pids = {process["pid"] for process in job["processes"]}
        return victim not in pids and pids == set(hub.workers())

    assert eventually(takes_over, True)
    after = worker_jobs(client)[1]
    assert [name for name in before if int(after[name]) < int(before[name])] == []


@pytest.mark.drill
def test_a_graceful_stop_loses_nothing(hub, client):
    answers = load(client, [INFO] * 40)
    hub.stop()
    hub.start()
    assert counted(client) == expected(answers)
