"""What a reindex makes of spaces beside the index that is searched, until it takes over.

Derived data, as the index is; empty where no reindex is under way.
"""

from django.db import models


class SearchRenewal(models.Model):
    """A space that is being indexed anew: until it is done it is searched by the segments up to
    ``before``, and by those of what was changed since."""

    space = models.BigIntegerField(primary_key=True)
    before = models.IntegerField(help_text="the greatest id of a segment that is searched")
    analyzer = models.SmallIntegerField(help_text="version that it is indexed by")
    everything = models.SmallIntegerField(help_text="1: whatever it is indexed by now")
    last = models.IntegerField(help_text="the last memory that is done")
    run = models.BigIntegerField(help_text="a number of who does it")

    class Meta:
        db_table = "superthread_search_renewal"

    def __str__(self) -> str:
        return f"{self.space} up to memory {self.last}"


class SearchFormer(models.Model):
    """The document of a memory as searches still see it, while the space is being indexed anew and
    the memory has not changed; without ``terms`` they see none."""

    memory_id = models.IntegerField(primary_key=True)
    space = models.BigIntegerField()
    analyzer = models.SmallIntegerField(null=True)
    length = models.SmallIntegerField(null=True)
    terms = models.BinaryField(null=True)
    counts = models.BinaryField(null=True)
    left_out = models.IntegerField(null=True)

    class Meta:
        db_table = "superthread_search_former"

    def __str__(self) -> str:
        return f"memory {self.memory_id}"


class SearchOvertaken(models.Model):
    """A memory that was changed and folded while its space is being indexed anew. A trigger notes
    it, whoever folds (migration 0031)."""

    pk = models.CompositePrimaryKey("space", "memory_id")
    space = models.BigIntegerField()
    memory_id = models.IntegerField()

    class Meta:
        db_table = "superthread_search_overtaken"

    def __str__(self) -> str:
        return f"memory {self.memory_id} in {self.space}"


class SearchAside(models.Model):
    """A segment that no search reads: not yet, or not any more. Its pages are among the others."""

    id = models.IntegerField(primary_key=True)
    coming = models.SmallIntegerField(
        help_text="1: until it takes over; 0: until its pages are gone"
    )
    stamp = models.BigIntegerField()
    space = models.BigIntegerField()
    analyzer = models.SmallIntegerField(help_text="version of the analyzer that made the terms")
    memories = models.IntegerField()
    postings = models.IntegerField()
    first = models.IntegerField()
    last = models.IntegerField()
    gone = models.BinaryField()

    class Meta:
        db_table = "superthread_search_aside"

    def __str__(self) -> str:
        return f"{self.memories} of {self.space}"
