"""Files that pages give."""

from django.http import HttpResponse


def attachment(body: bytes, name: str) -> HttpResponse:
    """A file that is saved, never shown."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    kind = "application/json" if name.endswith(".json") else "application/x-ndjson"
    return HttpResponse(body, kind, headers=headers)
