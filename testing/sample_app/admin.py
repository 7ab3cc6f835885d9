from django.contrib import admin

from memory_hub.admin.base import HubAdmin, ReadOnlyPage
from testing.sample_app.models import Note


@admin.register(Note)
class NoteAdmin(ReadOnlyPage, HubAdmin):
    list_display = ["writer", "text"]
