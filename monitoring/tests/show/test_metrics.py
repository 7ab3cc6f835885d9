"""The scrape: valid, complete, monotonic, and open to the scrape token."""

import json
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from prometheus_client.parser import text_string_to_metric_families

from memory_hub.jobs import schedule
from monitoring.record.flusher import flusher
from monitoring.store import tables
from testing.clients.spellings import SPELLINGS, spelt

pytestmark = pytest.mark.django_db(databases="__all__")

DEPLOY = Path(__file__).resolve().parents[3] / "deploy"
TOKEN = "scrape-me-0123456789"
METRIC = re.compile(r"\b(?:http_server|memory_hub|process)_[a-z_]+\b")


def scraped(client, **options) -> dict:
    flusher.flush()
    answer = client.get("/monitoring/metrics", **options)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def counted(samples: dict, route: str) -> float:
    return sum(
        value
        for key, value in samples.items()
        if key[0] == "http_server_request_duration_seconds_count" and ("http_route", route) in key
    )


def test_the_scrape_token_opens_the_metrics_and_nothing_else(nobody, settings):
    settings.HUB_SCRAPE_TOKEN = TOKEN
    for how in SPELLINGS:
        headers = spelt(TOKEN, how)
        assert scraped(nobody, headers=headers)
        assert nobody.get("/monitoring/performance", headers=headers).status_code == 401


@pytest.mark.parametrize("given", ["Bearer ", "Bearer scrape-me", "Bearer \xff", "", None])
def test_any_other_credential_is_refused(nobody, settings, given):
    settings.HUB_SCRAPE_TOKEN = TOKEN
    headers = {} if given is None else {"Authorization": given.encode("latin-1")}
    assert nobody.get("/monitoring/metrics", headers=headers).status_code == 401


def test_without_a_scrape_token_none_is_accepted(nobody, settings):
    settings.HUB_SCRAPE_TOKEN = ""
    answer = nobody.get("/monitoring/metrics", headers={"Authorization": "Bearer "})
    assert answer.status_code == 401


def test_counters_never_fall_over_resets(mina, staff):
    mina.get("/superthread/info")
    before = counted(scraped(staff), "/superthread/info")
    for _ in range(3):
        tables.begin_epoch("test")
        mina.get("/superthread/info")
    assert before == 1
    assert counted(scraped(staff), "/superthread/info") == 4


def test_a_scraper_that_takes_gzip_gets_the_same_text_smaller(mina, staff):
    mina.get("/superthread/info")
    plain = staff.get("/monitoring/metrics", headers={"Accept-Encoding": "identity"})
    small = staff.get("/monitoring/metrics", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Accept-Encoding" in small.headers["Vary"]
    assert METRIC.findall(small.text) == METRIC.findall(plain.text)


def test_memories_are_counted_by_scope(mina, staff):
    mina.save("가나다")
    samples = scraped(staff)
    assert samples[("memory_hub_memories", ("scope", "personal"))] == 1
    assert samples[("memory_hub_memories", ("scope", "public"))] == 0
    assert samples[("memory_hub_memories_bytes", ("scope", "personal"))] == 9


def test_memories_are_counted_now_and_then_and_after_an_import(mina, staff, tmp_path):
    personal = ("memory_hub_memories", ("scope", "personal"))
    mina.save("one")
    assert scraped(staff)[personal] == 1
    mina.save("another")
    assert scraped(staff)[personal] == 1
    note = tmp_path / "note.md"
    note.write_text("a third")
    call_command("import_memories", tmp_path, "--as", "mina@example.com", verbosity=0)
    assert scraped(staff)[personal] == 3


def test_what_the_hub_times_of_itself_is_told(staff):
    staff.get("/monitoring/charts")
    scraped(staff)
    flusher.flush()
    timed = {row["function"] for row in staff.get("/monitoring/performance").json()["functions"]}
    assert timed == {"monitoring.charts", "monitoring.metrics"}


def test_searches_are_counted_by_what_they_found(mina, staff):
    mina.save("Jun has the key.")
    for query in ("key", "Jun", "umbrella"):
        assert mina.post("/superthread/search", json={"query": query}).status_code == 200
    samples = scraped(staff)
    name, place = "memory_hub_search_duration_seconds_count", ("place", "superthread")
    assert samples[name, ("outcome", "found"), place] == 2
    assert samples[name, ("outcome", "empty"), place] == 1


def test_searches_are_no_requests_of_their_own(mina, staff):
    mina.post("/superthread/search", json={"query": "key"})
    flusher.flush()
    report = staff.get("/monitoring/performance").json()
    assert [row["endpoint"] for row in report["endpoints"]] == ["/superthread/search"]
    assert report["summary"]["total_requests"] == 1
    assert report["functions"] == []


def test_the_worker_that_answers_is_among_the_live_ones(staff):
    samples = scraped(staff)
    assert samples[("memory_hub_workers", ("state", "live"))] == 1
    assert any(key[0] == "process_resident_memory_bytes" and samples[key] > 0 for key in samples)


def test_open_streams_are_told(mina, staff, follow):
    name = "memory_hub_open_streams"
    assert [value for key, value in scraped(staff).items() if key[0] == name] == [0]
    for _ in range(2):
        follow(mina, "/superthread/changes?cursor=now").until(lambda text: "retry: " in text)
    assert [value for key, value in scraped(staff).items() if key[0] == name] == [2]


def expressions() -> list[str]:
    found = []
    for path in (DEPLOY / "grafana/boards").glob("*.json"):
        for panel in json.loads(path.read_text())["panels"]:
            found += [target["expr"] for target in panel["targets"]]
    rules = yaml.safe_load((DEPLOY / "prometheus/alerts.yml").read_text())
    return found + [rule["expr"] for group in rules["groups"] for rule in group["rules"]]


def test_every_metric_of_a_panel_or_an_alert_is_in_a_live_scrape(mina, staff):
    mina.get("/superthread/info")
    flusher.flush()
    text = staff.get("/monitoring/metrics").text
    declared = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))
    for name in list(declared):
        declared |= {f"{name}_{suffix}" for suffix in ("bucket", "sum", "count")}
    used = {name for expression in expressions() for name in METRIC.findall(expression)}
    labels = {"http_route", "http_request_method", "http_response_status_code"}
    assert used
    assert used - labels <= declared


def test_promtool_accepts_a_live_scrape(mina, staff):
    if shutil.which("promtool") is None:
        pytest.skip("promtool (package prometheus) is not installed")
    mina.get("/superthread/info")
    flusher.flush()
    text = staff.get("/monitoring/metrics").text
    checked = subprocess.run(
        ["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")


def test_background_work_is_measured_by_job_and_outcome(staff):
    schedule.run_now("purge_memories")
    samples = scraped(staff)
    name = ("name", "purge_memories")
    assert samples["memory_hub_job_runs_total", name, ("outcome", "done")] == 1
    assert samples["memory_hub_job_runs_total", name, ("outcome", "lost")] == 0
    assert samples["memory_hub_job_enabled", name] == 1
    assert samples["memory_hub_job_interval_seconds", name] == 86_400
    assert samples["memory_hub_job_last_success_timestamp_seconds", name] <= time.time()
    assert samples["memory_hub_job_next_run_timestamp_seconds", name] > time.time()
    assert samples["memory_hub_tasks", ("state", "failed")] == 0
