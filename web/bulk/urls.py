"""Paths of what is done with many memories at once."""

from web.lazy import page

urlpatterns = [
    page("memories/bulk", "web.bulk.views.bulk", "bulk"),
    page("trash", "web.bulk.trash.trash", "trash"),
]
