"""One memory: made, changed, shown."""

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers

from memory_hub.api.fields import Choice, Instant, QueryFlag
from memory_hub.api.serializers import StrictSerializer
from superthread.fields import (
    EXAMPLE,
    Category,
    ChangedText,
    Content,
    MemoryFacts,
    Metadata,
    NewText,
    PathText,
    TeamKey,
)
from superthread.models import Scope
from superthread.reads.filters import ORIGINS
from superthread.reads.shape import FIELDS
from superthread.serializers.filters import OwnerName
from superthread.serializers.links import RewritingOffer
from superthread.serializers.shape import ShapeQuery

SCOPES = Scope.labels
ROLES = ("viewer", "editor", "admin", "owner")
PATH_HELP = (
    "an address of your choosing such as notes/deploy.md: at most 20 segments and 1,024 bytes, one "
    "memory's in its space"
)
EXAMPLE_MEMORY = {
    "doc_id": "01a204fd-ca96-731c-b865-8c7a8fdc762e",
    "scope": "personal",
    "team_key": None,
    "path": None,
    **EXAMPLE,
    "title": "Deploys happen on Tuesdays at 14:00.",
    "revision": 1,
    "owner": "mina@example.com",
    "role": "owner",
    "origin": "own",
    "size": 36,
    "created_at": "2026-11-22T20:41:11.062584Z",
    "updated_at": "2026-11-22T20:41:11.062584Z",
    "expires_at": None,
}


class NewMemory(NewText):
    scope = Choice(choices=SCOPES, default="personal")
    path = PathText(required=False, allow_null=True, help_text=PATH_HELP)
    metadata = Metadata(required=False)


class MemoryChange(ChangedText):
    EXAMPLE = {"content": "Deploys happen on Thursdays at 14:00."}

    metadata = Metadata(required=False)
    scope = Choice(choices=SCOPES, required=False)
    team_key = TeamKey(allow_null=True)
    path = PathText(
        required=False, allow_null=True, help_text=f"{PATH_HELP}; for administrators; null: none"
    )


class MemoryMerge(MemoryChange):
    EXAMPLE = {"metadata": {"reviewed": True, "draft": None}}

    metadata = Metadata(required=False, allow_null=True)


# All fields are there unless the request asked for some.
class FindingOut(serializers.Serializer):
    kind = serializers.CharField(help_text="private-key, github-token, password, …")
    line = serializers.IntegerField(help_text="of the content; 0: in the metadata")


class MemoryOut(MemoryFacts):
    EXAMPLE = EXAMPLE_MEMORY

    def get_fields(self) -> dict[str, serializers.Field]:
        found = super().get_fields()
        for name in FIELDS:
            found[name].required = False
        return found

    doc_id = serializers.UUIDField()
    scope = serializers.ChoiceField(SCOPES)
    path = serializers.CharField(allow_null=True)
    content = serializers.CharField()
    revision = serializers.IntegerField()
    owner = serializers.EmailField()
    role = serializers.ChoiceField(
        ["none", "viewer", "editor", "admin", "owner"],
        help_text="the caller's own; none only for one who has just moved it out of their reach",
    )
    origin = serializers.ChoiceField(
        ORIGINS, help_text="one's own, a team's, shared by a grant, or everybody's"
    )
    summary = serializers.CharField(
        required=False, help_text="with content=summary, in place of the content"
    )
    terms_left_out = serializers.IntegerField(
        required=False,
        help_text="distinct terms beyond the bound of the search index (`indexed_terms` of /info): "
        "told by writes and by `explain`, where there are such",
    )
    findings = FindingOut(
        many=True,
        required=False,
        help_text="told by writes of a team's or public memory that holds what looks like a secret",
    )


class SaveQuery(ShapeQuery):
    report_duplicates = QueryFlag(
        default=False, help_text="name memories that say the same in the same words"
    )


class SavedMemoryOut(MemoryOut):
    duplicates = serializers.ListField(
        child=serializers.DictField(),
        required=False,
        help_text="with report_duplicates: doc_id and score (0.8 to 1) of what says the same",
    )


class ChangedMemoryOut(MemoryOut):
    links_to_rewrite = RewritingOffer(
        required=False,
        help_text="after a rename, where texts that the caller may edit link to the old path",
    )


# What a memory is to be that is named by its path; what is left out stays as it is.
class MemoryPut(StrictSerializer):
    EXAMPLE = {"content": "Deploys happen on Tuesdays at 14:00."}

    content = Content()
    category = Category(required=False)
    metadata = Metadata(required=False)
    expires_at = Instant(future=True, required=False, allow_null=True)


class PublicPathQuery(ShapeQuery):
    owner = OwnerName(help_text="whose path, an address or `me`")


class Undeletion(StrictSerializer):
    path = PathText(
        required=False, allow_null=True, help_text="in place of the one it had; null: none"
    )


# What a write answers to a token that may write and not read, and a replay to whoever may no more.
class Receipt(serializers.Serializer):
    CLOSED = True

    doc_id = serializers.UUIDField(required=False)
    revision = serializers.IntegerField(required=False)
    version_id = serializers.UUIDField(required=False)
    number = serializers.IntegerField(required=False)


def written(
    whole: type[serializers.Serializer], receipt: type[serializers.Serializer] = Receipt
) -> PolymorphicProxySerializer:
    """The answer of a write: the whole to those who may read it, else its receipt."""
    return PolymorphicProxySerializer(
        component_name=f"{whole.__name__.removesuffix('Out')}Written",
        serializers=[whole, receipt],
        resource_type_field_name=None,
    )
