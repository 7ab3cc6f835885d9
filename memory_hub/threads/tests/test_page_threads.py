"""Pages take the same counted threads as the API, and are refused like it when all are taken."""

import asyncio
import threading

import httpx
import pytest

from memory_hub.threads.worker_pool import WorkerThreads, use_worker_threads

PAGES = [
    "/docs",
    "/redoc",
    "/login",
    "/admin/",
    "/monitoring/dashboard",
    "/google-docs/connect",
]


@pytest.fixture
def workers():
    made = WorkerThreads(size=2, queue=300)
    use_worker_threads(made)
    yield made
    use_worker_threads(None)
    made.shutdown()


def test_sixty_pages_at_once_take_no_thread_but_those_counted(workers, monkeypatch):
    from django.core.handlers.base import BaseHandler

    from memory_hub.asgi import application

    seen = set()
    answer = BaseHandler.resolve_request

    def noted(self, request):
        seen.add(threading.current_thread().name)
        return answer(self, request)

    monkeypatch.setattr(BaseHandler, "resolve_request", noted)
    before = threading.active_count()

    async def scenario():
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            asked = [client.get("/docs") for _ in range(60)]
            return [answer.status_code for answer in await asyncio.gather(*asked)]

    assert asyncio.run(scenario()) == [200] * 60
    assert threading.active_count() <= before + workers.size
    assert all(name.startswith("hub-work") for name in seen)


@pytest.mark.parametrize("path", PAGES)
def test_when_all_threads_are_taken_a_page_says_so_to_people(nobody, threads, monkeypatch, path):
    assert nobody.get(path).status_code in (200, 302, 503)
    monkeypatch.setattr(threads, "queue", -threads.size)
    refused = nobody.get(path)
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) >= 1
    assert refused.headers["Content-Type"].startswith("text/html")
    assert "<h1>" in refused.text
    assert "default-src 'none'" in refused.headers["Content-Security-Policy"]
