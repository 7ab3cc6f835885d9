"""A master that is killed takes its workers along, and the port is free again."""

import os
import select
import signal
import socket

import httpx
import pytest

from testing.consistency.crash import crash
from testing.consistency.races import Caller

GONE_WITHIN = 5.0  # seconds


def kill_the_master(hub) -> None:
    """Kills it and waits for its workers by the kernel's own events. Fails when one lives on."""
    # One that is forked after the look would hold the port, and answer, beside the next master.
    workers = [os.pidfd_open(pid) for pid in hub.all_workers()]
    hub.process.send_signal(signal.SIGKILL)
    hub.process.wait()
    waiting = select.poll()
    for worker in workers:
        waiting.register(worker, select.POLLIN)
    for worker in workers:
        assert waiting.poll(GONE_WITHIN * 1000), "a worker outlives its master"
        waiting.unregister(worker)
        os.close(worker)


@pytest.mark.parametrize("kind", ["uvicorn", "gunicorn"])
@pytest.mark.drill
def test_no_worker_outlives_a_killed_master(new_hub, kind):
    hub = new_hub(workers=2, HUB_WORKER_CLASS=kind)
    token = {"Authorization": f"Bearer {hub.token('mina@example.com')}"}
    url = f"{hub.url}/superthread/memories"
    saved = httpx.post(url, headers=token, json={"content": "Jun has the key."}).json()
    kill_the_master(hub)
    hub.start()  # on the same port
    assert httpx.get(f"{url}/{saved['doc_id']}", headers=token).json() == saved


@pytest.mark.drill
@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("uvicorn", marks=pytest.mark.only_on("postgresql")),
        pytest.param("gunicorn", marks=pytest.mark.only_on("sqlite")),
    ],
)
def test_ten_killed_masters_lose_nothing(new_hub, kind):
    hub = new_hub(workers=2, HUB_WORKER_CLASS=kind, HUB_RATE_LIMIT="off")

    def kill() -> None:
        kill_the_master(hub)
        hub.start()

    with Caller(hub.url, hub.token("mina@example.com")) as caller:
        _, judge = crash(hub, caller, kill, kills=10, writers=4)
    hub.stop()
    assert judge() == []


@pytest.mark.drill
def test_a_start_says_who_holds_the_port(new_hub, nursery, tmp_path):
    hub = new_hub(workers=1)
    other = nursery.hub(tmp_path, HUB_PORT=hub.port)
    told = other.run_command("prepare")
    assert told.returncode == 1
    assert f"is taken by another Memory Hub, process {hub.process.pid}. Stop it" in told.stderr


def test_another_program_is_named_without_its_arguments(nursery, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        hub = nursery.hub(tmp_path, HUB_PORT=taken.getsockname()[1])
        told = hub.run_command("prepare")
    assert f", process {os.getpid()}. Stop it" in told.stderr
    assert "pytest" not in told.stderr
