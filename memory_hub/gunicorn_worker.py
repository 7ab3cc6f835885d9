"""The default worker class of deploy/gunicorn.conf.py: uvicorn inside a gunicorn worker."""

from typing import Any

from uvicorn_worker import UvicornWorker


class HubWorker(UvicornWorker):
    """Uvicorn without what the hub has no use for: WebSockets, a Server header, an access log.

    "auto" takes uvloop and httptools where they are installed.
    """

    CONFIG_KWARGS = {
        "loop": "auto",
        "http": "auto",
        "ws": "none",
        "server_header": False,
        "access_log": False,
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Without it uvicorn waits for ever and gunicorn kills the worker with what it still does.
        self.config.timeout_graceful_shutdown = self.cfg.graceful_timeout
