"""The server's protocol without a socket: what it writes, and what it asks of its transport."""

import asyncio

from uvicorn.config import Config
from uvicorn.server import ServerState

from memory_hub.asgi import application
from memory_hub.server.uvicorn_worker import HubProtocol, UvicornHubWorker
from testing.clients.in_process import _loop


class Transport(asyncio.Transport):
    """Remembers what was written to it; ``left`` is how much of that a client has not taken."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 80)})
        self.written = b""
        self.left = 0
        self.reading = True
        self.aborted = False

    def write(self, data: bytes) -> None:
        self.written += data

    def get_write_buffer_size(self) -> int:
        return self.left

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        pass

    def abort(self) -> None:
        self.aborted = True

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True


def new_protocol() -> HubProtocol:
    """The protocol of a connection that was just made, on the tests' event loop."""
    config = Config(application, log_config=None, **UvicornHubWorker.CONFIG_KWARGS)
    config.load()
    made = HubProtocol(config, ServerState(), {}, _loop)
    made.connection_made(Transport())
    return made


def finish(protocol: HubProtocol) -> None:
    """Runs the event loop until all that the protocol has received is answered."""
    while protocol.tasks or protocol.next_turn:
        _loop.run_until_complete(asyncio.sleep(0.001))
