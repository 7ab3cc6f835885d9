"""The very first start, and commands that find no hub."""

import os
import re

import pytest

from testing.servers.hub import HubServer, new_database


@pytest.fixture
def hub(tmp_path):
    """A hub whose database has no tables; not started."""
    server = os.environ.get("TEST_DATABASE_URL")
    return HubServer(tmp_path, new_database(server) if server else None)


@pytest.mark.drill
def test_the_welcome_goes_into_a_file_where_one_is_named(hub, tmp_path):
    file = tmp_path / "welcome"
    hub.environment["HUB_WELCOME_FILE"] = str(file)
    done = hub.run_command("prepare")
    assert done.returncode == 0, done.stderr
    welcome = file.read_text()
    token = re.search(r"mh_[0-9A-Za-z]{36}", welcome)[0]
    password = re.search(r"password +(\S+)", welcome)[1]
    assert file.stat().st_mode & 0o777 == 0o600
    assert str(file) in done.stdout
    for secret in (token, password):
        assert secret not in done.stdout + done.stderr
    assert hub.run_command("prepare").stdout == ""
    assert file.read_text() == welcome


@pytest.mark.drill
def test_a_welcome_that_cannot_be_written_leaves_no_account_behind(hub, tmp_path):
    file = tmp_path / "welcome"
    file.write_text("precious")
    hub.environment["HUB_WELCOME_FILE"] = str(file)
    done = hub.run_command("prepare")
    assert (done.returncode, "HUB_WELCOME_FILE" in done.stderr) == (1, True), done.stderr
    assert file.read_text() == "precious"
    del hub.environment["HUB_WELCOME_FILE"]
    assert "mh_" in hub.run_command("prepare").stdout


@pytest.mark.parametrize(
    "command",
    [
        ["create_token", "mina@example.com"],
        ["purge_expired"],
        ["set_member", "alpha", "mina@example.com"],
    ],
)
def test_a_command_without_the_data_of_the_server_says_so(hub, command):
    done = hub.run_command(*command)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "There is no hub in" in done.stderr
    assert "HUB_DATA_DIR" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr


def test_the_icon_of_the_hub_is_where_browsers_look_for_it(nobody):
    found = nobody.get("/favicon.ico")
    assert found.status_code == 302
    icon = nobody.get(found.headers["Location"])
    assert (icon.status_code, icon.headers["Content-Type"]) == (200, "image/svg+xml")
