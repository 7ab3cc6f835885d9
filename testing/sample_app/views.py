from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from memory_hub.api.describing import extend_schema
from memory_hub.api.fields import Text
from memory_hub.api.serializers import StrictSerializer
from memory_hub.api.views import HubView
from memory_hub.caching import bump_after_commit, cache_read_only, covering
from memory_hub.core.errors import JsonAnswer, NotFound
from testing.sample_app.apps import NOTES_READ, NOTES_WRITE
from testing.sample_app.models import Note


class NewNote(StrictSerializer):
    text = Text(max_length=4000)


class NoteOut(serializers.Serializer):
    number = serializers.IntegerField()
    text = serializers.CharField()


class NotesOut(serializers.Serializer):
    notes = NoteOut(many=True)


def _represent(note: Note) -> dict[str, Any]:
    return {"number": note.pk, "text": note.text}


def _notes_of(user_id: int) -> str:
    return f"notes/{user_id}"


class NotesView(HubView):
    scopes = {"GET": NOTES_READ, "POST": NOTES_WRITE}
    problems = {"POST": (418,)}

    @extend_schema(operation_id="list_notes", responses=NotesOut)
    @cache_read_only(depends_on=lambda by, *_: [_notes_of(by.user_id)])
    def get(self, request: Request) -> dict[str, Any]:
        """The caller's notes."""
        found = Note.objects.filter(writer=self.principal.user_id).order_by("pk")
        return {"notes": [_represent(note) for note in found]}

    @extend_schema(operation_id="write_note", request=NewNote, responses={201: NoteOut})
    def post(self, request: Request) -> HttpResponse:
        """A new note."""
        text = self.body(NewNote)["text"]
        with transaction.atomic(), covering("sample_note"):
            note = Note.objects.create(writer_id=self.principal.user_id, text=text)
            bump_after_commit(_notes_of(self.principal.user_id))
        return JsonAnswer(_represent(note), 201)


class NoteView(HubView):
    scopes = {"GET": NOTES_READ}

    @extend_schema(operation_id="get_note", responses=NoteOut)
    def get(self, request: Request, number: int) -> dict[str, Any]:
        """One note of the caller's."""
        note = Note.objects.filter(writer=self.principal.user_id, pk=number).first()
        if note is None:
            raise NotFound("You have no such note.")
        return _represent(note)


def about(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<!doctype html><title>Notes</title><h1>Notes</h1>")
