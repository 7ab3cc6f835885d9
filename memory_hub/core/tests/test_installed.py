"""What the apps say must go together, or the hub does not start and says why."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from memory_hub.core import installed
from memory_hub.core.features import Features, Scope

MOST = 32 * 2**20
HUB = installed.features()


def check_with(monkeypatch, *more: Features, mounted_at: str = "") -> None:
    """The check of a start with these apps beside those that are installed."""
    monkeypatch.setattr(installed, "features", lambda: (*HUB, *more))
    installed.check(mounted_at=mounted_at, most_body_bytes=MOST)


@pytest.mark.parametrize(
    ("app", "says"),
    [
        (Features(prefix="/accounts"), "Two apps have paths under /accounts."),
        (Features(prefix="/accounts-old"), "Two apps have paths under /accounts."),
        (Features(prefix="/admin"), "Two apps have paths under /admin."),
        (Features(prefix="/doc"), "Two apps have paths under /doc."),
        (Features(prefix="notes"), "notes is no prefix"),
        (Features(prefix="/a/b"), "/a/b is no prefix"),
        (Features(urls="notes.urls"), "The routes notes.urls have no prefix."),
        (Features(scopes=(Scope("memories:read", "", ""),)), "Two apps have the scope memories:"),
        (Features(scopes=(Scope("Notes", "", ""),)), "Notes is no scope"),
        (Features(prefix="/n", body_limits={"/all": MOST + 1}), "A body at /n/all may have from 1"),
        (Features(prefix="/n", points={"/all": -1}), "/n/all cannot cost -1 points."),
    ],
)
def test_an_app_that_does_not_fit_ends_the_start_with_its_reason(monkeypatch, app, says):
    with pytest.raises(ImproperlyConfigured) as told:
        check_with(monkeypatch, app)
    assert says in str(told.value)


def test_an_app_that_fits_is_taken(monkeypatch):
    scope = Scope("notes:read", "", "")
    check_with(monkeypatch, Features(prefix="/notes", scopes=(scope,), body_limits={"/": MOST}))


@pytest.mark.parametrize("path", ["/superthread", "/admin/hub", "/openapi.json"])
def test_a_hub_is_not_mounted_where_its_own_paths_would_be_mistaken(monkeypatch, path):
    with pytest.raises(ImproperlyConfigured, match=r"^HUB_PATH_PREFIX must not begin like"):
        check_with(monkeypatch, mounted_at=path)
    check_with(monkeypatch, mounted_at="/hub")
