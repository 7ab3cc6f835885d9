"""The rooms below the apps name none of them, not even in a string: apps register themselves."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import AppConfig, apps
from django.urls import get_resolver
from django.urls.resolvers import RoutePattern

from memory_hub.core.features import Features

ROOT = Path(__file__).resolve().parents[2]
HUB = ROOT / "memory_hub"
# Composes the whole, so it may name everything; the rest are no rooms.
COMPOSITION = {"management", "tests", "static", "templates"}
ROOMS = sorted(
    path.name
    for path in HUB.iterdir()
    if (path / "__init__.py").exists() and path.name not in COMPOSITION
)
# Words of an app that its name, prefix, tables, scopes and routes do not give away.
ALSO = {"google_docs": {"google", "gdocs"}}
# (file, word) → why it may stand there.
ALLOWED = {
    ("caching/dependencies.py", "accounts"): "a key that hosts of the version before share",
    ("conf/single_sign_on.py", "oauth"): "a library's name of a setting",
}


def app_configs() -> list[AppConfig]:
    """The apps: not the hub itself, nor a room of it that brings jobs and has no routes."""
    found = [config for config in apps.get_app_configs() if config.name != "memory_hub"]
    said = [(one, getattr(one, "features", None)) for one in found]
    return [
        one
        for one, features in said
        if isinstance(features, Features) and (features.prefix or not is_room(one))
    ]


def is_room(config: AppConfig) -> bool:
    return config.name.startswith("memory_hub.")


def words_of(config: AppConfig) -> set[str]:
    """What names an app: as itself, by its tables, scopes and the paths of its routes."""
    features: Features = config.features
    words = {config.label, config.name.rpartition(".")[2], features.prefix.strip("/")} - {""}
    words |= {model._meta.db_table for model in config.get_models()}
    for scope in features.scopes:
        words |= {scope.name, scope.name.replace(":", "_").lower()}
    return words | routes_of(features) | ALSO.get(config.label, set())


def routes_of(features: Features) -> set[str]:
    """The first words of the app's routes, as paths."""
    if not features.urls:
        return set()
    below = next(
        entry
        for entry in get_resolver().url_patterns
        if isinstance(entry.pattern, RoutePattern)
        and entry.pattern._route == f"{features.prefix[1:]}/"
    )
    routes = {str(route.pattern).split("/")[0] for route in below.url_patterns}
    return {f"/{route}" for route in routes if route}


def said_in(path: Path) -> Iterator[tuple[int, str]]:
    """Names and texts of a file with their lines; not what its docstrings and comments tell."""
    tree = ast.parse(path.read_text())
    told = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in told:
                yield node.lineno, text
            case ast.Constant(value=bytes(raw)):
                yield node.lineno, raw.decode("latin-1")
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield node.lineno, name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield node.lineno, name
            case ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.keyword(arg=str(name)):
                yield node.lineno, name


@cache
def names(word: str, text: str) -> bool:
    """Whether the text has the word: whole, whatever its case, parts joined by - or _ alike."""
    alike = re.escape(word.lower().replace("-", "_"))
    ends = "" if word.startswith("/") else "(?<![a-z0-9])"
    return re.search(f"{ends}{alike}(?![a-z0-9])", text.lower().replace("-", "_")) is not None


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_below_the_apps_names_none_of_them(room):
    above = [config for config in app_configs() if config.name != f"memory_hub.{room}"]
    words = set().union(*(words_of(config) for config in above))
    found = [
        f"{path.relative_to(ROOT)}:{line}: {word} in {text[:60]!r}"
        for path in sorted((HUB / room).rglob("*.py"))
        if not {"tests", "migrations"} & set(path.parts)
        for line, text in said_in(path)
        for word in words
        if names(word, text) and (str(path.relative_to(HUB)), word) not in ALLOWED
    ]
    assert found == []


def test_what_is_allowed_is_still_said():
    """Nothing is on the list for longer than it must be."""
    said = {
        (file, word)
        for file, word in ALLOWED
        if any(names(word, text) for _, text in said_in(HUB / file))
    }
    assert said == ALLOWED.keys()


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("superthread_memory", "superthread"),
        ("/google-docs/connect", "google_docs"),
        ("GOOGLE_CALL", "google"),
        ("/superthread/search/", "/search"),
        ("MEMORIES_READ", "memories_read"),
    ],
)
def test_the_look_finds_an_app_however_it_is_written(text, word):
    assert names(word, text)
    assert not names(word, "re.search, researched, googled, memory-hub")


def test_the_tests_of_every_package_run_without_being_named(pytestconfig):
    tested = {path.relative_to(ROOT).parts[0] for path in ROOT.glob("[!.]*/**/tests/test_*.py")}
    assert tested - {"var"} <= set(pytestconfig.getini("testpaths"))
