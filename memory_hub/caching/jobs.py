"""What caches do in the background, in every worker."""

from memory_hub.caching import generations, registry
from memory_hub.jobs.declared import WorkerJob
from memory_hub.jobs.loops import Loop


def _loop_of_news() -> Loop | None:
    news = generations.current().news
    return None if news is None else news.loop


CACHES = WorkerJob(
    name="caches",
    help="Shows what the worker's caches count, and empties them when somebody asks.",
    loop=lambda: registry.housekeeper().loop,
    on_demand=True,
)
NEWS = WorkerJob(
    name="news",
    help="With Redis: hears what other hosts changed, and settles what they are owed.",
    loop=_loop_of_news,
)
