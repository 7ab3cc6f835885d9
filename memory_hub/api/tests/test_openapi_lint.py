"""What linters of OpenAPI documents say of ours: nothing. And what they do not look for."""

import json
import subprocess
from pathlib import Path

import pytest

from testing.clients.foreign import from_npm

RULES = Path(__file__).resolve().parents[3] / "docs/api"
LINTERS = ("@redocly/cli@2.77.0", "@stoplight/spectral-cli@6.16.3")
COMMANDS = {
    "redocly": ["redocly", "lint", "--config", RULES / "redocly.yaml"],
    "spectral": ["spectral", "lint", "--fail-severity=hint", "--ruleset", RULES / "spectral.yaml"],
}


@pytest.fixture(scope="module")
def linters(tmp_path_factory):
    """The directory with the linters' programs, of npm."""
    return from_npm(tmp_path_factory.mktemp("linters"), *LINTERS) / ".bin"


@pytest.mark.drill
@pytest.mark.parametrize("name", COMMANDS)
def test_a_linter_finds_nothing(nobody, linters, tmp_path, name):
    (tmp_path / "openapi.json").write_bytes(nobody.get("/openapi.json").content)
    program, *options = COMMANDS[name]
    command = [linters / program, *options, "openapi.json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def document(nobody):
    return nobody.get("/openapi.json").json()


def operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_ids_in_paths_say_their_form(document):
    forms = {
        parameter["name"]: parameter["schema"].get("format", parameter["schema"]["type"])
        for label, operation in operations(document)
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "path" and "/superthread/" in label
        if parameter["name"].endswith("_id")
    }
    numbers = {"hold_id": "integer", "webhook_id": "integer"}
    uuids = dict.fromkeys(("doc_id", "version_id", "import_id", "export_id"), "uuid")
    assert forms == uuids | numbers


def test_what_has_a_default_may_be_left_out_of_a_request(document):
    schemas = document["components"]["schemas"]
    found = 0
    for name, schema in schemas.items():
        if name.endswith("Request"):
            defaults = {key for key, one in schema["properties"].items() if "default" in one}
            assert not defaults & set(schema.get("required", ())), name
            found += len(defaults)
    assert found > 10
    for label, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            optional = "default" in parameter["schema"]
            assert not (optional and parameter.get("required")), (label, parameter["name"])


def test_an_answer_of_a_write_may_be_its_receipt(document):
    answer = document["paths"]["/superthread/memories"]["post"]["responses"]["201"]
    schema = json.dumps(answer["content"]["application/json"]["schema"])
    written = document["components"]["schemas"][schema.rpartition("/")[2].rstrip('"}')]
    kinds = [one["$ref"].rpartition("/")[2] for one in written["anyOf"]]
    assert kinds == ["SavedMemoryOut", "Receipt"]
    assert document["components"]["schemas"]["Receipt"]["additionalProperties"] is False
