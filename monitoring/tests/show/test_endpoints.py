"""The statistics over HTTP: who may see them, and that they say what happened."""

import pytest
from django.db import InterfaceError, OperationalError

from monitoring.record.flusher import flusher

pytestmark = pytest.mark.django_db(databases="__all__")

LIST = "/superthread/memories"


def endpoint(answer: dict, route: str, method: str = "GET") -> dict:
    (row,) = [
        row for row in answer["endpoints"] if (row["endpoint"], row["method"]) == (route, method)
    ]
    return row


@pytest.mark.parametrize(
    "path",
    ["performance", "slowest", "most-used", "pool", "charts", "metrics", "reset-performance"],
)
def test_statistics_need_their_scope(api, nobody, path):
    method = "POST" if path == "reset-performance" else "GET"
    stranger = api("jun@example.com", scopes=["memories:read", "memories:write"])
    assert nobody.request(method, f"/monitoring/{path}").status_code == 401
    assert stranger.request(method, f"/monitoring/{path}").status_code == 403


def test_reading_is_not_enough_to_reset(api):
    reader = api("ops@example.com", scopes=["monitoring:read"])
    assert reader.post("/monitoring/reset-performance").status_code == 403


def test_requests_are_counted_by_route_template_method_and_status(mina, staff):
    saved = mina.save()
    for _ in range(3):
        assert mina.get(f"{LIST}/{saved['doc_id']}").status_code == 200
    assert mina.get(f"{LIST}/{saved['doc_id'][::-1]}/").status_code == 404
    assert mina.post(LIST, json={}).status_code == 400
    answer = staff.get("/monitoring/performance").json()
    row = endpoint(answer, f"{LIST}/{{doc_id}}")
    assert row["status_codes"] == {"200": 3, "404": 1}
    assert (row["request_count"], row["error_count"], row["success_rate"]) == (4, 1, 75.0)
    assert endpoint(answer, LIST, "POST")["status_codes"] == {"201": 1, "400": 1}
    summary = answer["summary"]
    assert (summary["total_requests"], summary["total_errors"]) == (6, 2)
    assert summary["endpoint_count"] == 2
    assert summary["workers_reporting"] == 1
    assert summary["workers_lost"] == []


def test_times_are_consistent_with_each_other(mina, staff):
    for _ in range(5):
        mina.get(LIST)
    row = endpoint(staff.get("/monitoring/performance").json(), LIST)
    ordered = [row[f"{name}_ms"] for name in ("min_time", "p50", "p95", "p99", "max_time")]
    assert ordered == sorted(ordered)
    assert row["min_time_ms"] <= row["avg_time_ms"] <= row["max_time_ms"]
    assert 0 < row["avg_db_ms"] < row["avg_time_ms"]
    assert 0 < row["avg_wait_ms"] < row["avg_time_ms"]


def test_answers_from_the_response_cache_are_counted_under_their_route(mina, staff):
    saved = mina.save()
    answers = [mina.get(f"{LIST}/{saved['doc_id']}").content for _ in range(4)]
    row = endpoint(staff.get("/monitoring/performance").json(), f"{LIST}/{{doc_id}}")
    assert len(set(answers)) == 1
    assert row["request_count"] == 4
    assert row["cache_hits"] > 0


def test_a_path_of_no_route_is_counted_without_its_text(mina, staff):
    assert mina.get("/superthread/Jun-has-the-key").status_code == 404
    answer = staff.get("/monitoring/performance")
    assert endpoint(answer.json(), "_unmatched")["status_codes"] == {"404": 1}
    assert "Jun" not in answer.text


def test_requests_refused_before_django_are_counted_too(mina, staff):
    headers = {"Content-Length": str(2**40)}
    assert mina.post(LIST, content=b"", headers=headers).status_code == 413
    answer = staff.get("/monitoring/performance").json()
    assert endpoint(answer, "_unmatched", "POST")["status_codes"] == {"413": 1}


def test_a_method_that_a_client_made_up_is_counted_under_one_name(mina, staff):
    assert mina.request("BREW", LIST).status_code == 405
    answer = staff.get("/monitoring/performance").json()
    assert endpoint(answer, LIST, "_OTHER")["error_count"] == 1


def test_slowest_and_most_used_are_ordered_and_bounded(mina, staff):
    saved = mina.save()
    for _ in range(3):
        mina.get(f"{LIST}/{saved['doc_id']}")
    mina.get("/superthread/info")
    most = staff.get("/monitoring/most-used?count=2").json()["endpoints"]
    assert [row["request_count"] for row in most] == [3, 1]
    slowest = staff.get("/monitoring/slowest").json()["endpoints"]
    times = [row["avg_time_ms"] for row in slowest]
    assert times == sorted(times, reverse=True)
    assert len(slowest) > 2


@pytest.mark.parametrize("window", ["5m", "1h", "24h", "7d", "all"])
def test_every_window_holds_the_present(mina, staff, window):
    mina.get(LIST)
    answer = staff.get(f"/monitoring/performance?window={window}").json()
    assert endpoint(answer, LIST)["request_count"] == 1
    assert answer["summary"]["window"] == window


@pytest.mark.parametrize(
    "query",
    ["window=2h", "window=", "count=0", "count=101", "count=five", "wndow=5m", "count=1&count=2"],
)
def test_a_bad_query_is_refused(staff, query):
    answer = staff.get(f"/monitoring/slowest?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-input")


def test_a_reset_begins_a_new_epoch_and_keeps_the_windows(mina, staff):
    mina.get(LIST)
    before = staff.get("/monitoring/performance").json()["summary"]
    answer = staff.post("/monitoring/reset-performance").json()
    assert answer == {"epoch": before["epoch"] + 1, "acknowledged": 1, "workers": 1}
    after = staff.get("/monitoring/performance").json()
    assert after["summary"]["epoch"] == before["epoch"] + 1
    assert [row["endpoint"] for row in after["endpoints"]] == ["/monitoring/reset-performance"]
    recent = staff.get("/monitoring/performance?window=5m").json()
    assert endpoint(recent, LIST)["request_count"] == 1


@pytest.mark.parametrize("body", [b'{"window": "5m"}', b"[]", b"now"])
def test_a_reset_that_says_more_is_refused(staff, body):
    headers = {"Content-Type": "application/json"}
    before = staff.get("/monitoring/performance").json()["summary"]["epoch"]
    refused = staff.post("/monitoring/reset-performance", content=body, headers=headers)
    assert refused.status_code == 400
    assert staff.get("/monitoring/performance").json()["summary"]["epoch"] == before
    assert staff.post("/monitoring/reset-performance", json={}).status_code == 200


def test_a_reset_says_who_did_it(staff):
    from monitoring.models import Reset

    staff.post("/monitoring/reset-performance")
    assert Reset.objects.get().by == "ops@example.com"


def test_timed_code_has_a_list_of_its_own(staff):
    from monitoring.record.measure import measure_time

    with measure_time("import.parse"):
        pass
    answer = staff.get("/monitoring/performance").json()
    assert [row["function"] for row in answer["functions"]] == ["import.parse"]
    assert answer["summary"]["total_requests"] == 0


def test_the_pool_of_every_database_is_shown(staff, settings):
    answer = staff.get("/monitoring/pool").json()
    assert set(answer) == set(settings.DATABASES)
    assert {"type", "size", "checked_in", "checked_out", "overflow", "waiting"} <= set(
        answer["default"]
    )


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_figures_survive_a_database_that_is_away_for_a_while(mina, staff, monkeypatch, error):
    from monitoring.store import tables

    apply = tables.apply
    monkeypatch.setattr(tables, "apply", lambda flush: (_ for _ in ()).throw(error))
    mina.get(LIST)
    assert staff.get("/monitoring/performance").json()["summary"]["total_requests"] == 0
    monkeypatch.setattr(tables, "apply", apply)
    flusher.flush()
    answer = staff.get("/monitoring/performance").json()
    assert endpoint(answer, LIST)["request_count"] == 1
