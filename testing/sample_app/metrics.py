from collections.abc import Iterator

from memory_hub.core.metrics import Family
from testing.sample_app.models import Note


def families() -> Iterator[Family]:
    yield Family("sample_notes", "gauge", "Notes.", [({}, Note.objects.count())])
