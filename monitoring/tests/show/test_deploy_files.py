"""The files for Prometheus, Grafana and the log servers fit what the hub emits."""

import importlib.util
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from monitoring.logs.access import Access, EcsFormat
from monitoring.logs.tracing import continue_trace

DEPLOY = Path(__file__).resolve().parents[3] / "deploy"

# The fields of ours in the ECS 8.11 field reference; others must be under an own name.
ECS = set()
for group, names in {
    "client": "ip",
    "ecs": "version",
    "error": "stack_trace",
    "event": "category dataset duration kind outcome type",
    "host": "hostname",
    "http": "request.id request.method response.body.bytes response.status_code version",
    "labels": "cache",
    "log": "level logger",
    "parent": "id",
    "process": "pid",
    "service": "environment name version",
    "span": "id",
    "trace": "id",
    "url": "path",
    "user": "id",
    "user_agent": "original",
}.items():
    ECS |= {f"{group}.{name}" for name in names.split()}
ECS |= {"@timestamp", "message"}
OWN = "memory_hub."


def load(path: Path):
    spec = importlib.util.spec_from_file_location(f"{path.parent.name}_build", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def logged_fields() -> set[str]:
    trace = continue_trace(b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    access = Access(1, 1, "GET", "/x", 200, "id", trace, 1, "::1", b"curl", "1.1", 1, True, 1, 1)
    line = EcsFormat(service="s", version="1", environment="e", host="h")(access)
    return set(json.loads(line))


def mapped_fields(properties: dict, prefix: str = "") -> set[str]:
    found = set()
    for name, mapping in properties.items():
        if "type" in mapping:
            found.add(prefix + name)
        found |= mapped_fields(mapping.get("properties", {}), f"{prefix}{name}.")
    return found


def template_fields() -> set[str]:
    template = json.loads((DEPLOY / "elk/index-template.json").read_text())
    return mapped_fields(template["template"]["mappings"]["properties"])


@pytest.mark.parametrize("folder", ["grafana", "elk"])
def test_built_files_are_what_their_script_writes(folder):
    target = DEPLOY / folder / ("boards" if folder == "grafana" else ".")
    for name, text in load(DEPLOY / folder / "build.py").render().items():
        assert (target / name).read_text() == text


def test_every_logged_field_is_ecs_or_our_own_and_is_mapped():
    assert {field for field in logged_fields() if not field.startswith(OWN)} <= ECS
    assert logged_fields() <= template_fields()
    assert {field for field in template_fields() if not field.startswith(OWN)} <= ECS


def test_kibana_panels_use_mapped_fields_and_every_reference_exists():
    lines = (DEPLOY / "elk/kibana-dashboard.ndjson").read_text().splitlines()
    objects = [json.loads(line) for line in lines]
    ids = {(each["type"], each["id"]) for each in objects}
    references = {(ref["type"], ref["id"]) for each in objects for ref in each["references"]}
    assert references <= ids
    used = set()
    for each in objects:
        if each["type"] == "visualization":
            state = json.loads(each["attributes"]["visState"])
            used |= {agg["params"]["field"] for agg in state["aggs"] if agg["params"]}
            source = each["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"]
            used |= set(re.findall(r"([\w.]+) :", json.loads(source)["query"]["query"]))
    assert used
    assert used <= template_fields()


def test_yaml_files_are_readable_and_filebeat_expands_dotted_names():
    for path in DEPLOY.rglob("*.yml"):
        if path.parts[len(DEPLOY.parts)] in ("prometheus", "grafana", "elk"):
            assert yaml.safe_load(path.read_text())
    filebeat = yaml.safe_load((DEPLOY / "elk/filebeat.yml").read_text())
    (source,) = filebeat["filebeat.inputs"]
    assert source["parsers"][0]["ndjson"]["expand_keys"] is True


def test_logstash_braces_and_quotes_are_balanced():
    text = (DEPLOY / "elk/logstash/memory-hub.conf").read_text()
    bare = re.sub(r'#.*|"[^"\n]*"', "", text)
    assert '"' not in bare
    assert bare.count("{") == bare.count("}")


def test_panels_of_a_board_have_different_places_and_titles():
    for path in (DEPLOY / "grafana/boards").glob("*.json"):
        panels = json.loads(path.read_text())["panels"]
        assert len({(p["gridPos"]["x"], p["gridPos"]["y"]) for p in panels}) == len(panels)
        assert len({p["title"] for p in panels}) == len(panels)


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "rules", "alerts.yml"],
        ["test", "rules", "alerts.test.yml"],
        ["check", "config", "--syntax-only", "prometheus.yml"],
    ],
    ids=["rules", "rule tests", "configuration"],
)
def test_promtool_accepts_the_prometheus_files(arguments):
    if shutil.which("promtool") is None:
        pytest.skip("promtool (package prometheus) is not installed")
    done = subprocess.run(
        ["promtool", *arguments],
        cwd=DEPLOY / "prometheus",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
