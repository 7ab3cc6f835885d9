"""django-tasks without django-stubs-ext, which imports two dozen of Django's modules, feeds among
them, to make classes in annotations generic. At run time the library needs one of them to be.
Imported before anything that imports it."""

from django.utils.connection import BaseConnectionHandler

from memory_hub.core.slim_imports import standing_in


def _make_generic() -> None:
    if not hasattr(BaseConnectionHandler, "__class_getitem__"):
        # As django-stubs-ext does.
        BaseConnectionHandler.__class_getitem__ = classmethod(lambda cls, _: cls)


with standing_in("django_stubs_ext", monkeypatch=_make_generic):
    import django_tasks  # noqa: F401 - for its effect
