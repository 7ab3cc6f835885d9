"""What the admin calls models and fields, in the language of the page.

Their English names are their own. They are marked here and not in the models: there each name would
be a migration of its app, and the API, which reads them too, speaks English alone. Korean names are
in the catalogue of the pages, and a test looks at all that the admin shows.
"""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import Permission
from django.db.models import Field, Model
from django.utils.translation import gettext, gettext_lazy


def speak() -> None:
    """Marks the names of all models, which permissions name too, and of the fields of those that
    have pages there, after all apps have registered theirs."""
    for model in apps.get_models():
        meta = model._meta
        if "verbose_name_plural" not in meta.original_attrs and type(meta.verbose_name) is str:
            # Django's own is made of the singular, and in English for ever.
            meta.verbose_name_plural = f"{meta.verbose_name}s"
        meta.verbose_name_plural = _marked(meta.verbose_name_plural)
        meta.verbose_name = _marked(meta.verbose_name)
        meta.app_config.verbose_name = _marked(meta.app_config.verbose_name)
    for model in _shown():
        for field in model._meta.local_fields:
            _mark(field)


def permission_label(permission: Permission) -> str:
    """What a permission is called where people choose some: Django keeps an English name alone."""
    what = permission.content_type
    model = what.model_class()
    act = permission.codename.partition("_")[0]
    if model is None or permission.codename != get_permission_codename(act, model._meta):
        return f"{what.app_labeled_name} | {gettext(permission.name)}"
    told = gettext(f"Can {act} %(name)s") % {"name": model._meta.verbose_name}
    return f"{model._meta.app_config.verbose_name} | {told}"


def _shown() -> set[type[Model]]:
    """Those with pages of their own, and those on the pages of others."""
    found = set(admin.site._registry)
    for page in admin.site._registry.values():
        found |= {inline.model for inline in page.inlines}
    return found


def _mark(field: Field) -> None:
    field.verbose_name = _marked(field.verbose_name)
    field.help_text = _marked(field.help_text)
    if field.choices:
        field.choices = [(value, _marked(label)) for value, label in field.choices]


def _marked(text: Any) -> Any:
    """What Django has marked itself stays, and no text, which migrations leave out."""
    return gettext_lazy(text) if text and type(text) is str else text
