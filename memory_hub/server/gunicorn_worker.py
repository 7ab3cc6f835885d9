"""gunicorn's own ASGI worker, for where httptools does not install; see uvicorn_worker."""

from gunicorn.asgi import protocol
from gunicorn.workers import gasgi

from memory_hub.http import open_streams
from memory_hub.server.error_responses import refusal


class ProblemProtocol(protocol.ASGIProtocol):
    """gunicorn's HTTP protocol, whose own refusals are problem details as everything else, and
    which reads on when what it has read is answered."""

    def _send_error_response(
        self, status: int, message: str, extra_headers: tuple[tuple[str, str], ...] = ()
    ) -> None:
        # The message may quote the request: it stays out.
        self._safe_write(refusal(status, extra_headers))

    def _resume_reading(self) -> None:
        # gunicorn reads on after every answer, however many requests wait in what it has read.
        if not self._is_buffer_full():
            super()._resume_reading()

    def _feed_callback_parser(self, data: bytes) -> bool:
        going_on = super()._feed_callback_parser(data)
        if going_on:
            self._resume_reading()
        return going_on


class HubWorker(gasgi.ASGIWorker):
    """gunicorn's worker with the hub's refusals and without a Server header."""

    def init_process(self) -> None:
        # The class that the worker makes protocols of is a name in its module; this process is
        # the worker's own.
        gasgi.ASGIProtocol = ProblemProtocol
        protocol._CACHED_SERVER_HEADER = b""  # which software answers is nobody's business
        super().init_process()

    def handle_exit_signal(self) -> None:
        super().handle_exit_signal()
        open_streams.end_all()
