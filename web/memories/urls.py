"""Paths of memories."""

from web.lazy import page
from web.memories.urls_of_one import urlpatterns as of_one

urlpatterns = [
    page("memories", "web.memories.list.memories", "memories"),
    page("memories/suggestions", "web.memories.list.suggestions", "memory_suggestions"),
    *of_one,
]
