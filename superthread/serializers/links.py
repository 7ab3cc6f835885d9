"""Links of memories."""

from rest_framework import serializers

from memory_hub.api.fields import Flag, QueryWhole, Text
from memory_hub.api.serializers import StrictSerializer
from superthread import limits
from superthread.fields import PathText
from superthread.links import LinkKind


class LinksQuery(StrictSerializer):
    limit = QueryWhole(least=1, most=limits.PAGE, default=20, help_text="of the backlinks")
    cursor = Text(max_length=200, required=False)


class LinkedOut(serializers.Serializer):
    doc_id = serializers.UUIDField()
    path = serializers.CharField(allow_null=True)
    title = serializers.CharField()


class LinkOut(serializers.Serializer):
    kind = serializers.ChoiceField([one.word for one in LinkKind])
    text = serializers.CharField(help_text="a path from the top, or a title")
    memory = LinkedOut(allow_null=True, help_text="null: there is none for the caller")


class LinksOut(serializers.Serializer):
    links = LinkOut(many=True)
    backlinks = LinkedOut(many=True)
    next_cursor = serializers.CharField(allow_null=True, help_text="of further backlinks")


class Relinking(StrictSerializer):
    EXAMPLE = {"from": "notes/deploy.md", "dry_run": True}

    def get_fields(self) -> dict[str, serializers.Field]:
        # "from" is a keyword of Python and so cannot be a class attribute.
        return {
            "from": PathText(help_text="the path that the memory had"),
            "dry_run": Flag(default=False, help_text="name what would change and write nothing"),
        }


class RewritingOffer(serializers.Serializer):
    def get_fields(self) -> dict[str, serializers.Field]:
        return {
            "memories": serializers.IntegerField(
                help_text="how many link to the old path, 200 at the most"
            ),
            "from": serializers.CharField(help_text="the old path"),
            "url": serializers.CharField(
                help_text="takes a POST of `from` that rewrites them, or with `dry_run` names them"
            ),
        }


class RelinkedItem(LinkedOut):
    links = serializers.IntegerField(help_text="how many of its links")
    revision = serializers.IntegerField()


class RelinkedOut(serializers.Serializer):
    memories = RelinkedItem(many=True)
    more = serializers.BooleanField(help_text="repeat the call for the rest")
