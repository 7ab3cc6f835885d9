"""Answering a request without going through Django."""

from django.http import HttpResponse

from memory_hub.core.asgi_types import Send
from memory_hub.core.errors import HubError, problem


async def send_problem(error: HubError, send: Send) -> None:
    """Answers a request with the problem document of an error."""
    await send_answer(problem(error), send)


async def send_answer(answer: HttpResponse, send: Send) -> None:
    """Answers a request without going through Django."""
    answer.headers["Content-Length"] = str(len(answer.content))
    raw = [(key.lower().encode(), value.encode()) for key, value in answer.items()]
    await send({"type": "http.response.start", "status": answer.status_code, "headers": raw})
    await send({"type": "http.response.body", "body": answer.content})
