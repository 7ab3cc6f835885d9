"""A memory: the current state; its history is in ``Version``."""

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from uuid_utils.compat import uuid7

from memory_hub.accounts.models import Team
from superthread import limits
from superthread.models.json import JSONField
from superthread.models.space import PERSONAL_SCOPE, PUBLIC_SCOPE, TEAM_SCOPE
from superthread.models.title import TITLED, TitleEnds


def new_uuid() -> UUID:
    """A UUIDv7: ids sort by the time they were made."""
    return uuid7()


class Scope(models.IntegerChoices):
    """Who a memory is for; the number is its distance from the caller, nearest first."""

    PERSONAL = PERSONAL_SCOPE, "personal"
    TEAM = TEAM_SCOPE, "team"
    PUBLIC = PUBLIC_SCOPE, "public"


# What statistics group by and add up.
COUNTED = ("scope", "category", "size", "expires_at")


# What has an address; in the public's space each owner has addresses of their own.
PATHED = Q(deleted_at=None, path__isnull=False)
SHELF_OWNER = Case(
    When(scope=Scope.PUBLIC, then=F("owner")),
    default=Value(0),
    output_field=models.BigIntegerField(),
)


class Memory(models.Model):
    # The integer is the key inside (postings are small), the UUIDv7 is the name outside.
    id = models.BigAutoField(primary_key=True)
    doc_id = models.UUIDField(default=new_uuid, unique=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="memories",
        db_index=False,
    )
    scope = models.PositiveSmallIntegerField(choices=Scope.choices, default=Scope.PERSONAL)
    team = models.ForeignKey(
        Team, models.PROTECT, related_name="memories", null=True, blank=True, db_index=False
    )
    # As models.space tells; the database puts right what is not.
    space = models.BigIntegerField(default=None, editable=False)
    category = models.CharField(max_length=limits.CATEGORY_LENGTH, default="default")
    # Null where there is none: the unique index leaves those out.
    path = models.CharField(max_length=limits.PATH_BYTES, null=True, blank=True)  # noqa: DJ001 - null is in no unique index
    path_depth = models.PositiveSmallIntegerField(
        null=True, editable=False, help_text="segments of the path"
    )
    title = models.CharField(max_length=limits.TITLE_LENGTH, editable=False)
    content = models.TextField()
    metadata = JSONField(default=dict, blank=True)
    size = models.PositiveIntegerField(editable=False, help_text="bytes of the content in UTF-8")
    revision = models.PositiveBigIntegerField(
        default=1, editable=False, help_text="grows with every change; what If-Match compares"
    )
    version = models.PositiveBigIntegerField(
        default=1, editable=False, help_text="number of the newest version"
    )
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        db_index=False,
    )

    class Meta:
        verbose_name_plural = "memories"
        ordering = ["-updated_at", "scope", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(scope=Scope.TEAM, team__isnull=False)
                | (~Q(scope=Scope.TEAM) & Q(team__isnull=True)),
                name="memory_team_for_team_scope_only",
            ),
            models.CheckConstraint(condition=Q(scope__in=Scope.values), name="memory_scope_known"),
            models.CheckConstraint(condition=~Q(content=""), name="memory_has_content"),
            models.CheckConstraint(condition=~Q(category=""), name="memory_has_category"),
            models.CheckConstraint(
                condition=Q(size__gte=1, size__lte=limits.CONTENT_BYTES), name="memory_size_bounded"
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1, revision__gte=1),
                name="memory_counts_from_one",
            ),
            models.CheckConstraint(
                condition=Q(updated_at__gte=F("created_at")), name="memory_updated_after_creation"
            ),
            # Also the index of lists by path. The trash and PathName: see services.naming.
            models.UniqueConstraint(
                *("space", "path", SHELF_OWNER),
                condition=PATHED,
                name="memory_path_once",
            ),
        ]
        # Indexes of lists ascend and are read backwards: new rows go behind all others of their
        # space, and leave full pages where those before others tear each in two.
        indexes = [
            # The branches of policies.listed_branches in list order; the trash is left out.
            models.Index(
                *("space", "updated_at", F("scope").desc(), "id"),
                condition=Q(deleted_at=None),
                name="memory_latest",
            ),
            # The same in the order of making, which never changes.
            models.Index(
                *("space", "created_at", F("scope").desc(), "id"),
                condition=Q(deleted_at=None),
                name="memory_newest",
            ),
            # The same of one category, and in the spaces of many of one owner.
            models.Index(
                *("space", "category", "updated_at", F("scope").desc(), "id"),
                condition=Q(deleted_at=None),
                name="memory_latest_in_category",
            ),
            models.Index(
                *("space", "owner", "updated_at", F("scope").desc(), "id"),
                condition=Q(deleted_at=None, scope__gt=Scope.PERSONAL),
                name="memory_latest_of_owner",
            ),
            # Of lists by path; by their depth, too.
            models.Index("space", "path", "scope", "id", condition=PATHED, name="memory_by_path"),
            models.Index(
                *("space", "path_depth", "path", "scope", "id"),
                condition=PATHED,
                name="memory_by_path_depth",
            ),
            # What a link may name.
            models.Index("space", TitleEnds(), condition=TITLED, name="memory_title_ends"),
            # The same branches as statistics count them: no row is looked up. The trash has a
            # column: for one that only a condition names SQLite looks up the row.
            models.Index(fields=["space", "deleted_at", *COUNTED], name="memory_counts"),
            # What is one's own in the space of others.
            models.Index(
                "owner", "team", condition=Q(scope=Scope.TEAM), name="memory_of_owner_in_teams"
            ),
            models.Index(
                *("owner", "updated_at", F("scope").desc(), "id"),
                condition=Q(scope=Scope.PUBLIC),
                name="memory_latest_in_public",
            ),
            models.Index("expires_at", condition=~Q(expires_at=None), name="memory_expiring"),
            # What a space has that expires, for its tallies have it until it goes.
            models.Index(
                *("space", "expires_at"),
                condition=Q(deleted_at=None, expires_at__isnull=False),
                name="memory_expiring_in_space",
            ),
            models.Index("deleted_at", condition=~Q(deleted_at=None), name="memory_in_trash"),
        ]

    def __str__(self) -> str:
        return self.title
