"""What the README and the first start tell people to type, typed."""

import json
import re
import subprocess
import sys

import pytest

from testing.servers.hub import ROOT


def _commands(text: str) -> list[str]:
    """The curl commands and the assignment before them, line continuations put together."""
    joined = re.sub(r"\\\n\s*", "", text)
    return re.findall(r"^\s*((?:TOKEN=|curl ).*)$", joined, re.MULTILINE)


def _run(commands, hub):
    """What each curl prints, as JSON; all in one shell."""
    script = "\n".join(
        f"{command} --no-progress-meter --fail-with-body; echo"
        if command.startswith("curl")
        else command
        for command in commands
    )
    here = script.replace("http://127.0.0.1:8000", hub.url)
    here = here.replace(".venv/bin/python", sys.executable)
    done = subprocess.run(
        ["sh", "-e", "-c", here], cwd=ROOT, env=hub.environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return [json.loads(line) for line in done.stdout.splitlines() if line]


@pytest.fixture(params=["README", pytest.param("first start", marks=pytest.mark.drill)])
def commands_and_hub(request, new_hub):
    hub = new_hub(workers=1)
    if request.param == "README":
        return _commands((ROOT / "README.md").read_text()), hub
    hub.stop()
    printed = hub.manage("prepare")
    assert "password" in printed
    assert hub.manage("prepare") == ""  # once
    hub.start()
    return _commands(printed), hub


def test_the_curl_lines_save_find_and_list(commands_and_hub):
    commands, hub = commands_and_hub
    saved, found, listed = _run(commands, hub)
    assert [memory["doc_id"] for memory in found["results"]] == [saved["doc_id"]]
    assert [memory["doc_id"] for memory in listed["memories"]] == [saved["doc_id"]]


def test_the_readme_names_the_scripts_and_links_to_pages_that_exist():
    text = (ROOT / "README.md").read_text()
    assert "script/server" in text
    assert "script/test" in text
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / target).exists(), target
