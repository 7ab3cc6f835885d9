"""What goes out of `/google-docs`: the shapes of `/superthread`, where they fit."""

from rest_framework import serializers

from google_docs.serializers.requests import SCOPES
from superthread.fields import (
    MemoryFacts,
)
from superthread.models import GrantRole
from superthread.serializers.memories import Receipt


class KindCount(serializers.Serializer):
    kind = serializers.CharField(help_text="table, image, person, footnote, …")
    count = serializers.IntegerField()


class Unreadable(serializers.Serializer):
    code = serializers.CharField()
    detail = serializers.CharField()


class DocMemoryOut(MemoryFacts):
    doc_id = serializers.CharField(help_text="Google's file id")
    scope = serializers.ChoiceField(SCOPES)
    content = serializers.CharField(allow_null=True, help_text="null in lists unless included")
    revision = serializers.CharField(allow_null=True, help_text="Google's revision of the text")
    owner = serializers.CharField()
    role = serializers.ChoiceField(["viewer", "editor", "admin", "owner"])
    exact = serializers.BooleanField(
        help_text="whether the content is all that the document holds; false where it was not read"
    )
    lossy = KindCount(
        many=True, required=False, help_text="what plain text cannot hold; where content was read"
    )
    tabs = serializers.IntegerField(required=False, help_text="tabs in the document")
    unreadable = Unreadable(required=False, help_text="why the content of this one is null")
    notice = serializers.CharField(required=False, help_text="what happened to the folder")
    lost = KindCount(many=True, required=False, help_text="what a forced change took away")
    link = serializers.CharField(allow_null=True, help_text="the document in Google's editor")
    edited_in_google = serializers.BooleanField(required=False)
    metadata_pending = serializers.BooleanField(required=False)
    source = serializers.CharField(required=False, help_text="recent: not in Google's list yet")


class DocReceipt(Receipt):
    doc_id = serializers.CharField(required=False)
    revision = serializers.CharField(required=False, allow_null=True)
    version_id = serializers.CharField(required=False)
    number = None


class DocRestoredOut(DocMemoryOut):
    plain = KindCount(many=True, help_text="what the version had and its text does not bring back")


class DocMemoryPage(serializers.Serializer):
    memories = DocMemoryOut(many=True)
    count = serializers.IntegerField(help_text="how many are in this answer")
    next_cursor = serializers.CharField(allow_null=True)
    incomplete = serializers.BooleanField(help_text="Google could not search everything")


class DocResultOut(DocMemoryOut):
    score = serializers.FloatField()
    highlight = serializers.CharField()


class DocSearchOut(serializers.Serializer):
    results = DocResultOut(many=True)
    count = serializers.IntegerField()
    next_cursor = serializers.CharField(allow_null=True)
    incomplete = serializers.BooleanField()
    took_ms = serializers.FloatField()


class DocBatchItemOut(serializers.Serializer):
    index = serializers.IntegerField()
    status = serializers.IntegerField()
    doc_id = serializers.CharField(required=False)
    problem = serializers.DictField(required=False)


class DocBatchSaveOut(serializers.Serializer):
    results = DocBatchItemOut(many=True)
    notice = serializers.CharField(required=False, help_text="what happened to the folder")
    saved_count = serializers.IntegerField()
    failed_count = serializers.IntegerField()


class DocBatchDeleteOut(serializers.Serializer):
    results = DocBatchItemOut(many=True)
    deleted_count = serializers.IntegerField()
    failed_count = serializers.IntegerField()


class GooglePermissionOut(serializers.Serializer):
    email = serializers.CharField(allow_null=True)
    type = serializers.CharField()
    effective_role = serializers.CharField(help_text="Google's role; commenter is read-only here")
    inherited = serializers.BooleanField()


class GrantOutcome(serializers.Serializer):
    email = serializers.CharField(help_text="as it was sent")
    outcome = serializers.ChoiceField(["granted", "changed", "removed", "unchanged", "refused"])
    google_email = serializers.CharField(
        required=False, allow_null=True, help_text="as Google shows it: an alias may be another"
    )
    code = serializers.CharField(required=False)
    detail = serializers.CharField(required=False, help_text="with Google's reason")


class DocPermissionsOut(serializers.Serializer):
    doc_id = serializers.CharField()
    owner = serializers.CharField()
    permissions = serializers.DictField(child=serializers.ChoiceField(GrantRole.labels))
    google = GooglePermissionOut(many=True)
    outcomes = GrantOutcome(many=True, required=False, help_text="of a change, by address")


class DocVersionOut(serializers.Serializer):
    version_id = serializers.CharField(help_text="s:… a snapshot, r:… a revision of Google's")
    kind = serializers.ChoiceField(["snapshot", "revision"])
    guaranteed = serializers.BooleanField(help_text="Google merges and drops its revisions")
    description = serializers.CharField()
    author = serializers.CharField()
    created_at = serializers.DateTimeField()
    size = serializers.IntegerField(allow_null=True)
    current = serializers.BooleanField()


class DocVersionPage(serializers.Serializer):
    versions = DocVersionOut(many=True)
    count = serializers.IntegerField()


class DocVersionTextOut(serializers.Serializer):
    version_id = serializers.CharField()
    content = serializers.CharField()


class DocInfoOut(serializers.Serializer):
    name = serializers.CharField()
    type = serializers.CharField()
    version = serializers.CharField()
    configured = serializers.BooleanField()
    missing = serializers.ListField(child=serializers.CharField())
    mode = serializers.CharField(allow_null=True)
    double = serializers.BooleanField(help_text="true: no real Google behind it")
    unreachable = serializers.CharField(
        allow_null=True, help_text="in words, while the worker that answers finds Google gone"
    )
    scopes = serializers.ListField(child=serializers.CharField())
    folder_id = serializers.CharField(allow_null=True)
    drive_id = serializers.CharField(allow_null=True)
    features = serializers.ListField(child=serializers.CharField())
    limits = serializers.DictField(child=serializers.FloatField())
    libraries = serializers.DictField(child=serializers.CharField())
    discovery = serializers.DictField(child=serializers.CharField())


class DocFolderOut(serializers.Serializer):
    space = serializers.CharField()
    trouble = serializers.CharField(allow_null=True, help_text="in words; null for none")


class DocCredentialOut(serializers.Serializer):
    space = serializers.CharField()
    account = serializers.CharField(allow_null=True)
    status = serializers.CharField()
    detail = serializers.CharField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    last_refresh = serializers.DateTimeField(allow_null=True)
    consent_ends_at = serializers.DateTimeField(
        allow_null=True, help_text="while the consent screen is in testing"
    )
    warning = serializers.CharField(allow_null=True, help_text="two days before that")


class DocHealthOut(serializers.Serializer):
    status = serializers.CharField()
    type = serializers.CharField()
    mode = serializers.CharField()
    double = serializers.BooleanField()
    credentials = DocCredentialOut(many=True)
    folders = DocFolderOut(many=True)
    hint = serializers.CharField(allow_null=True)
