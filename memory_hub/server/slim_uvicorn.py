"""uvicorn without its command line, click and the processes that reload it: a worker of gunicorn
needs its protocol and its server alone. Imported before anything that imports it."""

from memory_hub.core.slim_imports import standing_in

with standing_in("uvicorn.main", Server=None, main=None, run=None):
    import uvicorn  # noqa: F401 - for its effect
