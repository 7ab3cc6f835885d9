"""Whoever logs a token or the text of a memory is found out by any test."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from testing.discretion import leaks, telling

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "mh_" + "aB3" * 12
TEXT = "The zebra crossed the road."

LOUD = f"""
import logging
import sys
from testing.discretion import note

def test_logs_a_token():
    logging.getLogger("any").warning("Bearer %s", "{TOKEN}")

def test_prints_what_was_written():
    note({{"memories": [{{"content": "# Notes\\n{TEXT}"}}]}})
    print("saved {TEXT}", file=sys.stderr)

def test_says_nothing():
    logging.getLogger("any").warning("mh_aB3aB3 was used")
"""


def test_a_test_that_logs_a_secret_fails(tmp_path):
    (tmp_path / "test_loud.py").write_text(LOUD)
    command = [sys.executable, "-m", "pytest", "-p", "conftest", "-c", "pytest.ini", "-q"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", f"--rootdir={tmp_path}", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert "3 passed, 2 errors" in done.stdout, done.stdout
    assert f"Logged what must not be: ['{TOKEN}']" in done.stdout
    assert f"Logged what must not be: ['{TEXT}']" in done.stdout


@pytest.mark.drill
def test_a_hub_whose_log_holds_the_text_of_a_memory_does_not_stop_in_silence(new_hub):
    hub = new_hub(workers=1)
    headers = {"Authorization": f"Bearer {hub.token('mina@example.com')}"}
    body = {"content": f"# Notes\n{TEXT}"}
    saved = httpx.post(f"{hub.url}/superthread/memories", json=body, headers=headers)
    assert saved.status_code == 201
    with hub.log.open("a") as log:
        log.write(f"saved {TEXT}\n")
    with pytest.raises(RuntimeError, match=TEXT):
        hub.stop()


def test_what_stands_in_a_log_by_chance_is_not_looked_for():
    assert list(telling("one\n" + "x" * 100 + f"\n {TEXT} ")) == [TEXT]
    assert leaks("mh_aB3 and a text", []) == []
