"""A TCP proxy for tests and benchmarks: a line between two programs that can be harmed."""

import asyncio
import threading
from contextlib import suppress

BUFFER = 65_536


class Proxy:
    """Passes bytes between 127.0.0.1:`port` and the same host's `target` port. A context manager.

    It runs on a thread of its own; every method may be called from any thread.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._lines: set[asyncio.StreamWriter] = set()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._is_cut = False
        self._delay = 0.0
        self.port = 0

    def __enter__(self) -> "Proxy":
        self._thread.start()
        self._server = self._call(asyncio.start_server(self._accept, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *exception: object) -> None:
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def cut(self) -> None:
        """End every connection; new ones are ended at once."""
        self._call(self._cut())

    def hang(self) -> None:
        """Nothing passes any more, either way; connections stay."""
        self._call(self._set(flowing=False))

    def slow(self, seconds: float) -> None:
        """Everything takes so much longer, each way."""
        self._call(self._set(delay=seconds))

    def heal(self) -> None:
        """As at the beginning, for new connections and for those that hung."""
        self._call(self._set())

    def _call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _set(self, *, flowing: bool = True, delay: float = 0.0) -> None:
        self._is_cut, self._delay = False, delay
        self._flowing.set() if flowing else self._flowing.clear()

    async def _cut(self) -> None:
        self._is_cut = True
        self._flowing.set()
        for line in list(self._lines):
            line.transport.abort()

    async def _close(self) -> None:
        await self._cut()
        self._server.close()
        tasks = asyncio.all_tasks(self._loop) - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # A transport closes in a later turn of the loop.
        for _ in range(3):
            await asyncio.sleep(0)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        self._lines |= {writer, back}
        try:
            await asyncio.gather(self._pump(reader, back), self._pump(there, writer))
        finally:
            for line in (writer, back):
                self._lines.discard(line)
                line.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(BUFFER):
                if self._delay:
                    await asyncio.sleep(self._delay)
                await self._flowing.wait()
                writer.write(data)
                await writer.drain()
        # One side has ended: so does the other.
        writer.transport.abort()
