"""What the store tells of itself."""

from rest_framework import serializers


class StatsOut(serializers.Serializer):
    EXAMPLE = {
        "total_documents": 2,
        "total_size": 72,
        "storage_used": 144,
        "storage_limit": None,
        "average_size": 36.0,
        "members": 3,
        "teams": 1,
        "by_scope": {"personal": 1, "team": 1, "public": 0},
        "by_category": {"decisions": 2},
    }

    total_documents = serializers.IntegerField()
    total_size = serializers.IntegerField()
    storage_used = serializers.IntegerField(help_text="bytes, with the versions you may read")
    storage_limit = serializers.IntegerField(allow_null=True)
    average_size = serializers.FloatField()
    members = serializers.IntegerField()
    teams = serializers.IntegerField()
    by_scope = serializers.DictField(child=serializers.IntegerField())
    by_category = serializers.DictField(child=serializers.IntegerField())


class PriceOut(serializers.Serializer):
    counted = serializers.CharField()
    points = serializers.IntegerField(help_text="for each so many of what is counted")
    each = serializers.IntegerField()
    meaning = serializers.CharField()


class PointsOut(serializers.Serializer):
    limit = serializers.IntegerField(
        allow_null=True, help_text="points of a token, a session or an address; null: no limit"
    )
    limit_of_user = serializers.IntegerField(
        allow_null=True, help_text="points of all tokens and sessions of a user together"
    )
    limit_of_imports = serializers.IntegerField(
        allow_null=True, help_text="points of all imports of a user together, beside those"
    )
    seconds = serializers.IntegerField(allow_null=True, help_text="after which it starts anew")
    prices = PriceOut(many=True)


class InfoOut(serializers.Serializer):
    name = serializers.CharField()
    type = serializers.CharField()
    version = serializers.CharField()
    database = serializers.CharField()
    features = serializers.ListField(child=serializers.CharField())
    points = PointsOut()
    limits = serializers.DictField(child=serializers.IntegerField())


class HealthOut(serializers.Serializer):
    EXAMPLE = {"status": "healthy", "type": "superthread", "database": "sqlite"}

    status = serializers.CharField()
    type = serializers.CharField()
    database = serializers.CharField()
