"""Writes the index template and Kibana's dashboard: ``python deploy/elk/build.py``."""

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PATTERN = "logs-memory_hub.*"
DATA_VIEW = "memory-hub-logs"
# The version of the saved objects' form; later Kibanas migrate it on import.
KIBANA = "8.8.0"

KEYWORDS = (
    "ecs.version", "event.category", "event.dataset", "event.kind", "event.outcome", "event.type",
    "host.hostname", "http.request.id", "http.request.method", "http.version", "labels.cache",
    "log.level", "log.logger", "parent.id", "service.environment", "service.name",
    "service.version", "span.id", "trace.id", "url.path", "user.id",
)  # fmt: skip
LONGS = (
    "event.duration", "http.response.body.bytes", "http.response.status_code", "memory_hub.db_ns",
    "memory_hub.wait_ns", "process.pid",
)  # fmt: skip
TEXTS = ("message", "error.stack_trace")
AGENT = {
    "type": "keyword",
    "ignore_above": 1024,
    "fields": {"text": {"type": "match_only_text"}},
}


def index_template() -> dict[str, Any]:
    """Return the template of the hub's data streams. Unknown fields are kept but not indexed."""
    fields: dict[str, Any] = {"@timestamp": {"type": "date"}, "client.ip": {"type": "ip"}}
    fields |= {name: {"type": "keyword", "ignore_above": 1024} for name in KEYWORDS}
    fields |= {name: {"type": "long"} for name in LONGS}
    fields |= {name: {"type": "match_only_text"} for name in TEXTS}
    fields["user_agent.original"] = AGENT
    return {
        "index_patterns": [PATTERN],
        "data_stream": {},
        "priority": 200,
        "template": {
            "settings": {"index": {"codec": "best_compression", "mapping.ignore_malformed": True}},
            "mappings": {"dynamic": False, "properties": _nested(fields)},
        },
        "_meta": {"description": "Access and application logs of Memory Hub, in ECS."},
    }


def _nested(fields: dict[str, Any]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, mapping in sorted(fields.items()):
        *parents, leaf = name.split(".")
        place = tree
        for parent in parents:
            place = place.setdefault(parent, {"properties": {}})["properties"]
        place[leaf] = mapping
    return tree


def _count() -> dict[str, Any]:
    return {"id": "1", "enabled": True, "type": "count", "schema": "metric", "params": {}}


def _terms(field: str, schema: str, size: int = 10) -> dict[str, Any]:
    params = {"field": field, "size": size, "order": "desc", "orderBy": "1"}
    return {"id": "3", "enabled": True, "type": "terms", "schema": schema, "params": params}


def _time() -> dict[str, Any]:
    params = {"field": "@timestamp", "interval": "auto", "min_doc_count": 1}
    return {
        "id": "2",
        "enabled": True,
        "type": "date_histogram",
        "schema": "segment",
        "params": params,
    }


def _duration(kind: str, **params: Any) -> dict[str, Any]:
    return {
        "id": "1",
        "enabled": True,
        "type": kind,
        "schema": "metric",
        "params": {"field": "event.duration", **params},
    }


ACCESS = "event.dataset : memory_hub.access"
PANELS: list[tuple[str, str, str, list[dict[str, Any]]]] = [
    (
        "Answers by status",
        "histogram",
        ACCESS,
        [_count(), _time(), _terms("http.response.status_code", "group")],
    ),
    (
        "Duration, percentiles (ns)",
        "line",
        ACCESS,
        [_duration("percentiles", percents=[50, 95, 99]), _time()],
    ),
    ("Most used routes", "table", ACCESS, [_count(), _terms("url.path", "bucket", 20)]),
    (
        "Routes with errors",
        "table",
        f"{ACCESS} and event.outcome : failure",
        [_count(), _terms("url.path", "bucket", 20)],
    ),
    (
        "Log entries by level",
        "histogram",
        "not event.dataset : memory_hub.access",
        [_count(), _time(), _terms("log.level", "group")],
    ),
    ("Answers from the cache", "pie", ACCESS, [_count(), _terms("labels.cache", "segment", 2)]),
]


def saved_objects() -> list[dict[str, Any]]:
    """Return Kibana's saved objects: the data view, the panels and the dashboard."""
    view = {
        "type": "index-pattern",
        "id": DATA_VIEW,
        "attributes": {"title": PATTERN, "name": "Memory Hub logs", "timeFieldName": "@timestamp"},
        "references": [],
    }
    panels = [_visualization(number, *panel) for number, panel in enumerate(PANELS)]
    objects = [view, *panels, _dashboard(panels)]
    return [{**each, "coreMigrationVersion": KIBANA} for each in objects]


def _visualization(
    number: int, title: str, kind: str, query: str, aggregations: list[dict[str, Any]]
) -> dict[str, Any]:
    source = {
        "query": {"query": query, "language": "kuery"},
        "filter": [],
        "indexRefName": "kibanaSavedObjectMeta.searchSourceJSON.index",
    }
    return {
        "type": "visualization",
        "id": f"memory-hub-panel-{number}",
        "attributes": {
            "title": f"Memory Hub: {title}",
            "visState": json.dumps(
                {"title": title, "type": kind, "aggs": aggregations, "params": {"type": kind}}
            ),
            "uiStateJSON": "{}",
            "description": "",
            "version": 1,
            "kibanaSavedObjectMeta": {"searchSourceJSON": json.dumps(source)},
        },
        "references": [{"name": source["indexRefName"], "type": "index-pattern", "id": DATA_VIEW}],
    }


def _dashboard(panels: list[dict[str, Any]]) -> dict[str, Any]:
    width, height = 24, 15
    layout = [
        {
            "version": KIBANA,
            "type": "visualization",
            "panelIndex": str(number),
            "gridData": {
                "x": number % 2 * width,
                "y": number // 2 * height,
                "w": width,
                "h": height,
                "i": str(number),
            },
            "embeddableConfig": {},
            "panelRefName": f"panel_{number}",
        }
        for number in range(len(panels))
    ]
    return {
        "type": "dashboard",
        "id": "memory-hub",
        "attributes": {
            "title": "Memory Hub",
            "description": "Requests, durations and errors from the hub's logs",
            "panelsJSON": json.dumps(layout),
            "optionsJSON": json.dumps({"useMargins": True}),
            "timeRestore": True,
            "timeFrom": "now-24h",
            "timeTo": "now",
            "kibanaSavedObjectMeta": {
                "searchSourceJSON": json.dumps({"query": {"query": "", "language": "kuery"}})
            },
        },
        "references": [
            {"name": f"panel_{number}", "type": "visualization", "id": panel["id"]}
            for number, panel in enumerate(panels)
        ],
    }


def render() -> dict[str, str]:
    """Return the files as text by name."""
    lines = [json.dumps(each, sort_keys=True) for each in saved_objects()]
    return {
        "index-template.json": json.dumps(index_template(), indent=2) + "\n",
        "kibana-dashboard.ndjson": "\n".join(lines) + "\n",
    }


if __name__ == "__main__":
    for name, text in render().items():
        (HERE / name).write_text(text)
