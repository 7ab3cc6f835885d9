"""What goes wrong on a page is said on a page, in the language of the others, and what to do."""

import pytest
from axes.models import AccessAttempt

from testing.browsing import PASSWORD, Person, inside, registered

MINA = "mina@example.com"


def heading(answer):
    """What the page says first. Fails where it is not one of the hub's."""
    text = answer.content.decode()
    assert "/static/web/web.css" in text
    assert "<style" not in text
    return text.partition("<h1>")[2].partition("</h1>")[0]


@pytest.mark.parametrize(
    ("language", "title"),
    [("en", "There is nothing here"), ("ko", "여기에는 아무것도 없습니다")],
)
@pytest.mark.parametrize("path", ["/account/nothing", "/account/export/7", "/admin/nothing/"])
def test_a_page_that_is_not_there(db, path, language, title):
    person = inside(MINA, is_staff=True)
    answer = person.get(path, headers={"Accept-Language": language})
    assert (answer.status_code, heading(answer)) == (404, title)


def test_one_that_is_not_for_the_account(db):
    answer = inside(MINA).get("/admin/login/")
    assert (answer.status_code, heading(answer)) == (403, "This is not for you")


@pytest.mark.parametrize(
    ("language", "title"),
    [("en", "Nothing was changed"), ("ko", "아무것도 바뀌지 않았습니다")],
)
def test_a_form_of_another_page_or_of_long_ago(db, language, title):
    form = {"login": MINA, "password": PASSWORD}
    answer = Person().post("/login", form, headers={"Accept-Language": language})
    assert (answer.status_code, heading(answer)) == (403, title)


@pytest.mark.parametrize("path", ["/account", "/oauth/clients"])
def test_a_failure_of_the_hub(db, monkeypatch, path):
    for module in ("web.accounts.views", "integrations.oauth.views.connected"):
        monkeypatch.setattr(f"{module}.render", lambda *_: 1 / 0)
    person = inside(MINA)
    person.raise_request_exception = False
    answer = person.get(path)
    assert (answer.status_code, heading(answer)) == (500, "This did not work")


@pytest.mark.parametrize("known", [True, False])
def test_guesses_without_end(db, settings, known):
    """The same for an address without an account."""
    settings.AXES_FAILURE_LIMIT = 1
    if known:
        registered(MINA)
    person = Person(MINA, HTTP_ACCEPT_LANGUAGE="ko")
    answer = person.enter("wrong")
    assert AccessAttempt.objects.exists()
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")
    assert heading(answer) == "시도가 너무 많습니다"
    assert "15분" in answer.content.decode()


def test_a_language_is_offered_in_its_own_words(db):
    text = Person().text("/login", headers={"Accept-Language": "ko"})
    assert ">English</button>" in text
    assert ">한국어</button>" in text
