"""gunicorn's configuration: ``python -m gunicorn -c deploy/gunicorn.conf.py``, in the checkout.

Every value can be given by a variable of the environment; a bad one stops the start.
"""

import gc
from pathlib import Path

from memory_hub.conf import env
from memory_hub.core import allocator
from memory_hub.jobs import loops

_WORKERS = {
    "uvicorn": "memory_hub.server.uvicorn_worker.UvicornHubWorker",
    "gunicorn": "memory_hub.server.gunicorn_worker.HubWorker",
}

allocator.keep_little()
# Until `settle`: while all is imported there is next to nothing to collect, and looking takes a
# sixth of the time.
gc.disable()
# Before the application is imported: what it starts in the master would be lost by the fork.
loops.hold()

wsgi_app = "memory_hub.asgi:application"
raw_env = ["DJANGO_SETTINGS_MODULE=memory_hub.settings"]
proc_name = "memory-hub"

_host = env.text("HUB_HOST", "127.0.0.1")
_port = env.integer("HUB_PORT", 8000, least=1, most=65535)
# HUB_BIND=unix:/run/memory-hub/hub.sock puts a socket in the place of host and port.
bind = env.text("HUB_BIND", f"[{_host}]:{_port}" if ":" in _host else f"{_host}:{_port}")
backlog = 1024

workers = env.integer("HUB_WORKERS", 2, least=1, most=64)
# Measured side by side: with httptools uvicorn's answers three times as many requests from the
# cache, and as many otherwise.
worker_class = _WORKERS[env.choice("HUB_WORKER_CLASS", list(_WORKERS), "uvicorn")]
# The application is imported once and shared by fork: less memory, quicker restarts of workers.
preload_app = env.flag("HUB_PRELOAD", default=True)
# A worker is replaced after so many requests, give or take a tenth, lest all go at once.
max_requests = env.integer("HUB_MAX_REQUESTS", 1_000_000)
max_requests_jitter = max_requests // 10

# Seconds. `timeout` is the heartbeat of a worker, not a limit for requests: one whose event loop
# stands still as long is killed. The stop is hard at 30 s: 25 to finish, the rest to close.
timeout = env.integer("HUB_WORKER_TIMEOUT", 30, least=5)
graceful_timeout = env.integer("HUB_GRACEFUL_SECONDS", 25, least=1, most=28)
# Longer than nginx keeps its own side (60 s), or it would send into a closing connection.
keepalive = env.integer("HUB_KEEPALIVE_SECONDS", 65, least=1)

# Limits of the request line (414), of one header field and of their number (431).
limit_request_line = 8190
limit_request_field_size = 8190
limit_request_fields = 100

# Who is believed about X-Forwarded-*: nobody here; HUB_TRUSTED_PROXIES is the application's.
forwarded_allow_ips = ""

# The heartbeat file needs a file system in memory: on a slow disk a healthy worker looks dead.
# S108 warns of guessable names there; gunicorn makes the file with mkstemp and unlinks it.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - by mkstemp
# gunicorn would put its control socket into the home directory; nothing goes there.
control_socket_disable = True
accesslog = None
errorlog = "-"
loglevel = env.text("HUB_LOG_LEVEL", "info").lower()


def on_starting(server):
    """Let every worker notice when this process is gone."""
    from memory_hub.server import orphans

    orphans.open_line()


def post_fork(server, worker):
    """End with the master: else a killed one leaves its workers at the port, with its code."""
    from memory_hub.server import orphans

    orphans.end_with_master()


def when_ready(server):
    """Import what all use and settle the collector before the first fork: a collection in a worker
    writes into every object it looks at, and what is written to is shared no longer."""
    if preload_app:
        from memory_hub.http.application import settle

        settle()


def pre_fork(server, worker):
    """Close what the master opened while it imported: a connection belongs to one process."""
    from django.db import connections

    connections.close_all()


def child_exit(server, worker):
    """Forget kept answers: a worker that was killed may have committed a write without the time
    to tell the other workers about it."""
    from memory_hub.caching import generations

    # The master must not wait: its workers tell other hosts what Redis does not confirm.
    generations.current().bump_all(wait=False)
