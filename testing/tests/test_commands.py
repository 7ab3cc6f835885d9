import gc
import os

import httpx
import pytest

from testing.servers.commands import ForkedCommands
from testing.servers.hub import ROOT


def test_a_token_that_was_made_in_a_fork_is_one_and_each_is_another(shared_hub):
    tokens = [shared_hub.token(f"forked{number}@example.com") for number in range(3)]
    assert len(set(tokens)) == 3
    for number, token in enumerate(tokens):
        headers = {"Authorization": f"Bearer {token}"}
        answer = httpx.get(f"{shared_hub.url}/accounts/me", headers=headers)
        assert answer.json()["email"] == f"forked{number}@example.com"


def test_a_command_that_fails_in_a_fork_says_why_and_the_next_one_runs(shared_hub):
    with pytest.raises(RuntimeError, match=r"create_token failed:\n.*not an e-mail address"):
        shared_hub.token("nobody")
    with pytest.raises(RuntimeError, match="unrecognized arguments: --unknown"):
        shared_hub.token("mina@example.com", "--unknown")
    assert shared_hub.token("mina@example.com")


def test_forked_commands_end_with_what_holds_them(shared_hub):
    commands = ForkedCommands(ROOT, shared_hub.environment)
    assert commands.run("diffsettings", "--default", "memory_hub.settings").returncode == 0
    pid = commands._process.pid
    del commands
    gc.collect()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_checkout_that_is_none_is_told(tmp_path, shared_hub):
    commands = ForkedCommands(tmp_path, shared_hub.environment)
    with pytest.raises(RuntimeError, match="No module named"):
        commands.run("check")
