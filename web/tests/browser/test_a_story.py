"""A person's first week in a real browser: invited by a link, writing in two windows at once,
offered memories and a team, bringing notes in, sorting and taking them out, letting a client in,
and leaving the team."""

import httpx
import pytest

from testing.clients.webdriver import IN_A_BROWSER, Browser
from web.tests.browser.story import LANGUAGES, Story
from web.tests.browser.story_of_notes import (
    bring_notes,
    tag_and_untag_them,
    take_out,
    throw_away_and_get_back,
)
from web.tests.browser.windows import PASSWORD, against_the_policy

ROOT, MINA, JUN = "root@example.com", "mina@example.com", "jun@example.com"
TEXT = "# Keys\n\nThe key is blue.\n\nIt hangs left.\n\nSee [[other]]."
PEOPLE = f"""
from memory_hub.accounts.models import User
from memory_hub.accounts.services import create_team, set_member
from memory_hub.accounts.principal import principal_of
from superthread.services import save, sharing
from superthread.store_terms import Draft

User.objects.create_superuser("{ROOT}", "{PASSWORD}")
jun = principal_of(User.objects.create_user("{JUN}", "{PASSWORD}"), "session")
create_team(key="alpha", name="The first team", by=jun)
jun = principal_of(User.objects.get(email="{JUN}"), "session")
set_member(key="alpha", email="{MINA}", role="member", by=jun)
save.save_all([Draft(content="Of the team", scope="team", team_key="alpha")], by=jun)
for text in ("The key is with Jun.", "Nothing that anybody wants"):
    (row,) = save.save_all([Draft(content=text)], by=jun)
    sharing.change_grants(doc_id=str(row["doc_id"]), changes={{"{MINA}": "viewer"}}, by=jun)
"""
NOTHING_OFFERED = "No share waits for your answer."
LIMITED = "You asked for much in a short time. Wait a moment, and try again."

pytestmark = IN_A_BROWSER


@pytest.fixture
def hub(nursery, tmp_path):
    made = nursery.hub(tmp_path, workers=1)
    made.environment["HUB_PUBLIC_URL"] = made.url
    with made as hub:
        hub.manage("shell", "--verbosity", "0", "-c", PEOPLE)
        yield hub


@pytest.fixture(params=LANGUAGES)
def story(request, hub, tmp_path):
    with Browser(tmp_path / "profile") as window:
        yield Story(window, hub, request.param, tmp_path / "pictures")


def test_a_first_week(story, tmp_path):
    come_by_the_link(story)
    page = save_one(story)
    write_it_in_two_windows(story, page)
    compare_and_restore(story, page)
    answer_what_is_offered(story)
    bring_notes(story, tmp_path)
    share_one(story)
    tag_and_untag_them(story)
    throw_away_and_get_back(story)
    take_out(story)
    connect_a_client(story)
    leave_the_team(story)
    leave_a_text_behind(story, page)
    assert against_the_policy(story.browser) == []


def come_by_the_link(story):
    browser = story.browser
    story.open("/login")
    story.picture("log-in")
    story.log_in(ROOT)
    story.open("/account/invitations")
    browser.type("main [name=email]", MINA)
    browser.click("main form button")
    link = browser.wait("return document.querySelector('code.secret')?.innerText")
    story.picture("invite")
    story.forget_who_is_there()
    story.open(link)
    story.picture("invited")
    browser.type("[name=password]", PASSWORD)
    browser.click("main [type=submit]")
    story.at("/login")
    story.log_in(MINA)
    story.picture("inside")


def save_one(story):
    """The address of a memory that is saved by the form."""
    browser = story.browser
    story.open("/memories/new")
    story.write(TEXT)
    story.browser.click("form[data-draft] button[value=preview]")
    browser.wait("return document.querySelector('#preview h2 ~ .formatted h2') !== null")
    story.picture("write")
    story.press("save")
    page = browser.run("return location.href")
    story.picture("saved")
    assert browser.run("return localStorage.length") == 0
    return page


def write_it_in_two_windows(story, page):
    """The second finds a conflict, and its draft after a reload; the merged text has both."""
    browser = story.browser
    first, second = story.windows()
    for window in (second, first):
        story.to(window)
        story.open(f"{page}/edit")
    story.write(TEXT.replace("blue", "green"))
    story.press("save")
    assert browser.run("return location.href") == page

    story.to(second)
    mine = TEXT.replace("left", "right")
    story.write(mine)
    browser.wait("return Object.values(localStorage).join('').includes('right')")
    story.open(f"{page}/edit")
    browser.wait("return document.querySelector('#draft').hidden === false")
    story.picture("draft")
    browser.click("[data-draft-back]")
    assert story.written() == mine
    story.press("save")
    assert browser.run("return document.querySelector('[name=merging]') !== null")
    story.picture("conflict")
    assert story.written() == TEXT.replace("blue", "green").replace("left", "right")
    story.press("save")
    assert browser.run("return location.href") == page
    assert "The key is green." in story.text()
    assert "It hangs right." in story.text()
    browser.wait("return localStorage.length === 0")


def compare_and_restore(story, page):
    browser = story.browser
    story.open(f"{page}/history")
    story.picture("history")
    browser.click("input[name=from][value='1']")
    story.click("button[form=comparing]")
    story.picture("compare")
    words = "return [...document.querySelectorAll('ins')].map((one) => one.innerText).join(' ')"
    assert browser.run(words) == "green right"
    story.click(".actions a[href*='view=side']")
    story.picture("side-by-side")
    story.click("form[action$='/restore'] button")
    assert browser.run("return location.href") == page
    assert "The key is blue." in story.text()
    story.picture("restored")


def answer_what_is_offered(story):
    # Root vouches for Mina, whose address nobody has proven: what Jun offers does not count yet.
    story.open("/shares")
    assert story.says(NOTHING_OFFERED)
    prove(story)
    story.open("/memories")
    story.picture("something-waits")
    story.open("/shares")
    story.picture("offered")
    story.press("accept", "main tbody tr:first-child")
    story.picture("accepted")
    assert not story.says(NOTHING_OFFERED)
    story.press("decline")
    assert story.says(NOTHING_OFFERED)
    story.picture("declined")
    story.open("/teams")
    story.picture("teams")
    story.press("accept")
    story.open("/teams/alpha")
    assert JUN in story.text()
    story.picture("team")
    story.open("/teams/alpha/activity")
    story.picture("team-activity")


def prove(story):
    """As its operator does where a hub sends no mail."""
    story.hub.manage(
        *("shell", "--verbosity", "0", "-c"),
        "from memory_hub.accounts.services.proving import prove; "
        "from memory_hub.accounts.models import User; "
        "from memory_hub.core.identity import OPERATOR; "
        f"prove(User.objects.get(email='{MINA}').pk, by=OPERATOR)",
    )


def share_one(story):
    browser = story.browser
    story.open("/memories")
    story.open(browser.run("return document.querySelector('a.row-title').href") + "/share")
    browser.type("#email", JUN)
    browser.click("main input[name=role][value=editor]")
    story.press("give", "main form:has(#email)")
    assert JUN in story.text()
    story.picture("shared")


def connect_a_client(story):
    browser = story.browser
    story.open("/connect")
    story.picture("connect")
    story.click("a[href$='name=Cursor']")
    if "/account/confirm" in browser.run("return location.pathname"):
        story.picture("confirm")
        browser.type("[name=password]", PASSWORD)
        browser.click("main [type=submit]")
    story.at("/tokens/new")
    story.picture("new-token")
    browser.click("main form button")
    secret = browser.wait("return document.querySelector('#secret')?.innerText")
    story.picture("token")
    # As in a browser that comes by http.
    browser.run("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    browser.click("[data-copies=secret]")
    assert browser.run("return getSelection().toString().trim()") == secret
    assert story.says("Copied.")
    refused = "new CustomEvent('htmx:responseError', { detail: { xhr: { status: 429 } } })"
    browser.run(f"document.dispatchEvent({refused})")
    assert story.says(LIMITED)
    headers = {"Authorization": f"Bearer {secret}"}
    assert httpx.get(f"{story.hub.url}/accounts/me", headers=headers).json()["email"] == MINA
    story.open("/connect")
    # When it was last used is written by and by.
    browser.wait(
        "if (document.querySelector('[aria-labelledby=cursor] .tag.good')) return true;"
        "location.reload(); return false;"
    )
    story.picture("connected")
    story.open("/tokens")
    story.picture("tokens")


def leave_the_team(story):
    story.open("/teams/alpha")
    story.press("leave")
    story.picture("leave")
    story.sure()
    assert story.says("You have left the team.")
    assert story.says("You are in no team.")
    story.picture("left")
    story.open("/memories/00000000-0000-4000-8000-000000000000")
    story.picture("nothing-here")


def leave_a_text_behind(story, page):
    """The key that opens the form; what is being written goes with the log-out."""
    browser = story.browser
    story.open(page)
    browser.type("body", "e")
    story.at(f"{page.removeprefix(story.hub.url)}/edit")
    browser.type("#text", "Not saved.")
    browser.wait("return localStorage.length === 1")
    browser.run("document.querySelector('form[action$=\"/logout\"] button').click()")
    story.at("/login")
    assert browser.run("return localStorage.length") == 0
    # Nothing of theirs comes back to whoever goes to the page before.
    browser.call("POST", "back")
    story.at("/login")
