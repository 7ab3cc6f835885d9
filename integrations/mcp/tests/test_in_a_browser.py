"""PyPI's client let in to the door by a person who clicks in a real browser."""

import json
import subprocess
from pathlib import Path

from integrations.mcp.tests.conftest import EMAIL, PASSWORD
from testing.clients.webdriver import IN_A_BROWSER, Browser

CLIENT = Path(__file__).with_name("drill") / "python_oauth.py"
IS_READY = "return document.readyState === 'complete' && location.pathname === '{}'"
NEW = """
return [...document.querySelectorAll('label')].filter((label) => label.querySelector('strong'))
  .map((label) => label.querySelector('input').value)
"""

pytestmark = IN_A_BROWSER


def test_a_person_clicks_that_the_python_sdk_may_come_in_and_later_do_more(
    real_hub, python_sdk, tmp_path
):
    command = [python_sdk, CLIENT, real_hub.url]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with Browser(tmp_path / "profile") as browser, subprocess.Popen(command, **pipes) as client:
        browser.open(client.stdout.readline().strip())
        browser.wait(IS_READY.format("/login"))
        browser.type("[name=login]", EMAIL)
        browser.type("[name=password]", PASSWORD)
        browser.click("main [type=submit]")
        for new in ([], ["memories:publish"], ["memories:share"]):
            browser.wait(IS_READY.format("/oauth/authorize"))
            assert "A Python agent" in browser.run("return document.body.innerText")
            assert browser.run(NEW) == new
            browser.click("[value=everything]")
            browser.click("[value=allow]")
            browser.wait("return document.title === 'Back'")
            told = client.stdout.readline().strip()
            if new != ["memories:share"]:
                browser.open(told)
        assert not [one for one in browser.complaints() if real_hub.url in one]
        assert client.wait(30) == 0, client.stderr.read()
    seen = json.loads(told)
    assert (seen["tools"], seen["saved"], seen["shared"][0]) == (8, [False, "public"], False)
    # It was let in to the door alone.
    assert seen["elsewhere"] == 401
