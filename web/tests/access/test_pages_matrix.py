"""Every principal × scope × page; the rows are in rows.py, the roles in the API's matrix."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.module_loading import import_string

from superthread.tests.access import matrix
from superthread.tests.access.matrix import CALLERS, OPERATIONS, SCOPES
from superthread.tests.access.worlds import World, to_trash, world
from testing.clients.browsing import Person, registered
from testing.examples import undone
from web.tests.access.rows import ELSEWHERE, LISTS, ON_A_MEMORY, OnAMemory

EMAIL = "caller@example.com"


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    """The routes of pages, those of accounts left out: they have no memory."""
    for one in (resolver or get_resolver("web.urls")).url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one)
        elif resolver is not None:
            yield one


def entered(name: str) -> Person:
    """The caller, logged in."""
    caller = CALLERS[name]
    user = registered(EMAIL, is_superuser=caller.superuser, is_staff=caller.superuser)
    person = Person(EMAIL)
    person.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return person


def ask(person: Person, row: OnAMemory, made: World, doc_id: str | None = None):
    """Opens the page or sends its form."""
    path = reverse(row.route, kwargs={"doc_id": doc_id or made.doc_id})
    if row.method == "GET":
        return person.get(f"{path}?{row.query}" if row.query else path)
    named = {"revision": made.memory["revision"], "version": made.version_id}
    form = {name: text.format(**named) for name, text in row.form.items()}
    return person.send(path, **form)


def test_every_page_has_a_row():
    rows = {f"{row.method} {row.route}" for row in ON_A_MEMORY.values()}
    rows |= {f"GET {row.route}" for row in LISTS.values()} | ELSEWHERE.keys()
    missing = [
        f"{method} {pattern.name}"
        for pattern in patterns()
        for method in import_string(pattern.callback.view_name).methods
        if f"{method} {pattern.name}" not in rows
    ]
    assert not missing, f"No row for {missing}: add one in web/tests/access/rows.py."


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("name", CALLERS)
def test_each_page_is_answered_as_the_role_says(db, name, scope):
    person = entered(name)
    made = world(scope, CALLERS[name], EMAIL)
    wrong = []
    for title, row in ON_A_MEMORY.items():
        with undone():
            wrong += [f"{title}: {one}" for one in cell(person, row, made, name, scope)]
    assert not wrong, "\n".join(wrong)


def cell(person: Person, row: OnAMemory, made: World, name: str, scope: str) -> Iterator[str]:
    """What is wrong with one answer."""
    caller, like = CALLERS[name], OPERATIONS[row.like]
    role = caller.role(scope)
    if like.trashed:
        to_trash(made)
    expected = 404 if role == matrix.NONE else 403 if role < like.least else row.status
    if like.granted and not caller.grant:
        expected = 404
    answer = ask(person, row, made)
    if answer.status_code != expected:
        yield f"{answer.status_code}, not {expected}"
    if expected == 404 and ask(person, row, made, made.absent).status_code != 404:
        yield "what is absent is told apart"


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("name", CALLERS)
def test_pages_of_many_show_what_the_lists_of_the_caller_hold(db, name, scope):
    person, listed = entered(name), CALLERS[name].lists(scope)
    made = world(scope, CALLERS[name], EMAIL)
    for title, many in LISTS.items():
        path = f"{reverse(many.route)}?{many.query.format(scope=scope)}"
        assert (made.doc_id in person.text(path)) is listed, title


def test_nobody_sees_a_page_without_an_account(db):
    made = world("public", CALLERS["stranger"], EMAIL)
    person = Person()
    for pattern in patterns():
        kwargs = {"doc_id": made.doc_id} if "doc_id" in pattern.pattern.regex.groupindex else {}
        if set(pattern.pattern.regex.groupindex) - set(kwargs):
            continue
        answer = person.get(reverse(pattern.name, kwargs=kwargs))
        assert answer.status_code == 302, pattern.name
        assert answer.headers["Location"].startswith("/login?next="), pattern.name
