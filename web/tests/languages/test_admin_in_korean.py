"""The admin speaks Korean: the names of what it shows, and what its pages say around them."""

import re
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets, help_text_for_field, label_for_field
from django.test import RequestFactory
from django.urls import reverse
from django.utils.translation import gettext, override

from memory_hub.accounts.models import User
from memory_hub.accounts.principal import principal_of
from memory_hub.accounts.services import create_token
from memory_hub.core.identity import OPERATOR
from memory_hub.core.installed import features
from memory_hub.late_admin import discover
from superthread.services import save
from superthread.store_terms import Draft
from testing.clients.admin_site import Browser
from testing.telling import everything_told
from web.tests.languages.sayings import english, english_of

# What the program calls things: kinds of events, jobs, formats, addresses.
IDENTIFIER = re.compile(r"[a-z]+[._@][a-z._@]+|ecs|jsonl|{.*}|all|command|account 1")
# The same in every language.
NAMES = {
    "UUID",
    "doc_id",
    "ID",
    "id",
    "API",
    "p50",
    "p95",
    "p99",
    "CPU",
    "Google Docs",
    "Memory Hub",
}
# A column of django-axes that nobody can name.
NAMES |= {"Status"}
# Of the sample app of the tests.
SAMPLE = "sample_app"

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def root(db):
    browser = Browser()
    browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "ko"
    return browser


def pages():
    """The pages of models, without those of the tests."""
    discover()
    return [(m, p) for m, p in admin.site._registry.items() if m._meta.app_label != SAMPLE]


def names_of(page, request) -> Iterator[str]:
    """All that a page of a model calls things."""
    meta = page.opts
    yield from (meta.verbose_name, meta.verbose_name_plural, meta.app_config.verbose_name)
    shown = [one for one in page.get_list_display(request) if one != "__str__"]
    yield from (label_for_field(one, page.model, page) for one in shown)
    yield from (one[1] for one in page.get_action_choices(request) if one[0])
    buttons = getattr(page, "actions_detail", ())
    yield from (getattr(page, name).short_description for name in buttons)
    yield page.search_help_text or ""
    for one in page.get_list_filter(request):
        if isinstance(one, str):
            yield label_for_field(one, page.model, page)
        else:
            yield getattr(one, "title", "")
    yield from names_of_form(page, request)
    for inline in page.inlines:
        yield inline.verbose_name_plural or inline.model._meta.verbose_name_plural
        yield from names_of_form(inline(page.model, admin.site), request)


def names_of_form(page, request) -> Iterator[str]:
    may = hasattr(page, "get_form") and page.has_add_permission(request)
    fields = page.get_form(request).base_fields if may else {}
    fieldsets = page.get_fieldsets(request)
    for title, told in fieldsets:
        yield from (title or "", told.get("description", ""))
    for name in flatten_fieldsets(fieldsets):
        if name in fields:
            yield from (fields[name].label or "", fields[name].help_text)
        else:
            yield label_for_field(name, page.model, page)
            yield help_text_for_field(name, page.model)
    for name in fields:
        yield from (label for _, label in getattr(fields[name], "_choices", None) or ())


def test_all_that_the_admin_calls_things_is_said_in_korean(root):
    request = RequestFactory().get("/admin/")
    request.user = root.user
    with override("ko"):
        found = {str(one) for _, page in pages() for one in names_of(page, request)}
        found |= {gettext(link.title) for app in features() for link in app.row_links}
    wrong = sorted(one for one in found if english(one) and not is_name(one))
    assert wrong == []


@pytest.mark.drill
def test_the_pages_of_the_admin_say_nothing_in_english(root):
    wrong = {}
    for model, _ in pages():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for path in (reverse(f"{name}_changelist"), reverse(f"{name}_add")):
            answer = root.get(path)
            if answer.status_code == 403:
                assert path.endswith("/add/"), path
                continue
            assert answer.status_code == 200, path
            if said := [one for one in english_of(answer.content.decode()) if not is_name(one)]:
                wrong[path] = said
    assert wrong == {}


def test_a_state_is_a_word_in_lists_and_on_pages(root):
    member = User.objects.create_user("mina@example.com")
    by = principal_of(member, "command")
    with everything_told():
        (row,) = save.save_all([Draft("The key is blue.")], by=by)
    token, _ = create_token(user_id=member.pk, name="t", scopes=["memories:read"], by=OPERATOR)
    for model, pk, state in (
        ("superthread_memory", row["id"], "살아 있음"),
        ("accounts_token", token.pk, "유효"),
    ):
        listed = root.text(reverse(f"admin:{model}_changelist"))
        page = root.text(reverse(f"admin:{model}_change", args=[pk]))
        for html in (listed, page):
            assert state in html
            assert "(&#x27;" not in html


def is_name(text: str) -> bool:
    """Whether it is the same in every language."""
    return text in NAMES or IDENTIFIER.fullmatch(text) is not None
