"""The pages and the document of the API: for everybody, for users, or for nobody."""

import pytest

PAGES = ["/docs", "/docs/", "/redoc"]
DOCUMENT = "/openapi.json"


@pytest.mark.parametrize("path", [*PAGES, DOCUMENT])
def test_they_are_for_everybody_unless_told_otherwise(nobody, path):
    assert nobody.get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_private_pages_ask_who_is_there(nobody, client, settings, path):
    settings.HUB_DOCS = "private"
    answer = nobody.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/login?next={path}")


def test_private_pages_are_for_users(threads, mina, nobody, settings, client):
    settings.HUB_DOCS = "private"
    client.force_login(mina.user)
    name = settings.SESSION_COOKIE_NAME
    cookie = {"Cookie": f"{name}={client.cookies[name].value}"}
    for path in [*PAGES, DOCUMENT]:
        assert nobody.get(path, headers=cookie).status_code == 200
    assert mina.get(DOCUMENT).status_code == 200
    assert nobody.get(DOCUMENT).status_code == 401


@pytest.mark.parametrize("path", [*PAGES, DOCUMENT])
def test_turned_off_they_are_not_there(mina, nobody, settings, path):
    settings.HUB_DOCS = "off"
    absent = nobody.get("/nothing" if path in PAGES else "/openapi.jsonx")
    for caller in (mina, nobody):
        answer = caller.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, absent.json()["code"])


def test_turned_off_the_root_leads_to_the_admin(nobody, settings):
    assert nobody.get("/").headers["Location"] == "/docs"
    settings.HUB_DOCS = "off"
    assert nobody.get("/").headers["Location"] == "/admin/"
