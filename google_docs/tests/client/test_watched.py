"""What is told of the calls of Google: how many, how they ended, and whose trace they belong to."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from monitoring.record.flusher import flusher
from monitoring.scopes import MONITORING_READ
from testing.google import Fault

pytestmark = pytest.mark.django_db(databases="__all__")
TRACE = "0af7651916cd43dd8448eb211c80319c"
CALLS, RETRIES = "memory_hub_google_call_duration_seconds_count", "memory_hub_google_retries_total"


@pytest.fixture(autouse=True)
def _as_a_new_worker():
    flusher.restart()


@pytest.fixture
def scraped(api):
    """`scraped(CALLS, method=…)`: the sum of a metric's samples with these labels."""
    staff = api("ops@example.com", scopes=[MONITORING_READ])

    def look(name: str, **labels: str) -> float:
        flusher.flush()
        families = text_string_to_metric_families(staff.get("/monitoring/metrics").text)
        samples = (sample for family in families for sample in family.samples)
        return sum(
            sample.value
            for sample in samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    return look


def test_calls_are_counted_by_method_and_outcome(docs, double, scraped):
    saved = docs.save()
    docs.get("memories/" + "x" * 33)
    assert scraped(CALLS) == len(double.seen)
    assert scraped(CALLS, method="drive.files.create", outcome="200") == double.seen.count(
        "drive.files.create"
    )
    assert scraped(CALLS, method="drive.files.get", outcome="404") == 1
    assert saved["doc_id"]
    assert scraped(RETRIES) == 0


def test_calls_that_were_sent_again_are_counted(docs, double, scraped):
    saved = docs.save()
    double.faults.add("drive.files.get", Fault.drive(503, "backendError"), times=2)
    docs.read(saved["doc_id"])
    assert scraped(RETRIES, method="drive.files.get") == 2
    assert scraped(CALLS, method="drive.files.get", outcome="503") == 2
    assert scraped(CALLS, method="drive.files.get", outcome="200") == 1


def test_a_call_without_an_answer_has_no_outcome(docs, double, scraped):
    saved = docs.save()
    double.faults.add("drive.files.get", Fault("fin"))
    docs.read(saved["doc_id"])
    assert scraped(CALLS, method="drive.files.get", outcome="none") == 1


def test_searches_in_google_docs_are_counted(docs, scraped):
    docs.post("search", json={"query": "umbrella"})
    name = "memory_hub_search_duration_seconds_count"
    assert scraped(name, place="google-docs", outcome="empty") == 1


def test_calls_belong_to_the_trace_of_the_request(docs, double):
    saved = docs.save()
    double.traces.clear()
    header = f"00-{TRACE}-b7ad6b7169203331-01"
    docs.get(f"memories/{saved['doc_id']}", headers={"traceparent": header})
    docs.get(f"versions/{saved['doc_id']}", headers={"traceparent": header})
    assert len(double.traces) >= 3
    assert {trace.split("-")[1] for trace in double.traces} == {TRACE}
    assert not any("b7ad6b7169203331" in trace for trace in double.traces)


def test_a_call_outside_a_request_has_no_trace(calls, double, run):
    run(calls.about())
    assert double.traces == [None]
