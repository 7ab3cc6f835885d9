"""What the apps say must go together, or the hub does not start and says why; and what they name
must be there, though it is imported when it is needed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from importlib import import_module
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from memory_hub.core import installed
from memory_hub.core.features import Features, Scope

MOST = 32 * 2**20
HUB = installed.features()
DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")


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


def dotted_names(said: Any) -> Iterator[str]:
    """All dotted names in what an app declares, whichever the field."""
    if isinstance(said, str) and DOTTED.fullmatch(said):
        yield said
    elif isinstance(said, Mapping):
        yield from dotted_names(tuple(said.values()))
    elif type(said) is tuple:
        for one in said:
            yield from dotted_names(one)


def unresolved(app: Features) -> list[str]:
    """The dotted names of an app that stand for nothing."""
    names = [name for one in fields(app) for name in dotted_names(getattr(app, one.name))]
    return [name for name in names if not _is_there(name)]


def _is_there(name: str) -> bool:
    for look in (import_string, import_module):
        try:
            look(name)
        except ImportError:
            continue
        return True
    return False


def test_every_dotted_name_of_an_app_stands_for_something():
    assert [name for app in HUB for name in unresolved(app)] == []


@pytest.mark.parametrize(
    "app",
    [
        Features(prefix="/n", urls="web.url"),
        Features(view="web.home.gone"),
        Features(jobs=("memory_hub.accounts.job.CLEAR",)),
        Features(subscribers={1: ("web.webhooks.tell_owner", "web.webhooks.tell_owners")}),
        Features(well_known={"a": "nowhere.to.be_found"}),
    ],
)
def test_a_dotted_name_that_stands_for_nothing_is_found_in_any_field(app):
    assert len(unresolved(app)) == 1
