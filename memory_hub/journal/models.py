"""The tables of the journal. No foreign keys: what an entry is about may be gone for good."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from memory_hub.core import route_templates

KIND_LENGTH, VIA_LENGTH, WHO_LENGTH = 32, 32, 254
ADDRESS_LENGTH = 64


class Said(models.Model):
    """What an entry says, from its append on."""

    change = models.BigIntegerField(help_text="the same for all that was done together")
    kind = models.CharField(max_length=KIND_LENGTH)
    actor_id = models.BigIntegerField(null=True, help_text="a user; none: an operator or the hub")
    token_id = models.BigIntegerField(null=True)
    via = models.CharField(max_length=VIA_LENGTH)
    subject_id = models.BigIntegerField(
        null=True, help_text="what it is about, in the table that the kind tells"
    )
    doc_id = models.UUIDField(null=True, help_text="of a memory: its name outside")
    revision = models.BigIntegerField(null=True)
    version = models.BigIntegerField(null=True)
    owner_id = models.BigIntegerField(null=True)
    space = models.BigIntegerField(null=True, help_text="where it is, or was at last")
    old_space = models.BigIntegerField(null=True, help_text="where it was, if somewhere else")
    content_hash = models.BinaryField(null=True, help_text="SHA-256 of the version's salt and text")
    origin_hash = models.BinaryField(null=True, help_text="SHA-256 of the origin with its salt")

    class Meta:
        abstract = True


class Entry(Said):
    """One thing that happened. Never updated, never deleted but by retention.

    Positions are 1, 2, 3 …, without gaps, in the order in which entries became known; ``at`` is
    when, and never less than its predecessor's. (When the change was made is its version's time.)
    """

    position = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "journal_entry"
        verbose_name_plural = "entries"
        ordering = ["-position"]
        indexes = [
            models.Index("space", "position", name="entry_of_space"),
            models.Index(
                "old_space", "position", condition=~Q(old_space=None), name="entry_of_old_space"
            ),
            models.Index(
                "subject_id", "position", condition=~Q(doc_id=None), name="entry_of_memory"
            ),
            models.Index("actor_id", "position", name="entry_of_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.kind}"

    @classmethod
    def newest(cls) -> int:
        """The highest position there is, 0 without any."""
        return cls.objects.order_by("position").values_list("position", flat=True).last() or 0

    @classmethod
    def oldest(cls) -> int:
        """The lowest position that is kept, 1 without any."""
        return cls.objects.order_by("position").values_list("position", flat=True).first() or 1


class Origin(models.Model):
    """Where an entry came from. Erasable: the entry holds its hash alone."""

    # On SQLite the key of the table (migration 0004).
    position = models.BigIntegerField(primary_key=True)
    salt = models.CharField(max_length=32, help_text="16 bytes")
    request_id = models.CharField(max_length=128, blank=True)
    address = models.CharField(max_length=64, blank=True)
    detail = models.JSONField(default=dict, help_text="addresses, roles, words")

    class Meta:
        db_table = "journal_origin"

    def __str__(self) -> str:
        return f"of {self.position}"


class Audience(models.Model):
    """To whom an entry matters whom its spaces do not tell: by address. Erasable."""

    pk = models.CompositePrimaryKey("who", "position")
    who = models.CharField(max_length=WHO_LENGTH)
    position = models.BigIntegerField(db_index=True)

    class Meta:
        db_table = "journal_audience"

    def __str__(self) -> str:
        return f"{self.position} to {self.who}"


class Access(models.Model):
    """How often somebody was shown something, or refused, in an hour: 0 and empty texts stand for
    what is not known. Counted, not sealed."""

    period = models.DateTimeField(help_text="the hour; where every read has a row, its moment")
    kind = models.CharField(max_length=KIND_LENGTH)
    subject_id = models.BigIntegerField(help_text="what was shown")
    actor_id = models.BigIntegerField(help_text="to whom; 0: to who showed no credential")
    token_id = models.BigIntegerField()
    address = models.CharField(
        max_length=ADDRESS_LENGTH, blank=True, help_text="where a bad credential came from"
    )
    route = models.CharField(
        max_length=route_templates.LONGEST,
        blank=True,
        help_text="template of what was refused",
    )
    count = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "journal_access"
        verbose_name = "read or refusal"
        verbose_name_plural = "reads and refusals"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=[
                    *("subject_id", "period", "actor_id", "token_id"),
                    *("kind", "address", "route"),
                ],
                name="access_once",
            )
        ]
        # By key: in the order in which they were first written.
        indexes = [
            models.Index(
                "subject_id", "id", condition=Q(subject_id__gt=0), name="access_of_subject"
            ),
            models.Index("actor_id", "id", condition=Q(actor_id__gt=0), name="access_of_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.count}"


class Seal(models.Model):
    """The entries ``first`` to ``last`` as they were when they were sealed, chained to the seal
    before."""

    last = models.BigIntegerField(primary_key=True)
    first = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    root = models.BinaryField(max_length=32, help_text="of the tree of the entries' hashes")
    hash = models.BinaryField(max_length=32)
    mac = models.BinaryField(max_length=32, help_text="of the hash, with a key of the hub's own")

    class Meta:
        db_table = "journal_seal"
        constraints = [
            models.CheckConstraint(condition=Q(first__lte=models.F("last")), name="seal_not_empty")
        ]

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"


class Waiting(Said):
    """PostgreSQL: what was appended and has no position yet. Ids say nothing of the order of
    commits."""

    id = models.BigAutoField(primary_key=True)
    ordinal = models.IntegerField(help_text="among those of its change")
    appended_at = models.DateTimeField(db_default=Now())
    origin = models.JSONField(null=True)
    audience = models.JSONField(null=True)

    class Meta:
        db_table = "journal_inbox"

    def __str__(self) -> str:
        return f"{self.id} {self.kind}"
