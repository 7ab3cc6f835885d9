"""What is scraped is valid Prometheus text and says what was recorded."""

import random
import shutil
import subprocess
from collections.abc import Iterable

import pytest
from prometheus_client.parser import text_string_to_metric_families

from monitoring.aggregates.buckets import flat_of
from monitoring.aggregates.recorder import Recorder
from monitoring.show.exposition import LE_SECONDS, Family, render_durations, render_families


def scrape(recorder: Recorder) -> str:
    rows = [(series, tally, flat_of(tally.buckets)) for series, tally in recorder.take().items()]
    return text_of(render_durations(rows))


def text_of(lines: Iterable[bytes]) -> str:
    return b"\n".join([*lines, b""]).decode()


def samples(text: str) -> dict:
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def labelled(name: str, **labels: str) -> tuple:
    return (name, *sorted(labels.items()))


REQUEST = {
    "http_route": "/memories/{doc_id}",
    "http_request_method": "GET",
    "http_response_status_code": "200",
}


def test_bucket_counts_are_exact_at_every_bound():
    values = [int(random.lognormvariate(15, 2)) for _ in range(2_000)]
    values += [int(bound * 1e9) for bound in LE_SECONDS]
    recorder = Recorder()
    for value in values:
        recorder.record("/memories/{doc_id}", "GET", 200, value)
    found = samples(scrape(recorder))
    name = "http_server_request_duration_seconds"
    for bound in LE_SECONDS:
        expected = sum(value <= bound * 1e9 for value in values)
        assert found[labelled(f"{name}_bucket", le=f"{bound:g}", **REQUEST)] == expected
    assert found[labelled(f"{name}_bucket", le="+Inf", **REQUEST)] == len(values)
    assert found[labelled(f"{name}_count", **REQUEST)] == len(values)
    assert found[labelled(f"{name}_sum", **REQUEST)] == pytest.approx(sum(values) / 1e9)


def test_timed_code_is_a_family_of_its_own():
    recorder = Recorder()
    recorder.record("import.parse", "FUNCTION", 0, 5_000_000, error=True)
    found = samples(scrape(recorder))
    assert found[labelled("memory_hub_function_errors_total", function="import.parse")] == 1
    assert not any(key[0].startswith("http_server") for key in found)


def test_labels_are_escaped_and_percent_signs_survive():
    recorder = Recorder()
    route = 'a"b\\c\nd%s%d'
    recorder.record(route, "GET", 200, 1)
    found = samples(scrape(recorder))
    assert ("http_route", route) in {pair for key in found for pair in key[1:]}


def test_promtool_finds_nothing_to_complain_about():
    if shutil.which("promtool") is None:
        pytest.skip("promtool (package prometheus) is not installed")
    recorder = Recorder()
    recorder.record("/memories", "GET", 200, 5_000_000, wait_ns=4, db_ns=5)
    recorder.record("parse", "FUNCTION", 0, 5_000_000)
    families = [Family("memory_hub_workers", "gauge", "Live workers.", [({"host": "a"}, 2)])]
    text = scrape(recorder) + text_of(render_families(families))
    checked = subprocess.run(
        ["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")
