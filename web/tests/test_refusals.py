"""What goes wrong on a page is said on a page, in the language of the others, and what to do."""

import pytest
from axes.models import AccessAttempt

from memory_hub.core.errors import TooLarge, Unavailable
from memory_hub.http.error_pages import refused
from memory_hub.rate_limits.limiter import RateLimited
from testing.clients.browsing import PASSWORD, Person, inside, registered

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


@pytest.mark.parametrize(
    ("error", "english", "korean"),
    [
        (TooLarge(), "This is too large", "너무 큽니다"),
        (RateLimited(headers={"Retry-After": "7"}), "in 7 seconds", "7초 뒤에"),
        (RateLimited(headers={"Retry-After": "1"}), "in 1 second.", "1초 뒤에"),
        (Unavailable(), "cannot answer just now", "지금은 답할 수 없습니다"),
    ],
)
def test_what_is_refused_at_the_door_is_said_in_both_languages(error, english, korean):
    answer = refused(error)
    text = answer.content.decode()
    assert answer.status_code == error.status
    assert english in text.partition('lang="ko"')[0]
    assert korean in text.partition('lang="ko"')[2]
    assert "/static/web/web.css" in text
    assert "script" not in text


def test_too_large_a_form_is_refused_in_words_and_too_large_a_body_as_a_problem(nobody, settings):
    settings.HUB_BODY_LIMIT = 10
    answer = nobody.post("/login", content=b"x" * 11)
    assert (answer.status_code, answer.headers["Content-Type"][:9]) == (413, "text/html")
    assert "style-src 'self'" in answer.headers["Content-Security-Policy"]
    answer = nobody.post("/superthread/search", content=b"x" * 11)
    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "status"), [("/memories?cursor=x", 400), ("/nothing/of/this", 404)]
)
def test_a_browser_gets_words_for_any_path_that_is_nothing_of_the_api(db, path, status):
    person = inside(MINA)
    assert "<h1>" in person.text(path, status, headers={"Accept": "text/html,*/*"})


def test_a_program_gets_a_problem_for_a_path_that_is_nothing(nobody):
    for path in ("/nothing", "/superthread/nothing"):
        answer = nobody.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    answer = nobody.get("/superthread/nothing", headers={"Accept": "text/html"})
    assert answer.json()["code"] == "not-found"


def test_a_method_that_a_page_does_not_have(db):
    answer = inside(MINA).send("/memories")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Too many requests"), ("ko", "요청이 너무 많았습니다")]
)
def test_a_page_whose_reader_has_no_points_left(db, monkeypatch, language, said):
    person = inside(MINA)

    def refuse(points):
        raise RateLimited("Too much.", headers={"Retry-After": "9"})

    monkeypatch.setattr("memory_hub.rate_limits.bill.charge", refuse)
    answer = person.get("/memories?q=note", headers={"Accept-Language": language})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "9")
    assert said in answer.content.decode()
