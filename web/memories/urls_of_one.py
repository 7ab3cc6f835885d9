"""Paths of one memory."""

from web.lazy import page

ID = r"memories/(?P<doc_id>[0-9a-f-]{36})"
urlpatterns = [
    page("memories/new", "web.memories.new.new", "memory_new"),
    page(ID, "web.memories.page.memory", "memory"),
    page(f"{ID}/text", "web.memories.page.text", "memory_text"),
    page(f"{ID}/download", "web.memories.page.download", "memory_download"),
    page(f"{ID}/edit", "web.memories.editing.edit", "edit_memory"),
    page(f"{ID}/links", "web.memories.relinking.links", "memory_links"),
    page(f"{ID}/history", "web.memories.history.history", "history"),
    page(f"{ID}/compare", "web.memories.history.compare", "compare"),
    page(f"{ID}/restore", "web.memories.history.restore", "restore"),
]
