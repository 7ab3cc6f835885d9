"""How much one connection may have a worker hold: what it sends ahead, and what it does not read.

uvicorn parses all that it has received, makes an object of 10 KB of every request in it, and reads
on after every answer: a client that sent requests of 18 bytes without waiting took 100 MB a second.
And it waits for ever for a client that reads nothing of its answer.
"""

from asyncio import Handle, TimerHandle
from typing import Any, ClassVar

from django.conf import settings
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# Bytes that are parsed at once: to the first end of a head behind so many, and at most so many.
PIECE, LONGEST_PIECE = 512, 64 * 1024
# Requests that one connection has begun in one turn of the event loop.
IN_A_TURN = 32
# A client takes so many bytes of its answer in so many seconds, or all that is left of it.
TAKEN_BYTES, TAKEN_SECONDS = 16 * 1024, 30.0


class Flow(FlowControl):
    """Reads nothing more while what was read is held."""

    held = False

    def resume_reading(self) -> None:
        if not self.held:
            super().resume_reading()


class PacedProtocol(HttpToolsProtocol):
    """Takes requests as they are answered, and ends connections whose answers are not taken."""

    # Whose clients are behind, of this process.
    _slow: ClassVar[set["PacedProtocol"]] = set()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._unparsed, self._parsed_to = b"", 0
        self._begun_in_turn = 0
        self._parsing = False
        self.next_turn: Handle | None = None
        self._taking: TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.flow: Flow = Flow(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._unparsed = b""
        self._slow.discard(self)
        for timer in (self.next_turn, self._taking):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._unparsed = self._unparsed[self._parsed_to :] + data if self._unparsed else data
        self._parsed_to = 0
        if self.next_turn is None:
            self._parse()

    def parse(self, data: bytes) -> None:
        """Parses a piece of what was received."""
        super().data_received(data)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._begun_in_turn += 1

    def on_response_complete(self) -> None:
        # Of two that wait one is begun now, and what is read then would wait behind the other.
        self.flow.held = len(self.pipeline) > 1 or self._has_unparsed
        super().on_response_complete()
        if self._has_unparsed and not self._parsing and self.next_turn is None:
            self.next_turn = self.loop.call_soon(self._go_on)

    @property
    def _has_unparsed(self) -> bool:
        return self._parsed_to < len(self._unparsed)

    def _go_on(self) -> None:
        self.next_turn = None
        self._parse()

    def _parse(self) -> None:
        """Parses until requests wait for others, or this connection has had its share."""
        self._begun_in_turn, self._parsing = 0, True
        while self._has_unparsed and not self.pipeline and not self.transport.is_closing():
            if self._begun_in_turn >= IN_A_TURN:
                self.next_turn = self.loop.call_soon(self._go_on)
                break
            self.parse(self._piece())
        self._parsing = False
        if not self._has_unparsed:
            self._unparsed, self._parsed_to = b"", 0
        self.flow.held = bool(self.pipeline or self._unparsed)
        if self.flow.held:
            self.flow.pause_reading()

    def _piece(self) -> bytes:
        """The next of what was received, with few ends of heads in it."""
        data, start = self._unparsed, self._parsed_to
        if len(data) - start > PIECE:
            end = data.find(b"\r\n\r\n", start + PIECE - 4, start + LONGEST_PIECE)
            self._parsed_to = end + 4 if end >= 0 else min(len(data), start + LONGEST_PIECE)
        else:
            self._parsed_to = len(data)
        return data if self._parsed_to - start == len(data) else data[start : self._parsed_to]

    def pause_writing(self) -> None:
        super().pause_writing()
        self._slow.add(self)
        self._make_room()
        self._watch_what_is_taken()

    def resume_writing(self) -> None:
        self._slow.discard(self)
        if self._taking is not None and not self.transport.is_closing():
            self._taking.cancel()
            self._taking = None
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        # It is closed when all is sent: to a client that reads nothing, never.
        self._watch_what_is_taken()

    def _make_room(self) -> None:
        """Ends those that have most to take while all together have too much."""
        waiting = {one: one.transport.get_write_buffer_size() for one in self._slow}
        while len(waiting) > 1 and sum(waiting.values()) > settings.HUB_ANSWERS_MB * 2**20:
            greatest = max(waiting, key=waiting.__getitem__)
            del waiting[greatest]
            # Not now: this may be in the middle of its write.
            self.loop.call_soon(greatest.transport.abort)

    def _watch_what_is_taken(self) -> None:
        left = self.transport.get_write_buffer_size()
        if left and self._taking is None:
            self._taking = self.loop.call_later(TAKEN_SECONDS, self._see_what_is_taken, left)

    def _see_what_is_taken(self, before: int) -> None:
        self._taking = None
        if before - self.transport.get_write_buffer_size() < min(before, TAKEN_BYTES):
            self.transport.abort()
        else:
            self._watch_what_is_taken()
