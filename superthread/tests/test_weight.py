"""What a hub does not import at its start: what most never need."""

from testing.servers.programs import printed

ALL_IS_LOADED = """
import sys
# First, as gunicorn does.
import memory_hub.server.uvicorn_worker
import memory_hub.asgi
from memory_hub.http.application import settle
from memory_hub.jobs import worker

settle()
print([job.name for job, _ in worker._loops() if job.on_demand])
print([name for name in sys.modules if name.startswith(tuple(sys.argv[1:]))])
"""
LATE = (
    *(f"superthread.feed.webhooks.{name}" for name in ("courier", "delivery", "lease")),
    *("superthread.exports.runner", "superthread.imports.runner"),
    # Readers and writers of files.
    *("superthread.transfer.formats.registry", "superthread.transfer.exporting"),
    *("superthread.transfer.folder", "ijson", "tarfile"),
    # The admin, the OpenAPI document and its pages, Google's store.
    *(
        "unfold.sites",
        "unfold.admin",
        "superthread.admin",
        "memory_hub.admin",
        "memory_hub.accounts.admin",
    ),
    *("drf_spectacular.openapi", "drf_spectacular.generators", "drf_spectacular.views"),
    *("superthread.openapi", "google_docs.views", "google_docs.client.calls", "googleapiclient"),
    # What the first search, the first further page and the first kept secret need.
    *("rapidfuzz", "cryptography"),
    # What pages go through.
    *("allauth.account.middleware", "axes.middleware"),
    # What a library would use where it is installed.
    *("requests", "urllib3", "yaml", "rich", "pygments", "uritemplate"),
    # What a library needs for what is not asked of it here.
    *("sqlparse", "uvicorn.main", "uvicorn.supervisors", "click", "limits.aio", "deprecated"),
    *("wrapt", "django_stubs_ext", "django.contrib.syndication"),
)


def test_a_start_imports_nothing_that_most_never_need(tmp_path):
    # The caches' keeper begins with the first answer that is kept.
    assert printed(ALL_IS_LOADED, tmp_path, *LATE) == ["['caches']", "[]"]
