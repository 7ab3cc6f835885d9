"""The OpenAPI document against the application itself, by Schemathesis.

Every operation gets data that fits the document and data that does not; all checks apply but those
that the document cannot promise, each with its reason.
"""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest import SkipTest

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from memory_hub.api import document
from memory_hub.asgi import application
from superthread.services.save import save
from superthread.store_terms import Draft
from superthread.tests.access.worlds import person
from testing import effort

load_all_checks()
LEFT_OUT = (
    # What the document cannot say (blank to the eye, unknown team, expiry in the future, an id of
    # another's) is refused although it fits the document.
    "positive_data_acceptance",
    # Ids that fit the form are 404 before the rest of a request is looked at.
    "negative_data_rejection",
    "missing_required_header",
)
CHOSEN = [check for check in CHECKS.get_all() if check.__name__ not in LEFT_OUT]


async def answering(scope: Any, receive: Any, send: Any) -> None:
    """The application without its end: the worker threads belong to the test."""
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
    else:
        await application(scope, receive, send)


@pytest.fixture
def described(threads) -> Any:
    document = schemathesis.openapi.from_asgi("/openapi.json", answering)
    return document.include(path_regex="^/(superthread|accounts)")


@pytest.fixture
def bearer(api) -> dict[str, str]:
    return api("mina@example.com").headers


OPTIONS = settings(
    max_examples=effort.at_most(6),
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize(
    "mode",
    [
        pytest.param(GenerationMode.POSITIVE, id="positive"),
        pytest.param(GenerationMode.NEGATIVE, id="negative", marks=pytest.mark.drill),
    ],
)
def test_what_the_document_says_is_what_the_application_does(described, bearer, mode, subtests):
    for found in described.get_all_operations():
        operation = found.ok()

        @OPTIONS
        @given(case=operation.as_strategy(generation_mode=mode))
        def answered_as_described(case):
            if mode is GenerationMode.POSITIVE and case.headers:
                # The simplest key comes first, again and again: a key of another body is 422.
                case.headers.pop("Idempotency-Key", None)
            check(case, bearer)

        # Where an operation takes nothing there is nothing to get wrong either.
        with subtests.test(operation.label), contextlib.suppress(Unsatisfiable, SkipTest):
            answered_as_described()


@pytest.mark.parametrize(
    ("operation", "errors"),
    [
        ("GET /monitoring/health/live", "400 503"),
        ("GET /accounts/me", "400 401 429 503"),
        ("GET /superthread/memories", "400 401 403 429 503"),
        ("GET /superthread/memories/{doc_id}", "400 401 403 404 429 503"),
        ("POST /superthread/memories", "400 401 403 408 409 410 413 415 422 429 503 507"),
        (
            "PATCH /superthread/memories/{doc_id}",
            "400 401 403 404 408 409 410 412 413 415 422 429 503 507",
        ),
        (
            "DELETE /accounts/tokens/{token_id}",
            "400 401 403 404 408 409 410 413 422 429 503 507",
        ),
        (
            "POST /superthread/batch/update",
            "400 401 403 404 408 409 410 412 413 415 422 429 503 507",
        ),
        (
            "GET /google-docs/versions/{doc_id}/{version_id}",
            "400 401 403 404 410 413 429 502 503 504",
        ),
        ("GET /google-docs/info", "400 401 403 429 503"),
    ],
)
def test_each_operation_tells_the_errors_that_it_can_give(nobody, operation, errors):
    method, path = operation.split(" ")
    told = nobody.get("/openapi.json").json()["paths"][path][method.lower()]["responses"]
    assert " ".join(sorted(status for status in told if status >= "400")) == errors


def check(case: Any, bearer: dict[str, str]) -> None:
    if "doc_id" in (case.path_parameters or {}):
        row = save(Draft("A memory to work on."), by=person("mina@example.com"))
        case.path_parameters["doc_id"] = str(row["doc_id"])
    headers = {**bearer, "Host": "localhost"}
    response = case.call(headers=headers, base_url="http://localhost")
    case.validate_response(response, checks=CHOSEN, headers=headers)


def test_a_fresh_worker_asked_by_several_at_once_answers_all(monkeypatch):
    monkeypatch.setattr(document, "_KEY", "openapi:of-a-fresh-worker")
    together = threading.Barrier(4)

    def ask(_: int) -> bytes:
        together.wait()
        return document.OpenApiView().get(None).content

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(ask, range(4)))
    assert len(answers) == 1
