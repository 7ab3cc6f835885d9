"""Writes the Grafana boards: ``python deploy/grafana/build.py``.

The boards are said here in a few lines a panel, and committed as the JSON that Grafana loads.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

BOARDS = Path(__file__).parent / "boards"
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
WIDTH, HEIGHT, COLUMNS = 12, 8, 24

REQUESTS = "http_server_request_duration_seconds"
RATE = f"rate({REQUESTS}_count[$__rate_interval])"
SEARCHES = "memory_hub_search_duration_seconds"
GOOGLE = "memory_hub_google_call_duration_seconds"


class Panel(NamedTuple):
    """A time series panel: title, Grafana's unit and queries as (expression, legend)."""

    title: str
    unit: str
    queries: list[tuple[str, str]]


def _share(part: str, whole: str) -> str:
    return f"sum({part}) / sum({whole})"


def _of_status(pattern: str) -> str:
    return f'rate({REQUESTS}_count{{http_response_status_code=~"{pattern}"}}[$__rate_interval])'


def _quantile(share: float, metric: str = REQUESTS) -> str:
    rate = f"rate({metric}_bucket[$__rate_interval])"
    return f"histogram_quantile({share}, sum by (le) ({rate}))"


def _quantile_by(share: float, label: str, metric: str) -> str:
    rate = f"rate({metric}_bucket[$__rate_interval])"
    return f"histogram_quantile({share}, sum by (le, {label}) ({rate}))"


def _per_second(name: str) -> str:
    return f"rate({name}[$__rate_interval])"


TRAFFIC = [
    Panel("Requests by route", "reqps", [(f"sum by (http_route) ({RATE})", "{{http_route}}")]),
    Panel(
        "Latency",
        "s",
        [(_quantile(share), f"p{share * 100:g}") for share in (0.5, 0.95, 0.99)],
    ),
    Panel(
        "Errors by status",
        "reqps",
        [
            (
                f"sum by (http_response_status_code) ({_of_status('[45]..')})",
                "{{http_response_status_code}}",
            )
        ],
    ),
    Panel("Share of 5xx", "percentunit", [(_share(_of_status("5.."), RATE), "5xx")]),
    Panel(
        "p95 by route",
        "s",
        [(_quantile_by(0.95, "http_route", REQUESTS), "{{http_route}}")],
    ),
    Panel(
        "Answered from the response cache",
        "percentunit",
        [(_share(_per_second("memory_hub_response_cache_hits_total"), RATE), "hit rate")],
    ),
    Panel(
        "Where the time goes",
        "percentunit",
        [
            (
                _share(_per_second(name), _per_second(f"{REQUESTS}_sum")),
                legend,
            )
            for name, legend in (
                ("memory_hub_database_seconds_total", "database"),
                ("memory_hub_worker_wait_seconds_total", "waiting for a thread"),
            )
        ],
    ),
    Panel(
        "Slow requests",
        "reqps",
        [
            (
                f"sum by (http_route) ({_per_second('memory_hub_slow_requests_total')})",
                "{{http_route}}",
            )
        ],
    ),
]
RESOURCES = [
    Panel("Workers", "short", [("sum by (state) (memory_hub_workers)", "{{state}}")]),
    Panel("Workers lost", "short", [("memory_hub_workers_lost_total", "lost")]),
    Panel("Memory", "bytes", [("process_resident_memory_bytes", "{{host}} {{pid}}")]),
    Panel("CPU", "percentunit", [(_per_second("process_cpu_seconds_total"), "{{host}} {{pid}}")]),
    Panel("Open files", "short", [("process_open_fds", "{{host}} {{pid}}")]),
    Panel("Open streams", "short", [("memory_hub_open_streams", "{{host}} {{pid}}")]),
    Panel(
        "Database connections",
        "short",
        [
            ("memory_hub_pool_checked_out", "{{database}} in use"),
            ("memory_hub_pool_checked_in", "{{database}} idle"),
            ("memory_hub_pool_waiting", "{{database}} waiting"),
        ],
    ),
    Panel(
        "Cache hits",
        "percentunit",
        [
            (
                "sum by (cache) (rate(memory_hub_cache_hits_total[$__rate_interval])) / sum by"
                " (cache) (rate(memory_hub_cache_hits_total[$__rate_interval]) +"
                " rate(memory_hub_cache_misses_total[$__rate_interval]))",
                "{{cache}}",
            )
        ],
    ),
    Panel("Cache entries", "short", [("memory_hub_cache_entries", "{{cache}}")]),
    Panel("Log lines dropped", "short", [("memory_hub_access_lines_dropped_total", "access log")]),
]
MEMORIES = [
    Panel("Memories by scope", "short", [("memory_hub_memories", "{{scope}}")]),
    Panel("Stored text", "bytes", [("memory_hub_memories_bytes", "{{scope}}")]),
    Panel(
        "Searches",
        "reqps",
        [(f"sum by (place) ({_per_second(f'{SEARCHES}_count')})", "{{place}}")],
    ),
    Panel(
        "Search latency",
        "s",
        [(_quantile(share, SEARCHES), f"p{share * 100:g}") for share in (0.5, 0.95, 0.99)],
    ),
    Panel(
        "Searches that found nothing",
        "percentunit",
        [
            (
                _share(
                    _per_second(f'{SEARCHES}_count{{outcome="empty"}}'),
                    _per_second(f"{SEARCHES}_count"),
                ),
                "empty",
            )
        ],
    ),
    Panel(
        "Writes",
        "reqps",
        [
            (
                "sum by (http_request_method)"
                f' (rate({REQUESTS}_count{{http_request_method!="GET"}}[$__rate_interval]))',
                "{{http_request_method}}",
            )
        ],
    ),
    Panel(
        "Google Docs requests by status",
        "reqps",
        [
            (
                "sum by (http_response_status_code)"
                f' (rate({REQUESTS}_count{{http_route=~"/google-docs/.*"}}[$__rate_interval]))',
                "{{http_response_status_code}}",
            )
        ],
    ),
    Panel(
        "Calls of Google by outcome",
        "ops",
        [(f"sum by (outcome) ({_per_second(f'{GOOGLE}_count')})", "{{outcome}}")],
    ),
    Panel("Calls of Google, p95", "s", [(_quantile_by(0.95, "method", GOOGLE), "{{method}}")]),
    Panel(
        "Calls of Google sent again",
        "ops",
        [(_per_second("memory_hub_google_retries_total"), "{{method}}")],
    ),
    Panel(
        "Timed functions, p95",
        "s",
        [
            (
                _quantile_by(0.95, "function", "memory_hub_function_duration_seconds"),
                "{{function}}",
            )
        ],
    ),
    Panel(
        "Timed functions that failed",
        "ops",
        [(_per_second("memory_hub_function_errors_total"), "{{function}}")],
    ),
]


def board(uid: str, title: str, panels: list[Panel]) -> dict[str, Any]:
    """Return Grafana's model of one board."""
    return {
        "uid": uid,
        "title": title,
        "tags": ["memory-hub"],
        "timezone": "browser",
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {
            "list": [
                {
                    "name": "datasource",
                    "type": "datasource",
                    "query": "prometheus",
                    "label": "Data source",
                }
            ]
        },
        "panels": [_panel(number, panel) for number, panel in enumerate(panels)],
    }


def _panel(number: int, panel: Panel) -> dict[str, Any]:
    across = COLUMNS // WIDTH
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": panel.title,
        "datasource": DATASOURCE,
        "gridPos": {
            "x": number % across * WIDTH,
            "y": number // across * HEIGHT,
            "w": WIDTH,
            "h": HEIGHT,
        },
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}},
        "targets": [
            {
                "refId": chr(ord("A") + index),
                "datasource": DATASOURCE,
                "expr": expression,
                "legendFormat": legend,
            }
            for index, (expression, legend) in enumerate(panel.queries)
        ],
    }


def render() -> dict[str, str]:
    """Return the boards as text by file name."""
    boards = {
        "requests": board("memory-hub-requests", "Memory Hub: requests", TRAFFIC),
        "resources": board("memory-hub-resources", "Memory Hub: resources", RESOURCES),
        "memories": board("memory-hub-memories", "Memory Hub: memories", MEMORIES),
    }
    return {f"{name}.json": json.dumps(model, indent=2) + "\n" for name, model in boards.items()}


if __name__ == "__main__":
    for name, text in render().items():
        (BOARDS / name).write_text(text)
